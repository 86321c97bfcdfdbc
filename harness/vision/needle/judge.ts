import type { Box, Pixels } from '../../terms/frame.ts';
import type { Scene } from './scene.ts';
import type { Template } from './template.ts';

/** How a part of a frame compares with an area of a needle. */
export interface Likeness {
  /** 0..1; what a needle's `match` is held against. The least of what the other figures allow. */
  readonly similarity: number;
  /** Normalised cross-correlation of the smoothed luma, -1..1: the same shapes, whatever the levels. */
  readonly correlation: number;
  /** Share of a tile's variance that the needle does not explain, in the worst tile; 0 = the same, 1 = something else. */
  readonly worst: number;
  /** How much the darkest and the lightest of it are off, levels of 255: dimmed, faded, inverted. */
  readonly levels: number;
  /** How much the colour is off in the worst tile, levels of 255. */
  readonly colour: number;
}

/** A tile is about a letter wide. px */
const TILE = 16;
/** Variance that a tile is taken to have at least: noise in a flat tile is no difference. */
const QUIET = { share: 0.1, level: 36 };
/** What a capture chain may do, and how much of the similarity each level beyond it costs. */
const LEVELS = { free: 32, cost: 0.01 };
const COLOUR = { free: 20, ofStrength: 0.25, cost: 0.01 };
const GAIN = { least: 0.6, most: 1.65 };
/** The worst tile counts by this much: a letter that differs in a long text hardly moves the correlation. */
const WORST = { free: 0.25, cost: 0.12 };

/** Colours of a needle's area: mean differences of red and blue to luma, a tile each. */
export interface Tint {
  readonly columns: number;
  readonly rows: number;
  /** Red - luma and blue - luma of each tile, in turns. */
  readonly values: Float32Array;
}

/** Compares a needle's area with a frame, its top left at x, y; the area lies inside. */
export function likeness(
  scene: Scene,
  t: Template,
  tint: Tint,
  at: { readonly x: number; readonly y: number },
): Likeness {
  const box = { x: at.x, y: at.y, width: t.width, height: t.height };
  const seen = scene.patch(box).data;
  const { dot, mean, variance } = statistics(seen, t);
  const own = t.contrast;
  const correlation = variance <= 0 || own <= 0 ? 0 : dot / (Math.sqrt(variance) * own);
  // Seen = gain * needle + offset, by least squares.
  const gain = own <= 0 ? 0 : dot / (own * own);
  const level = (by: number) => Math.abs(mean + gain * by * own - (t.mean + by * own));
  const levels = Math.max(level(-1.5), level(1.5));
  const worst = worstTile(seen, t, { gain, offset: mean - gain * t.mean, variance });
  const colour = tintDifference(tint, tintOf(scene.pixels, box, t.used));
  const contrast = gain <= 0 ? 0 : Math.min(1, gain / GAIN.least, GAIN.most / gain);
  const losses =
    Math.max(0, worst - WORST.free) * WORST.cost +
    Math.max(0, levels - LEVELS.free) * LEVELS.cost +
    Math.max(0, colour) * COLOUR.cost;
  const similarity = Math.max(0, Math.min(1, correlation * contrast - losses));
  return { similarity, correlation, worst, levels, colour };
}

/** Covariance with the template, mean and variance of what is seen, over the pixels that count. */
function statistics(seen: Float32Array, t: Template) {
  let sum = 0;
  let squares = 0;
  let products = 0;
  for (let at = 0; at < seen.length; at += 1) {
    if (t.used?.[at] === 0) continue;
    const value = seen[at] ?? 0;
    sum += value;
    squares += value * value;
    products += value * (t.luma[at] ?? 0);
  }
  const mean = sum / t.count;
  return {
    mean,
    variance: Math.max(0, squares / t.count - mean * mean),
    dot: products / t.count - mean * t.mean,
  };
}

interface Fit {
  readonly gain: number;
  readonly offset: number;
  /** Of the whole of what is seen. */
  readonly variance: number;
}

/** The share of a tile's variance that is left when the needle, fitted as a whole, is taken off; of the worst tile. */
function worstTile(seen: Float32Array, t: Template, fit: Fit): number {
  const least = Math.max(QUIET.level, QUIET.share * Math.max(fit.variance, (t.contrast * fit.gain) ** 2));
  let worst = 0;
  for (const { left, top, right, bottom } of tilesOf(t.width, t.height)) {
    let [count, left_, own, ownSquares, its, itsSquares] = [0, 0, 0, 0, 0, 0];
    for (let y = top; y < bottom; y += 1)
      for (let x = left; x < right; x += 1) {
        const at = y * t.width + x;
        if (t.used?.[at] === 0) continue;
        const value = seen[at] ?? 0;
        const wanted = fit.gain * (t.luma[at] ?? 0) + fit.offset;
        left_ += (value - wanted) ** 2;
        own += wanted;
        ownSquares += wanted * wanted;
        its += value;
        itsSquares += value * value;
        count += 1;
      }
    if (count < 16) continue;
    const variance = Math.max(
      least,
      ownSquares / count - (own / count) ** 2,
      itsSquares / count - (its / count) ** 2,
    );
    worst = Math.max(worst, left_ / count / variance);
  }
  return worst;
}

/** Tiles that cover an area; the last of a line takes what is left over. */
function* tilesOf(width: number, height: number) {
  const columns = Math.max(1, Math.round(width / TILE));
  const rows = Math.max(1, Math.round(height / TILE));
  for (let row = 0; row < rows; row += 1)
    for (let column = 0; column < columns; column += 1)
      yield {
        left: Math.floor((column * width) / columns),
        right: Math.floor(((column + 1) * width) / columns),
        top: Math.floor((row * height) / rows),
        bottom: Math.floor(((row + 1) * height) / rows),
      };
}

/** The colours of a box inside a picture. `used` as in a template. */
export function tintOf(p: Pixels, box: Box, used: Uint8Array | undefined): Tint {
  const values: number[] = [];
  for (const { left, top, right, bottom } of tilesOf(box.width, box.height)) {
    let [count, red, blue] = [0, 0, 0];
    for (let y = top; y < bottom; y += 1)
      for (let x = left; x < right; x += 1) {
        if (used?.[y * box.width + x] === 0) continue;
        const at = ((box.y + y) * p.width + box.x + x) * 4;
        const r = p.data[at] ?? 0;
        const g = p.data[at + 1] ?? 0;
        const b = p.data[at + 2] ?? 0;
        const luma = 0.299 * r + 0.587 * g + 0.114 * b;
        red += r - luma;
        blue += b - luma;
        count += 1;
      }
    values.push(count === 0 ? 0 : red / count, count === 0 ? 0 : blue / count);
  }
  return {
    columns: Math.max(1, Math.round(box.width / TILE)),
    rows: Math.max(1, Math.round(box.height / TILE)),
    values: Float32Array.from(values),
  };
}

/** How much the worst tile is off beyond what is free; strong colours may be off by more. */
function tintDifference(wanted: Tint, seen: Tint): number {
  let worst = 0;
  for (let at = 0; at < wanted.values.length; at += 1) {
    const own = wanted.values[at] ?? 0;
    const off = Math.abs(own - (seen.values[at] ?? 0));
    worst = Math.max(worst, off - COLOUR.free - COLOUR.ofStrength * Math.abs(own));
  }
  return worst;
}
