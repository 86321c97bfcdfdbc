import type { Box, Item, Pixels } from '../../terms/frame.ts';
import { CELL, type Cell } from '../changes.ts';
import { crop } from '../png.ts';
import { grown, isNear, overlaps } from './place.ts';
import type { Seer } from './seer.ts';

export interface GlanceOptions {
  /** The picture that was looked at before, and what was seen on it. */
  readonly before: { readonly pixels: Pixels; readonly items: readonly Item[] };
  /** Where the two pictures differ, near what stands on the screen. */
  readonly cells: readonly Cell[];
  /** What they may differ by, of 255. */
  readonly noise: number;
  readonly seer: Seer;
}

/** What changes within its own edges: a button that is pressed, a field that is typed into, a box that is ticked. */
const KINDS: ReadonlySet<Item['kind']> = new Set(['button', 'link', 'field', 'checkbox', 'radio', 'option']);
/** Things that are seen anew by themselves; where more have changed the whole is. */
const MOST = 4;
/** A border lies so far beyond the edge of its thing, px. */
const EDGE = 3;
/** So much of what is around it a thing is seen with, px. */
const AROUND = 24;

/**
 * Sees only those things anew that have changed, where nothing has but within them.
 * @returns all that stands on the picture; undefined where the whole of it must be looked at: something has changed
 * beside them, or one of them is no longer what and where it was
 */
export async function glance(
  pixels: Pixels,
  { before, cells, noise, seer }: GlanceOptions,
): Promise<readonly Item[] | undefined> {
  const changed = changedItems(pixels, { before, cells, noise });
  if (changed === undefined || changed.size > MOST) return undefined;
  const anew = new Map<Item, Item>();
  for (const item of changed) {
    const seen = await seenAnew(pixels, item, seer);
    if (seen === undefined) return undefined;
    anew.set(item, seen);
  }
  return before.items.map((item) => anew.get(item) ?? item);
}

/** The items that all changed pixels lie in; undefined where one lies in none. */
function changedItems(
  { width, height, data: to }: Pixels,
  { before, cells, noise }: Pick<GlanceOptions, 'before' | 'cells' | 'noise'>,
): ReadonlySet<Item> | undefined {
  const from = before.pixels.data;
  const changed = new Set<Item>();
  const things = before.items
    .filter(({ kind }) => KINDS.has(kind))
    .map((item) => ({ item, box: grown(item.box, EDGE) }));
  for (const { x: left, y: top } of cells) {
    const near = things.filter(({ box }) => overlaps(box, { x: left, y: top, width: CELL, height: CELL }));
    if (near.length === 0) return undefined;
    for (let y = top; y < Math.min(height, top + CELL); y += 1)
      for (let x = left; x < Math.min(width, left + CELL); x += 1) {
        const at = (y * width + x) * 4 + 1;
        if (Math.abs((from[at] ?? 0) - (to[at] ?? 0)) <= noise) continue;
        const within = near.filter(({ box }) => has(box, x, y));
        if (within.length === 0) return undefined;
        for (const { item } of within) changed.add(item);
      }
  }
  return changed;
}

/** One thing that was seen before, seen by itself on another picture; undefined where something else is there, or more. */
export async function seenAnew(pixels: Pixels, item: Item, seer: Seer): Promise<Item | undefined> {
  const part = grown(item.box, AROUND);
  const left = Math.max(0, part.x);
  const top = Math.max(0, part.y);
  const seen = (await seer(crop(pixels, part)))
    .map((one) => ({ ...one, box: { ...one.box, x: one.box.x + left, y: one.box.y + top } }))
    .filter(({ box }) => overlaps(box, item.box));
  const [first, ...others] = seen;
  if (first === undefined || others.length > 0) return undefined;
  return first.kind === item.kind && isNear(first.box, item.box, EDGE) ? first : undefined;
}

function has({ x, y, width, height }: Box, column: number, row: number): boolean {
  return column >= x && column < x + width && row >= y && row < y + height;
}
