import type { Box } from '../terms/frame.ts';
import type { Point } from './decoders.ts';
import { type FinderMark, finderMarks } from './finder.ts';
import { cutGrey, enlarged, type Grey, sharpEnlarging } from './grey.ts';
import { busyAreas, qrLikeRegions } from './regions.ts';

/** Soft and small marks come out of it: what is read after it has them too (docs/adr/0016-reading-a-qr.md). */
const ENLARGING = sharpEnlarging(2);

/** An area with a QR that was not read, a block of 16 px around it included. */
export interface UnreadCode extends Box {
  /** Finder patterns that are seen, each with its timing pattern: 3 of a code that is whole and clear. */
  readonly marks: number;
  /** Light modules on a dark ground. */
  readonly inverted: boolean;
}

/**
 * Areas with a QR that was not read: those full of edges in which at least one finder pattern is seen, and its timing
 * pattern. Nothing is told of what only looks like a code.
 * @param read where codes were read
 */
export async function unreadCodes(g: Grey, read: readonly Box[] = []): Promise<readonly UnreadCode[]> {
  const clear: UnreadCode[] = [];
  for (const area of busyAreas(g)) {
    const { part, x, y } = cutGrey(g, area);
    const marks = finderMarks(part).filter(({ centre }) => {
      const place = { x: x + centre.x, y: y + centre.y };
      return ![...read, ...clear].some((box) => isIn(box, place));
    });
    clear.push(...codeOf({ x, y, width: part.width, height: part.height }, marks));
  }
  if (clear.length > 0 || read.length > 0) return joined(clear);
  const soft: UnreadCode[] = [];
  for (const area of qrLikeRegions(g)) {
    const { part, x, y } = cutGrey(g, area);
    const marks = finderMarks(await enlarged(part, ENLARGING));
    soft.push(...codeOf({ x, y, width: part.width, height: part.height }, marks));
  }
  return joined(soft);
}

function codeOf(area: Box, marks: readonly FinderMark[]): readonly UnreadCode[] {
  const [first] = marks;
  return first === undefined ? [] : [{ ...area, marks: marks.length, inverted: first.inverted }];
}

function isIn(box: Box, { x, y }: Point): boolean {
  return x >= box.x && y >= box.y && x < box.x + box.width && y < box.y + box.height;
}

/** Areas that touch are parts of one code: something lies over it. */
function joined(areas: readonly UnreadCode[]): readonly UnreadCode[] {
  const whole: UnreadCode[] = [];
  for (const area of areas) {
    const other = whole.findIndex((box) => touch(box, area));
    const box = whole[other];
    if (box === undefined) whole.push(area);
    else whole[other] = { ...box, ...around(box, area), marks: box.marks + area.marks };
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
