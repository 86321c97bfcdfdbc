import type { Box, Pixels } from '../../terms/frame.ts';
import type { BoxTraits, Colour, LineTraits } from '../../terms/look.ts';
import { wordsOf } from '../words.ts';
import { grown } from './place.ts';

/** Pixels that are of one colour, of 255, summed over red, green and blue. */
const ALIKE = 60;

/** Pixels of each colour, by the upper four bits of red, green and blue; used again for each part. */
const COUNTS = new Uint32Array(4096);

/** The colour that most of the pixels of a part have; black where the part lies outside. */
export function mainColour(pixels: Pixels, box: Box): Colour {
  const { width, height } = pixels;
  const left = Math.max(0, Math.floor(box.x));
  const top = Math.max(0, Math.floor(box.y));
  const right = Math.min(width, Math.ceil(box.x + box.width));
  const bottom = Math.min(height, Math.ceil(box.y + box.height));
  const words = wordsOf(pixels);
  const counts = COUNTS.fill(0);
  let mode = -1;
  let most = 0;
  // Most pixels are as the one before: those of one colour in a row are counted together.
  for (let y = top; y < bottom && left < right; y += 1) {
    let from = y * width + left;
    const end = y * width + right;
    let word = words[from] ?? 0;
    for (let at = from + 1; at <= end; at += 1) {
      const next = at < end ? (words[at] ?? 0) : ~word;
      if (next === word) continue;
      const key = ((word & 0xf0) << 4) | ((word >> 8) & 0xf0) | ((word >> 20) & 0xf);
      const count = (counts[key] ?? 0) + at - from;
      counts[key] = count;
      if (count > most) {
        most = count;
        mode = key;
      }
      word = next;
      from = at;
    }
  }
  if (mode < 0) return [0, 0, 0];
  const middle: Colour = [(mode >> 8) * 16 + 8, ((mode >> 4) & 15) * 16 + 8, (mode & 15) * 16 + 8];
  const [midRed, midGreen, midBlue] = middle;
  let r = 0;
  let g = 0;
  let b = 0;
  let count = 0;
  for (let y = top; y < bottom; y += 1) {
    let from = y * width + left;
    const end = y * width + right;
    let word = words[from] ?? 0;
    for (let at = from + 1; at <= end; at += 1) {
      const next = at < end ? (words[at] ?? 0) : ~word;
      if (next === word) continue;
      if (offWord(word, midRed, midGreen, midBlue) <= 36) {
        r += (word & 255) * (at - from);
        g += ((word >> 8) & 255) * (at - from);
        b += ((word >> 16) & 255) * (at - from);
        count += at - from;
      }
      word = next;
      from = at;
    }
  }
  return count === 0 ? middle : [Math.round(r / count), Math.round(g / count), Math.round(b / count)];
}

/** How a rectangle looks. @param em px */
export function boxTraits(pixels: Pixels, box: Box, em: number): BoxTraits {
  const { x, y, width, height } = box;
  const inner = { x: x + 2, width: Math.max(1, width - 4) };
  const band = Math.max(1, Math.round(height * 0.2));
  const part = (from: number) => mainColour(pixels, { ...inner, y: y + from, height: band });
  const fill = [
    part(Math.max(2, Math.round(height * 0.1))),
    part(Math.round(height * 0.4)),
    part(Math.min(height - band - 2, Math.round(height * 0.7))),
  ] as const;
  const edge = mainColour(pixels, { x: x + 6, y, width: Math.max(1, width - 12), height: 1 });
  const around = mainColour(pixels, { x: x - 4, y: y - 4, width: width + 8, height: 3 });
  const round = width < 2 * em && height < 2 * em && isRound(pixels, box, around);
  return { width: width / em, height: height / em, fill, edge, around, round, ...inkIn(pixels, box, fill) };
}

/** Whether the corners of a box look like what is around it. */
function isRound({ width, data }: Pixels, { x, y, width: w, height: h }: Box, around: Colour): boolean {
  const corners = [
    [x, y],
    [x + w - 1, y],
    [x, y + h - 1],
    [x + w - 1, y + h - 1],
  ] as const;
  return corners.every(([column, row]) => off(data, (row * width + column) * 4, around) <= ALIKE);
}

/** Share of the farthest colour from which on a pixel of a letter tells its colour. */
const TELLING = 0.6;

/** The colours of a line of writing. */
export function lineColours(pixels: Pixels, box: Box): Omit<LineTraits, 'listed'> {
  const ground = mainColour(pixels, grown(box, 3));
  const [groundRed, groundGreen, groundBlue] = ground;
  const { width } = pixels;
  const [left, right] = [Math.max(0, box.x), Math.min(width, box.x + box.width)];
  const [top, bottom] = [Math.max(0, box.y), Math.min(pixels.height, box.y + box.height)];
  const words = wordsOf(pixels);
  let far = 0;
  // Other than the first one.
  let last = ~(words[top * width + left] ?? 0);
  for (let y = top; y < bottom; y += 1)
    for (let at = y * width + left; at < y * width + right; at += 1) {
      const word = words[at] ?? 0;
      if (word === last) continue;
      last = word;
      const one = offWord(word, groundRed, groundGreen, groundBlue);
      if (one > far) far = one;
    }
  const least = TELLING * far;
  // One pixel has the noise of a codec, and its colour at half the resolution: the strongest together tell the colour.
  let [red, green, blue] = [0, 0, 0];
  let count = 0;
  let isTelling = false;
  last = ~(words[top * width + left] ?? 0);
  for (let y = top; y < bottom; y += 1)
    for (let at = y * width + left; at < y * width + right; at += 1) {
      const word = words[at] ?? 0;
      if (word !== last) isTelling = offWord(word, groundRed, groundGreen, groundBlue) >= least;
      last = word;
      if (!isTelling) continue;
      red += word & 255;
      green += (word >> 8) & 255;
      blue += (word >> 16) & 255;
      count += 1;
    }
  if (count === 0 || far === 0) return { ground, ink: ground };
  const mean = [red / count, green / count, blue / count];
  const reach = mean.reduce((all, one, at) => all + Math.abs(one - (ground[at] ?? 0)), 0);
  const full = (channel: 0 | 1 | 2) => {
    const own = ground[channel];
    return Math.round(
      Math.min(255, Math.max(0, own + (((mean[channel] ?? 0) - own) * far) / Math.max(1, reach))),
    );
  };
  const ink: Colour = [full(0), full(1), full(2)];
  return { ground, ink };
}

/**
 * The parts of a line that writing takes up: what is far fainter at its ends, or fills a gap, shines through from behind
 * a window.
 * @param gap so many columns without strong ink part a line, px
 * @returns none where all of it is as faint
 */
export function strongParts(
  { width, data }: Pixels,
  box: Box,
  { ground, ink, gap }: Pick<LineTraits, 'ground' | 'ink'> & { readonly gap: number },
): readonly Box[] {
  const full = Math.abs(ink[0] - ground[0]) + Math.abs(ink[1] - ground[1]) + Math.abs(ink[2] - ground[2]);
  if (full < FAINTEST) return [];
  const isStrong = (x: number) => {
    for (let y = box.y; y < box.y + box.height; y += 1)
      if (off(data, (y * width + x) * 4, ground) >= STRONG * full) return true;
    return false;
  };
  const parts: { left: number; right: number }[] = [];
  const end = box.x + box.width;
  for (let x = box.x; x < end; x += 1) {
    if (!isStrong(x)) continue;
    const last = parts.at(-1);
    if (last === undefined || x - last.right > gap + 2 * SOFT) parts.push({ left: x, right: x + 1 });
    else last.right = x + 1;
  }
  // The soft edge of a letter is part of it.
  return parts.map(({ left, right }) => {
    const from = left - box.x <= SOFT ? box.x : left;
    return { ...box, x: from, width: (end - right <= SOFT ? end : right) - from };
  });
}
/** Width of a letter's soft edge, px. */
const SOFT = 3;
/** Difference of colour at which writing is told from its ground, of 255, summed over red, green and blue. */
const FAINTEST = 90;
/** Share of its full difference that writing has somewhere in each column at its ends. */
const STRONG = 0.35;

/** How much stands in a box, and whether something stands apart at its right end. */
function inkIn(pixels: Pixels, box: Box, fill: BoxTraits['fill']): Pick<BoxTraits, 'inked' | 'mark'> {
  const { width, height } = pixels;
  const left = Math.max(0, box.x + 3);
  const right = Math.min(width, box.x + box.width - 3);
  const top = Math.max(0, box.y + 3);
  const bottom = Math.min(height, box.y + box.height - 3);
  const columns = new Uint16Array(Math.max(0, right - left));
  const words = wordsOf(pixels);
  let inked = 0;
  for (let y = top; y < bottom; y += 1) {
    const at = Math.min(2, Math.floor(((y - top) * 3) / Math.max(1, bottom - top)));
    const [fillRed, fillGreen, fillBlue] = fill[at] ?? fill[1];
    let last = ~(words[y * width + left] ?? 0);
    let isInk = false;
    for (let x = left; x < right; x += 1) {
      const word = words[y * width + x] ?? 0;
      if (word !== last) isInk = offWord(word, fillRed, fillGreen, fillBlue) > ALIKE;
      last = word;
      if (!isInk) continue;
      inked += 1;
      columns[x - left] = (columns[x - left] ?? 0) + 1;
    }
  }
  const tall = bottom - top;
  const any = (from: number, to: number) =>
    columns.subarray(Math.max(0, from), Math.max(0, to)).some((count) => count > 0);
  const mark =
    box.width > 4 * box.height &&
    any(columns.length - Math.round(1.1 * tall), columns.length - Math.round(0.2 * tall)) &&
    !any(columns.length - Math.round(2 * tall), columns.length - Math.round(1.3 * tall));
  return { inked: inked / Math.max(1, columns.length * tall), mark };
}

function off(data: Pixels['data'], at: number, [r, g, b]: Colour): number {
  return (
    Math.abs((data[at] ?? 0) - r) + Math.abs((data[at + 1] ?? 0) - g) + Math.abs((data[at + 2] ?? 0) - b)
  );
}

/** The same of a pixel that is one number; of three numbers no room is taken for each pixel. */
function offWord(word: number, r: number, g: number, b: number): number {
  return Math.abs((word & 255) - r) + Math.abs(((word >> 8) & 255) - g) + Math.abs(((word >> 16) & 255) - b);
}
