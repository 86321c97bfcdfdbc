import type { Pixels } from '../../terms/frame.ts';
import { wordsOf } from '../words.ts';

/** Brightness of a picture: one byte a pixel, row-major (ITU-R BT.601 luma, 0..255). */
export interface Plane {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** Room for the brightness of a picture, used again for the next. */
let room = new Uint8Array(0);

/** The brightness of each pixel; valid until the next picture is asked for. */
export function planeOf(pixels: Pixels): Plane {
  const { width, height } = pixels;
  if (room.length < width * height) room = new Uint8Array(width * height);
  const plane = room.subarray(0, width * height);
  const words = wordsOf(pixels);
  const fours = new Int32Array(plane.buffer, 0, plane.length >> 2);
  let last = words[0] ?? 0;
  let luma = lumaOf(last);
  for (let at = 0; at < plane.length; at += 1) {
    // Most of a GUI is as what is beside it: four pixels are written at once.
    if (
      (at & 3) === 0 &&
      words[at] === last &&
      words[at + 1] === last &&
      words[at + 2] === last &&
      words[at + 3] === last
    ) {
      fours[at >> 2] = Math.imul(luma, FOUR);
      at += 3;
      continue;
    }
    const word = words[at] ?? 0;
    if (word !== last) {
      last = word;
      luma = lumaOf(word);
    }
    plane[at] = luma;
  }
  return { width, height, data: plane };
}

/** Four times the same byte. */
export const FOUR = 0x01_01_01_01;

function lumaOf(word: number): number {
  return ((word & 255) * 77 + ((word >> 8) & 255) * 150 + ((word >> 16) & 255) * 29) >> 8;
}
