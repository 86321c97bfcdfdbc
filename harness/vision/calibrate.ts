import type { Calibration, Placement } from '../terms/calibration.ts';
import { HarnessError } from '../terms/error.ts';
import type { Frame, Pixels } from '../terms/frame.ts';
import { type Levels, straightened } from './adapt.ts';
import { placed } from './align.ts';
import { compareCaptured } from './captured.ts';
import { type Grey, greyOf } from './grey.ts';
import { jpegFacts } from './jpeg.ts';
import { decodePicture } from './png.ts';
import { pictureQuality } from './quality.ts';

type Grab = Pick<Frame, 'bytes' | 'grabbedAt'>;

/** What a chain is calibrated from. */
export interface CalibrationInput {
  /** Frames of a screen that stands still, in the order of their grabs; two or more, best ten. */
  readonly still: readonly Grab[];
  /** What the recorder shows on it, without loss. */
  readonly reference?: Pixels;
  /** Approved pictures of screens, transparent where they vary: one of them may be what is shown. */
  readonly screens?: readonly Pixels[];
  /** What the recorder is set to, px: tells the scale where nothing known is shown. */
  readonly size?: { readonly width: number; readonly height: number };
}

/** Black and white as limited range has them, give or take (ITU-R BT.709: 16 and 235). */
const LIMITED = { black: [9, 26], white: [225, 243] } as const;
/** Noise below which frames may be equal without having been repeated, of 255. */
const SILENT = 0.3;
/** A screen is the one in front where no more of it differs. */
const ANOTHER = 0.02;
/** Of 255: less between black and white is told from the whole picture, and not from a screen that has few values. */
const NARROW = 180;
const BLOCK = 8;

/**
 * Measures a capture chain.
 * @throws HarnessError FRAME_UNUSABLE with fewer than two frames, frames of different sizes, or what is no picture
 */
export async function calibrate({
  still,
  reference,
  screens = [],
  size,
}: CalibrationInput): Promise<Calibration> {
  const frames = await Promise.all(still.map(async ({ bytes }) => greyOf(await decodePicture(bytes))));
  const [first, second] = frames;
  if (first === undefined || second === undefined)
    throw new HarnessError('FRAME_UNUSABLE', `A chain cannot be calibrated from ${frames.length} frames.`);
  if (frames.some(({ width, height }) => width !== first.width || height !== first.height))
    throw new HarnessError('FRAME_UNUSABLE', 'The frames of a calibration have different sizes.');
  const mean = meanOf(frames);
  const noise = noiseOf(frames);
  const known = reference === undefined ? undefined : greyOf(reference);
  const place = known && placed(mean, known);
  const isInPlace =
    known !== undefined &&
    known.width === mean.width &&
    known.height === mean.height &&
    place?.across.scale === 1 &&
    place.across.offset === 0 &&
    place.down.scale === 1 &&
    place.down.offset === 0;
  const quality = pictureQuality(mean);
  const screen =
    reference === undefined && still[0] !== undefined
      ? screenAmong(await decodePicture(still[0].bytes), screens, noise)
      : undefined;
  const levels = (isInPlace && known !== undefined ? levelsOf(mean, known) : screen?.levels) ?? {
    black: quality.black,
    white: quality.white,
    gamma: undefined,
  };
  const facts = jpegFacts(still[0]?.bytes ?? new Uint8Array());
  const range = rangeOf(levels);
  return {
    width: first.width,
    height: first.height,
    ...levels,
    range,
    jpegQuality: facts?.quality,
    chroma: facts?.chroma,
    across: place?.across ?? (size && sizedPlace(first.width, size.width)),
    down: place?.down ?? (size && sizedPlace(first.height, size.height)),
    softness: quality.softness,
    noise,
    deviation: isInPlace && known !== undefined ? deviationOf(first, known, levels) : screen?.deviation,
    latencyMs: undefined,
    repeated: noise < SILENT ? undefined : repeatedOf(frames),
    untold: {
      ...(range === undefined ? { range: 'nothing shown is black or white' } : {}),
      ...(levels.gamma === undefined ? { gamma: NOTHING_KNOWN } : {}),
      ...(place === undefined && screen === undefined
        ? { offset: `${NOTHING_KNOWN}; the scale is that of the sizes` }
        : {}),
      ...(isInPlace || screen !== undefined ? {} : { deviation: NOTHING_KNOWN }),
      latencyMs: 'the pointer was not moved',
      ...(noise < SILENT ? { repeated: 'nothing differs from frame to frame' } : {}),
    },
  };
}

const NOTHING_KNOWN = 'no screen that is known without loss was shown';

/** All of the picture, and nothing else, is what the frame shows. */
function sizedPlace(seen: number, recorder: number): Placement {
  return { scale: seen / recorder, offset: 0 };
}

/** The screen in front, where one of those known is; it is then in its place, and as large as it should be. */
function screenAmong(
  seen: Pixels,
  screens: readonly Pixels[],
  noise: number,
): { readonly levels: Levels; readonly deviation: number } | undefined {
  for (const shown of screens) {
    if (shown.width !== seen.width || shown.height !== seen.height) continue;
    const { share, tones, deviation } = compareCaptured(seen, shown, { noise });
    if (share <= ANOTHER && tones !== undefined && tones.white - tones.black >= NARROW)
      return { levels: { black: tones.black, white: tones.white, gamma: tones.gamma }, deviation };
  }
  return undefined;
}

/** What is neither as dark nor as light as a range goes may be of either, where nothing is known of what is shown. */
function rangeOf({ black, white, gamma }: Levels): Calibration['range'] {
  const within = (value: number, [low, high]: readonly [number, number]) => value >= low && value <= high;
  if (within(black, LIMITED.black) && within(white, LIMITED.white)) return 'limited';
  const isTold = gamma !== undefined || black < LIMITED.black[0] || white > LIMITED.white[1];
  return isTold ? 'full' : undefined;
}

/** Black, white and gamma from where the reference is black, white and in between; undefined where it has neither. */
function levelsOf(seen: Grey, reference: Grey): Levels | undefined {
  const of = (low: number, high: number) => {
    const values: number[] = [];
    for (let at = 0; at < reference.data.length; at += 1) {
      const value = reference.data[at] ?? 0;
      if (value >= low && value <= high && isFlat(reference, at)) values.push(seen.data[at] ?? 0);
    }
    return values.length < 200 ? undefined : median(values);
  };
  const [black, white] = [of(0, 0) ?? of(0, 3), of(255, 255) ?? of(252, 255)];
  if (black === undefined || white === undefined || white <= black) return undefined;
  const exponents: number[] = [];
  for (let level = 64; level <= 192; level += 8) {
    const shown = of(level - 3, level + 3);
    const share = shown === undefined ? 0 : (shown - black) / (white - black);
    if (share > 0 && share < 1) exponents.push(Math.log(share) / Math.log(level / 255));
  }
  return { black, white, gamma: exponents.length === 0 ? undefined : median(exponents) };
}

/** Whether a pixel is like the four that lie two px from it: no edge is near, which a blur would carry over. */
function isFlat({ width, data }: Grey, at: number): boolean {
  const own = data[at] ?? 0;
  return [-2, 2, -2 * width, 2 * width].every((step) => Math.abs((data[at + step] ?? 255 - own) - own) <= 3);
}

function deviationOf(seen: Grey, reference: Grey, levels: Levels): number {
  const curve = straightened(levels);
  const counts = new Uint32Array(256);
  for (let at = 0; at < seen.data.length; at += 1) {
    const off = Math.abs((curve[seen.data[at] ?? 0] ?? 0) - (reference.data[at] ?? 0));
    counts[off] = (counts[off] ?? 0) + 1;
  }
  let left = seen.data.length / 1000;
  for (let off = 255; off > 0; off -= 1) {
    left -= counts[off] ?? 0;
    if (left < 0) return off;
  }
  return 0;
}

/** From differences of frames that follow each other and are not the same; the median block, since something may move. */
function noiseOf(frames: readonly Grey[]): number {
  const deviations: number[] = [];
  for (const [index, frame] of frames.entries()) {
    const before = frames[index - 1];
    if (before === undefined || isSame(frame, before)) continue;
    for (let top = 0; top + BLOCK <= frame.height; top += BLOCK)
      for (let left = 0; left + BLOCK <= frame.width; left += BLOCK) {
        let squares = 0;
        for (let y = top; y < top + BLOCK; y += 1)
          for (let at = y * frame.width + left; at < y * frame.width + left + BLOCK; at += 1)
            squares += ((frame.data[at] ?? 0) - (before.data[at] ?? 0)) ** 2;
        deviations.push(Math.sqrt(squares / BLOCK ** 2 / 2));
      }
  }
  return deviations.length === 0 ? 0 : median(deviations);
}

function repeatedOf(frames: readonly Grey[]): number {
  const repeats = frames.filter((frame, index) => {
    const before = frames[index - 1];
    return before !== undefined && isSame(frame, before);
  });
  return repeats.length / (frames.length - 1);
}

function meanOf(frames: readonly Grey[]): Grey {
  const [first, ...others] = frames;
  if (first === undefined) return { width: 0, height: 0, data: new Uint8Array() };
  const sums = Float32Array.from(first.data);
  for (const { data } of others)
    for (let at = 0; at < sums.length; at += 1) sums[at] = (sums[at] ?? 0) + (data[at] ?? 0);
  return { ...first, data: Uint8Array.from(sums, (sum) => Math.round(sum / frames.length)) };
}

function isSame(a: Grey, b: Grey): boolean {
  return Buffer.compare(a.data, b.data) === 0;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
