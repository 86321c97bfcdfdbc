import type { Box, Pixels } from '../../terms/frame.ts';

/** Grey levels 0..255, row-major, length = width * height. */
export interface Grey {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
}

/** Luma of Rec. 601 of a picture. */
export function greyOf(p: Pixels): Grey {
  const data = new Float32Array(p.width * p.height);
  for (let at = 0; at < data.length; at += 1)
    data[at] =
      0.299 * (p.data[at * 4] ?? 0) + 0.587 * (p.data[at * 4 + 1] ?? 0) + 0.114 * (p.data[at * 4 + 2] ?? 0);
  return { width: p.width, height: p.height, data };
}

/** Writing as ink, 0..1: 0 is the ground, 1 the strongest stroke, whichever of the two is the lighter. */
export interface Ink extends Grey {
  /** Levels of 255 between ground and writing. */
  readonly contrast: number;
}

/** Share of the pixels that may be stronger than what counts as full ink. */
const STRONGEST = 0.005;

/** Share of a row that is ground at least: writing leaves more than this free, a line under it does not. */
const FREE = 0.2;

/**
 * Finds the ground as the commonest level, and the writing as what lies furthest from it. Each row has a ground of its
 * own near that: buttons shade from top to bottom, and lines under a text disappear.
 */
export function inkOf(grey: Grey): Ink {
  const { width, height } = grey;
  const ground = commonest(grey.data);
  const at = (share: number) => quantile(grey.data, share);
  const lighter = at(1 - STRONGEST) - ground;
  const darker = ground - at(STRONGEST);
  const sign = lighter >= darker ? 1 : -1;
  const data = new Float32Array(grey.data.length);
  for (let y = 0; y < height; y += 1) {
    const row = grey.data.subarray(y * width, (y + 1) * width);
    const own = quantile(row, sign > 0 ? FREE : 1 - FREE);
    for (let x = 0; x < width; x += 1) data[y * width + x] = Math.max(0, ((row[x] ?? 0) - own) * sign);
  }
  const contrast = Math.max(1, quantile(data, 1 - STRONGEST));
  return { width, height, data: data.map((one) => Math.min(1, one / contrast)), contrast };
}

/** The level, in whole numbers, that a share of them does not exceed. */
function quantile(levels: Float32Array, share: number): number {
  const counts = new Uint32Array(256);
  for (const level of levels) {
    const at = Math.min(255, Math.round(level));
    counts[at] = (counts[at] ?? 0) + 1;
  }
  let left = Math.round(share * (levels.length - 1));
  for (let level = 0; level < 256; level += 1) {
    left -= counts[level] ?? 0;
    if (left < 0) return level;
  }
  return 255;
}

/** The level around which most pixels lie. */
function commonest(levels: Float32Array): number {
  const counts = new Uint32Array(256 + 8);
  for (const level of levels) {
    const at = Math.round(level) + 4;
    counts[at] = (counts[at] ?? 0) + 1;
  }
  let best = 0;
  let most = -1;
  for (let level = 0; level < 256; level += 1) {
    let sum = 0;
    for (let by = 1; by <= 7; by += 1) sum += (counts[level + by] ?? 0) * (4 - Math.abs(4 - by));
    if (sum > most) {
      most = sum;
      best = level;
    }
  }
  return best;
}

/** Widest text caret, px. */
const CARET = 2;
/** It reaches so far below the line on which letters stand, px. */
const DEEPER = 2;

/** Without a text caret: an upright line of even ink, higher than all the rest, that reaches below the line. */
export function withoutCaret(ink: Ink): Ink {
  const { width, height } = ink;
  const tops = new Int32Array(width).fill(height);
  const bottoms = new Int32Array(width).fill(-1);
  const counts = new Int32Array(width);
  const ends = new Int32Array(height);
  for (let x = 0; x < width; x += 1) {
    for (let y = 0; y < height; y += 1) {
      if ((ink.data[y * width + x] ?? 0) < STROKE) continue;
      tops[x] = Math.min(tops[x] ?? height, y);
      bottoms[x] = y;
      counts[x] = (counts[x] ?? 0) + 1;
    }
    const bottom = bottoms[x] ?? -1;
    if (bottom >= 0) ends[bottom] = (ends[bottom] ?? 0) + 1;
  }
  const highest = counts.reduce((best, count, x) => (count > (counts[best] ?? 0) ? x : best), 0);
  const [top = 0, bottom = -1, count = 0] = [tops[highest], bottoms[highest], counts[highest]];
  const isPart = (x: number) =>
    Math.abs(x - highest) < CARET && tops[x] === top && Math.abs((bottoms[x] ?? 0) - bottom) <= 1;
  const rest = tops.reduce((least, one, x) => (isPart(x) ? least : Math.min(least, one)), height);
  const base = ends.reduce((most, one, y) => (one > (ends[most] ?? 0) ? y : most), 0);
  const isOne = count === bottom - top + 1 && top < rest && rest < height && bottom >= base + DEEPER;
  if (!isOne) return ink;
  const data = ink.data.slice();
  for (let x = 0; x < width; x += 1)
    if (isPart(x)) for (let y = 0; y < height; y += 1) data[y * width + x] = 0;
  return { ...ink, data };
}

/** Ink that counts as a stroke. */
const STROKE = 0.35;

/** The smallest box around all strokes; undefined where there are none. */
export function strokesOf(ink: Ink): Box | undefined {
  let [left, top, right, bottom] = [ink.width, ink.height, -1, -1];
  for (let y = 0; y < ink.height; y += 1)
    for (let x = 0; x < ink.width; x += 1) {
      if ((ink.data[y * ink.width + x] ?? 0) < STROKE) continue;
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = Math.max(bottom, y);
    }
  if (right < left) return undefined;
  return { x: left, y: top, width: right - left + 1, height: bottom - top + 1 };
}

/** How a picture of writing is made ready for Tesseract. */
export interface Enlarging {
  /** Times. */
  readonly scale: number;
  /** Empty px around the writing, after enlarging. */
  readonly margin: number;
}

/** Dark writing on white, enlarged by cubic interpolation (Catmull-Rom), as a binary PGM (netpbm), with a margin. */
export function pgmOf(ink: Ink, part: Box, { scale, margin }: Enlarging): Uint8Array {
  const width = Math.round(part.width * scale) + 2 * margin;
  const height = Math.round(part.height * scale) + 2 * margin;
  const header = new TextEncoder().encode(`P5\n${width} ${height}\n255\n`);
  const bytes = new Uint8Array(header.length + width * height).fill(255);
  bytes.set(header);
  const columns = taps(width - 2 * margin, scale, { from: part.x, size: ink.width });
  const rows = taps(height - 2 * margin, scale, { from: part.y, size: ink.height });
  const across = new Float32Array((width - 2 * margin) * ink.height);
  for (let y = 0; y < ink.height; y += 1)
    for (const [x, { at, weights }] of columns.entries()) {
      let sum = 0;
      for (let by = 0; by < 4; by += 1)
        sum += (ink.data[y * ink.width + (at[by] ?? 0)] ?? 0) * (weights[by] ?? 0);
      across[y * columns.length + x] = sum;
    }
  for (const [y, { at, weights }] of rows.entries())
    for (let x = 0; x < columns.length; x += 1) {
      let sum = 0;
      for (let by = 0; by < 4; by += 1)
        sum += (across[(at[by] ?? 0) * columns.length + x] ?? 0) * (weights[by] ?? 0);
      const level = Math.round(255 * (1 - Math.min(1, Math.max(0, sum))));
      bytes[header.length + (y + margin) * width + x + margin] = level;
    }
  return bytes;
}

interface Tap {
  readonly at: readonly number[];
  readonly weights: readonly number[];
}

/** For each px of the enlarged side: which four px it is made of, and how (Keys 1981, a = -0.5). */
function taps(
  length: number,
  scale: number,
  side: { readonly from: number; readonly size: number },
): readonly Tap[] {
  return Array.from({ length }, (_, to) => {
    const place = side.from + (to + 0.5) / scale - 0.5;
    const first = Math.floor(place) - 1;
    const t = place - first - 1;
    const at = [0, 1, 2, 3].map((by) => Math.min(side.size - 1, Math.max(0, first + by)));
    const weights = [
      -0.5 * t + t * t - 0.5 * t ** 3,
      1 - 2.5 * t * t + 1.5 * t ** 3,
      0.5 * t + 2 * t * t - 1.5 * t ** 3,
      -0.5 * t * t + 0.5 * t ** 3,
    ];
    return { at, weights };
  });
}
