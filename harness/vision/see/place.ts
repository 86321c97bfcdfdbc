import type { Box, Pixels } from '../../terms/frame.ts';
import { crop } from '../png.ts';

/** Ground around a line that its reader gets, px. */
const MARGIN = 3;

/** A line of writing cut out, with a little of its ground. */
export function lineCrop(pixels: Pixels, { x, y, width, height }: Box): Pixels {
  return crop(pixels, {
    x: x - MARGIN,
    y: y - MARGIN,
    width: width + 2 * MARGIN,
    height: height + 2 * MARGIN,
  });
}

/** Whether the middle of one box lies in another. */
export function holds(outer: Box, inner: Box): boolean {
  const x = inner.x + inner.width / 2;
  const y = inner.y + inner.height / 2;
  return x >= outer.x && x <= outer.x + outer.width && y >= outer.y && y <= outer.y + outer.height;
}

/** Around all of them. */
export function around(first: Box, ...more: readonly Box[]): Box {
  let { x, y } = first;
  let right = x + first.width;
  let bottom = y + first.height;
  for (const box of more) {
    x = Math.min(x, box.x);
    y = Math.min(y, box.y);
    right = Math.max(right, box.x + box.width);
    bottom = Math.max(bottom, box.y + box.height);
  }
  return { x, y, width: right - x, height: bottom - y };
}

/** Reading order: rows from the top, each from the left. */
export function inOrder(a: Box, b: Box): number {
  return a.y - b.y || a.x - b.x;
}

/** Whether two boxes have a part in common. */
export function overlaps(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}
