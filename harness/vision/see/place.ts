import type { Box, Pixels } from '../../terms/frame.ts';
import { crop } from '../png.ts';

/** Ground around a line that its reader gets, px. */
const MARGIN = 3;

/** A line of writing cut out, with a little of its ground. */
export function lineCrop(pixels: Pixels, line: Box): Pixels {
  return crop(pixels, grown(line, MARGIN));
}

/** Whether each side of one box is within `off` px of that of another. */
export function isNear(a: Box, b: Box, off: number): boolean {
  return (
    Math.abs(a.x - b.x) <= off &&
    Math.abs(a.y - b.y) <= off &&
    Math.abs(a.x + a.width - b.x - b.width) <= off &&
    Math.abs(a.y + a.height - b.y - b.height) <= off
  );
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

/** A box that is so much larger to each side, px. */
export function grown({ x, y, width, height }: Box, by: number): Box {
  return { x: x - by, y: y - by, width: width + 2 * by, height: height + 2 * by };
}

/** Whether two boxes have a part in common. */
export function overlaps(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

/** Whether a box lies in another one, but for a few px. */
export function isWithin(outer: Box, inner: Box): boolean {
  return (
    inner.x >= outer.x - BORDER &&
    inner.y >= outer.y - BORDER &&
    inner.x + inner.width <= outer.x + outer.width + BORDER &&
    inner.y + inner.height <= outer.y + outer.height + BORDER
  );
}
const BORDER = 8;

/** What is left of a box beside another one: up to four boxes. */
export function beside(box: Box, hole: Box): readonly Box[] {
  if (!overlaps(box, hole)) return [box];
  const right = box.x + box.width;
  const bottom = box.y + box.height;
  const top = Math.max(box.y, hole.y);
  const end = Math.min(bottom, hole.y + hole.height);
  const middle = { y: top, height: end - top };
  return [
    { x: box.x, y: box.y, width: box.width, height: top - box.y },
    { x: box.x, y: end, width: box.width, height: bottom - end },
    { x: box.x, ...middle, width: hole.x - box.x },
    { x: hole.x + hole.width, ...middle, width: right - hole.x - hole.width },
  ].filter(({ width, height }) => width > 0 && height > 0);
}
