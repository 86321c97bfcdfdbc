import type { Calibration } from '../terms/calibration.ts';
import { HarnessError } from '../terms/error.ts';
import type { Pixels } from '../terms/frame.ts';
import type { QrFinding } from '../terms/qr.ts';
import { misfitsOf } from '../vision/fitness.ts';
import { greyOf } from '../vision/grey.ts';
import { judgeQr } from '../vision/judge.ts';
import { pictureQuality } from '../vision/quality.ts';
import { qrLikeRegions } from '../vision/regions.ts';

/**
 * Refuses a picture in which no QR is read by both decoders, where that comes from the capture. What the recorder drew
 * badly, or did not draw at all, is left to whoever asked.
 * @throws HarnessError FRAME_UNUSABLE with the figure
 */
export function refuseBadCapture(
  read: { readonly pixels: Pixels; readonly findings: readonly QrFinding[] },
  calibration: Calibration | undefined,
): void {
  const [finding] = read.findings;
  if (finding?.agreed) return;
  const reason = reasonOf(read.pixels, finding, calibration);
  if (reason === undefined) return;
  throw new HarnessError('FRAME_UNUSABLE', `The capture is too bad to read a QR from. ${reason}`, {
    hint: 'see `resetbench doctor --display` for what is wrong with it',
    port: 'display',
  });
}

function reasonOf(
  pixels: Pixels,
  finding: QrFinding | undefined,
  calibration: Calibration | undefined,
): string | undefined {
  const grey = greyOf(pixels);
  // So soft, or so noisy, that nothing in it would look like a code.
  const [misfit] = misfitsOf(calibration ?? pictureQuality(grey));
  if (misfit !== undefined) return misfit.what;
  const places = finding === undefined ? qrLikeRegions(grey) : [finding];
  // Not every place holds the code: what may come from the capture is not held against the recorder.
  return places
    .map((place) => judgeQr(pixels, place, calibration === undefined ? {} : { calibration }))
    .find(({ by }) => by === 'capture')?.reason;
}
