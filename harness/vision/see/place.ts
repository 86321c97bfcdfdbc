import type { Box } from '../../terms/frame.ts';

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
