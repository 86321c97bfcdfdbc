import type { Glyph, Style } from './atlas.ts';
import type { Line } from './line.ts';

/** A letter that fits by less is no candidate, 0..1. */
const LEAST = 0.6;
/** Ways to read the same columns that are followed at once. */
const BEAM = 4;
/** A way that leaves so much more squared ink unexplained than one as far is given up. */
const HOPELESS = 4;
/** Ways that end so many columns later are as far. */
const NEAR = 8;
/** Neighbours may share so many columns of faint ink. */
const OVERLAP = 3;
/** Squared ink over that of a letter, or the other way round: with more, it fits by less than {@link LEAST}. */
const MOST = 2.6;
/** A letter may be so much fainter or stronger than learned: thin letters alone set the scale of ink. */
const GAIN = { least: 0.75, most: 1.35 };
/** Squared ink that each further letter must explain to be worth it: one letter rather than two parts. */
const PER_LETTER = 0.3;
/** Squared ink that may be left over between letters, and at the end. */
const FAINT = 0.9;
/** Ink of a column from which on something must be read there. */
const WRITTEN = 0.2;

/** A glyph made ready for comparing. */
export interface Shape {
  readonly glyph: Glyph;
  /** 0..1, row-major. */
  readonly ink: Float32Array;
  /** Ink of each column. */
  readonly columns: Float32Array;
  /** Sum of the squared ink. */
  readonly energy: number;
}
/** What a line is read with. */
export interface Within {
  readonly style: Style;
  readonly shapes: readonly Shape[];
  readonly base: number;
}
/** A way to read the line up to before column `end`. */
export interface State {
  readonly end: number;
  /** Squared ink that is left unexplained so far. */
  readonly cost: number;
  readonly shape: Shape | undefined;
  readonly left: number;
  /** The first column that it does not share with the letter before. */
  readonly own: number;
  readonly gain: number;
  /** How well the letter fits, 0..1. */
  readonly fit: number;
  readonly before: State | undefined;
}

/**
 * The cheapest sequence of letters up to a column (Viterbi over columns, with a beam): its last state. Where the line
 * goes on, a letter may reach beyond the column.
 */
export function readLine(line: Line, within: Within, until: number): State | undefined {
  const { width } = line.ink;
  const ways: State[][] = Array.from({ length: width + 2 }, () => []);
  ways[0]?.push({ end: 0, cost: 0, shape: undefined, left: 0, own: 0, gain: 1, fit: 1, before: undefined });
  let whole: State | undefined;
  for (let x = 0; x <= width + 1; x += 1) {
    const here = ways[x] ?? [];
    if (here.length === 0) continue;
    const limit = cheapest(ways, x) + HOPELESS;
    for (const state of here.sort((a, b) => a.cost - b.cost).slice(0, BEAM)) {
      if (state.cost > limit) break;
      const next = nextWritten(line, state.end);
      const rest = (line.energy[Math.max(until, state.end)] ?? 0) - (line.energy[state.end] ?? 0);
      const isRead = next >= until || rest < FAINT;
      if (isRead && (whole === undefined || state.cost + rest < whole.cost))
        whole = { ...state, cost: state.cost + rest };
      if (next >= until) continue;
      for (const after of lettersFrom(line, state, { next, within })) {
        const there = ways[after.end];
        if (there !== undefined && !there.some((one) => one.shape === after.shape && one.cost <= after.cost))
          there.push(after);
      }
    }
  }
  return whole;
}

/** The least cost of the ways that end at a column or a little after it. */
function cheapest(ways: readonly (readonly State[])[], x: number): number {
  let least = Number.POSITIVE_INFINITY;
  for (let end = x; end < Math.min(ways.length, x + NEAR); end += 1)
    for (const { cost } of ways[end] ?? []) least = Math.min(least, cost);
  return least;
}

function nextWritten({ columns }: Line, from: number): number {
  let x = from;
  while (x < columns.length && (columns[x] ?? 0) < WRITTEN) x += 1;
  return x;
}

/** Every letter that may begin after a state. */
function* lettersFrom(
  line: Line,
  state: State,
  { next, within }: { readonly next: number; readonly within: Within },
): Generator<State> {
  for (const left of placesAfter(line, state, next))
    for (const shape of within.shapes) {
      if (left < 0 || left + shape.glyph.width > line.ink.width + 1) continue;
      if (left + shape.glyph.width <= state.end || !isLikely(line, shape, left, state)) continue;
      const after = tried(line, state, { left, shape, base: within.base });
      if (after !== undefined) yield after;
    }
}

/** Columns at which the next letter may begin, `next` being the first that is written on. */
function placesAfter({ columns, energy }: Line, state: State, next: number): readonly number[] {
  const touches = next <= state.end;
  const first = touches ? Math.max(state.own, state.end - OVERLAP) : Math.max(state.end, next - 1);
  const places = Array.from({ length: next + 2 - first }, (_, at) => first + at);
  // Columns of faint ink may be what is left of the letter before, or of a JPEG.
  let x = next;
  while (x < columns.length && (energy[x + 1] ?? 0) - (energy[next] ?? 0) < FAINT) x += 1;
  return [...places, ...[x - 1, x, x + 1].filter((one) => one > next + 1)];
}

/** A quick look at the sums of the columns: most letters are ruled out by it. */
function isLikely({ columns }: Line, { columns: own }: Shape, left: number, { end }: State): boolean {
  let off = 0;
  let all = 0;
  const from = Math.max(0, end - left);
  for (let at = from; at < own.length; at += 1) {
    const one = own[at] ?? 0;
    // Where the next letter may overlap, there may be more.
    const more = (columns[left + at] ?? 0) - one;
    off += more > 0 && at >= own.length - OVERLAP ? 0 : Math.abs(more);
    all += one;
    if (off > 1.2 + 0.4 * all && at >= from + 1) return false;
  }
  return off <= 0.6 + 0.3 * all;
}

/** Compares a letter with the line, less what the letter before left in its columns. */
function tried(
  line: Line,
  state: State,
  { left, shape, base }: { readonly left: number; readonly shape: Shape; readonly base: number },
): State | undefined {
  const { ink, energy } = line;
  const { glyph } = shape;
  const top = base - glyph.top;
  const shared = Math.max(0, state.end - left);
  const right = Math.min(ink.width, left + glyph.width);
  let product = 0;
  let squares = (energy[right] ?? 0) - (energy[left + shared] ?? 0);
  if (shared === 0 && (squares > shape.energy * MOST || squares * MOST < shape.energy)) return undefined;
  for (let y = 0; y < glyph.height; y += 1) {
    const row = top + y;
    if (row < 0 || row >= ink.height) continue;
    const from = row * ink.width + left;
    const own = y * glyph.width;
    for (let x = shared; x < glyph.width; x += 1)
      product += (ink.data[from + x] ?? 0) * (shape.ink[own + x] ?? 0);
  }
  // In shared columns the two letters add up.
  let freed = 0;
  if (shared > 0 && state.shape !== undefined)
    for (let x = 0; x < shared; x += 1)
      for (let row = 0; row < ink.height; row += 1) {
        const left_ =
          (ink.data[row * ink.width + left + x] ?? 0) - inkOfState(state, { column: left + x, row, base });
        freed += left_ * left_;
        squares += left_ * left_;
        product += left_ * inkAt(shape, x, row - top);
      }
  const gain = Math.min(GAIN.most, Math.max(GAIN.least, product / shape.energy));
  const unexplained = Math.max(0, squares - 2 * gain * product + gain * gain * shape.energy);
  const fit = 1 - unexplained / Math.max(squares, shape.energy);
  if (fit < LEAST) return undefined;
  // Between the letters too there may be ink that nothing explains.
  const between = left > state.end ? (energy[left] ?? 0) - (energy[state.end] ?? 0) : 0;
  const cost = state.cost - freed + between + unexplained + PER_LETTER;
  return { end: left + glyph.width, cost, shape, left, own: left + shared, gain, fit, before: state };
}

function inkAt({ glyph, ink }: Shape, x: number, y: number): number {
  return x < 0 || x >= glyph.width || y < 0 || y >= glyph.height ? 0 : (ink[y * glyph.width + x] ?? 0);
}

function inkOfState(
  { shape, left, gain }: State,
  { column, row, base }: { readonly column: number; readonly row: number; readonly base: number },
): number {
  return shape === undefined ? 0 : gain * inkAt(shape, column - left, row - base + shape.glyph.top);
}
