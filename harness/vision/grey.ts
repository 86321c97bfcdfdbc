import sharp from 'sharp';
import type { Box, Pixels } from '../terms/frame.ts';
import { wordsOf } from './words.ts';

/** A grey picture: luma of Rec. 709, one byte a pixel, row-major, length = width * height. */
export interface Grey {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** The luma of a picture; what is transparent counts as if it were not. */
export function greyOf(p: Pixels): Grey {
  const data = new Uint8Array(p.width * p.height);
  // A word a pixel: twice as fast as four bytes.
  const whole = wordsOf(p);
  for (let at = 0; at < data.length; at += 1) {
    const word = whole[at] ?? 0;
    // 54/256, 183/256 and 19/256 are 0.2126, 0.7152 and 0.0722 of Rec. 709.
    data[at] = (54 * (word & 255) + 183 * ((word >> 8) & 255) + 19 * ((word >> 16) & 255)) >> 8;
  }
  return { width: p.width, height: p.height, data };
}

/** A part of a grey picture, as far as the box lies inside, and where it begins. */
export function cutGrey(g: Grey, box: Box): { readonly part: Grey; readonly x: number; readonly y: number } {
  const x = Math.min(g.width - 1, Math.max(0, Math.floor(box.x)));
  const y = Math.min(g.height - 1, Math.max(0, Math.floor(box.y)));
  const width = Math.max(1, Math.min(g.width, Math.ceil(box.x + box.width)) - x);
  const height = Math.max(1, Math.min(g.height, Math.ceil(box.y + box.height)) - y);
  const data = new Uint8Array(width * height);
  for (let row = 0; row < height; row += 1) {
    const from = (y + row) * g.width + x;
    data.set(g.data.subarray(from, from + width), row * width);
  }
  return { part: { width, height, data }, x, y };
}

/** Light for dark. */
export function invertedGrey(g: Grey): Grey {
  return { ...g, data: g.data.map((value) => 255 - value) };
}

export interface Enlarging {
  readonly factor: number;
  /** Edges are made steeper: the Gaussian's sigma in px of the enlarged picture, and how much of the edge is added. */
  readonly sharpen?: { readonly sigma: number; readonly amount: number };
}

/** Enlarges by cubic interpolation, and sharpens. */
export async function enlarged(g: Grey, { factor, sharpen }: Enlarging): Promise<Grey> {
  const size = { width: Math.round(g.width * factor), height: Math.round(g.height * factor) };
  const big = sharp(g.data, { raw: { width: g.width, height: g.height, channels: 1 } }).resize({
    ...size,
    fit: 'fill',
    kernel: 'cubic',
  });
  const { sigma = 0, amount = 0 } = sharpen ?? {};
  const steep = sharpen === undefined ? big : big.sharpen({ sigma, m1: amount, m2: amount });
  const data = await steep.toColourspace('b-w').raw().toBuffer();
  return { ...size, data };
}
