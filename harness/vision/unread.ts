import type { Box } from '../terms/frame.ts';
import { finderMarks } from './finder.ts';
import { cutGrey, enlarged, type Grey } from './grey.ts';
import { busyAreas, qrLikeRegions } from './regions.ts';

/** Soft and small marks come out of it: what is read after it has them too (docs/adr/0016-reading-a-qr.md). */
const ENLARGING = { factor: 2, sharpen: { sigma: 2, amount: 6 } } as const;

/**
 * Areas with a QR that was not read: those full of edges in which at least one finder pattern is seen, and its timing
 * pattern. Nothing is told of what only looks like a code.
 * @param read where codes were read
 */
export async function unreadCodes(g: Grey, read: readonly Box[] = []): Promise<readonly Box[]> {
  const clear: Box[] = [];
  for (const area of busyAreas(g)) if (hasMark(g, area, [...read, ...clear])) clear.push(area);
  if (clear.length > 0 || read.length > 0) return joined(clear);
  const soft: Box[] = [];
  for (const area of qrLikeRegions(g))
    if (finderMarks(await enlarged(cutGrey(g, area).part, ENLARGING)).length > 0) soft.push(area);
  return joined(soft);
}

/** Whether a finder pattern is seen in an area, and in none of the known ones. */
function hasMark(g: Grey, area: Box, known: readonly Box[]): boolean {
  const { part, x, y } = cutGrey(g, area);
  return finderMarks(part).some(({ centre }) => {
    const [column, row] = [x + centre.x, y + centre.y];
    return !known.some(
      (box) => column >= box.x && row >= box.y && column < box.x + box.width && row < box.y + box.height,
    );
  });
}

/** Areas that touch are parts of one code: something lies over it. */
function joined(areas: readonly Box[]): readonly Box[] {
  const whole: Box[] = [];
  for (const area of areas) {
    const other = whole.findIndex((box) => touch(box, area));
    const box = whole[other];
    if (box === undefined) whole.push(area);
    else whole[other] = around(box, area);
  }
  return whole;
}

function touch(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

function around(a: Box, b: Box): Box {
  const [x, y] = [Math.min(a.x, b.x), Math.min(a.y, b.y)];
  return {
    x,
    y,
    width: Math.max(a.x + a.width, b.x + b.width) - x,
    height: Math.max(a.y + a.height, b.y + b.height) - y,
  };
}
