import type { Calibration } from '../terms/calibration.ts';
import { HarnessError } from '../terms/error.ts';
import type { Box, Pixels } from '../terms/frame.ts';
import type { QrFinding } from '../terms/qr.ts';
import { misfitsOf } from '../vision/fitness.ts';
import { type Grey, greyOf } from '../vision/grey.ts';
import { judgeQr } from '../vision/judge.ts';
import { pictureQuality } from '../vision/quality.ts';
import { qrLikeRegions } from '../vision/regions.ts';
import { type UnreadCode, unreadCodes } from '../vision/unread.ts';

/**
 * Refuses a picture in which no QR is read by both decoders, where that comes from the capture. What the recorder drew
 * badly, or did not draw at all, is left to whoever asked.
 * @throws HarnessError FRAME_UNUSABLE with the figure
 */
export async function refuseBadCapture(
  read: { readonly pixels: Pixels; readonly findings: readonly QrFinding[] },
  calibration: Calibration | undefined,
): Promise<void> {
  const [finding] = read.findings;
  if (finding?.agreed) return;
  const reason = await reasonOf(read.pixels, finding, calibration);
  if (reason === undefined) return;
  throw new HarnessError('FRAME_UNUSABLE', `The capture is too bad to read a QR from. ${reason}`, {
    hint: 'see `resetbench doctor --display` for what is wrong with it',
    port: 'display',
  });
}

async function reasonOf(
  pixels: Pixels,
  finding: QrFinding | undefined,
  calibration: Calibration | undefined,
): Promise<string | undefined> {
  const grey = greyOf(pixels);
  // So soft, or so noisy, that nothing in it would look like a code.
  const [misfit] = misfitsOf(calibration ?? pictureQuality(grey));
  if (misfit !== undefined) return misfit.what;
  const places = finding === undefined ? await placesIn(grey) : [finding];
  return places
    .map((place) => judgeQr(pixels, place, calibration === undefined ? {} : { calibration }))
    .find(({ by }) => by === 'capture')?.reason;
}

/**
 * Where a code is that was not read. Where none shows its finder patterns, what only looks like one is judged too: the
 * capture may have drowned them, and what may come from the capture is not held against the recorder.
 */
async function placesIn(grey: Grey): Promise<readonly (UnreadCode | Box)[]> {
  const codes = await unreadCodes(grey);
  return codes.length > 0 ? codes : qrLikeRegions(grey);
}
