import type { Box, Pixels } from '../../terms/frame.ts';
import { wordsOf } from '../words.ts';

/** One number a pixel, row-major, length = width * height. */
export interface Plane {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
}

/**
 * Luma of Rec. 601 (as in JPEG: what a capture chain keeps best), 0..255, of a part of a picture: whole px. Beyond the
 * picture's edge its outermost pixels go on.
 */
export function lumaOf(p: Pixels, box: Box): Plane {
  const { width, height } = box;
  const data = new Float32Array(width * height);
  const source = p.data;
  const inner = box.x >= 0 && box.x + width <= p.width;
  for (let row = 0; row < height; row += 1) {
    const line = Math.min(p.height - 1, Math.max(0, box.y + row)) * p.width;
    const to = row * width;
    if (inner) {
      let at = (line + box.x) * 4;
      for (let column = 0; column < width; column += 1) {
        data[to + column] =
          0.299 * (source[at] ?? 0) + 0.587 * (source[at + 1] ?? 0) + 0.114 * (source[at + 2] ?? 0);
        at += 4;
      }
    } else
      for (let column = 0; column < width; column += 1) {
        const at = (line + Math.min(p.width - 1, Math.max(0, box.x + column))) * 4;
        data[to + column] =
          0.299 * (source[at] ?? 0) + 0.587 * (source[at + 1] ?? 0) + 0.114 * (source[at + 2] ?? 0);
      }
  }
  return { width, height, data };
}

/** Smoothed by 1-2-1 both ways: takes noise and the last bit of sharpness, which capture chains take too. */
export function smoothed(p: Plane): Plane {
  const { width, height, data } = p;
  const across = new Float32Array(data.length);
  for (let row = 0; row < height; row += 1) {
    const from = row * width;
    const last = from + width - 1;
    for (let at = from; at <= last; at += 1) {
      const left = data[at > from ? at - 1 : at] ?? 0;
      const right = data[at < last ? at + 1 : at] ?? 0;
      across[at] = (left + 2 * (data[at] ?? 0) + right) / 4;
    }
  }
  const result = new Float32Array(data.length);
  for (let row = 0; row < height; row += 1) {
    const above = Math.max(0, row - 1) * width;
    const below = Math.min(height - 1, row + 1) * width;
    const here = row * width;
    for (let column = 0; column < width; column += 1)
      result[here + column] =
        ((across[above + column] ?? 0) + 2 * (across[here + column] ?? 0) + (across[below + column] ?? 0)) /
        4;
  }
  return { width, height, data: result };
}

/**
 * The same luma at half the size: each pixel is the mean of four. An odd side loses its last px.
 * Beyond the picture's edge its outermost pixels go on.
 */
export function halfLumaOf(p: Pixels, box: Box): Plane {
  const width = Math.floor(box.width / 2);
  const height = Math.floor(box.height / 2);
  const data = new Float32Array(width * height);
  const source = wordsOf(p);
  const inner = box.x >= 0 && box.y >= 0 && box.x + box.width <= p.width && box.y + box.height <= p.height;
  const line = (row: number) => Math.min(p.height - 1, Math.max(0, box.y + row)) * p.width;
  const column = (x: number) => Math.min(p.width - 1, Math.max(0, box.x + x));
  for (let row = 0; row < height; row += 1) {
    const upper = line(row * 2);
    const lower = line(row * 2 + 1);
    for (let at = 0; at < width; at += 1) {
      const left = inner ? box.x + at * 2 : column(at * 2);
      const right = inner ? left + 1 : column(at * 2 + 1);
      const a = source[upper + left] ?? 0;
      const b = source[upper + right] ?? 0;
      const c = source[lower + left] ?? 0;
      const d = source[lower + right] ?? 0;
      // Red and blue of four pixels are added at once, 16 bit apart.
      const both = (a & 0xff00ff) + (b & 0xff00ff) + (c & 0xff00ff) + (d & 0xff00ff);
      const green = ((a >>> 8) & 255) + ((b >>> 8) & 255) + ((c >>> 8) & 255) + ((d >>> 8) & 255);
      data[row * width + at] = (0.299 * (both & 0xffff) + 0.587 * green + 0.114 * (both >>> 16)) / 4;
    }
  }
  return { width, height, data };
}

/**
 * A plane at half the size: pixel x, y stands for pixel 2x, 2y. Low-passed by 1-4-6-4-1 before (Burt and Adelson, The
 * Laplacian Pyramid as a Compact Image Code, 1983), so that what lies between two pixels still correlates.
 */
export function halved(p: Plane): Plane {
  const width = Math.ceil(p.width / 2);
  const height = Math.ceil(p.height / 2);
  const { data } = p;
  const across = new Float32Array(width * p.height);
  for (let row = 0; row < p.height; row += 1) {
    const from = row * p.width;
    const right = p.width - 1;
    for (let column = 0; column < width; column += 1) {
      const x = column * 2;
      const inner = x >= 2 && x + 2 <= right;
      const a = data[from + (inner ? x - 2 : Math.max(0, x - 2))] ?? 0;
      const b = data[from + (inner ? x - 1 : Math.max(0, x - 1))] ?? 0;
      const c = data[from + x] ?? 0;
      const d = data[from + (inner ? x + 1 : Math.min(right, x + 1))] ?? 0;
      const e = data[from + (inner ? x + 2 : Math.min(right, x + 2))] ?? 0;
      across[row * width + column] = (a + e + 4 * (b + d) + 6 * c) / 16;
    }
  }
  const result = new Float32Array(width * height);
  const bottom = p.height - 1;
  for (let row = 0; row < height; row += 1) {
    const y = row * 2;
    const lines = [-2, -1, 0, 1, 2].map((by) => Math.min(bottom, Math.max(0, y + by)) * width);
    const [a = 0, b = 0, c = 0, d = 0, e = 0] = lines;
    for (let column = 0; column < width; column += 1)
      result[row * width + column] =
        ((across[a + column] ?? 0) +
          (across[e + column] ?? 0) +
          4 * ((across[b + column] ?? 0) + (across[d + column] ?? 0)) +
          6 * (across[c + column] ?? 0)) /
        16;
  }
  return { width, height, data: result };
}

/** A part that lies inside. */
export function cut(p: Plane, box: Box): Plane {
  const data = new Float32Array(box.width * box.height);
  for (let row = 0; row < box.height; row += 1) {
    const from = (box.y + row) * p.width + box.x;
    data.set(p.data.subarray(from, from + box.width), row * box.width);
  }
  return { width: box.width, height: box.height, data };
}
