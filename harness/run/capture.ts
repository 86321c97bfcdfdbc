import type { Display } from '../bench/ports/display.ts';
import { calibrateMoving, refuseUnfit } from '../flow/still.ts';
import type { FindBaseline } from '../terms/baseline.ts';
import type { Calibration } from '../terms/calibration.ts';
import type { Clock } from '../terms/clock.ts';

/** Screens that a recorder may begin with, as baselines are named. */
const FIRST_SCREENS = ['activation'] as const;

export interface CaptureOptions {
  /** What the recorder is set to, as `1280x720`. */
  readonly resolution: string;
  /** Its approved pictures; those taken without loss tell what a capture does to them. */
  readonly baseline?: FindBaseline;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** How long a recorder may take to show its first screen, ms. */
  readonly withinMs: number;
  readonly onBegin?: () => void;
  /** Hears what was measured, fit or not. */
  readonly onMeasured?: (calibration: Calibration) => void;
}

/** What the display port has to do with it. */
type Captured = Pick<Display, 'source' | 'frame' | 'moveTo' | 'calibrated'>;

/**
 * What is to be done with each display before anything is judged by its pixels. The first one is measured, and the others
 * take that over: copies of a recorder have the same capture. A display that is read is left as it is, and so is one on
 * which the recorder shows nothing. Each rejects with FRAME_UNUSABLE where the capture is unfit.
 */
export function calibrator(options: CaptureOptions): (display: Captured) => Promise<void> {
  let measuring: Promise<Calibration | undefined> | undefined;
  return async (display) => {
    if (display.calibrated === undefined) return;
    measuring ??= measured(display, options);
    const calibration = await measuring;
    if (calibration !== undefined) display.calibrated(calibration);
  };
}

async function measured(
  display: Captured,
  { clock, signal, withinMs, resolution, baseline, onBegin, onMeasured }: CaptureOptions,
): Promise<Calibration | undefined> {
  onBegin?.();
  const [width = 0, height = 0] = resolution.split('x').map(Number);
  const found = await Promise.all(FIRST_SCREENS.map((screen) => baseline?.(screen, display.source)));
  const screens = found.flatMap((one) => (one?.isOriginal === true ? [one.pixels] : []));
  const known = { size: { width, height }, screens };
  const calibration = await calibrateMoving(display, clock, { withinMs, signal }, known);
  if (calibration === undefined) return undefined;
  onMeasured?.(calibration);
  refuseUnfit(calibration);
  return calibration;
}
