import type { Box, Pixels } from '../../terms/frame.ts';
import { halfLumaOf, halved, lumaOf, type Plane, smoothed } from './plane.ts';

/** A frame that needles are looked for in. What they need of it is computed once, when the first one asks. */
export interface Scene {
  readonly width: number;
  readonly height: number;
  readonly pixels: Pixels;
  /** Luma at 1/2, 1/4 ... of the size (levels 1, 2 ...) of the whole frame. */
  level(level: number): Plane;
  /** Sums of a level, for the variance of any box in it. */
  sums(level: number): Sums;
  /** Smoothed luma at full size of a box inside the frame. */
  patch(box: Box): Plane;
}

/** Integral images: at x, y stands the sum over all pixels above and to the left. (width + 1) * (height + 1). */
export interface Sums {
  readonly width: number;
  readonly values: Float64Array;
  readonly squares: Float64Array;
}

/** Prepares a frame for any number of needles. */
export function sceneOf(pixels: Pixels): Scene {
  const { width, height } = pixels;
  const levels = new Map<number, Plane>();
  const sums = new Map<number, Sums>();
  const level = (wanted: number): Plane => {
    const got =
      levels.get(wanted) ??
      (wanted <= 1 ? halfLumaOf(pixels, { x: 0, y: 0, width, height }) : halved(level(wanted - 1)));
    levels.set(wanted, got);
    return got;
  };
  return {
    width,
    height,
    pixels,
    level,
    sums: (wanted) => {
      const got = sums.get(wanted) ?? sumsOf(level(wanted));
      sums.set(wanted, got);
      return got;
    },
    patch: (box) => {
      const around = { x: box.x - 1, y: box.y - 1, width: box.width + 2, height: box.height + 2 };
      return trimmed(smoothed(lumaOf(pixels, around)));
    },
  };
}

/** Without its outermost pixels. */
function trimmed(p: Plane): Plane {
  const width = p.width - 2;
  const height = p.height - 2;
  const data = new Float32Array(width * height);
  for (let row = 0; row < height; row += 1) {
    const from = (row + 1) * p.width + 1;
    data.set(p.data.subarray(from, from + width), row * width);
  }
  return { width, height, data };
}

function sumsOf(p: Plane): Sums {
  const width = p.width + 1;
  const values = new Float64Array(width * (p.height + 1));
  const squares = new Float64Array(values.length);
  for (let y = 0; y < p.height; y += 1) {
    let sum = 0;
    let square = 0;
    for (let x = 0; x < p.width; x += 1) {
      const value = p.data[y * p.width + x] ?? 0;
      sum += value;
      square += value * value;
      const at = (y + 1) * width + x + 1;
      values[at] = (values[at - width] ?? 0) + sum;
      squares[at] = (squares[at - width] ?? 0) + square;
    }
  }
  return { width, values, squares };
}

/** Sum of a box by an integral image. */
export function sumIn(values: Float64Array, stride: number, box: Box): number {
  const top = box.y * stride + box.x;
  const bottom = top + box.height * stride;
  return (
    (values[bottom + box.width] ?? 0) -
    (values[bottom] ?? 0) -
    (values[top + box.width] ?? 0) +
    (values[top] ?? 0)
  );
}
