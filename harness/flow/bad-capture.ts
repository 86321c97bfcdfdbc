import type { Calibration } from '../terms/calibration.ts';
import { HarnessError } from '../terms/error.ts';
import type { Pixels } from '../terms/frame.ts';
import type { QrFinding } from '../terms/qr.ts';
import { type Misfit, misfitsOf } from '../vision/fitness.ts';
import { greyOf } from '../vision/grey.ts';
import { judgeQr } from '../vision/judge.ts';
import { pictureQuality } from '../vision/quality.ts';
import { qrLikeRegions } from '../vision/regions.ts';
import { unreadCodes } from '../vision/unread.ts';

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
  const misfits = misfitsOf(calibration ?? pictureQuality(grey));
  const codes = finding === undefined ? await unreadCodes(grey) : [finding];
  // A dark menu without a code has a narrow range of its own: only a code, or the whole chain, says more.
  const isDark = codes.length === 0 && calibration === undefined && misfits.some(isRange);
  const misfit = misfits.find((one) => !(isDark && isRange(one)));
  if (misfit !== undefined) return misfit.what;
  if (isDark) return undefined;
  // Where no code shows its finder patterns, what only looks like one is judged too: the capture may have drowned them, and
  // what may come from the capture is not held against the recorder.
  const places = codes.length > 0 ? codes : qrLikeRegions(grey);
  return places
    .map((place) => judgeQr(pixels, place, calibration === undefined ? {} : { calibration }))
    .find(({ by }) => by === 'capture')?.reason;
}

function isRange({ figure }: Misfit): boolean {
  return figure === 'range';
}
