import type { Box, Item, Pixels } from '../../terms/frame.ts';
import type { Look } from '../../terms/look.ts';
import type { GlyphAtlas } from '../ocr/atlas.ts';
import { readByGlyphs, readerOf, SURE } from '../ocr/glyphs.ts';
import { bulletsIn } from './bullets.ts';
import { partsOf } from './parts.ts';
import { lineCrop } from './place.ts';
import { arrange, type Seen } from './see.ts';

/** Reads one line of writing, cut out with a little of its ground. Answers '' where it is none. */
export type TextReader = (line: Pixels) => Promise<string>;

/** Says what stands on a picture, as a person in front of it would list it. */
export type Seer = (pixels: Pixels) => Promise<readonly Item[]>;

/** A seer for the GUI that a look was learned from. What it has read once it knows again. */
export function seerOf(look: Look, read: TextReader): Seer {
  const memory = new Memory();
  const letters = readerOf(look.letters as GlyphAtlas);
  const textOf = async (pixels: Pixels, box: Box): Promise<string> => {
    const line = lineCrop(pixels, box);
    const known = memory.find(line);
    if (known !== undefined) return known;
    const byLetters = readByGlyphs(line, letters);
    const isSure = byLetters !== undefined && byLetters.score >= SURE;
    const text = isSure ? byLetters.text : (await read(line)).trim();
    memory.keep(line, text);
    return text;
  };
  return async (pixels) => {
    const seen = arrange(partsOf(pixels, look.em), look);
    const items = await Promise.all(seen.map((one) => itemOf(pixels, one, textOf, look.em)));
    // What nobody can read and what has no frame is no item: an icon, something of the camera's picture.
    return items.filter(
      (item, at) => seen[at]?.framed === true || (item.text !== '' && !STAMP.test(item.text)),
    );
  };
}

/** Date and time in a corner of a camera's picture: never of the GUI. */
const STAMP = /\d{2}[-/.]\d{2}[-/.]\d{4}.*\d{1,2}:\d{2}:\d{2}/;

async function itemOf(
  pixels: Pixels,
  { box, is, lines }: Seen,
  textOf: (pixels: Pixels, box: Box) => Promise<string>,
  em: number,
): Promise<Item> {
  const { kind, checked, enabled, focused } = is;
  const states = {
    ...(checked === undefined ? {} : { checked }),
    ...(enabled === undefined ? {} : { enabled }),
    ...(focused === undefined ? {} : { focused }),
  };
  if (kind === 'field') {
    const bullets = bulletsIn(pixels, box, em);
    if (bullets > 0) return { kind, text: '•'.repeat(bullets), box, ...states, concealed: true };
  }
  const written =
    kind === 'option' ? withoutArrow(lines, box, em) : kind === 'button' ? withoutIcon(lines, em) : lines;
  const texts = await Promise.all(written.map((line) => textOf(pixels, line)));
  const text = texts.filter((one) => one !== '').join(' ');
  return { kind, text, box, ...states, ...(kind === 'field' && text !== '' ? { concealed: false } : {}) };
}

/** The arrow of a list is no writing. */
function withoutArrow(lines: readonly Box[], box: Box, em: number): readonly Box[] {
  return lines.filter((line) => line.width > em || line.x < box.x + box.width / 2);
}

/** Nor are an icon beside a label, and its parts: higher than writing, or narrower than a word. */
function withoutIcon(lines: readonly Box[], em: number): readonly Box[] {
  const words = lines.filter(({ width, height }) => width >= 1.5 * em && height <= 1.25 * em);
  return words.length === 0 ? lines : words;
}

/** Lines that were read, found again by how they look: a capture never gives the same pixels twice. */
class Memory {
  readonly #lines = new Map<string, { readonly line: Pixels; readonly text: string }[]>();

  find(line: Pixels): string | undefined {
    return this.#lines.get(sizeOf(line))?.find((known) => looksLike(known.line, line))?.text;
  }

  keep(line: Pixels, text: string): void {
    const key = sizeOf(line);
    const list = this.#lines.get(key) ?? [];
    this.#lines.set(key, list);
    list.push({ line, text });
    if (list.length > MOST) list.shift();
  }
}

const sizeOf = ({ width, height }: Pixels): string => `${width}x${height}`;
/** Lines of one size that are kept. */
const MOST = 40;
/** Side of the squares whose means are compared, px: less than a stroke by which one letter is another. */
const SQUARE = 3;
/** What such means differ by at most, as a share of the line's own contrast and of 255: more than noise does. */
const ALIKE = 0.16;
const NOISE = 10;

/** Whether two pictures of a size show the same, noise apart: one stroke more or less is not the same. */
function looksLike(a: Pixels, b: Pixels): boolean {
  const { width, height } = a;
  if (width !== b.width || height !== b.height) return false;
  let [darkest, lightest] = [255, 0];
  // Sums of differences of the rows of a square, column by column, as the square moves down.
  const columns = new Int32Array(width);
  const off = (x: number, y: number) => {
    const at = (y * width + x) * 4 + 1;
    return (a.data[at] ?? 0) - (b.data[at] ?? 0);
  };
  for (let at = 1; at < a.data.length; at += 4) {
    const value = a.data[at] ?? 0;
    if (value < darkest) darkest = value;
    if (value > lightest) lightest = value;
  }
  const most = Math.max(NOISE, ALIKE * (lightest - darkest)) * SQUARE * SQUARE;
  for (let y = 0; y < height; y += 1) {
    let sum = 0;
    for (let x = 0; x < width; x += 1) {
      columns[x] = (columns[x] ?? 0) + off(x, y) - (y >= SQUARE ? off(x, y - SQUARE) : 0);
      sum += (columns[x] ?? 0) - (x >= SQUARE ? (columns[x - SQUARE] ?? 0) : 0);
      if (sum > most || sum < -most) return false;
    }
  }
  return true;
}
