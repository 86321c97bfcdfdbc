import type { Pixels } from '../../terms/frame.ts';
import type { Glyph, GlyphAtlas, Style } from './atlas.ts';
import { type Line, lineOf } from './line.ts';
import { readLine, type Shape, type State, type Within } from './sequence.ts';

/** A line read by known letters. */
export interface GlyphReading {
  readonly text: string;
  /**
   * How well the worst letter fits, 0..1: an unknown letter is read as the nearest known one, with a low score. From
   * {@link SURE} on a reading may be taken.
   */
  readonly score: number;
}

/**
 * From this score on a reading may be taken. Chosen on the lines it was measured on; of texts that took no part none
 * was wrong, and many are doubted that are right (docs/adr/0018-reading-writing.md).
 */
export const SURE = 0.92;
/** Below this there is no reading at all. */
const LEAST = 0.6;
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
    const read = whole === undefined ? undefined : readingOf(line, whole, within);
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

/** A gap that is so many times a space beyond what its letters take is one; about the middle it is a doubt. */
const SPACE = { least: 0.5, usual: 0.6, most: 0.68 };
/** What a doubt leaves of the score. */
const DOUBT = 0.9;

function readingOf(line: Line, whole: State, { style, base }: Within): GlyphReading {
  let text = '';
  let score = leftOver(line, whole, base);
  for (let state: State | undefined = whole; state?.shape !== undefined; state = state.before) {
    const { shape, before } = state;
    score = Math.min(score, state.fit);
    text = shape.glyph.text + text;
    if (before?.shape === undefined) break;
    const own = (style.bearings[shape.glyph.text] ?? style.usual).before;
    const others = (style.bearings[before.shape.glyph.text] ?? style.usual).after;
    const wide = (state.left - before.end - own - others) / style.space;
    if (wide > SPACE.usual) text = ` ${text}`;
    if (wide > SPACE.least && wide < SPACE.most) score = Math.min(score, DOUBT);
  }
  return { text, score };
}

/** A pixel that is off by so much is no noise, but a stroke: ink, 0..1. */
const STROKE = 0.45;
/** What each squared ink of strokes that are not explained takes from the score. */
const STROKE_COST = 0.15;
/** Columns that are looked at together. */
const WINDOW = 8;

/** 1 less what strokes are left over, or missing, in the worst place: the dots of an unknown `ü` read as `u`. */
function leftOver({ ink }: Line, whole: State, base: number): number {
  const rest = ink.data.slice();
  for (let state: State | undefined = whole; state?.shape !== undefined; state = state.before) {
    const { glyph, ink: own } = state.shape;
    for (let y = 0; y < glyph.height; y += 1) {
      const row = base - glyph.top + y;
      if (row < 0 || row >= ink.height) continue;
      for (let x = 0; x < glyph.width && state.left + x < ink.width; x += 1) {
        const at = row * ink.width + state.left + x;
        rest[at] = (rest[at] ?? 0) - state.gain * (own[y * glyph.width + x] ?? 0);
      }
    }
  }
  const columns = new Float32Array(ink.width);
  for (const [at, one] of rest.entries())
    if (Math.abs(one) > STROKE) columns[at % ink.width] = (columns[at % ink.width] ?? 0) + one * one;
  let [sum, most] = [0, 0];
  for (let x = 0; x < ink.width; x += 1) {
    sum += (columns[x] ?? 0) - (columns[x - WINDOW] ?? 0);
    most = Math.max(most, sum);
  }
  return Math.max(0, 1 - STROKE_COST * most);
}
