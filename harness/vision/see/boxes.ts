import type { Box } from '../../terms/frame.ts';
import { isNear, isWithin } from './place.ts';
import type { Plane } from './plane.ts';
import { lowest, type Steps } from './steps.ts';

/** A straight piece of an upright edge: between column `x - 1` and column `x`, rows `top` to `bottom` (exclusive). */
interface Upright {
  readonly x: number;
  readonly top: number;
  readonly bottom: number;
}

/** Sizes of what a hand can press or type into, em: from a tick box, higher than capitals and letters like b, to a tile. */
const LOWEST = 0.8;
const HIGHEST = 60;
/** Share of the top and of the bottom edge that must be there: corners may be round, a pointer may lie over one. */
const COVERED = 0.75;
/** How far round corners and what a capture smears move the ends of an edge, px. */
const SLACK = 4;
/** Upright edges within a code that are this long are none of the code's, em: a window lies over it. */
const OVER = 5;
/** Share of a code that a rectangle within it takes up at most: what is larger is the code's own ground. */
const PART = 0.6;
/** How far beyond a side its lying edges are looked for, px. */
const BEYOND = 7;

/** Straight edges of a picture, as far as they may be those of controls. Those of the last picture are overwritten. */
export interface Edges {
  readonly em: number;
  readonly uprights: readonly Upright[];
  readonly lying: Lying;
}

/** @param em size of the usual text, px */
export function edgesOf(plane: Plane, steps: Steps, em: number): Edges {
  const least = Math.round(LOWEST * em);
  const uprights = uprightsOf(plane, steps, {
    least: least - 1,
    most: Math.round(HIGHEST * em),
    control: OVER * em,
  });
  return { em, uprights, lying: lyingOf(plane, steps) };
}

/**
 * Rectangles with four straight edges, of the size of controls: buttons, fields, lists, tick boxes. In reading order,
 * outer edges; of rectangles within 3 px of each other (a border has two edges) the larger.
 * @param apart codes, which are full of edges: only what lies over them is looked for there
 */
export function findBoxes(
  { em, uprights: all, lying }: Edges,
  { apart }: { readonly apart: readonly Box[] },
): readonly Box[] {
  const least = Math.round(LOWEST * em);
  const uprights = all.filter(
    ({ x, top, bottom }) =>
      bottom - top >= OVER * em ||
      !apart.some((one) => x >= one.x && x <= one.x + one.width && top >= one.y && top <= one.y + one.height),
  );
  const isGround = (box: Box) =>
    apart.some((one) => isWithin(one, box) && box.width * box.height >= PART * one.width * one.height);
  const byTop = new Map<number, Upright[]>();
  for (const upright of uprights) {
    const list = byTop.get(upright.top);
    if (list === undefined) byTop.set(upright.top, [upright]);
    else list.push(upright);
  }
  for (const list of byTop.values()) list.sort((a, b) => a.x - b.x);
  const found: Box[] = [];
  const ticked: Box[] = [];
  for (const left of uprights) {
    const box = closed(lying, left, { byTop, least, bottomOf: lyingEdge });
    if (box !== undefined && !isGround(box)) found.push(box);
    // A tick has edges in all rows above the bottom of its box.
    const other = box ?? closed(lying, left, { byTop, least, bottomOf: edgeAt });
    if (box === undefined && other !== undefined && !isGround(other)) ticked.push(other);
  }
  const isNew = (box: Box) => !found.some((one) => isNear(one, box, 3) || isNear(box, one, 3));
  found.push(...ticked.filter(isNew));
  const windows = windowsOf(lying, uprights, em).filter((box) => !isGround(box) && !isPart(box, found));
  return outermost([...found, ...windows]);
}

/** Whether a rectangle has two sides or more in common with a larger one: a line that shows through makes such parts. */
function isPart(box: Box, all: readonly Box[]): boolean {
  const sides = ({ x, y, width, height }: Box) => [x, y, x + width, y + height];
  return all.some((other) => {
    if (other.width * other.height <= box.width * box.height) return false;
    const own = sides(other);
    return sides(box).filter((side, at) => Math.abs(side - (own[at] ?? 0)) <= SLACK).length >= 2;
  });
}

/**
 * Rectangles of which a side seems longer than it is, since behind the window something goes on in its line. Only tall
 * ones: their sides are few.
 */
function windowsOf(lying: Lying, uprights: readonly Upright[], em: number): readonly Box[] {
  const least = OVER * em;
  const tall = uprights.filter(({ top, bottom }) => bottom - top >= least).sort((a, b) => a.x - b.x);
  return tall.flatMap((left) => {
    for (const right of tall) {
      if (right.x < left.x + least) continue;
      const top = Math.max(left.top, right.top);
      const bottom = Math.min(left.bottom, right.bottom);
      if (bottom - top < least) continue;
      const y = lyingEdge(lying, left.x, right.x, top);
      const end = y === undefined ? undefined : lyingEdge(lying, left.x, right.x, bottom);
      if (y === undefined || end === undefined || end - y < least) continue;
      const reaches = [y, end].every((row) => isCornered(lying, row, left.x, right.x, 2 * em));
      if (reaches) return [{ x: left.x, y, width: right.x - left.x, height: end - y }];
    }
    return [];
  });
}

/** Whether a lying edge goes up to both ends, and not only along something between them. */
function isCornered(
  { width, counts }: Lying,
  row: number,
  from: number,
  to: number,
  length: number,
): boolean {
  const along = (start: number) =>
    (counts[row * width + start + length] ?? 0) - (counts[row * width + start] ?? 0);
  return [from + SLACK, to - SLACK - length].every((start) => along(start) >= COVERED * length);
}

/** Share of its mean step below which the end of a control's edge is none of it. */
const FAINT = 0.45;
/** So many times as clear as the row before is the first one that counts. */
const ABRUPT = 2.5;

/** Without what a codec, or writing that shines through from behind, adds to the ends of an edge. */
function trimmed({ width, data }: Pick<Plane, 'width' | 'data'>, { x, top, bottom }: Upright): Upright {
  const step = (y: number) => Math.abs((data[y * width + x] ?? 0) - (data[y * width + x - 1] ?? 0));
  let sum = 0;
  for (let y = top; y < bottom; y += 1) sum += step(y);
  const least = (FAINT * sum) / (bottom - top);
  let [from, to] = [top, bottom];
  while (from < to && step(from) < least) from += 1;
  while (from < to && step(to - 1) < least) to -= 1;
  // The side of a circle fades away, and is all its own.
  const isAbrupt = (faint: number, clear: number) => step(clear) >= ABRUPT * step(faint);
  return {
    x,
    top: from > top && isAbrupt(from - 1, from) ? from : top,
    bottom: to < bottom && isAbrupt(to, to - 1) ? to : bottom,
  };
}

/** Pieces of upright edges in one pass over the rows; one missing row in a piece is forgiven. */
function uprightsOf(
  { width, height, data }: Plane,
  { words, aside }: Steps,
  { least, most, control }: { readonly least: number; readonly most: number; readonly control: number },
): readonly Upright[] {
  const began = new Int32Array(width);
  const seen = new Int32Array(width);
  /** The columns that a piece goes on in, a bit each. */
  const open = new Int32Array(words);
  const found: Upright[] = [];
  const end = (x: number) => {
    const whole = { x, top: began[x] ?? 0, bottom: (seen[x] ?? 0) + 1 };
    const length = whole.bottom - whole.top;
    if (length < least || length > most) return;
    const upright = length < control ? trimmed({ width, data }, whole) : whole;
    if (upright.bottom - upright.top >= least) found.push(upright);
  };
  for (let y = 0; y < height; y += 1)
    for (let word = 0; word < words; word += 1) {
      const step = aside[y * words + word] ?? 0;
      const going = open[word] ?? 0;
      if ((step | going) === 0) continue;
      const left = word << 5;
      for (let rest = step; rest !== 0; rest &= rest - 1) {
        const x = left + lowest(rest);
        seen[x] = y;
      }
      for (let rest = step & ~going; rest !== 0; rest &= rest - 1) began[left + lowest(rest)] = y;
      let ended = 0;
      for (let rest = going & ~step; rest !== 0; rest &= rest - 1) {
        const x = left + lowest(rest);
        if (y - (seen[x] ?? 0) <= 1) continue;
        end(x);
        ended |= rest & -rest;
      }
      open[word] = (going | step) & ~ended;
    }
  for (let word = 0; word < words; word += 1)
    for (let rest = open[word] ?? 0; rest !== 0; rest &= rest - 1) end((word << 5) + lowest(rest));
  return found;
}

/** The narrowest rectangle that begins with this left edge. */
function closed(
  lying: Lying,
  left: Upright,
  {
    byTop,
    least,
    bottomOf,
  }: {
    readonly byTop: ReadonlyMap<number, readonly Upright[]>;
    readonly least: number;
    readonly bottomOf: typeof lyingEdge;
  },
): Box | undefined {
  let best: Box | undefined;
  for (let top = left.top - SLACK; top <= left.top + SLACK; top += 1) {
    for (const right of byTop.get(top) ?? NONE) {
      if (right.x < left.x + least) continue;
      if (best !== undefined && right.x - left.x >= best.width) break;
      if (Math.abs(right.bottom - left.bottom) > SLACK) continue;
      const y = lyingEdge(lying, left.x, right.x, Math.min(left.top, right.top));
      if (y === undefined) continue;
      const bottom = Math.max(left.bottom, right.bottom);
      const end = bottomOf(lying, left.x, right.x, bottom);
      if (end === undefined || end - y < least) continue;
      if (!isWhole(left, y, end) && goesOn(lying, left.x - BEYOND, y, end)) continue;
      if (!isWhole(right, y, end) && goesOn(lying, right.x + 1, y, end)) continue;
      best = { x: left.x, y, width: right.x - left.x, height: end - y };
      break;
    }
  }
  return best;
}

const NONE: readonly Upright[] = [];

/** Whether a side reaches from the top edge to the bottom edge, and not beyond. */
function isWhole({ top, bottom }: Upright, y: number, end: number): boolean {
  return Math.abs(top - y) <= 1 && Math.abs(bottom - end) <= 1;
}

/** Whether top or bottom edge goes on beyond a side: then the side is a letter or a caret within something wider. */
function goesOn({ width, counts }: Lying, from: number, top: number, bottom: number): boolean {
  const start = Math.max(0, from);
  const end = Math.min(width - 1, from + BEYOND);
  const along = (row: number) => (counts[row * width + end] ?? 0) - (counts[row * width + start] ?? 0);
  return along(top) >= (end - start) / 2 && along(bottom) >= (end - start) / 2;
}

/** Lying edges: for each row and column, how many pixels left of it differ from the one above. */
type Lying = { readonly width: number; readonly height: number; readonly counts: Uint16Array };

/** Room for the counts of a picture, used again for the next. */
let room = new Uint16Array(0);

function lyingOf({ width, height }: Plane, { words, above }: Steps): Lying {
  if (room.length < width * height) room = new Uint16Array(width * height);
  const counts = room.subarray(0, width * height);
  for (let y = 0; y < height; y += 1) {
    const row = y * width;
    let count = 0;
    // From one step to the next the count is the same.
    let from = row;
    for (let word = 0; word < words; word += 1) {
      const step = above[y * words + word] ?? 0;
      for (let rest = step; rest !== 0; rest &= rest - 1) {
        const to = row + (word << 5) + lowest(rest) + 1;
        if (to - from > LONG) counts.fill(count, from, to);
        else for (let at = from; at < to; at += 1) counts[at] = count;
        from = to;
        count += 1;
      }
    }
    if (from < row + width) counts.fill(count, from, row + width);
  }
  return { width, height, counts };
}
/** What is longer is filled at once, px. */
const LONG = 24;

/** The row itself, where it has such an edge. */
function edgeAt({ width, counts }: Lying, from: number, to: number, row: number): number | undefined {
  const corner = Math.min(SLACK, (to - from) >> 2);
  const count = (counts[row * width + to - corner] ?? 0) - (counts[row * width + from + corner] ?? 0);
  return count >= COVERED * (to - from - 2 * corner) ? row : undefined;
}

/** The row near `y` that has a lying edge above it from `from` to `to`, corners left out; the clearest one. */
function lyingEdge(
  { width, height, counts }: Lying,
  from: number,
  to: number,
  y: number,
): number | undefined {
  const corner = Math.min(SLACK, (to - from) >> 2);
  const length = to - from - 2 * corner;
  let best: number | undefined;
  let most = COVERED * length;
  for (let at = Math.max(1, y - SLACK); at <= Math.min(height - 1, y + SLACK); at += 1) {
    const row = at * width;
    const count = (counts[row + to - corner] ?? 0) - (counts[row + from + corner] ?? 0);
    if (count < most || (count === most && best !== undefined)) continue;
    most = count;
    best = at;
  }
  return best;
}

/** Without those that lie in another one all but for a border. */
function outermost(boxes: readonly Box[]): readonly Box[] {
  const bySize = [...boxes].sort((a, b) => b.width * b.height - a.width * a.height);
  const kept: Box[] = [];
  for (const box of bySize) {
    const isInner = kept.some((other) => isNear(other, box, 3));
    if (!isInner) kept.push(box);
  }
  // From the right side of one button to the right side of the next is no button.
  const isSpan = (box: Box) =>
    kept.some(
      (other) =>
        other.width < box.width &&
        Math.abs(other.y - box.y) <= 3 &&
        Math.abs(other.height - box.height) <= 3 &&
        (Math.abs(other.x - box.x) <= 3 || Math.abs(other.x + other.width - box.x - box.width) <= 3),
    );
  return kept.filter((box) => !isSpan(box)).sort((a, b) => a.y - b.y || a.x - b.x);
}
