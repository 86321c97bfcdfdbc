import { FOUR, type Plane } from './plane.ts';

/** Smallest steps of brightness from one pixel to the next, of 255: that are an edge, and that are one within a letter. */
const EDGE = 9;
const STROKE = 24;

/**
 * Where brightness steps, a bit a pixel: bit `x & 31` of word `y * words + (x >> 5)`. None in the first column aside, nor
 * in the first row from above.
 */
export interface Steps {
  /** Of a row. */
  readonly words: number;
  /** From the pixel to the left, by {@link EDGE} at least. */
  readonly aside: Int32Array;
  /** From the pixel above. */
  readonly above: Int32Array;
  /** The same by {@link STROKE} at least. */
  readonly strokeAside: Int32Array;
  readonly strokeAbove: Int32Array;
}

/** Room for the steps of a picture, used again for the next. */
let rooms = [new Int32Array(0), new Int32Array(0), new Int32Array(0), new Int32Array(0)] as const;

/** The steps of a picture; valid until those of the next are asked for. */
export function stepsOf({ width, height, data }: Plane): Steps {
  const words = (width + 31) >> 5;
  const size = words * height;
  if (rooms[0].length < size)
    rooms = [new Int32Array(size), new Int32Array(size), new Int32Array(size), new Int32Array(size)];
  const [aside, above, strokeAside, strokeAbove] = rooms;
  // Where eight pixels are as those above and as the one before, nothing steps.
  const isWhole = width % 8 === 0 && data.byteOffset % 4 === 0;
  const fours = isWhole ? new Int32Array(data.buffer, data.byteOffset, (width * height) >> 2) : undefined;
  for (let y = 0; y < height; y += 1) {
    const row = y * width;
    // The first row has none above it, the first pixel none beside it.
    const up = y === 0 ? row : row - width;
    let before = data[row] ?? 0;
    for (let word = 0; word < words; word += 1) {
      const left = word << 5;
      const right = Math.min(width, left + 32);
      let [a, b, c, d] = [0, 0, 0, 0];
      for (let x = left; x < right; x += 1) {
        if (fours !== undefined && (x & 7) === 0) {
          const same = Math.imul(before, FOUR);
          const at = (row + x) >> 2;
          const over = (up + x) >> 2;
          if (
            fours[at] === same &&
            fours[at + 1] === same &&
            fours[over] === same &&
            fours[over + 1] === same
          ) {
            x += 7;
            continue;
          }
        }
        const here = data[row + x] ?? 0;
        const beside = here - before;
        const over = here - (data[up + x] ?? 0);
        before = here;
        // Both signs at once: less than -8 and more than 8 are both more than 16 when taken for unsigned.
        if ((beside + EDGE - 1) >>> 0 > 2 * EDGE - 2) {
          const bit = 1 << (x & 31);
          a |= bit;
          if ((beside + STROKE - 1) >>> 0 > 2 * STROKE - 2) c |= bit;
        }
        if ((over + EDGE - 1) >>> 0 > 2 * EDGE - 2) {
          const bit = 1 << (x & 31);
          b |= bit;
          if ((over + STROKE - 1) >>> 0 > 2 * STROKE - 2) d |= bit;
        }
      }
      const at = y * words + word;
      aside[at] = a;
      above[at] = b;
      strokeAside[at] = c;
      strokeAbove[at] = d;
    }
  }
  return { words, aside, above, strokeAside, strokeAbove };
}

/** Position of the lowest bit that is set, 0..31; of a word that is not 0. */
export function lowest(word: number): number {
  return 31 - Math.clz32(word & -word);
}
