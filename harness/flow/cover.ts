import type { Item } from '../terms/frame.ts';
import { isNear } from '../vision/see/place.ts';

/** Where was clicked, px, and what stood on the screen. */
export interface Clicked {
  readonly x: number;
  readonly y: number;
  readonly before: readonly Item[];
}

/** A pointer of usual size reaches so far to the right and down from its tip, px. */
const POINTER = 32;
/** Edges that are so near to where they were have not moved, px. */
const NEAR = 4;

/**
 * What a person knows of a screen on which the pointer still lies where was clicked, since a capture is late: a button
 * that has lost letters there says what it said. That holds while all else stands as it stood; where the click led to
 * another screen, nothing is covered.
 * @returns the items as they are without the pointer; `items` itself where it covers nothing
 */
export function uncovered(items: readonly Item[], { x, y, before }: Clicked): readonly Item[] {
  const under = before.find((one) => one.kind !== 'field' && one.text !== '' && isWithin(one, x, y));
  if (under === undefined) return items;
  const stands = (one: Item) =>
    one.kind === 'field' || one.text === '' || items.some((it) => isSame(it, one));
  if (!before.every((one) => one === under || stands(one))) return items;
  const there = items.find((one) => one.kind === under.kind && isNear(one.box, under.box, NEAR));
  // What hangs over its lower edge may seem to be a part of it.
  const swollen = items.find(
    (one) =>
      one.kind === under.kind &&
      Math.abs(one.box.x - under.box.x) <= NEAR &&
      Math.abs(one.box.y - under.box.y) <= NEAR &&
      one.box.width >= under.box.width - NEAR &&
      isInside(one, under, POINTER) &&
      !before.some((it) => isSame(it, one)),
  );
  if (there === undefined && swollen !== undefined)
    return items.map((one) => (one === swollen ? { ...one, text: under.text, box: under.box } : one));
  // A letter beside the pointer may look like a thing of its own, and so may all that is left of a button.
  const isShard = (one: Item) =>
    one !== there &&
    one.box.width < under.box.width - 2 * NEAR &&
    !before.some((it) => isSame(it, one)) &&
    (isInside(one, under, 0) ||
      (overlaps(one, { x: x - NEAR, y: y - NEAR }) && isInside(one, under, POINTER)));
  const shards = items.filter(isShard);
  const isMisread = there !== undefined && there.text !== under.text;
  if (!isMisread && shards.length === 0) return items;
  const rest = items.filter((one) => !shards.includes(one));
  return there === undefined
    ? [...rest, under]
    : rest.map((one) => (one === there ? { ...one, text: under.text } : one));
}

function isWithin({ box }: Item, x: number, y: number): boolean {
  return x >= box.x && x < box.x + box.width && y >= box.y && y < box.y + box.height;
}

function isSame(a: Item, b: Item): boolean {
  return a.kind === b.kind && a.text === b.text && isNear(a.box, b.box, NEAR);
}

/** Whether something reaches into the square of the pointer, whose tip is at `x`, `y`. */
function overlaps({ box }: Item, { x, y }: { readonly x: number; readonly y: number }): boolean {
  return box.x < x + POINTER && box.x + box.width > x && box.y < y + POINTER && box.y + box.height > y;
}

/** Whether something lies on another thing, or hangs over its right or lower edge by `over` px at most. */
function isInside({ box }: Item, { box: around }: Item, over: number): boolean {
  return (
    box.x >= around.x - NEAR &&
    box.y >= around.y - NEAR &&
    box.x + box.width <= around.x + around.width + Math.max(NEAR, over) &&
    box.y + box.height <= around.y + around.height + Math.max(NEAR, over)
  );
}
