import type { Display } from '../bench/ports/display.ts';
import type { Clock } from '../terms/clock.ts';
import { type Cell, changedCells, changeOf } from '../vision/changes.ts';
import { decodePicture } from '../vision/png.ts';

/** Frames that were grabbed while the pointer moved between each two of them. */
export interface MotionProbe {
  readonly frames: number;
  /** Those that show what the one before showed, though the pointer had moved. */
  readonly repeated: number;
  /** From the first of them to the last, ms. */
  readonly tookMs: number;
}

const FRAMES = 20;
/** From one frame to the next at least, ms: as in a calibration, a frame that is only asked for twice is no repeated one. */
const FRAME_MS = 40;
/** Places in a row that the pointer goes to, and from one to the next, px: it comes back to none while it is counted. */
const PLACES = 31;
const STEP = 6;

/**
 * Moves the pointer before each frame, and counts the frames that show nothing new. On a picture that stands still a frame
 * that is the one before again looks like a new one; beside a pointer that moves it does not. A picture that comes late
 * is new all the same: counting begins when the first move shows.
 * @param probe `at`: where the picture shows the pointer, `lagMs` after it was sent there; `noise` of the capture, as a
 * calibration has it
 */
export async function probeMotion(
  display: Pick<Display, 'frame' | 'moveTo'>,
  clock: Clock,
  { at, lagMs, noise }: { readonly at: Cell; readonly lagMs: number; readonly noise: number },
): Promise<MotionProbe> {
  const limit = changeOf(noise);
  const { width } = await display.frame();
  const inwards = at.x > width / 2 ? -STEP : STEP;
  let step = 0;
  const moved = async () => {
    const begun = clock.monotonic();
    step += 1;
    await display.moveTo(at.x + inwards * (step % PLACES), at.y);
    const { bytes } = await display.frame();
    const rest = begun + FRAME_MS - clock.monotonic();
    if (rest > 0) await clock.sleep(rest);
    return bytes;
  };
  // Decoded afterwards: a bench that is busy with that takes fewer frames than the capture gives.
  const shown = clock.monotonic() + lagMs;
  let before = await moved();
  while (clock.monotonic() < shown) before = await moved();
  const grabbed = [before];
  const begun = clock.monotonic();
  for (let count = 0; count < FRAMES; count += 1) grabbed.push(await moved());
  const tookMs = clock.monotonic() - begun;
  let repeated = 0;
  let last = await decodePicture(before);
  for (const bytes of grabbed.slice(1)) {
    const pixels = await decodePicture(bytes);
    const isOther = pixels.width !== last.width || pixels.height !== last.height;
    if (!isOther && changedCells(last, pixels, limit).length === 0) repeated += 1;
    last = pixels;
  }
  return { frames: FRAMES, repeated, tookMs };
}
