import type { Calibration } from '../terms/calibration.ts';
import type { Pixels } from '../terms/frame.ts';

/** What a capture makes of each value of red, green and blue. */
export interface Tones extends Pick<Calibration, 'black' | 'white'> {
  readonly gamma: number;
  /** Of each value of 0..255. */
  readonly curve: Float32Array;
}

/** Values that a screen must have so often on even ground to tell anything, px; and how many of them, how far apart. */
const LEAST = 60;
const VALUES = 4;
const APART = 50;
/** Beyond this no capture bends a picture: then the screen is another one. Either range may be taken for the other. */
const BENT = { least: 0.4, most: 2.5, step: 0.02 } as const;
const BLACKEST = [-24, 48] as const;
const WHITEST = [190, 285] as const;

/** As they are. */
export function straightLevels(): Tones {
  return tonesOf(0, 255, 1);
}

/**
 * Range and gamma of a capture, from a picture that came through it and what was shown: values that stand on even ground
 * are compared, and those that do not fit the others count little, since a part may have another colour.
 * @param open 1 for each pixel that may be compared
 * @returns undefined where the screen has too few values, or no capture does what was found
 */
export function tonesBetween(seen: Pixels, shown: Pixels, open: Uint8Array): Tones | undefined {
  const samples = samplesOf(seen, shown, open);
  const [first, last] = [samples[0], samples.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  if (samples.length < VALUES || last.value - first.value < APART) return undefined;
  let best: { readonly tones: Tones; readonly off: number } | undefined;
  for (let gamma = BENT.least; gamma <= BENT.most; gamma += BENT.step) {
    const { black, white } = lineThrough(samples, gamma);
    if (!isWithin(black, BLACKEST) || !isWithin(white, WHITEST)) continue;
    const tones = tonesOf(black, white, gamma);
    const off = samples.reduce(
      (sum, { value, median, weight }) => sum + weight * Math.abs(median - (tones.curve[value] ?? 0)),
      0,
    );
    // Of two that fit alike the straighter one is taken.
    const cost = off * (1 + 0.1 * Math.abs(Math.log(gamma))) + 1e-6 * Math.abs(Math.log(gamma));
    if (best === undefined || cost < best.off) best = { tones, off: cost };
  }
  return best?.tones;
}

function isWithin(value: number, [low, high]: readonly [number, number]): boolean {
  return value >= low && value <= high;
}

function tonesOf(black: number, white: number, gamma: number): Tones {
  const curve = Float32Array.from({ length: 256 }, (_, value) =>
    Math.min(255, Math.max(0, black + (white - black) * (value / 255) ** gamma)),
  );
  return { black, white, gamma, curve };
}

interface Sample {
  readonly value: number;
  /** Of what was seen of it. */
  readonly median: number;
  readonly weight: number;
}

function samplesOf(seen: Pixels, shown: Pixels, open: Uint8Array): readonly Sample[] {
  const { width } = shown;
  const counts = new Uint32Array(256 * 256);
  for (let at = 2 * width + 2; at < open.length - 2 * width - 2; at += 1) {
    if (open[at] === 0) continue;
    for (let channel = 0; channel < 3; channel += 1) {
      const own = shown.data[at * 4 + channel] ?? 0;
      const isEven = [-2, 2, -2 * width, 2 * width].every(
        (step) => Math.abs((shown.data[(at + step) * 4 + channel] ?? 0) - own) <= 2,
      );
      if (!isEven) continue;
      const cell = own * 256 + (seen.data[at * 4 + channel] ?? 0);
      counts[cell] = (counts[cell] ?? 0) + 1;
    }
  }
  const samples: Sample[] = [];
  for (let value = 0; value < 256; value += 1) {
    const row = counts.subarray(value * 256, value * 256 + 256);
    const all = row.reduce((sum, count) => sum + count, 0);
    if (all < LEAST) continue;
    let [passed, median] = [0, 0];
    while (passed + (row[median] ?? 0) < all / 2) {
      passed += row[median] ?? 0;
      median += 1;
    }
    samples.push({ value, median, weight: all ** 0.25 });
  }
  return samples;
}

/** Black and white for a gamma, by least absolute differences (reweighted least squares). */
function lineThrough(samples: readonly Sample[], gamma: number): { black: number; white: number } {
  let [black, white] = [0, 255];
  let weights = samples.map(({ weight }) => weight);
  for (let round = 0; round < 8; round += 1) {
    let [n, sx, sy, sxx, sxy] = [0, 0, 0, 0, 0];
    for (const [index, { value, median }] of samples.entries()) {
      const x = (value / 255) ** gamma;
      const w = weights[index] ?? 0;
      n += w;
      sx += w * x;
      sy += w * median;
      sxx += w * x * x;
      sxy += w * x * median;
    }
    const slope = (n * sxy - sx * sy) / Math.max(1e-9, n * sxx - sx * sx);
    black = (sy - slope * sx) / n;
    white = black + slope;
    weights = samples.map(({ value, median, weight }) => {
      const off = Math.abs(median - (black + slope * (value / 255) ** gamma));
      return weight / Math.max(2, off);
    });
  }
  return { black, white };
}
