import type { Placement } from '../terms/calibration.ts';
import type { Grey } from './grey.ts';

/** The recorder's picture takes between so much of the captured one, along each axis (bars at the sides, or overscan). */
const LEAST = 0.5;
const MOST = 1.06;
/** The first look is at profiles of so many values. */
const COARSE = 480;

/** Where a reference lies in a captured picture; undefined where nothing of it is found. */
export function placed(
  seen: Grey,
  reference: Grey,
): { readonly across: Placement; readonly down: Placement } | undefined {
  const across = along(profile(seen, 'across'), profile(reference, 'across'));
  const down = along(profile(seen, 'down'), profile(reference, 'down'));
  return across === undefined || down === undefined ? undefined : { across, down };
}

/** Steepness of the picture at each column (across) or row (down). */
function profile(g: Grey, axis: 'across' | 'down'): Float64Array {
  const sums = new Float64Array(axis === 'across' ? g.width : g.height);
  for (let y = 1; y < g.height; y += 1)
    for (let x = 1; x < g.width; x += 1) {
      const at = y * g.width + x;
      const before = axis === 'across' ? at - 1 : at - g.width;
      const index = axis === 'across' ? x : y;
      sums[index] = (sums[index] ?? 0) + Math.abs((g.data[at] ?? 0) - (g.data[before] ?? 0));
    }
  return sums;
}

/** First over all sizes and places at low resolution, then around the best at full. */
function along(seen: Float64Array, reference: Float64Array): Placement | undefined {
  const ratio = COARSE / seen.length;
  const coarse = best(resampled(seen, COARSE), reference, {
    lengths: steps(LEAST * COARSE, MOST * COARSE, 2),
    starts: (length) => steps(Math.min(0, COARSE - length), Math.max(0, COARSE - length), 1),
  });
  if (coarse === undefined) return undefined;
  const fine = best(seen, reference, {
    lengths: steps((coarse.length - 2) / ratio, (coarse.length + 2) / ratio, 1),
    starts: () => steps((coarse.start - 2) / ratio, (coarse.start + 2) / ratio, 1),
  });
  if (fine === undefined || fine.likeness < 0.5) return undefined;
  return { scale: fine.length / reference.length, offset: fine.start };
}

interface Place {
  readonly length: number;
  readonly start: number;
  /** Correlation of both profiles, -1..1. */
  readonly likeness: number;
}

function best(
  seen: Float64Array,
  reference: Float64Array,
  { lengths, starts }: { lengths: readonly number[]; starts: (length: number) => readonly number[] },
): Place | undefined {
  let found: Place | undefined;
  for (const length of lengths) {
    const wanted = resampled(reference, length);
    for (const start of starts(length)) {
      const likeness = correlation(seen, wanted, start);
      if (found === undefined || likeness > found.likeness) found = { length, start, likeness };
    }
  }
  return found;
}

/** Whole numbers from about `from` to about `to`. */
function steps(from: number, to: number, step: number): readonly number[] {
  const first = Math.round(from);
  return Array.from(
    { length: Math.floor((Math.round(to) - first) / step) + 1 },
    (_, at) => first + at * step,
  );
}

/** A profile of another length; each value is the mean of those that fall on it. */
function resampled(values: Float64Array, length: number): Float64Array {
  const ratio = values.length / length;
  return Float64Array.from({ length }, (_, at) => {
    const [from, to] = [at * ratio, (at + 1) * ratio];
    let sum = 0;
    for (let index = Math.floor(from); index < Math.min(values.length, Math.ceil(to)); index += 1)
      sum += (values[index] ?? 0) * (Math.min(to, index + 1) - Math.max(from, index));
    return sum / ratio;
  });
}

/** Of two profiles, the second beginning at `start` of the first, over all of the first: what is not covered is 0. */
function correlation(seen: Float64Array, wanted: Float64Array, start: number): number {
  let [products, ofSeen, ofWanted, sumSeen, sumWanted] = [0, 0, 0, 0, 0];
  for (let at = 0; at < seen.length; at += 1) {
    const a = seen[at] ?? 0;
    const b = wanted[at - start] ?? 0;
    products += a * b;
    ofSeen += a * a;
    ofWanted += b * b;
    sumSeen += a;
    sumWanted += b;
  }
  const count = seen.length;
  const both = Math.sqrt((ofSeen - sumSeen ** 2 / count) * (ofWanted - sumWanted ** 2 / count));
  return both === 0 ? 0 : (products - (sumSeen * sumWanted) / count) / both;
}
