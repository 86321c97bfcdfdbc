import type { Display } from '../bench/ports/display.ts';
import type { Clock } from '../terms/clock.ts';
import type { Pixels } from '../terms/frame.ts';
import { CELL, type Cell, changedCells, changeOf } from '../vision/changes.ts';
import { decodePicture } from '../vision/png.ts';

/** Where the pointer went when it was sent, and when the picture showed it. */
export type PointerProbe =
  /** ms from the move until the first picture that shows it was grabbed; where it is now, px. */
  | { readonly state: 'there'; readonly reactedMs: number; readonly at: Cell }
  /** Something changed, but px from where it was sent. */
  | { readonly state: 'elsewhere'; readonly sent: Cell; readonly seen: Cell }
  /** Nothing changed. */
  | { readonly state: 'unseen' }
  /** The picture moves wherever the pointer could be looked for. */
  | { readonly state: 'restless' };

/** Where it may be sent, in shares of the picture: away from the middle, where dialogs have their buttons. */
const PLACES: readonly (readonly [number, number])[] = [
  [0.08, 0.12],
  [0.92, 0.8],
  [0.08, 0.8],
  [0.92, 0.12],
  [0.5, 0.92],
  [0.5, 0.06],
];
/** How far around the place something may change: a pointer is up to 32 px, its tip where it was sent. */
const REACH = { before: 12, after: 36 };
/** Frames in which what moves by itself shows, and the time between them. */
const LOOKS = 6;
const LOOK_MS = 150;
const POLL_MS = 20;

/**
 * Sends the pointer from one place to another, both where nothing moves by itself, and looks where the picture changes.
 * @param probe `noise` of the capture, as a calibration has it
 */
export async function probePointer(
  display: Pick<Display, 'frame' | 'moveTo'>,
  clock: Clock,
  probe: { readonly noise: number; readonly withinMs: number },
): Promise<PointerProbe> {
  const look = async () => {
    const { bytes, grabbedAt } = await display.frame();
    return { grabbedAt, pixels: await decodePicture(bytes) };
  };
  const limit = changeOf(probe.noise);
  const changes = (a: Pixels, b: Pixels) =>
    a.width === b.width && a.height === b.height ? changedCells(a, b, limit) : [];
  let before = (await look()).pixels;
  const { width, height } = before;
  const restless: Cell[] = [];
  const watch = async () => {
    for (let looks = 1; looks < LOOKS; looks += 1) {
      await clock.sleep(LOOK_MS);
      const { pixels } = await look();
      restless.push(...changes(before, pixels));
      before = pixels;
    }
  };
  await watch();
  const calm = PLACES.map(([x, y]) => ({ x: Math.round(x * width), y: Math.round(y * height) })).filter(
    (place) => !restless.some((cell) => isNear(cell, place)),
  );
  const [from, to] = calm;
  if (from === undefined || to === undefined) return { state: 'restless' };
  await display.moveTo(from.x, from.y);
  await clock.sleep(probe.withinMs);
  before = (await look()).pixels;
  await watch();
  const moves = new Set(restless.map(({ x, y }) => `${x} ${y}`));
  const until = clock.monotonic() + probe.withinMs;
  const sentAt = clock.now();
  await display.moveTo(to.x, to.y);
  for (;;) {
    const { pixels, grabbedAt } = await look();
    const changed = changes(before, pixels).filter(({ x, y }) => !moves.has(`${x} ${y}`));
    if (changed.some((cell) => isNear(cell, to)))
      return { state: 'there', reactedMs: Math.max(0, grabbedAt - sentAt), at: to };
    if (clock.monotonic() >= until) {
      // What it left may be elsewhere too; where it came to is nearer.
      const distance = (cell: Cell) => Math.hypot(cell.x - to.x, cell.y - to.y);
      const [seen] = changed.filter((cell) => !isNear(cell, from)).sort((a, b) => distance(a) - distance(b));
      return seen === undefined ? { state: 'unseen' } : { state: 'elsewhere', sent: to, seen };
    }
    await clock.sleep(POLL_MS);
  }
}

function isNear({ x, y }: Cell, place: Cell): boolean {
  return (
    x + CELL > place.x - REACH.before &&
    x < place.x + REACH.after &&
    y + CELL > place.y - REACH.before &&
    y < place.y + REACH.after
  );
}
