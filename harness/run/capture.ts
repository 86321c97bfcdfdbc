import type { Display } from '../bench/ports/display.ts';
import { calibrateStill, refuseUnfit } from '../flow/still.ts';
import type { Calibration } from '../terms/calibration.ts';
import type { Clock } from '../terms/clock.ts';

export interface CaptureOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** How long a recorder may take to show its first screen, ms. */
  readonly withinMs: number;
  readonly onBegin?: () => void;
  /** Hears what was measured, fit or not. */
  readonly onMeasured?: (calibration: Calibration) => void;
}

/** What the display port has to do with it. */
type Captured = Pick<Display, 'frame' | 'calibrated'>;

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
  { clock, signal, withinMs, onBegin, onMeasured }: CaptureOptions,
): Promise<Calibration | undefined> {
  onBegin?.();
  const calibration = await calibrateStill(display, clock, { withinMs, signal });
  if (calibration === undefined) return undefined;
  onMeasured?.(calibration);
  refuseUnfit(calibration);
  return calibration;
}
