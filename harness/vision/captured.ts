import type { Calibration } from '../terms/calibration.ts';
import { HarnessError } from '../terms/error.ts';
import type { Box, Pixels } from '../terms/frame.ts';
import { straightLevels, type Tones, tonesBetween } from './tones.ts';

/** What differs between a picture that came through a capture and an approved one that was taken without loss. */
export interface CapturedComparison {
  /** Of the pixels that could be compared, 0..1. */
  readonly share: number;
  /** What the capture made of the values of the approved picture; undefined where too few stand on it to tell. */
  readonly tones: Tones | undefined;
  /** What 999 of 1000 px differ at most once range and gamma are the same, of 255. */
  readonly deviation: number;
  /** Around each area that differs, in reading order. */
  readonly boxes: readonly Box[];
  /** The approved picture, pale, with what differs in red. */
  readonly difference: Pixels;
}

/** Half of the square that is averaged before anything is compared, px: codecs and scalers move light no further. */
const REACH = 2;
/** What is nearer to a part that is not compared than this is left out too, px: a scaler and the square carry it over. */
const MARGIN = 4;
/** What averages may differ by at least, of 255 of a chain of full range: luma, and colour at half the resolution. */
const LUMA = 10;
const COLOUR = 14;
/** Standard deviations of noise in an average, and how many px a square averages along each side. */
const NOISE = 4.5 / (2 * REACH + 1);
/** Beside an edge averages may differ by this share of it more: a scaler makes it softer. */
const EDGE = 0.3;
/** Of a pixel and its eight neighbours so many must differ: single ones are what a codec does. */
const TOGETHER = 6;

/**
 * Compares what came through a capture with a picture of the same screen taken without loss: range and gamma are told from
 * the two, and local averages are compared, so that neither codec nor scaler nor noise counts and what is moved, missing,
 * cut off or of another colour does. What is transparent in either is not compared.
 * @param options `noise` of the capture, of 255
 * @throws HarnessError FRAME_UNUSABLE where the sizes differ
 */
export function compareCaptured(
  seen: Pixels,
  approved: Pixels,
  { noise }: Pick<Calibration, 'noise'>,
): CapturedComparison {
  const { width, height } = approved;
  if (seen.width !== width || seen.height !== height)
    throw new HarnessError(
      'FRAME_UNUSABLE',
      `A picture of ${seen.width}x${seen.height} cannot be compared with a baseline of ${width}x${height}.`,
      { hint: 'Set the recorder to the resolution of the baseline, or approve a baseline for this one.' },
    );
  const open = compared(seen, approved);
  const found = tonesBetween(seen, approved, open);
  const tones = found ?? straightLevels();
  const contrast = (tones.white - tones.black) / 255;
  const far = new Uint8Array(width * height);
  for (const [plane, least] of [
    ['luma', LUMA],
    ['blue', COLOUR],
    ['red', COLOUR],
  ] as const) {
    const wanted = averaged(planeOf(approved, plane, tones), width, height);
    const shown = averaged(planeOf(seen, plane), width, height);
    const floor = least * contrast + NOISE * noise;
    for (let y = MARGIN; y < height - MARGIN; y += 1)
      for (let at = y * width + MARGIN; at < (y + 1) * width - MARGIN; at += 1) {
        if (open[at] === 0 || far[at] === 1) continue;
        const off = Math.abs((shown[at] ?? 0) - (wanted[at] ?? 0));
        if (off > floor && off > floor + EDGE * steepness(wanted, at, width)) far[at] = 1;
      }
  }
  const differs = together(far, width, height);
  let [pixels, all] = [0, 0];
  for (let at = 0; at < open.length; at += 1) {
    pixels += differs[at] ?? 0;
    all += open[at] ?? 0;
  }
  return {
    share: all === 0 ? 0 : pixels / all,
    tones: found,
    get deviation() {
      return deviationOf(planeOf(seen, 'luma'), planeOf(approved, 'luma', tones), open);
    },
    boxes: boxesOf(differs, width, height),
    get difference() {
      return drawn(approved, differs);
    },
  };
}

function deviationOf(seen: Float32Array, wanted: Float32Array, open: Uint8Array): number {
  const offs = Float32Array.from(seen, (value, at) => Math.abs(value - (wanted[at] ?? 0))).filter(
    (_, at) => open[at] === 1,
  );
  return Math.round(offs.sort()[Math.floor(offs.length * 0.999)] ?? 0);
}

/** 1 for what is opaque in both and not near to what is not. */
function compared(seen: Pixels, approved: Pixels): Uint8Array {
  const { width, height } = approved;
  const clear = new Float32Array(width * height);
  for (let at = 0; at < clear.length; at += 1)
    clear[at] = seen.data[at * 4 + 3] === 0 || approved.data[at * 4 + 3] === 0 ? 1 : 0;
  const near = averaged(clear, width, height, MARGIN);
  return Uint8Array.from(near, (share) => (share < 1e-6 ? 1 : 0));
}

/** One plane of a picture as BT.601 has it, 0..255 around 128 for colour; with the tones that a capture gives it. */
function planeOf({ data }: Pixels, plane: 'luma' | 'blue' | 'red', tones?: Tones): Float32Array {
  const [r, g, b] = { luma: [0.299, 0.587, 0.114], blue: [-0.169, -0.331, 0.5], red: [0.5, -0.419, -0.081] }[
    plane
  ] as [number, number, number];
  const values = new Float32Array(data.length / 4);
  const of = tones?.curve;
  for (let at = 0, from = 0; at < values.length; at += 1, from += 4) {
    const [red = 0, green = 0, blue = 0] = [data[from], data[from + 1], data[from + 2]];
    values[at] =
      of === undefined
        ? r * red + g * green + b * blue
        : r * (of[red] ?? 0) + g * (of[green] ?? 0) + b * (of[blue] ?? 0);
  }
  return values;
}

/** Means of squares around each pixel; at the border of the picture, of what lies in it. */
function averaged(values: Float32Array, width: number, height: number, reach = REACH): Float32Array {
  const rows = new Float32Array(values.length);
  for (let y = 0; y < height; y += 1) slide(values, rows, { from: y * width, step: 1, count: width, reach });
  const both = new Float32Array(values.length);
  for (let x = 0; x < width; x += 1) slide(rows, both, { from: x, step: width, count: height, reach });
  return both;
}

function slide(
  values: Float32Array,
  means: Float32Array,
  line: { readonly from: number; readonly step: number; readonly count: number; readonly reach: number },
): void {
  const { from, step, count, reach } = line;
  let [sum, held] = [0, 0];
  for (let at = -reach; at < count; at += 1) {
    const next = at + reach;
    if (next < count) {
      sum += values[from + next * step] ?? 0;
      held += 1;
    }
    const last = at - reach - 1;
    if (last >= 0) {
      sum -= values[from + last * step] ?? 0;
      held -= 1;
    }
    if (at >= 0) means[from + at * step] = sum / held;
  }
}

/** How far averages two px away differ at most. */
function steepness(values: Float32Array, at: number, width: number): number {
  const own = values[at] ?? 0;
  let most = 0;
  for (const step of [-REACH, REACH, -REACH * width, REACH * width])
    most = Math.max(most, Math.abs((values[at + step] ?? own) - own));
  return most;
}

/** Of what differs, that which does not stand alone. */
function together(far: Uint8Array, width: number, height: number): Uint8Array {
  const kept = new Uint8Array(far.length);
  for (let y = 1; y < height - 1; y += 1)
    for (let at = y * width + 1; at < (y + 1) * width - 1; at += 1) {
      if (far[at] === 0) continue;
      let count = 0;
      for (const row of [at - width, at, at + width])
        count += (far[row - 1] ?? 0) + (far[row] ?? 0) + (far[row + 1] ?? 0);
      if (count >= TOGETHER) kept[at] = 1;
    }
  return kept;
}

/** What differs is outlined in cells of this size, px. */
const CELL = 16;

function boxesOf(differs: Uint8Array, width: number, height: number): readonly Box[] {
  const boxes: { left: number; top: number; right: number; bottom: number }[] = [];
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1) {
      if (differs[y * width + x] === 0) continue;
      const near = boxes.find(
        ({ left, top, right, bottom }) =>
          x >= left - CELL && x <= right + CELL && y >= top - CELL && y <= bottom + CELL,
      );
      if (near === undefined) boxes.push({ left: x, top: y, right: x, bottom: y });
      else {
        near.left = Math.min(near.left, x);
        near.right = Math.max(near.right, x);
        near.bottom = y;
      }
    }
  return boxes.map(({ left, top, right, bottom }) => ({
    x: left,
    y: top,
    width: right - left + 1,
    height: bottom - top + 1,
  }));
}

function drawn({ width, height, data }: Pixels, differs: Uint8Array): Pixels {
  const output = new Uint8ClampedArray(data.length).fill(255);
  for (let at = 0; at < differs.length; at += 1)
    for (let channel = 0; channel < 3; channel += 1)
      output[at * 4 + channel] =
        differs[at] === 1 ? (channel === 0 ? 255 : 0) : 255 - (255 - (data[at * 4 + channel] ?? 0)) * 0.2;
  return { width, height, data: output };
}
