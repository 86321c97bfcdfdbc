import type { Box, Pixels } from '../../terms/frame.ts';
import { type Fit, fit, type Model } from './fit.ts';
import type { Scene } from './scene.ts';
import type { Template, Templates } from './template.ts';

/** How a part of a frame compares with an area of a needle. */
export interface Likeness {
  /** 0..1; what a needle's `match` is held against. The least of what the other figures allow. */
  readonly similarity: number;
  /**
   * Correlation of the smoothed luma with the needle's, fitted to a fraction of a pixel and in sharpness, -1..1: the
   * same shapes, whatever the levels.
   */
  readonly correlation: number;
  /** Share of a tile's variance that the needle does not explain, in the worst tile; 0 = the same, 1 = something else. */
  readonly worst: number;
  /** How much the darkest and the lightest of it are off, levels of 255: dimmed, faded, inverted. */
  readonly levels: number;
  /** How much the colour is off in the worst tile beyond what a capture chain does, levels of 255. */
  readonly colour: number;
}

/** A tile is about a letter wide. px */
const TILE = 16;
/** Variance that a tile is taken to have at least: noise in a flat tile is no difference. */
const QUIET = { share: 0.1, level: 36 };
/** What a capture chain may do, and how much of the similarity each level beyond it costs. */
const LEVELS = { free: 24, cost: 0.01 };
const COLOUR = { free: 20, ofStrength: 0.25, cost: 0.01 };
const GAIN = { least: 0.6, most: 1.65 };
/** The worst tile counts by this much: a letter that differs in a long text hardly moves the correlation. */
const WORST = { free: 0.14, cost: 0.5 };

/** Colours of a needle's area: mean differences of red and blue to luma, a tile each. */
export interface Tint {
  readonly columns: number;
  readonly rows: number;
  /** Red - luma and blue - luma of each tile, in turns. */
  readonly values: Float32Array;
}

/** What is needed of a needle's area to compare it. */
export interface Reference {
  readonly templates: Templates;
  readonly model: Model;
  readonly tint: Tint;
}

/** Compares a needle's area with a frame, its top left at x, y; the area lies inside. */
export function likeness(
  scene: Scene,
  { templates: [t], model, tint }: Reference,
  at: { readonly x: number; readonly y: number },
): Likeness {
  const box = { x: at.x, y: at.y, width: t.width, height: t.height };
  const seen = scene.patch(box).data;
  const fitted = fit(seen, model, t);
  const { gain, mean } = fitted;
  const correlation = Math.sign(gain) * Math.sqrt(fitted.explained);
  const off = (luma: number) => Math.abs(mean + gain * (luma - t.mean) - luma);
  const levels = Math.max(off(t.dark), off(t.light));
  const worst = worstTile(seen, t, fitted);
  const colour = Math.max(0, tintDifference(tint, tintOf(scene.pixels, box, t.used)));
  const contrast = gain <= 0 ? 0 : Math.min(1, gain / GAIN.least, GAIN.most / gain);
  const losses =
    Math.max(0, worst - WORST.free) * WORST.cost +
    Math.max(0, levels - LEVELS.free) * LEVELS.cost +
    colour * COLOUR.cost;
  const similarity = Math.max(0, Math.min(1, correlation * contrast - losses));
  return { similarity, correlation, worst, levels, colour };
}

/** The share of a tile's variance that the fitted needle leaves unexplained; of the worst tile. */
function worstTile(seen: Float32Array, t: Template, { wanted, variance }: Fit): number {
  const least = Math.max(QUIET.level, QUIET.share * variance);
  let worst = 0;
  for (const { left, top, right, bottom } of tilesOf(t.width, t.height)) {
    let [count, unexplained, own, ownSquares, its, itsSquares] = [0, 0, 0, 0, 0, 0];
    for (let y = top; y < bottom; y += 1)
      for (let x = left; x < right; x += 1) {
        const at = y * t.width + x;
        if (t.used?.[at] === 0) continue;
        const value = seen[at] ?? 0;
        const model = wanted[at] ?? 0;
        unexplained += (value - model) ** 2;
        own += model;
        ownSquares += model * model;
        its += value;
        itsSquares += value * value;
        count += 1;
      }
    if (count < 16) continue;
    const most = Math.max(
      least,
      ownSquares / count - (own / count) ** 2,
      itsSquares / count - (its / count) ** 2,
    );
    worst = Math.max(worst, unexplained / count / most);
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
