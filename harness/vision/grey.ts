import sharp, { type Sharp } from 'sharp';
import type { Box, Pixels } from '../terms/frame.ts';
import { wordsOf } from './words.ts';

/** A grey picture: luma of Rec. 709, one byte a pixel, row-major, length = width * height. */
export interface Grey {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** The weight of blue, and above it that of red, so that the product has their sum in its upper half. */
const RED_BLUE = 19 | (54 << 16);

/** The luma of a picture; what is transparent counts as if it were not. */
export function greyOf(p: Pixels): Grey {
  return lumaOf(p, { x: 0, y: 0, width: p.width, height: p.height });
}

/** The same of every other pixel of every other row. */
export function halfGreyOf(p: Pixels): Grey {
  return lumaOf(p, { x: 0, y: 0, width: p.width, height: p.height }, 2);
}

/** A part of a grey picture, and where it begins. */
export interface GreyPart {
  readonly part: Grey;
  /** px */
  readonly x: number;
  readonly y: number;
}

/** The luma of a part of a picture, as far as the box lies inside. */
export function greyPart(p: Pixels, box: Box): GreyPart {
  const inside = clipped(p, box);
  return { part: lumaOf(p, inside), x: inside.x, y: inside.y };
}

/** Every `step`-th pixel of a box that lies inside. */
function lumaOf(p: Pixels, box: Box, step = 1): Grey {
  const width = Math.ceil(box.width / step);
  const height = Math.ceil(box.height / step);
  const data = new Uint8Array(width * height);
  // A word a pixel: twice as fast as four bytes.
  const whole = wordsOf(p);
  for (let row = 0, to = 0; row < height; row += 1) {
    let from = (box.y + row * step) * p.width + box.x;
    for (const end = to + width; to < end; to += 1, from += step) {
      const word = whole[from] ?? 0;
      // 54/256, 183/256 and 19/256 are 0.2126, 0.7152 and 0.0722 of Rec. 709; red and blue by one product.
      data[to] = ((Math.imul(word & 0xff00ff, RED_BLUE) >>> 16) + 183 * ((word >> 8) & 255)) >> 8;
    }
  }
  return { width, height, data };
}

/** A part of a grey picture, as far as the box lies inside. */
export function cutGrey(g: Grey, box: Box): GreyPart {
  const { x, y, width, height } = clipped(g, box);
  const data = new Uint8Array(width * height);
  for (let row = 0; row < height; row += 1) {
    const from = (y + row) * g.width + x;
    data.set(g.data.subarray(from, from + width), row * width);
  }
  return { part: { width, height, data }, x, y };
}

/** The whole pixels that a box covers in a picture, one at least. */
function clipped(size: { readonly width: number; readonly height: number }, box: Box): Box {
  const x = Math.min(size.width - 1, Math.max(0, Math.floor(box.x)));
  const y = Math.min(size.height - 1, Math.max(0, Math.floor(box.y)));
  const width = Math.max(1, Math.min(size.width, Math.ceil(box.x + box.width)) - x);
  const height = Math.max(1, Math.min(size.height, Math.ceil(box.y + box.height)) - y);
  return { x, y, width, height };
}

/** Light for dark. */
export function invertedGrey(g: Grey): Grey {
  return { ...g, data: g.data.map((value) => 255 - value) };
}

export interface Enlarging {
  readonly factor: number;
  readonly sharpen?: Sharpening;
}

/** Edges are made steeper: what a pixel differs by from the same picture blurred is added to it, several times over. */
export interface Sharpening {
  /** Of the Gaussian that blurs, px of the enlarged picture. */
  readonly sigma: number;
  /** How many times. */
  readonly amount: number;
  /** What is added or taken at most, levels: so noise is not raised without bound. */
  readonly most: number;
}

/** As soft codes are read best: sharpened hard (measured: docs/adr/0016-reading-a-qr.md). */
export function sharpEnlarging(factor: number): Enlarging {
  return { factor, sharpen: { sigma: factor, amount: 4, most: 80 } };
}

/** Enlarges by cubic interpolation, and sharpens. */
export async function enlarged(g: Grey, { factor, sharpen }: Enlarging): Promise<Grey> {
  const size = { width: Math.round(g.width * factor), height: Math.round(g.height * factor) };
  const big = await rawGrey(pictureOf(g).resize({ ...size, fit: 'fill', kernel: 'cubic' }));
  const large = { ...size, data: big };
  return sharpen === undefined ? large : sharpened(large, sharpen);
}

/** Not sharp's own `sharpen`, which goes through a colour space, and takes five times as long. */
async function sharpened(g: Grey, { sigma, amount, most }: Sharpening): Promise<Grey> {
  const soft = await rawGrey(pictureOf(g).blur(sigma));
  const data = new Uint8ClampedArray(g.data.length);
  for (let at = 0; at < data.length; at += 1) {
    const own = g.data[at] ?? 0;
    const edge = amount * (own - (soft[at] ?? 0));
    data[at] = own + Math.max(-most, Math.min(most, edge));
  }
  return { ...g, data: new Uint8Array(data.buffer) };
}

function pictureOf({ width, height, data }: Grey): Sharp {
  return sharp(data, { raw: { width, height, channels: 1 } });
}

function rawGrey(picture: Sharp): Promise<Uint8Array> {
  return picture.toColourspace('b-w').raw().toBuffer();
}
