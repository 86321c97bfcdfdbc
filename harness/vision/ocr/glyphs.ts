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

/** From this score on a reading was right on all lines that were measured (docs/adr/0017-needles.md). */
export const SURE = 0.9;
/** Below this there is no reading at all. */
const LEAST = 0.6;
/** Ways to read the same columns that are followed at once. */
const BEAM = 4;
/** Neighbours may share so many columns of faint ink. */
const OVERLAP = 3;
/** A letter may be so much fainter or stronger than learned: thin letters alone set the scale of ink. */
const GAIN = { least: 0.75, most: 1.35 };
/** Squared ink that each further letter must explain to be worth it: one letter rather than two parts. */
const PER_LETTER = 0.3;
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

/** Reads a crop of one line; undefined where the letters are not those of the atlas. */
export function readByGlyphs(crop: Pixels, { styles }: Reader): GlyphReading | undefined {
  const line = lineOf(crop);
  if (line.runs.length === 0) return { text: '', score: 1 };
  let best: GlyphReading | undefined;
  for (const base of baseLines(line))
    for (const { style, shapes } of styles) {
      const read = readLine(line, { style, shapes, base });
      if (read !== undefined && read.score > (best?.score ?? LEAST)) best = read;
      if (best !== undefined && best.score > ALIKE) return best;
    }
  return best;
}

/** No other style can do better. */
const ALIKE = 0.985;

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
  const near = rows.slice(0, 2).flatMap((row) => [row, row - 1, row - 3, row - 4]);
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

/** The cheapest sequence of letters (Viterbi over columns, with a beam). */
function readLine(line: Line, within: Within): GlyphReading | undefined {
  const { width } = line.ink;
  const ways: State[][] = Array.from({ length: width + 1 }, () => []);
  const start: State = {
    end: 0,
    cost: 0,
    shape: undefined,
    left: 0,
    own: 0,
    gain: 1,
    fit: 1,
    before: undefined,
  };
  ways[0]?.push(start);
  let whole: State | undefined;
  for (let x = 0; x <= width; x += 1) {
    const here = ways[x]?.sort((a, b) => a.cost - b.cost).slice(0, BEAM) ?? [];
    for (const state of here) {
      const next = nextWritten(line, state.end);
      if (next >= width) {
        if (whole === undefined || state.cost < whole.cost) whole = state;
        continue;
      }
      for (const after of lettersFrom(line, state, { next, within })) {
        const there = ways[after.end];
        if (there !== undefined && !there.some((one) => one.shape === after.shape && one.cost <= after.cost))
          there.push(after);
      }
    }
  }
  return whole === undefined ? undefined : readingOf(whole, within.style);
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
  const last = next + 1;
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
    if (off > 1.5 + 0.5 * all && at >= from + 2) return false;
  }
  return off <= 0.6 + 0.4 * all;
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
