import type { Pixels } from '../../terms/frame.ts';
import type { Glyph, GlyphAtlas, Style } from './atlas.ts';
import { type Line, lineOf } from './line.ts';

/** A line read by known letters. */
export interface GlyphReading {
  readonly text: string;
  /**
   * How well the worst letter fits, 0..1: an unknown letter is read as the nearest known one, with a low score. On what
   * was learned from the same source 0.97 and more; from {@link SURE} on a reading may be taken.
   */
  readonly score: number;
}

/** From this score on a reading was right on all lines that were measured (docs/adr/0018-reading-writing.md). */
export const SURE = 0.92;
/** Below this there is no reading at all. */
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
const FAINT = 0.4;
/** Ink of a column from which on something must be read there. */
const WRITTEN = 0.2;

/** A glyph made ready for comparing. */
interface Shape {
  readonly glyph: Glyph;
  /** 0..1, row-major. */
  readonly ink: Float32Array;
  /** Ink of each column. */
  readonly columns: Float32Array;
  /** Sum of the squared ink. */
  readonly energy: number;
}
/** An atlas made ready for reading: do it once, read many lines. */
export interface Reader {
  readonly styles: readonly { readonly style: Style; readonly shapes: readonly Shape[] }[];
}

/** Makes an atlas ready for reading. */
export function readerOf(atlas: GlyphAtlas): Reader {
  return {
    styles: atlas.styles.map((style) => ({ style, shapes: style.glyphs.map(shapeOf) })),
  };
}

/** Columns that a style and a base line are tried on before the whole line is read. */
const TRIED = 40;
/** How many of those tried are read as a whole. */
const TRIALS = 3;
/** No other style will do better. */
const ALIKE = 0.95;

/** Reads a crop of one line; undefined where the letters are not those of the atlas. */
export function readByGlyphs(crop: Pixels, { styles }: Reader): GlyphReading | undefined {
  const line = lineOf(crop);
  const [first] = line.runs;
  if (first === undefined) return { text: '', score: 1 };
  const [likeliest, ...others] = baseLines(line);
  const at = (bases: readonly number[]) =>
    bases.flatMap((base) => styles.map(({ style, shapes }) => ({ style, shapes, base })));
  const read = likeliest === undefined ? undefined : best(line, at([likeliest]), first.left + TRIED);
  if (read !== undefined && read.score > ALIKE) return read;
  const other = best(line, at(others), first.left + TRIED);
  return (other?.score ?? 0) > (read?.score ?? 0) ? other : read;
}

/** The best reading of those ways that do best on the first columns. */
function best(line: Line, ways: readonly Within[], tried: number): GlyphReading | undefined {
  const until = Math.min(line.ink.width, tried);
  const starts = ways.flatMap((within) => {
    const start = readLine(line, within, until);
    return start === undefined ? [] : [{ within, cost: start.cost }];
  });
  let found: GlyphReading | undefined;
  for (const { within } of starts.sort((a, b) => a.cost - b.cost).slice(0, TRIALS)) {
    const whole = readLine(line, within, line.ink.width);
    const read = whole === undefined ? undefined : readingOf(whole, within.style);
    if (read !== undefined && read.score > (found?.score ?? LEAST)) found = read;
    if (found !== undefined && found.score > ALIKE) break;
  }
  return found;
}

function shapeOf(glyph: Glyph): Shape {
  const ink = Float32Array.from(glyph.ink, (one) => one / 255);
  const columns = new Float32Array(glyph.width);
  let energy = 0;
  for (let at = 0; at < ink.length; at += 1) {
    const one = ink[at] ?? 0;
    columns[at % glyph.width] = (columns[at % glyph.width] ?? 0) + one;
    energy += one * one;
  }
  return { glyph, ink, columns, energy };
}

/** Rows that may be the base line, the likeliest first: most letters stand on it. */
function baseLines({ runs }: Line): readonly number[] {
  const counts = new Map<number, number>();
  for (const { bottom, left, right } of runs)
    if (bottom >= 0) counts.set(bottom, (counts.get(bottom) ?? 0) + right - left);
  const rows = [...counts].sort((a, b) => b[1] - a[1]).map(([row]) => row);
  const near = rows.slice(0, 2).flatMap((row) => [row, row + 1, row - 1, row - 3, row - 4]);
  return [...new Set([...rows.slice(0, 3), ...near])];
}

interface Within {
  readonly style: Style;
  readonly shapes: readonly Shape[];
  readonly base: number;
}
/** A way to read the line up to before column `end`. */
interface State {
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
function readLine(line: Line, within: Within, until: number): State | undefined {
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
  const touches = next <= state.end;
  const first = touches ? Math.max(state.own, state.end - OVERLAP) : Math.max(state.end, next - 1);
  // Columns of faint ink may be what a JPEG leaves beside a letter.
  let last = next + 1;
  while (last < next + OVERLAP && (line.energy[last] ?? 0) - (line.energy[next] ?? 0) < FAINT) last += 1;
  for (let left = first; left <= last; left += 1)
    for (const shape of within.shapes) {
      if (left < 0 || left + shape.glyph.width > line.ink.width + 1) continue;
      if (left + shape.glyph.width <= state.end || !isLikely(line, shape, left, state)) continue;
      const after = tried(line, state, { left, shape, base: within.base });
      if (after !== undefined) yield after;
    }
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

function readingOf(whole: State, { bearings, space }: Style): GlyphReading {
  let text = '';
  let score = 1;
  for (let state: State | undefined = whole; state?.shape !== undefined; state = state.before) {
    const { shape, before } = state;
    score = Math.min(score, state.fit);
    text = shape.glyph.text + text;
    if (before?.shape === undefined) break;
    const own = bearings[shape.glyph.text]?.before ?? 1;
    const others = bearings[before.shape.glyph.text]?.after ?? 1;
    if (state.left - before.end - own - others > space / 2) text = ` ${text}`;
  }
  return { text, score };
}
