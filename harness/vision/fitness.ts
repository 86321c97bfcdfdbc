import type { Calibration } from '../terms/calibration.ts';

/** A figure of a capture beyond what verdicts can be given on, and what to do about it. */
export interface Misfit {
  readonly figure: 'range' | 'noise' | 'softness' | 'JPEG' | 'frames';
  /** One sentence with the figure. */
  readonly what: string;
  readonly cure: string;
}

/** What can be told of a picture, or of a chain, without knowing what the recorder drew. */
export type Figures = Pick<Calibration, 'black' | 'white' | 'noise' | 'softness'> &
  Partial<Pick<Calibration, 'jpegQuality' | 'repeated' | 'repeatedBy'>>;

/** px: half of a module of 3 px, the smallest that a QR of a recorder has; beyond it no decoder tells modules apart. */
export const SOFTEST = 1.5;
/** Standard deviation, of 255: half of black against white still counts as a change (`changeOf`); grabbers have 2 to 12. */
export const NOISIEST = 12;
/** Of 255, black to white: less is the picture of a lead that is off, or of another range twice over. */
export const NARROWEST = 150;
/** Of a JPEG, 1..100: below it the blocks of 8x8 px are larger than what they leave of writing of 12 px. */
export const COARSEST = 40;
/** Share of frames that are the one before again: from a stream of 30 a second fewer than 6 are left beyond it. */
export const MOST_REPEATED = 0.8;

/** What makes a capture unfit to judge a recorder by; none where it is fit. */
export function misfitsOf(figures: Figures): readonly Misfit[] {
  const { black, white, noise, softness, jpegQuality = 100, repeated = 0, repeatedBy } = figures;
  const misfits: Misfit[] = [];
  const found = (figure: Misfit['figure'], is: boolean, what: string, cure: string) => {
    if (is) misfits.push({ figure, what, cure });
  };
  found(
    'range',
    white - black < NARROWEST,
    `The picture has grey from ${told(black)} to ${told(white)} only.`,
    'set the range of recorder and grabber to the same, and see that the recorder shows its menu',
  );
  found(
    'noise',
    noise > NOISIEST,
    `The picture has a noise of ${told(noise)} of 255; at most ${NOISIEST} may be.`,
    'take another cable or converter: a digital one has none',
  );
  found(
    'softness',
    softness > SOFTEST,
    `Edges are blurred by ${told(softness)} px; at most ${SOFTEST} may be.`,
    'let the grabber capture the size that the recorder gives, without a scaler in between',
  );
  found(
    'JPEG',
    jpegQuality < COARSEST,
    `The JPEG has a quality of ${jpegQuality}; at least ${COARSEST} is needed.`,
    'raise the quality of the stream to 80 or more',
  );
  found(
    'frames',
    // A pointer that moves seldom may be the recorder's own.
    repeatedBy === undefined && repeated > MOST_REPEATED,
    `${Math.round(repeated * 100)} % of the frames are the one before again.`,
    'capture at the rate of the recorder, on a USB port that nothing else loads',
  );
  return misfits;
}

function told(value: number): string {
  return String(Math.round(value * 10) / 10);
}
