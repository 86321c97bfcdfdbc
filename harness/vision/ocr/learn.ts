import type { Pixels } from '../../terms/frame.ts';
import { aligned, type Letter, type Word } from './align.ts';
import type { Glyph, GlyphAtlas, Style } from './atlas.ts';
import { examined } from './examine.ts';
import { type Line, lineOf, type Run } from './line.ts';

/** A crop of one line, lossless, and what is written in it. */
export interface GlyphSample {
  readonly pixels: Pixels;
  readonly text: string;
}

/** Letters whose firm ink ends at the base line. */
const ON_LINE = /[A-IK-PR-Za-fh-ik-or-xz0-9äöüÄÖÜßéèêáàíóúñćńśźżąę]/;
/**
 * Two drawings of one letter are alike when so much of the ink's square differs at most; a capture chain makes them
 * differ by more: so many times what the nearest two of each letter differ by, but never more than `most`.
 */
const ALIKE = { least: 0.012, times: 2.5, most: 0.06 };
/** Drawings of each letter that are looked at to learn by how much they differ. */
const LOOKED_AT = 12;
/** Drawings of two letters are the same, and one of the letters a wrong cut, when they differ by so much at most. */
const SAME = 0.012;

/**
 * Learns letters from labelled lines. Lines whose letters cannot be told apart by empty columns teach as far as
 * their words can. Drawings that occur side by side in lines make a style: a size, weight and way of drawing.
 */
export function learnGlyphs(samples: readonly GlyphSample[]): GlyphAtlas {
  const lines = samples.flatMap(({ pixels, text }) => {
    const words = text
      .trim()
      .split(/\s+/)
      .filter((word) => word !== '');
    const line = lineOf(pixels);
    const parts = wordsOf(line.runs, words);
    return parts === undefined ? [] : [{ line, parts }];
  });
  const plain = aligned(lines).flatMap((one): readonly Learned[] => {
    const base = baseOf(one.letters);
    if (base === undefined) return [];
    const letters = one.letters.map((letter) => drawn(one.line, letter, base));
    return [{ letters, key: keyOf(letters) }];
  });
  const alike = alikeness(plain.flatMap(({ letters }) => letters.map(({ glyph }) => glyph)));
  const styles = groups(plain, alike).map((lines) => styleOf(lines, alike));
  return examined({ version: 1, styles }, samples);
}

interface Drawn extends Letter {
  readonly glyph: Glyph;
}
interface Learned {
  readonly letters: readonly Drawn[];
  /** The same where the letters were drawn the same way at the same places. */
  readonly key: string;
}

function keyOf(letters: readonly Drawn[]): string {
  const [first] = letters;
  return letters
    .map(({ text, left, glyph }) => `${text} ${left - (first?.left ?? 0)} ${glyph.top} ${glyph.ink.join()}`)
    .join('|');
}

/** Parts the runs at the widest gaps; undefined where these are no wider than others. */
function wordsOf(runs: readonly Run[], words: readonly string[]): readonly Word[] | undefined {
  const gaps = runs.slice(1).map((run, at) => ({ at: at + 1, width: run.left - (runs[at]?.right ?? 0) }));
  const widest = gaps.toSorted((a, b) => b.width - a.width);
  const spaces = widest.slice(0, words.length - 1);
  if (spaces.length < words.length - 1 || words.length === 0) return undefined;
  const least = spaces.at(-1)?.width ?? Number.POSITIVE_INFINITY;
  if ((widest[spaces.length]?.width ?? -1) >= least) return undefined;
  const cuts = [0, ...spaces.map(({ at }) => at).sort((a, b) => a - b), runs.length];
  return words.map((text, at) => ({ text, runs: runs.slice(cuts[at], cuts[at + 1]) }));
}

/** The row on which most letters stand. */
function baseOf(letters: readonly Letter[]): number | undefined {
  const counts = new Map<number, number>();
  for (const { text, bottom } of letters)
    if (ON_LINE.test(text)) counts.set(bottom, (counts.get(bottom) ?? 0) + 1);
  const [most] = [...counts].sort((a, b) => b[1] - a[1]);
  return most?.[0];
}

function drawn({ ink }: Line, letter: Letter, base: number): Drawn {
  const rows = Array.from({ length: ink.height }, (_, y) =>
    ink.data.subarray(y * ink.width + letter.left, y * ink.width + letter.right),
  );
  const first = rows.findIndex((row) => row.some((one) => one > 0));
  const last = rows.findLastIndex((row) => row.some((one) => one > 0));
  const glyph = {
    text: letter.text,
    width: letter.right - letter.left,
    height: last - first + 1,
    top: base - first,
    ink: rows.slice(first, last + 1).flatMap((row) => Array.from(row, (one) => Math.round(one * 255))),
  };
  return { ...letter, glyph };
}

/** Two drawings laid over each other on the base line, the second up to a pixel aside. */
interface Overlay {
  /** Columns that the second is moved to the left by. */
  readonly by: number;
  /** Share of the squared ink in which they differ, 0..2. */
  readonly off: number;
}

function overlay(a: Glyph, b: Glyph): Overlay {
  if (Math.abs(a.width - b.width) > 3) return { by: 0, off: 2 };
  const top = Math.max(a.top, b.top);
  const bottom = Math.max(a.height - a.top, b.height - b.top);
  const overlays = [0, -1, 1].map((by) => {
    let [differing, both] = [0, 0];
    for (let row = -top; row < bottom; row += 1)
      for (let x = -1; x <= Math.max(a.width, b.width); x += 1) {
        const [one, other] = [inkOf(a, x, row), inkOf(b, x + by, row)];
        differing += (one - other) ** 2;
        both += one * one + other * other;
      }
    return { by, off: both === 0 ? 2 : (2 * differing) / both };
  });
  return overlays.reduce((best, one) => (one.off < best.off ? one : best));
}

/** Ink at a column and a row counted from the base line. */
function inkOf({ ink, width, height, top }: Glyph, x: number, row: number): number {
  const y = row + top;
  return x < 0 || x >= width || y < 0 || y >= height ? 0 : (ink[y * width + x] ?? 0);
}

/** By how much drawings of one letter may differ, judged by how much those that differ least do. */
function alikeness(glyphs: readonly Glyph[]): number {
  const nearest = [...grouped(glyphs, ({ text }) => text).values()].flatMap((own) => {
    const some = own.slice(0, LOOKED_AT);
    if (some.length < 3) return [];
    return some.map((one) => Math.min(...some.filter((it) => it !== one).map((it) => overlay(one, it).off)));
  });
  return Math.min(ALIKE.most, Math.max(ALIKE.least, ALIKE.times * (median(nearest) ?? 0)));
}

/** Lines that share the drawings of two letters or more belong together, and those that are the same. */
function groups(lines: readonly Learned[], alike: number): readonly (readonly Learned[])[] {
  const found: Learned[][] = [];
  const same = grouped(lines, ({ key }) => key);
  for (const line of [...same.values()].flatMap(([first]) => first ?? [])) {
    const kin = found.filter((group) => shared(line, group, alike) >= Math.min(2, line.letters.length));
    const rest = found.filter((group) => !kin.includes(group));
    found.length = 0;
    found.push(...rest, [...kin.flat(), line]);
  }
  return found.map((group) => group.flatMap(({ key }) => same.get(key) ?? []));
}

function shared(line: Learned, group: readonly Learned[], alike: number): number {
  const known = new Set<string>();
  for (const { text, glyph } of line.letters) {
    if (glyph.width <= 2 || known.has(text)) continue;
    const isThere = group.some(({ letters }) =>
      letters.some((other) => other.text === text && overlay(glyph, other.glyph).off <= alike),
    );
    if (isThere) known.add(text);
  }
  return known.size;
}

/** Drawings of one letter that are alike. */
interface Drawing {
  /** The first of them. */
  readonly glyph: Glyph;
  /** Of all of them, at the first one's place. */
  readonly sum: Float64Array;
  count: number;
  isClean: boolean;
}
/** A drawing that is rarer than this among those of its letter, and unlike the commonest, was cut wrongly. */
const RARE = 0.12;
/** Share of the squared ink in which two ways of drawing one letter differ at most, 0..2. */
const AKIN = 0.3;
/** Less ink than this is no letter, but a part of one. */
const LEAST_INK = 0.8;

/** Alike drawings are averaged; those that were cut out as another letter more often are dropped. */
function styleOf(lines: readonly Learned[], alike: number): Style {
  const drawings: Drawing[] = [];
  for (const { text, glyph, isClean } of lines.flatMap((one) => one.letters)) {
    const own = drawings.filter((one) => one.glyph.text === text);
    const found = own
      .map((drawing) => ({ drawing, ...overlay(drawing.glyph, glyph) }))
      .sort((a, b) => a.off - b.off)[0];
    if (found !== undefined && found.off <= alike) add(found.drawing, glyph, { by: found.by, isClean });
    else drawings.push({ glyph, sum: Float64Array.from(glyph.ink), count: 1, isClean });
  }
  const isOutvoted = (one: Drawing) =>
    drawings.some(
      (other) =>
        other.glyph.text !== one.glyph.text &&
        other.count >= one.count &&
        overlay(one.glyph, other.glyph).off <= SAME,
    );
  const kept = drawings.filter((one) => !isOutvoted(one) && sumOf(one.glyph.ink) >= LEAST_INK * 255);
  const glyphs = [...grouped(kept, ({ glyph }) => glyph.text).values()].flatMap((own) => {
    // What stands free is better than what was cut out of touching letters.
    const best = own.some(({ isClean }) => isClean) ? own.filter(({ isClean }) => isClean) : own;
    const all = sumOf(best.map(({ count }) => count));
    const [main] = best.toSorted((a, b) => b.count - a.count);
    return best
      .filter(
        ({ count, glyph }) =>
          count > Math.max(1, RARE * all) || (main !== undefined && overlay(glyph, main.glyph).off <= AKIN),
      )
      .map(({ glyph, sum, count }) => ({ ...glyph, ink: Array.from(sum, (one) => Math.round(one / count)) }));
  });
  return { glyphs, ...spacing(lines) };
}

function add(
  drawing: Drawing,
  glyph: Glyph,
  { by, isClean }: { readonly by: number; readonly isClean: boolean },
): void {
  const { width, top } = drawing.glyph;
  for (let at = 0; at < drawing.sum.length; at += 1)
    drawing.sum[at] = (drawing.sum[at] ?? 0) + inkOf(glyph, (at % width) + by, Math.floor(at / width) - top);
  drawing.count += 1;
  drawing.isClean ||= isClean;
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, one) => sum + one, 0);
}

/** Rounds of averaging until gaps are shared out between the letters at their sides. */
const ROUNDS = 8;
/** A gap is taken to be shared out so before anything is known, columns. */
const USUAL = 1;
/** Where no line has a space, columns. */
const USUAL_SPACE = 4;

/** Shares the gaps out: gap = after(left letter) + before(right letter), and a space more between words. */
function spacing(lines: readonly Learned[]): Pick<Style, 'bearings' | 'usual' | 'space'> {
  const gaps = lines.flatMap(({ letters }) =>
    letters.slice(1).flatMap((letter, at) => {
      const before = letters[at];
      if (before === undefined || before.place + 1 !== letter.place) return [];
      const { text: right, startsWord: isSpace } = letter;
      return [{ left: before.text, right, width: letter.left - before.right, isSpace }];
    }),
  );
  const before = new Map<string, number>();
  const after = new Map<string, number>();
  const inner = gaps.filter(({ isSpace }) => !isSpace);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [text, widths] of grouped(inner, ({ right }) => right))
      before.set(
        text,
        mean(
          widths.map(({ left, width }) => width - (after.get(left) ?? USUAL)),
          USUAL,
        ),
      );
    for (const [text, widths] of grouped(inner, ({ left }) => left))
      after.set(
        text,
        mean(
          widths.map(({ right, width }) => width - (before.get(right) ?? USUAL)),
          USUAL,
        ),
      );
  }
  const usual = { before: mean([...before.values()], USUAL), after: mean([...after.values()], USUAL) };
  const texts = new Set([...before.keys(), ...after.keys()]);
  const bearings = Object.fromEntries(
    [...texts].map((text) => [
      text,
      { before: before.get(text) ?? usual.before, after: after.get(text) ?? usual.after },
    ]),
  );
  const spaces = gaps
    .filter(({ isSpace }) => isSpace)
    .map(
      ({ left, right, width }) => width - (bearings[left] ?? usual).after - (bearings[right] ?? usual).before,
    );
  return { bearings, usual, space: median(spaces) ?? USUAL_SPACE };
}

function grouped<T>(all: readonly T[], by: (one: T) => string): Map<string, T[]> {
  const result = new Map<string, T[]>();
  for (const one of all) {
    const group = result.get(by(one)) ?? [];
    group.push(one);
    result.set(by(one), group);
  }
  return result;
}

function median(values: readonly number[]): number | undefined {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

function mean(values: readonly number[], otherwise: number): number {
  return values.length === 0 ? otherwise : values.reduce((sum, one) => sum + one, 0) / values.length;
}
