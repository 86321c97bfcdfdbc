import type { Box, Pixels } from '../../terms/frame.ts';
import { cut, halfLumaOf, halved, lumaOf, type Plane, smoothed } from './plane.ts';

/** What is looked for at one level of the pyramid. */
export interface Template {
  readonly width: number;
  readonly height: number;
  /** Smoothed luma. */
  readonly luma: Float32Array;
  /** 1 where the pixel counts; absent where all do. */
  readonly used: Uint8Array | undefined;
  /** Luma less its mean, over its length, so that a dot product with it is a correlation; 0 where unused. */
  readonly weights: Float32Array;
  /** Pixels of it that alone give a good guess at the correlation: indices. */
  readonly sample: Uint32Array;
  /** Pixels that count. */
  readonly count: number;
  readonly mean: number;
  /** Standard deviation of the luma. */
  readonly contrast: number;
  /** Luma that 2 % and 99.5 % of the pixels do not exceed: ground and writing, or the other way round. */
  readonly dark: number;
  readonly light: number;
}

/** At full size, 1/2, 1/4 ... */
export type Templates = readonly [Template, ...Template[]];

/** Around an area its surroundings are taken along, so that its edge is smoothed as it is in a frame. px */
export const AROUND = 16;

/** Templates of an area of a picture, at so many levels. `excluded` are boxes of the picture that do not count. */
export function templatesOf(picture: Pixels, box: Box, excluded: readonly Box[], levels: number): Templates {
  const wide = {
    x: box.x - AROUND,
    y: box.y - AROUND,
    width: box.width + 2 * AROUND,
    height: box.height + 2 * AROUND,
  };
  const full = smoothed(lumaOf(picture, wide));
  const mask = maskOf(box, excluded, 0);
  const result: [Template, ...Template[]] = [templateOf(inner(full, box, 0), mask)];
  let level = full;
  for (let at = 1; at < levels; at += 1) {
    level = at === 1 ? halfLumaOf(picture, wide) : halved(level);
    result.push(templateOf(inner(level, box, at), maskOf(box, excluded, at)));
  }
  return result;
}

/** The area without its surroundings, at a level. */
function inner(p: Plane, box: Box, level: number): Plane {
  const scale = 2 ** level;
  const edge = AROUND / scale;
  return cut(p, {
    x: edge,
    y: edge,
    width: Math.max(1, Math.floor(box.width / scale)),
    height: Math.max(1, Math.floor(box.height / scale)),
  });
}

/** Px beyond what is excluded that do not count either: it was smoothed into them, at full size and below. */
const LEAK = { full: 3, smaller: 1 };

/** 1 for each pixel of the area that counts; undefined where that is all of them. */
function maskOf(box: Box, excluded: readonly Box[], level: number): Uint8Array | undefined {
  if (excluded.length === 0) return undefined;
  const scale = 2 ** level;
  const width = Math.max(1, Math.floor(box.width / scale));
  const height = Math.max(1, Math.floor(box.height / scale));
  const used = new Uint8Array(width * height).fill(1);
  const leak = level === 0 ? LEAK.full : LEAK.smaller;
  let any = false;
  for (const one of excluded) {
    const left = Math.max(0, Math.floor((one.x - box.x) / scale) - leak);
    const right = Math.min(width, Math.ceil((one.x + one.width - box.x) / scale) + leak);
    const top = Math.max(0, Math.floor((one.y - box.y) / scale) - leak);
    const bottom = Math.min(height, Math.ceil((one.y + one.height - box.y) / scale) + leak);
    for (let row = top; row < bottom; row += 1)
      if (right > left) {
        used.fill(0, row * width + left, row * width + right);
        any = true;
      }
  }
  return any ? used : undefined;
}

function templateOf(p: Plane, used: Uint8Array | undefined): Template {
  const { width, height, data } = p;
  let count = 0;
  let sum = 0;
  let squares = 0;
  for (let at = 0; at < data.length; at += 1) {
    if (used?.[at] === 0) continue;
    const value = data[at] ?? 0;
    count += 1;
    sum += value;
    squares += value * value;
  }
  const mean = count === 0 ? 0 : sum / count;
  const variance = count === 0 ? 0 : Math.max(0, squares / count - mean * mean);
  const length = Math.sqrt(variance * count);
  const weights = new Float32Array(data.length);
  if (length > 0)
    for (let at = 0; at < data.length; at += 1)
      if (used?.[at] !== 0) weights[at] = ((data[at] ?? 0) - mean) / length;
  const sample = sampleOf(weights, used);
  const sorted = data.filter((_, at) => used?.[at] !== 0).sort();
  const quantile = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
  return {
    width,
    height,
    luma: data,
    used,
    weights,
    sample,
    count,
    mean,
    contrast: Math.sqrt(variance),
    dark: quantile(0.02),
    light: quantile(0.995),
  };
}

/** Half of a sample are the pixels furthest from the mean, half lie evenly among the rest. */
const SAMPLE = 96;

function sampleOf(weights: Float32Array, used: Uint8Array | undefined): Uint32Array {
  const counted = Array.from(weights.keys()).filter((at) => used?.[at] !== 0);
  if (counted.length <= SAMPLE) return Uint32Array.from(counted);
  const strong = counted.toSorted((a, b) => Math.abs(weights[b] ?? 0) - Math.abs(weights[a] ?? 0));
  const rest = strong.splice(SAMPLE / 2).sort((a, b) => a - b);
  const even = Array.from(
    { length: SAMPLE / 2 },
    (_, at) => rest[Math.floor((at * rest.length * 2) / SAMPLE)] ?? 0,
  );
  return Uint32Array.from([...strong, ...even].sort((a, b) => a - b));
}

/**
 * Normalised cross-correlation of a template with a plane, the template's top left at x, y: -1..1; 0 where the plane
 * is flat there. The whole template must lie inside.
 */
export function correlation(p: Plane, t: Template, x: number, y: number): number {
  const { data } = p;
  const { weights, used } = t;
  let dot = 0;
  let sum = 0;
  let squares = 0;
  for (let row = 0; row < t.height; row += 1) {
    let at = (y + row) * p.width + x;
    let own = row * t.width;
    const end = own + t.width;
    if (used === undefined)
      for (; own < end; own += 1, at += 1) {
        const value = data[at] ?? 0;
        dot += value * (weights[own] ?? 0);
        sum += value;
        squares += value * value;
      }
    else
      for (; own < end; own += 1, at += 1) {
        if (used[own] === 0) continue;
        const value = data[at] ?? 0;
        dot += value * (weights[own] ?? 0);
        sum += value;
        squares += value * value;
      }
  }
  const variance = squares - (sum * sum) / t.count;
  return variance < t.count * FLAT ? 0 : dot / Math.sqrt(variance);
}

/** Variance below which a patch is flat: what is left of noise after smoothing. */
export const FLAT = 2;
