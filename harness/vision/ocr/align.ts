import { bottomOf, type Line, type Run } from './line.ts';

/** A word and the runs of columns that it is drawn in. */
export interface Word {
  readonly text: string;
  readonly runs: readonly Run[];
}
/** A letter and the columns that it is drawn in: from `left` to before `right`. */
export interface Letter {
  readonly text: string;
  readonly left: number;
  readonly right: number;
  /** Its last row with firm ink; -1 without. */
  readonly bottom: number;
  /** Empty columns lie at both its sides. */
  readonly isClean: boolean;
  /** Which letter of the line it is, spaces not counted. */
  readonly place: number;
  /** It is the first of a word, and not of the line. */
  readonly startsWord: boolean;
}
interface Labelled {
  readonly line: Line;
  readonly parts: readonly Word[];
}

/**
 * What being a column wider or narrower than usual costs, in ink that is cut through; one round of cutting and
 * learning the widths from the cuts each.
 */
const STIFFNESS = [0.15, 0.3, 0.6, 1, 1.5, 2];

/**
 * Cuts lines with known text into letters. At first a letter is taken to be as wide as such letters are in most fonts;
 * cuts go where little ink is cut through, and teach the widths for the next round.
 */
export function aligned<T extends Labelled>(
  lines: readonly T[],
): readonly (T & { readonly letters: readonly Letter[] })[] {
  let widths = new Map<string, number>();
  let cuts: readonly (readonly (readonly number[])[])[] = [];
  for (const stiffness of STIFFNESS) {
    cuts = lines.map(({ line, parts }) => {
      const scale = scaleOf(parts, widths);
      return parts.map((word) =>
        cutsOf(line, word, { usual: (letter) => widthOf(letter, widths) * scale, stiffness }),
      );
    });
    widths = learnedWidths(lines, cuts, widths);
  }
  return lines.map((one, at) => {
    const scale = scaleOf(one.parts, widths);
    const usual = (letter: string) => widthOf(letter, widths) * scale;
    let place = 0;
    const letters = one.parts.flatMap((word, index) => {
      const found = lettersOf(one.line, word, {
        cuts: cuts[at]?.[index] ?? [],
        startsWord: index > 0,
        usual,
        place,
      });
      place += [...word.text].length;
      return found;
    });
    return { ...one, letters };
  });
}

/** Widths in most sans-serif fonts, in parts of the font's size. */
function widthOf(letter: string, learned: ReadonlyMap<string, number>): number {
  const known = learned.get(letter);
  if (known !== undefined) return known;
  if (/[ijlI|.,:;!'’]/.test(letter)) return 0.27;
  if (/[frt()[\]{}\-"*1J]/.test(letter)) return 0.38;
  if (/[mwMW@%…—]/.test(letter)) return 0.87;
  if (/[A-Z&#]/.test(letter)) return 0.64;
  return 0.55;
}

/** Px of a font's size on this line. */
function scaleOf(parts: readonly Word[], widths: ReadonlyMap<string, number>): number {
  let [drawn, usual] = [0, 0];
  for (const { text, runs } of parts) {
    drawn += spanOf(runs).right - spanOf(runs).left;
    for (const letter of text) usual += widthOf(letter, widths);
  }
  return usual === 0 ? 1 : drawn / usual;
}

function spanOf(runs: readonly Run[]): { readonly left: number; readonly right: number } {
  return { left: runs[0]?.left ?? 0, right: runs.at(-1)?.right ?? 0 };
}

interface Cutting {
  /** Columns that a letter takes as a rule. */
  readonly usual: (letter: string) => number;
  readonly stiffness: number;
}

/** The columns before which each further letter begins: cheapest of all ways (Viterbi). */
function cutsOf(line: Line, { text, runs }: Word, how: Cutting): readonly number[] {
  const letters = [...text];
  const { left, right } = spanOf(runs);
  const span = right - left;
  if (span < letters.length) return [];
  // costs[x]: the cheapest way to have cut so many letters off that the next begins at left + x.
  let costs = new Float64Array(span + 1).fill(Number.POSITIVE_INFINITY);
  costs[0] = 0;
  const from: Int32Array[] = [];
  for (const [at, letter] of letters.entries()) {
    const wanted = how.usual(letter);
    const next = new Float64Array(span + 1).fill(Number.POSITIVE_INFINITY);
    const back = new Int32Array(span + 1).fill(-1);
    const isLast = at === letters.length - 1;
    for (let x = isLast ? span : 1; x <= span; x += 1) {
      const cut = isLast ? 0 : inkAcross(line, left + x);
      for (let start = Math.max(0, x - Math.ceil(1.8 * wanted + 3)); start < x; start += 1) {
        const cost =
          (costs[start] ?? 0) + cut + (how.stiffness * (x - start - wanted) ** 2) / Math.max(2, wanted);
        if (cost >= (next[x] ?? 0)) continue;
        next[x] = cost;
        back[x] = start;
      }
    }
    from.push(back);
    costs = next;
  }
  const cuts: number[] = [];
  let x = span;
  for (const back of from.toReversed()) {
    x = back[x] ?? -1;
    if (x < 0) return [];
    cuts.unshift(left + x);
  }
  return cuts;
}

/** Ink that a cut before a column goes through. */
function inkAcross({ ink }: Line, x: number): number {
  let sum = 0;
  for (let y = 0; y < ink.height; y += 1) {
    const at = y * ink.width + x;
    sum += Math.min(ink.data[at - 1] ?? 0, ink.data[at] ?? 0);
  }
  return sum;
}

function learnedWidths(
  lines: readonly Labelled[],
  cuts: readonly (readonly (readonly number[])[])[],
  before: ReadonlyMap<string, number>,
): Map<string, number> {
  const all = new Map<string, number[]>();
  for (const [at, { parts }] of lines.entries()) {
    const scale = scaleOf(parts, before);
    for (const [index, { text, runs }] of parts.entries()) {
      const own = cuts[at]?.[index] ?? [];
      if (own.length === 0) continue;
      const ends = [...own.slice(1), spanOf(runs).right];
      for (const [place, letter] of [...text].entries()) {
        const widths = all.get(letter) ?? [];
        widths.push(((ends[place] ?? 0) - (own[place] ?? 0)) / scale);
        all.set(letter, widths);
      }
    }
  }
  return new Map([...all].map(([letter, widths]) => [letter, trusted(letter, widths)]));
}

/** What was cut once or twice is trusted half. */
function trusted(letter: string, widths: readonly number[]): number {
  const usual = widthOf(letter, new Map());
  const middle = widths.toSorted((a, b) => a - b)[Math.floor(widths.length / 2)] ?? usual;
  return widths.length < 3 ? (middle + usual) / 2 : middle;
}

interface Cut {
  /** The columns before which the letters begin; empty where the word could not be cut. */
  readonly cuts: readonly number[];
  readonly startsWord: boolean;
  /** Letters before it on the line. */
  readonly place: number;
  readonly usual: (letter: string) => number;
}
/** A cut that leaves a letter so much of its usual width, and px, more or less went astray. */
const ASTRAY = { share: 0.35, px: 1.5 };

/** The letters of a word; not those beside a cut that went astray. */
function lettersOf(
  line: Line,
  { text, runs }: Word,
  { cuts, startsWord, usual, place }: Cut,
): readonly Letter[] {
  const ends = [...cuts.slice(1), spanOf(runs).right];
  if (cuts.length === 0) return [];
  const letters = [...text];
  const isAstray = letters.map((letter, at) => {
    const wanted = usual(letter);
    const [left, right] = trimmed(line, cuts[at] ?? 0, ends[at] ?? 0);
    if (right <= left) return true;
    return Math.abs((ends[at] ?? 0) - (cuts[at] ?? 0) - wanted) > ASTRAY.share * wanted + ASTRAY.px;
  });
  return letters.flatMap((letter, at): readonly Letter[] => {
    const [left, right] = trimmed(line, cuts[at] ?? 0, ends[at] ?? 0);
    if (isAstray[at - 1] || isAstray[at] || isAstray[at + 1]) return [];
    const isClean = (line.columns[left - 1] ?? 0) === 0 && (line.columns[right] ?? 0) === 0;
    const bottom = bottomOf(line.ink, left, right);
    return [
      { text: letter, left, right, bottom, isClean, place: place + at, startsWord: startsWord && at === 0 },
    ];
  });
}

/** Without empty columns at the ends. */
function trimmed({ columns }: Line, from: number, to: number): readonly [number, number] {
  let [left, right] = [from, to];
  while (left < right && (columns[left] ?? 0) === 0) left += 1;
  while (right > left && (columns[right - 1] ?? 0) === 0) right -= 1;
  return [left, right];
}
