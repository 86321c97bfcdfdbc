import type { Display } from '../bench/ports/display.ts';
import type { Clock } from '../terms/clock.ts';
import { changedShare, type Levels, readLevels } from '../vision/levels.ts';
import { decodePicture } from '../vision/png.ts';

/** What one frame of a display is like. */
export interface FrameProbe extends Levels {
  readonly width: number;
  readonly height: number;
  readonly format: 'png' | 'jpeg';
  readonly bytes: number;
  /** From the request to the frame, ms. */
  readonly tookMs: number;
  /** From the grab until the frame was there, ms; below 0: the display's time is ahead. */
  readonly ageMs: number;
}

/** When the picture answered an act. */
export interface ReactionProbe {
  /** From the act until the first picture that shows a change was grabbed, ms; undefined where none came. */
  readonly reactedMs: number | undefined;
  /** The share of the picture that had changed then, or at the end, 0..1. */
  readonly share: number;
  /** The share that changes without any act, 0..1: live pictures, noise. */
  readonly restless: number;
}

/** Levels that differ by so much are the same: noise, and what JPEG makes of a picture. */
const TOLERANCE = 24;
/** So many times the share that changes by itself is a change. */
const BEYOND = 2;
const POLL_MS = 20;

/**
 * Grabs a frame and looks whether it is a picture, how old it is and which levels it has.
 * @throws HarnessError FRAME_UNUSABLE where it is none, and those of the port
 */
export async function probeFrame(display: Display, clock: Clock): Promise<FrameProbe> {
  const asked = clock.monotonic();
  const frame = await display.frame();
  const tookMs = clock.monotonic() - asked;
  const ageMs = clock.now() - frame.grabbedAt;
  const picture = await decodePicture(frame.bytes);
  return {
    width: picture.width,
    height: picture.height,
    format: frame.format,
    bytes: frame.bytes.length,
    tookMs,
    ageMs,
    ...readLevels(picture),
  };
}

/**
 * Does something at the display, and looks when the picture changes.
 * @param least the share that has to change, 0..1: the pointer is about 0.0001 of a picture
 */
export async function probeReaction(
  display: Display,
  clock: Clock,
  probe: { readonly act: () => Promise<unknown>; readonly least: number; readonly withinMs: number },
): Promise<ReactionProbe> {
  const look = async () => {
    const frame = await display.frame();
    return { grabbedAt: frame.grabbedAt, picture: await decodePicture(frame.bytes) };
  };
  const first = await look();
  const before = await look();
  const restless = changedShare(first.picture, before.picture, TOLERANCE);
  const limit = Math.max(probe.least, restless * BEYOND);
  const until = clock.monotonic() + probe.withinMs;
  const acted = clock.now();
  await probe.act();
  for (;;) {
    const { picture, grabbedAt } = await look();
    const share = changedShare(before.picture, picture, TOLERANCE);
    if (share >= limit) return { reactedMs: Math.max(0, grabbedAt - acted), share, restless };
    if (clock.monotonic() >= until) return { reactedMs: undefined, share, restless };
    await clock.sleep(POLL_MS);
  }
}
