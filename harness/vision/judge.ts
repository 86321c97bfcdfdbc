import type { Calibration } from '../terms/calibration.ts';
import type { Box, Pixels } from '../terms/frame.ts';
import type { QrFinding } from '../terms/qr.ts';
import { codeFigures } from './code-figures.ts';
import { misfitsOf } from './fitness.ts';
import { type Grey, greyOf } from './grey.ts';
import { pictureQuality } from './quality.ts';
import type { UnreadCode } from './unread.ts';

/** Who made a QR bad. `none`: it is good, or nothing in the picture tells why it is not read. */
export interface QrJudgement {
  readonly by: 'capture' | 'recorder' | 'none';
  /** One sentence. */
  readonly reason: string;
  readonly figures: QrFigures;
}
/** What a judgement was made from. Figures of the code, then of the picture as a whole. */
export interface QrFigures {
  /** In the captured picture, px. */
  readonly pixelsPerModule: number;
  /** 0..1 of full range. */
  readonly contrast: number;
  readonly inverted: boolean;
  /** Free border, modules. */
  readonly quietZone: number;
  readonly black: number;
  readonly white: number;
  /** Of 255. */
  readonly noise: number;
  /** Standard deviation of a blur, px. */
  readonly softness: number;
}
export interface JudgeOptions {
  /** Of the chain that the picture came through; else its noise and scale are told from the picture alone. */
  readonly calibration?: Calibration;
  /** The driver knows that the picture is an old one. */
  readonly stale?: boolean;
}

/** Modules of free border that the suites ask for: half of what ISO/IEC 18004 does, and what readers need. */
const QUIET = 2;
/** px a module, as the recorder draws it: what the suites ask for, and what is too few where reading had trouble. */
const TOO_DENSE = 1.9;
const DENSE = 2.9;
/** Contrast of the code against that of the whole picture. */
const FAINT = 0.5;
/** A blur of so much of a module leaves no grey of a single module as it was. */
const SOFT = 0.4;
const SHARP = 0.7;
/** Noise against the contrast of the code. */
const NOISY = 0.1;
/** A code that is longer than wide by so much is not whole; figures of an area are right to about a fifth. */
const OBLONG = 1.3;
/** Of 255, between black and white of the whole picture. */
const NARROW = 150;

/**
 * Whose fault it is that a QR cannot be read, or only with trouble.
 * @param code a finding; or, where nothing was read, the area that holds a code, or should
 */
export function judgeQr(
  p: Pixels,
  code: QrFinding | UnreadCode | Box,
  options: JudgeOptions = {},
): QrJudgement {
  const g = greyOf(p);
  const { black, white, noise, softness } = pictureQuality(g);
  const { calibration } = options;
  const whole = {
    black,
    white,
    // A chain that was found sharp makes nothing soft: then the recorder drew it so.
    softness: Math.min(softness, calibration?.softness ?? softness),
    noise: calibration?.noise ?? noise,
  };
  const own = ownFigures(g, code);
  const figures: QrFigures = { ...own.figures, ...whole };
  const judged = (by: QrJudgement['by'], reason: string): QrJudgement => ({ by, reason, figures });
  const hasTrouble = !('text' in code) || !code.agreed || code.attempts.zxing !== 'whole picture';
  if (options.stale) return judged('capture', 'The picture is an old one.');
  const shape = shapeFault(p, own.box, figures);
  if (shape !== undefined) return judged('recorder', shape);
  // The figures of what was not read say nothing in such a picture: its modules have run together.
  const [misfit] = 'text' in code ? [] : misfitsOf(whole);
  if (misfit !== undefined) return judged('capture', captureFault(figures, calibration) ?? misfit.what);
  const fault = recorderFault(figures) ?? cutInside(code, own.box, figures);
  if (fault !== undefined) return judged('recorder', fault);
  const dense = figures.pixelsPerModule / (calibration?.across?.scale ?? 1);
  if (!hasTrouble && dense >= TOO_DENSE) return judged('none', 'Both decoders read it.');
  if (dense < DENSE)
    return judged('recorder', `A module has ${told(dense)} px on the recorder's screen, which is too few.`);
  const bad = captureFault(figures, calibration);
  if (bad !== undefined) return judged('capture', bad);
  return judged('none', 'Nothing in the picture tells why it is not read.');
}

/** What is wrong with a code however badly it was captured. */
function shapeFault(p: Pixels, box: Box, { inverted }: QrFigures): string | undefined {
  const isCut = box.x <= 0 || box.y <= 0 || box.x + box.width >= p.width || box.y + box.height >= p.height;
  if (isCut) return 'The code is cut off by the edge of the screen.';
  return inverted ? 'The code is light on dark, which many scanners do not read.' : undefined;
}

/** What is wrong with a code itself, where the capture is not what makes it so. */
function recorderFault(figures: QrFigures): string | undefined {
  const { pixelsPerModule, quietZone, contrast, black, white, softness, noise } = figures;
  const range = (white - black) / 255;
  // What a bad capture does to a code looks like a faint one, or like one without a border.
  const isClear = noise < 255 * NOISY * FAINT * range;
  if (isClear && softness < SHARP && contrast < FAINT * range && range * 255 >= NARROW)
    return `The code has a contrast of ${told(contrast)} in a picture of ${told(range)}.`;
  return isClear && softness < SOFT * pixelsPerModule && quietZone < QUIET
    ? `The code has ${told(quietZone)} modules of free border.`
    : undefined;
}

/** A code of which a part is not on the screen: not square, and not with all of its finder patterns, though it is clear. */
function cutInside(
  code: QrFinding | UnreadCode | Box,
  { width, height }: Box,
  { pixelsPerModule, softness, noise, contrast }: QrFigures,
): string | undefined {
  if (!('marks' in code) || code.marks >= 3) return undefined;
  const isClear = softness < Math.max(SHARP, SOFT * pixelsPerModule) && noise < 255 * NOISY * contrast;
  return isClear && Math.max(width, height) > OBLONG * Math.min(width, height)
    ? `The code is cut off: ${width}x${height} px of it are there, and ${code.marks} of its 3 finder patterns.`
    : undefined;
}

function captureFault(figures: QrFigures, calibration: Calibration | undefined): string | undefined {
  const { pixelsPerModule, contrast, black, white, noise, softness } = figures;
  const scale = calibration?.across?.scale ?? 1;
  if (scale < 1 && pixelsPerModule < DENSE)
    return `The capture shows the screen at ${told(scale)} of its size.`;
  if (softness > Math.max(SHARP, SOFT * pixelsPerModule))
    return `The picture is soft: edges are blurred by ${told(softness)} px, of ${told(pixelsPerModule)} px a module.`;
  if (noise > 255 * NOISY * contrast) return `The picture has a noise of ${told(noise)} of 255.`;
  if (white - black < NARROW) return `The picture has grey from ${black} to ${white} only.`;
  return undefined;
}

function ownFigures(g: Grey, code: QrFinding | UnreadCode | Box) {
  if (!('text' in code)) {
    const { box, figures } = codeFigures(g, code);
    return { box, figures: { ...figures, inverted: 'marks' in code && code.inverted } };
  }
  const { pixelsPerModule, contrast, inverted, quietZone, box } = code.metrology;
  return { box, figures: { pixelsPerModule, contrast, inverted, quietZone } };
}

function told(value: number): string {
  return value.toFixed(value < 1 ? 2 : 1);
}
