import type { Display, ReadWait } from '../bench/ports/display.ts';
import type { Clock } from '../terms/clock.ts';
import type { Item, Pixels, Reading } from '../terms/frame.ts';
import { decodePicture } from '../vision/png.ts';
import type { Seer } from '../vision/see/seer.ts';

export interface SightOptions {
  readonly seer: Seer;
  readonly clock: Clock;
}

/** Between two frames where nobody tells that something changed, ms: captures bring 30 a second. */
const FRAME_MS = 33;
/** Largest difference of a pixel of two frames of one picture, of 255: what a capture adds of its own. */
const NOISE = 24;

/**
 * A display that shows pixels alone, read by eye: each reading is what a seer finds on a frame. After a click the
 * pointer is put aside, so that it covers nothing.
 */
export function sighted(
  display: Display,
  { seer, clock }: SightOptions,
): Display & Required<Pick<Display, 'read'>> {
  let last:
    | {
        readonly bytes: Uint8Array;
        readonly pixels: Pixels;
        readonly items: readonly Item[];
        readonly print: string;
      }
    | undefined;
  /** When what is shown became what it is. */
  let changedAt = Number.NEGATIVE_INFINITY;
  /** What the last reading showed. */
  let told: string | undefined;

  /** Looks at one frame; what shows the same as the one before is not looked at again. */
  async function look(): Promise<NonNullable<typeof last>> {
    const { bytes } = await display.frame();
    if (last !== undefined && Buffer.compare(last.bytes, bytes) === 0) return last;
    const pixels = await decodePicture(bytes);
    if (last !== undefined && isSame(last.pixels, pixels, last.items)) return last;
    const items = steady(await seer(pixels), last?.items ?? []);
    const print = JSON.stringify(items);
    if (print !== last?.print) changedAt = clock.monotonic();
    last = { bytes, pixels, items, print };
    return last;
  }

  async function read(wait: ReadWait = { withinMs: 0, stillMs: 0 }): Promise<Reading> {
    const until = clock.monotonic() + wait.withinMs;
    for (;;) {
      const begun = clock.monotonic();
      const { pixels, items, print } = await look();
      const now = clock.monotonic();
      const isOther = told === undefined || print !== told;
      if ((isOther && now - changedAt >= wait.stillMs) || now >= until) {
        told = print;
        return { items, width: pixels.width, height: pixels.height, stillMs: now - changedAt };
      }
      await clock.sleep(Math.max(1, FRAME_MS - (now - begun)));
    }
  }

  /** Puts the pointer into the bottom right corner. */
  async function aside(): Promise<void> {
    const { width, height } = last?.pixels ?? (await display.frame());
    await display.moveTo(width - 2, height - 2);
  }

  return {
    get source() {
      return display.source;
    },
    frame: (signal) => display.frame(signal),
    read,
    moveTo: (x, y) => display.moveTo(x, y),
    async click(x, y, button) {
      await display.click(x, y, button);
      await aside();
    },
    async drag(points) {
      await display.drag(points);
      await aside();
    },
    press: (key, times) => display.press(key, times),
    type: (text) => display.type(text),
    [Symbol.asyncDispose]: () => display[Symbol.asyncDispose](),
  };
}

/** Items with the boxes that they had before, where noise alone moved them. */
function steady(items: readonly Item[], before: readonly Item[]): readonly Item[] {
  return items.map((item) => {
    // The dots of a pattern keep to their grid, all or none.
    if (item.text === '' && item.kind !== 'field') return item;
    const same = before.find(
      (one) =>
        one.kind === item.kind &&
        one.text === item.text &&
        Math.abs(one.box.x - item.box.x) <= STEADY &&
        Math.abs(one.box.y - item.box.y) <= STEADY &&
        Math.abs(one.box.width - item.box.width) <= STEADY &&
        Math.abs(one.box.height - item.box.height) <= STEADY,
    );
    return same === undefined ? item : { ...item, box: same.box };
  });
}

/** How far noise moves the edge of a thing, px. */
const STEADY = 2;

/**
 * Whether two frames show the same, noise apart. Beside what stands on the screen a little may change: what a camera
 * sees moves, and its clock goes on.
 */
function isSame(a: Pixels, b: Pixels, items: readonly Item[]): boolean {
  if (a.width !== b.width || a.height !== b.height) return false;
  const cells = changedCells(a, b);
  if (cells.length === 0) return true;
  if (items.length === 0 || cells.length > MOVING * ((a.width * a.height) / (CELL * CELL))) return false;
  const left = Math.min(...items.map(({ box }) => box.x)) - BESIDE;
  const top = Math.min(...items.map(({ box }) => box.y)) - BESIDE;
  const right = Math.max(...items.map(({ box }) => box.x + box.width)) + BESIDE;
  const bottom = Math.max(...items.map(({ box }) => box.y + box.height)) + BESIDE;
  return cells.every(({ x, y }) => x + CELL < left || x > right || y + CELL < top || y > bottom);
}

/** Size of a cell that is looked at as a whole, px. */
const CELL = 16;
/** Share of the cells that may change beside what stands on the screen. */
const MOVING = 0.02;
/** What is this near to something on the screen may belong to it, px. */
const BESIDE = 40;

/** Where two frames of one size differ by more than noise. */
function changedCells(a: Pixels, b: Pixels): readonly { readonly x: number; readonly y: number }[] {
  const columns = Math.ceil(a.width / CELL);
  const changed = new Set<number>();
  const from = a.data;
  const to = b.data;
  for (let y = 0; y < a.height; y += 1) {
    const row = Math.floor(y / CELL) * columns;
    for (let x = 0, at = y * a.width * 4 + 1; x < a.width; x += 1, at += 4) {
      const step = (from[at] ?? 0) - (to[at] ?? 0);
      if (step > NOISE || step < -NOISE) changed.add(row + Math.floor(x / CELL));
    }
  }
  return [...changed].map((cell) => ({ x: (cell % columns) * CELL, y: Math.floor(cell / columns) * CELL }));
}
