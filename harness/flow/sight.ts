import type { Display, ReadWait } from '../bench/ports/display.ts';
import type { Calibration } from '../terms/calibration.ts';
import type { Clock } from '../terms/clock.ts';
import type { Box, Frame, Item, Pixels, Reading } from '../terms/frame.ts';
import type { NeedleSeen } from '../terms/needle.ts';
import { CELL, type Cell, changedCells, changeOf, isLittle } from '../vision/changes.ts';
import { decodePicture } from '../vision/png.ts';
import { glance, seenAnew } from '../vision/see/glance.ts';
import { grown, isNear, overlaps } from '../vision/see/place.ts';
import type { Seer } from '../vision/see/seer.ts';
import { type Clicked, uncovered } from './cover.ts';
import type { NeedleEyes } from './needles.ts';

export interface SightOptions {
  readonly seer: Seer;
  /** Needles of the profile: what they show is known without reading it. */
  readonly needles?: NeedleEyes;
  readonly clock: Clock;
}

/** Between two frames where nobody tells that something changed, ms: captures bring 30 a second. */
const FRAME_MS = 33;
/** The same while each is as the one before, byte for byte: what costs nothing to look at is seen half a frame earlier. */
const SAME_MS = 16;
/** How long a screen must stand still and be read in vain until needles are looked for in the whole of it, ms. */
const VAIN_MS = 1000;

/** How long what has changed beside the things of a screen may wait until it is looked at, ms. */
const BESIDE_MS = 500;
/** What moves all the time moves so many times as much at most. */
const STIRRED = 1.25;

/** Cells that have not moved before count so many times: a message is more than a passer-by's next steps. */
const NEW = 2;

/** How long a capture goes on showing the pointer where it was at least, ms: three of its frames, and a mouse of 125 Hz. */
const POINTER_MS = 60;
/** How long after a click the pointer may still be seen there by a capture that is slow, ms. */
const COVERED_MS = 1000;
/**
 * A display that shows pixels alone, read by eye: each reading is what a seer finds on a frame. After a click the
 * pointer is put aside, so that it covers nothing.
 */
export function sighted(
  display: Display,
  { seer, needles: eyes, clock }: SightOptions,
): Display & Required<Pick<Display, 'read'>> {
  let last:
    | {
        readonly frame: Frame;
        readonly pixels: Pixels;
        readonly items: readonly Item[];
        /** As they look, where the pointer may cover something. */
        readonly raw?: readonly Item[];
        /** As the seer found them. */
        readonly found: readonly Item[];
        readonly needles: readonly NeedleSeen[];
        readonly print: string;
      }
    | undefined;
  /** When what is shown became what it is. */
  let changedAt = Number.NEGATIVE_INFINITY;
  /** When the whole of a frame was looked at last. */
  let wholeAt = Number.NEGATIVE_INFINITY;
  /** So many cells beside what stands on the screen had changed when a look at the whole found nothing new. */
  let stir = 0;
  /** These cells have, ever: a camera's clock, what goes by before it. */
  const stirring = new Set<string>();
  /** Something has changed beside them that no look at the whole has seen yet. */
  let owed = false;
  /** Among it is something new. */
  let isPending = false;
  let calibration: Calibration | undefined;
  /** The last frame was the one before, byte for byte. */
  let isSame = false;
  /** What was seen last of one thing alone. */
  let alone: { readonly place: Box; readonly seen: NonNullable<typeof last> } | undefined;
  /** What the last reading showed. */
  let told: string | undefined;
  /** From when on a frame shows the pointer where it was put. */
  let clearFrom = Number.NEGATIVE_INFINITY;

  /** The last click, until something else is put in. */
  let clicked: (Clicked & { readonly until: number }) | undefined;

  /**
   * Looks at one frame; what shows the same as the one before is not looked at again.
   * @param isDue what has changed beside the things of the screen is looked at now
   */
  async function look(isDue = false): Promise<NonNullable<typeof last>> {
    const ahead = clearFrom - clock.monotonic();
    if (ahead > 0) await clock.sleep(ahead);
    const frame = await display.frame();
    // What takes its time is to look, not what is looked at.
    const grabbed = clock.monotonic();
    alone = undefined;
    isSame = last !== undefined && Buffer.compare(last.frame.bytes, frame.bytes) === 0;
    if (last !== undefined && isSame && !owed && !isDue) return plainly(last, grabbed);
    const pixels = await decodePicture(frame.bytes);
    const noise = changeOf(calibration?.noise);
    const change = last === undefined ? undefined : changesOf(last, pixels, noise);
    const isWhole = change === undefined || isDue || isOwed(change.outside, pixels, grabbed);
    const hasNews = change !== undefined && isNew(change.outside, pixels);
    if (last !== undefined && !isWhole && change.inside.length === 0) {
      isPending = hasNews || (owed && isPending);
      return plainly(last, grabbed);
    }
    const anew =
      last === undefined || isWhole
        ? undefined
        : await glance(pixels, {
            before: { pixels: last.pixels, items: last.found },
            cells: change.inside,
            noise,
            seer,
          });
    const found = anew ?? (await seer(pixels));
    const needled = (await eyes?.look(pixels, found)) ?? { items: found, needles: [] };
    const raw = steady(needled.items, last?.items ?? []);
    const shown = clicked !== undefined && grabbed < clicked.until ? uncovered(raw, clicked) : raw;
    const print = JSON.stringify(shown);
    const isOther = print !== last?.print;
    if (isOther) changedAt = grabbed;
    const items = last === undefined || isOther ? shown : last.items;
    if (anew === undefined) {
      wholeAt = grabbed;
      owed = false;
      if (!isOther && change !== undefined) stirred(change.outside);
      isPending = false;
    } else if (change !== undefined && change.outside.length > 0) {
      isPending = hasNews || (owed && isPending);
      owed = true;
    }
    const { needles } = needled;
    last = { frame, pixels, items, found, needles, print, ...(shown === raw ? {} : { raw }) };
    return last;
  }

  /**
   * Looks at one thing alone, the pointer over it or not; the rest is as it was looked at last. Undefined where it is no
   * longer what and where it was.
   */
  async function lookAt(place: Box): Promise<NonNullable<typeof last> | undefined> {
    const isThere = ({ box }: Item) => isNear(box, place, NEAR);
    const thing = last?.found.find((one) => one.kind !== 'text' && isThere(one));
    if (last === undefined || thing === undefined) return undefined;
    const frame = await display.frame();
    const grabbed = clock.monotonic();
    isSame = alone?.place === place && Buffer.compare(alone.seen.frame.bytes, frame.bytes) === 0;
    if (alone !== undefined && isSame) return { ...alone.seen, frame };
    const pixels = await decodePicture(frame.bytes);
    if (pixels.width !== last.pixels.width || pixels.height !== last.pixels.height) return undefined;
    const anew = await seenAnew(pixels, thing, seer);
    if (anew === undefined) return undefined;
    const items = last.items.map((one) =>
      one.kind === anew.kind && isThere(one) ? { ...anew, box: one.box } : one,
    );
    const print = JSON.stringify(items);
    if (print !== told) changedAt = grabbed;
    const seen = { ...last, frame, pixels, items, print };
    alone = { place, seen };
    return seen;
  }

  /**
   * Whether what has changed beside the things of a screen is to be looked at: what a camera sees moves all the time, but
   * something new may be among it.
   */
  function isOwed(outside: readonly Cell[], size: Pixels, grabbed: number): boolean {
    if (outside.length === 0 && !owed) return false;
    return grabbed - wholeAt >= BESIDE_MS || !isLittle(outside.length - STIRRED * stir, size);
  }

  /** Whether something may have come up where nothing has moved so far. */
  function isNew(outside: readonly Cell[], size: Pixels): boolean {
    return !isLittle(NEW * outside.filter((one) => !stirring.has(`${one.x},${one.y}`)).length, size);
  }

  function stirred(outside: readonly Cell[]): void {
    stir = outside.length;
    for (const { x, y } of outside) stirring.add(`${x},${y}`);
  }

  /** What looks covered for too long is as it looks. */
  function plainly(now: NonNullable<typeof last>, grabbed: number): NonNullable<typeof last> {
    if (now.raw === undefined || (clicked !== undefined && grabbed < clicked.until)) return now;
    const { raw, ...rest } = now;
    last = { ...rest, items: raw, print: JSON.stringify(raw) };
    changedAt = grabbed;
    return last;
  }

  /** Looks for a needle in the whole of a frame that shows nothing new. */
  async function search(now: NonNullable<typeof last>): Promise<NonNullable<typeof last>> {
    const found = await eyes?.search(now.pixels, now);
    if (found === undefined) return now;
    last = { ...now, ...found, print: JSON.stringify(found.items) };
    return last;
  }

  async function read(wait: ReadWait = { withinMs: 0, stillMs: 0 }): Promise<Reading> {
    const until = clock.monotonic() + wait.withinMs;
    for (;;) {
      const begun = clock.monotonic();
      let seen = (wait.only && (await lookAt(wait.only))) ?? (await look());
      const isOther = () => told === undefined || seen.print !== told;
      const isNews = () => isOther() && clock.monotonic() - changedAt >= wait.stillMs;
      // Before it is told what else may have come with it is looked at.
      if (wait.only === undefined && isPending && isNews()) seen = await look(true);
      const now = clock.monotonic();
      if (isNews() || now >= until) {
        const isVain =
          wait.only === undefined && !isOther() && wait.withinMs > 0 && now - changedAt >= VAIN_MS;
        const { frame, pixels, items, needles, print } = isVain ? await search(seen) : seen;
        told = print;
        const size = { width: pixels.width, height: pixels.height };
        return {
          items,
          ...size,
          stillMs: now - changedAt,
          frame,
          ...(eyes === undefined ? {} : { needles }),
        };
      }
      // What has changed is looked at again when it may have stood still for long enough.
      const pause = isSame && !owed ? SAME_MS : FRAME_MS;
      const rest = isOther() ? changedAt + wait.stillMs - now : pause - (now - begun);
      await clock.sleep(Math.max(1, Math.min(rest, until - now)));
    }
  }

  /** Puts the pointer into the bottom right corner. */
  async function aside(): Promise<void> {
    const { width, height } = last?.pixels ?? (await display.frame());
    await display.moveTo(width - 2, height - 2);
    const { latencyMs = 0 } = calibration ?? {};
    clearFrom = clock.monotonic() + Math.max(POINTER_MS, latencyMs + FRAME_MS);
  }

  return {
    get source() {
      return display.source;
    },
    ...(display.layout === undefined ? {} : { layout: display.layout }),
    get calibration() {
      return calibration;
    },
    calibrated(measured) {
      calibration = measured;
    },
    frame: (signal) => display.frame(signal),
    read,
    moveTo: (x, y) => display.moveTo(x, y),
    async click(x, y, button) {
      const before = last?.items ?? [];
      await display.click(x, y, button);
      await aside();
      clicked = { x, y, before, until: clock.monotonic() + COVERED_MS };
    },
    async drag(points) {
      clicked = undefined;
      await display.drag(points);
      await aside();
    },
    press(key, times) {
      clicked = undefined;
      return display.press(key, times);
    },
    type(text) {
      clicked = undefined;
      return display.type(text);
    },
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

/** How far from where it was a thing is still the one that was there, px. */
const NEAR = 4;
/** How far noise moves the edge of a thing, px. */
const STEADY = 2;

/**
 * What has changed, noise apart: near what stands on the screen, and beside it. Undefined where all of it counts, since
 * nothing stands there or the picture has another size.
 */
function changesOf(
  { pixels: a, items }: { readonly pixels: Pixels; readonly items: readonly Item[] },
  b: Pixels,
  noise: number,
): { readonly inside: readonly Cell[]; readonly outside: readonly Cell[] } | undefined {
  if (a.width !== b.width || a.height !== b.height) return undefined;
  const cells = changedCells(a, b, noise);
  if (cells.length === 0) return { inside: [], outside: [] };
  if (items.length === 0) return undefined;
  const near = items.map(({ box }) => grown(box, BESIDE));
  const isInside = ({ x, y }: Cell) => near.some((one) => overlaps(one, { x, y, width: CELL, height: CELL }));
  const inside: Cell[] = [];
  const outside: Cell[] = [];
  for (const cell of cells) (isInside(cell) ? inside : outside).push(cell);
  return { inside, outside };
}

/** What is this near to something on the screen may belong to it, px. */
const BESIDE = 40;
