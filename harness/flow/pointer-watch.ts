import type { Display } from '../bench/ports/display.ts';
import type { Clock } from '../terms/clock.ts';
import type { Frame, Pixels } from '../terms/frame.ts';
import { changeOf } from '../vision/changes.ts';
import { decodePicture } from '../vision/png.ts';

/** What a moved pointer tells of a capture. */
export interface PointerWatch {
  /** ms from a move until the first picture that shows it was grabbed; undefined where none did. */
  readonly latencyMs: number | undefined;
  /** Share of pictures that are the one before again though the pointer was moved in between, 0..1. */
  readonly repeated: number | undefined;
  /** Why nothing is told. */
  readonly why?: string;
}

/** Where it may be moved from, to the right, in shares of the picture: along edges, where dialogs have no buttons. */
const FROM = [
  { x: 0.35, y: 0.93 },
  { x: 0.35, y: 0.06 },
  { x: 0.02, y: 0.8 },
  { x: 0.02, y: 0.12 },
] as const;
/** Frames in which what moves by itself shows. */
const LOOKS = 4;
/** How far each time, px: more than a pointer is large. */
const STEP = 40;
/** Around its way, px: a pointer is up to 32 px. */
const REACH = 36;
const MOVES = 10;
/** Between two frames, ms: captures bring 30 a second. */
const FRAME_MS = 40;
/** How long the first move is waited for, ms. */
const WITHIN_MS = 1000;

/** Moves the pointer along and looks when pictures show it; presses nothing, and leaves it in the bottom right corner. */
export async function watchPointer(
  display: Pick<Display, 'frame' | 'moveTo'>,
  clock: Clock,
  { noise, signal }: { readonly noise: number; readonly signal?: AbortSignal },
): Promise<PointerWatch> {
  const limit = changeOf(noise);
  const first = await display.frame();
  const { width, height } = first;
  const seen = async (frame: Frame) => await decodePicture(frame.bytes);
  const ways = FROM.map((from) => {
    const [x, y] = [Math.round(from.x * width), Math.round(from.y * height)];
    return {
      x,
      y,
      left: x - REACH,
      top: y - REACH,
      right: x + STEP * (MOVES + 1) + REACH,
      bottom: y + REACH,
    };
  });
  const looks = [await seen(first)];
  while (looks.length < LOOKS) {
    await clock.sleep(FRAME_MS, signal);
    looks.push(await seen(await display.frame()));
  }
  let before = looks.at(-1) ?? (await seen(first));
  // What moves by itself tells nothing of the pointer.
  const way = ways.find((one) => looks.every((look) => !differsWithin(look, before, one, limit)));
  if (way === undefined)
    return {
      latencyMs: undefined,
      repeated: undefined,
      why: 'the picture moves wherever the pointer could be moved',
    };
  const { x, y } = way;
  const differs = (a: Pixels, b: Pixels) => differsWithin(a, b, way, limit);
  const sentAt = clock.now();
  const until = clock.monotonic() + WITHIN_MS;
  await display.moveTo(x, y);
  let latencyMs: number | undefined;
  while (latencyMs === undefined && clock.monotonic() < until) {
    const frame = await display.frame();
    const pixels = await seen(frame);
    if (differs(before, pixels)) latencyMs = Math.max(0, frame.grabbedAt - sentAt);
    else await clock.sleep(FRAME_MS / 2, signal);
    before = pixels;
  }
  let same = 0;
  if (latencyMs !== undefined)
    for (let move = 1; move <= MOVES; move += 1) {
      await display.moveTo(x + move * STEP, y);
      await clock.sleep(FRAME_MS, signal);
      const pixels = await seen(await display.frame());
      if (!differs(before, pixels)) same += 1;
      before = pixels;
    }
  await display.moveTo(width - 2, height - 2);
  if (latencyMs === undefined)
    return { latencyMs, repeated: undefined, why: `no picture shows the pointer within ${WITHIN_MS} ms` };
  return { latencyMs, repeated: same / MOVES };
}

/** Whether a pixel of an area differs by more than noise, by its green. */
function differsWithin(
  a: Pixels,
  b: Pixels,
  area: { readonly left: number; readonly top: number; readonly right: number; readonly bottom: number },
  limit: number,
): boolean {
  if (a.width !== b.width || a.height !== b.height) return true;
  for (let y = Math.max(0, area.top); y < Math.min(a.height, area.bottom); y += 1)
    for (let x = Math.max(0, area.left); x < Math.min(a.width, area.right); x += 1) {
      const at = (y * a.width + x) * 4 + 1;
      if (Math.abs((a.data[at] ?? 0) - (b.data[at] ?? 0)) > limit) return true;
    }
  return false;
}
