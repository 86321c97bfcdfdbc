import type { Display } from '../bench/ports/display.ts';
import type { Calibration } from '../terms/calibration.ts';
import type { Clock } from '../terms/clock.ts';
import { HarnessError } from '../terms/error.ts';
import type { Frame, Pixels } from '../terms/frame.ts';
import { calibrate } from '../vision/calibrate.ts';
import { changedCells, changeOf, isLittle } from '../vision/changes.ts';
import { misfitsOf, NARROWEST } from '../vision/fitness.ts';
import { greyOf } from '../vision/grey.ts';
import { decodePicture } from '../vision/png.ts';
import { pictureQuality } from '../vision/quality.ts';
import { watchPointer } from './pointer-watch.ts';

/** Frames a chain is calibrated from. */
const FRAMES = 8;
/** Between two of them, ms: captures bring 30 a second, and a frame that is only asked for twice is no repeated one. */
const FRAME_MS = 40;
const POLL_MS = 200;
/** Frames in a row that show the same once a screen stands still, and between two of them, ms: dialogs fade in. */
const STILL_FRAMES = 3;
const STILL_FRAME_MS = 100;
/** What looks unfit may have been a screen that changed meanwhile: so often it is measured, with a pause, ms. */
const TRIES = 3;
const PAUSE_MS = 1000;

/** What is known of a recorder before it is looked at. */
export interface KnownOfRecorder {
  /** What it is set to, px. */
  readonly size?: { readonly width: number; readonly height: number };
  /** Approved pictures of its screens that were taken without loss. */
  readonly screens?: readonly Pixels[];
}

/**
 * Calibrates a capture from what the recorder shows by itself, once that is more than a dark screen.
 * @param patience `withinMs`: how long the recorder may take to show something, as it boots
 * @returns undefined where the screen stayed blank: then nothing can be told of the capture
 */
export async function calibrateStill(
  display: Pick<Display, 'frame'>,
  clock: Clock,
  patience: { readonly withinMs: number; readonly signal?: AbortSignal },
  known: KnownOfRecorder = {},
): Promise<Calibration | undefined> {
  const { withinMs, signal } = patience;
  const until = clock.monotonic() + withinMs;
  while (await isBlank(await display.frame())) {
    if (clock.monotonic() >= until) return undefined;
    await clock.sleep(POLL_MS, signal);
  }
  for (let tries = 1; ; tries += 1) {
    const measured = await calibrate({ ...known, still: await grabbed(display, clock) });
    if (tries === TRIES || misfitsOf(measured).length === 0) return measured;
    await clock.sleep(PAUSE_MS, signal);
  }
}

/**
 * The same with what a moved pointer tells: latency, and frames that are lost. Nothing is pressed.
 * @returns undefined where the screen stayed blank
 */
export async function calibrateMoving(
  display: Pick<Display, 'frame' | 'moveTo'>,
  clock: Clock,
  patience: { readonly withinMs: number; readonly signal?: AbortSignal },
  known: KnownOfRecorder = {},
): Promise<Calibration | undefined> {
  const still = await calibrateStill(display, clock, patience, known);
  if (still === undefined || misfitsOf(still).length > 0) return still;
  const { signal } = patience;
  const {
    latencyMs,
    repeated,
    why = '',
  } = await watchPointer(display, clock, {
    noise: still.noise,
    ...(signal === undefined ? {} : { signal }),
  });
  const { latencyMs: _late, repeated: _again, ...untold } = still.untold ?? {};
  return {
    ...still,
    latencyMs,
    ...(still.repeated === undefined && repeated !== undefined
      ? { repeated, repeatedBy: 'pointer' as const }
      : {}),
    untold: {
      ...untold,
      ...(latencyMs === undefined ? { latencyMs: why } : {}),
      ...(still.repeated === undefined && repeated === undefined ? { repeated: why } : {}),
    },
  };
}

async function grabbed(display: Pick<Display, 'frame'>, clock: Clock): Promise<readonly Frame[]> {
  const still: Frame[] = [];
  while (still.length < FRAMES) {
    if (still.length > 0) await clock.sleep(FRAME_MS);
    still.push(await display.frame());
  }
  return still;
}

/**
 * A picture of what stands still; after `withinMs` the last one, whatever it shows. Nothing need be known of the capture.
 * A calibration does not wait for this: it tells from the same frames how much noise moves.
 */
export async function stillPicture(
  display: Pick<Display, 'frame'>,
  clock: Clock,
  withinMs: number,
): Promise<{ readonly pixels: Pixels; readonly isStill: boolean }> {
  const until = clock.monotonic() + withinMs;
  let last = await decodePicture((await display.frame()).bytes);
  for (let still = 1; clock.monotonic() < until; ) {
    await clock.sleep(STILL_FRAME_MS);
    const pixels = await decodePicture((await display.frame()).bytes);
    const isSame =
      pixels.width === last.width &&
      pixels.height === last.height &&
      isLittle(changedCells(last, pixels, changeOf()).length, pixels);
    still = isSame ? still + 1 : 1;
    last = pixels;
    if (still >= STILL_FRAMES) return { pixels, isStill: true };
  }
  return { pixels: last, isStill: false };
}

/** @throws HarnessError FRAME_UNUSABLE that names the figures of a capture that nothing can be judged by */
export function refuseUnfit(calibration: Calibration): void {
  const misfits = misfitsOf(calibration);
  const [first] = misfits;
  if (first === undefined) return;
  throw new HarnessError(
    'FRAME_UNUSABLE',
    `The capture is unfit to judge by. ${misfits.map(({ what }) => what).join(' ')}`,
    { hint: `${first.cure}; \`resetbench doctor --display\` tells more`, port: 'display' },
  );
}

/** A screen during the boot has little on it, if anything. */
async function isBlank(frame: Frame): Promise<boolean> {
  const { black, white } = pictureQuality(greyOf(await decodePicture(frame.bytes)));
  return white - black < NARROWEST / 2;
}
