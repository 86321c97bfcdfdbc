import type { Box, Pixels } from '../../terms/frame.ts';
import { cut, lumaOf, type Plane, smoothed } from './plane.ts';
import { AROUND, type Template } from './template.ts';

/**
 * What a part of a frame may be made of, beside its gain and offset: the needle's picture, its slopes across and down
 * (so that it may lie a fraction of a pixel beside, as scaled pictures do), and what smoothing it changes (so that it may
 * be less sharp). All less their means; 0 where the template does not count.
 */
export interface Model {
  readonly terms: readonly Float32Array[];
  /** Dot product of each two terms. */
  readonly products: readonly (readonly number[])[];
}

/** A model fitted to a part of a frame by least squares. */
export interface Fit {
  /** Contrast of what is seen over that of the needle. */
  readonly gain: number;
  /** What is seen where the model says so, levels of 255. */
  readonly wanted: Float32Array;
  /** Share of the variance seen that is explained, 0..1. */
  readonly explained: number;
  /** Mean and variance of what is seen. */
  readonly mean: number;
  readonly variance: number;
}

/** Furthest that a picture may lie between two pixels, px each way. */
const BESIDE = 0.85;
/** Smoothing 0 is as in the reference, 1 by 1-2-1 once more. A little below 0: a capture card that sharpens. */
const SMOOTHING = { least: -0.6, most: 2.5 };

/** The model of an area of a picture; `full` is its template at full size. */
export function modelOf(picture: Pixels, box: Box, full: Template): Model {
  const wide = {
    x: box.x - AROUND,
    y: box.y - AROUND,
    width: box.width + 2 * AROUND,
    height: box.height + 2 * AROUND,
  };
  const around = smoothed(lumaOf(picture, wide));
  const inner = { x: AROUND, y: AROUND, width: box.width, height: box.height };
  const soft = cut(smoothed(around), inner).data;
  const terms = [
    full.luma,
    slope(around, inner, 1),
    slope(around, inner, around.width),
    soft.map((value, at) => value - (full.luma[at] ?? 0)),
  ].map((term) => centred(term, full));
  const products = terms.map((a) => terms.map((b) => dot(a, b)));
  return { terms, products };
}

/** Half the difference of the neighbours, `step` indices away. */
function slope(p: Plane, inner: Box, step: number): Float32Array {
  const result = new Float32Array(inner.width * inner.height);
  for (let y = 0; y < inner.height; y += 1)
    for (let x = 0; x < inner.width; x += 1) {
      const at = (inner.y + y) * p.width + inner.x + x;
      result[y * inner.width + x] = ((p.data[at + step] ?? 0) - (p.data[at - step] ?? 0)) / 2;
    }
  return result;
}

function centred(term: Float32Array, { used, count }: Template): Float32Array {
  let sum = 0;
  for (let at = 0; at < term.length; at += 1) if (used?.[at] !== 0) sum += term[at] ?? 0;
  return term.map((value, at) => (used?.[at] === 0 ? 0 : value - sum / count));
}

/** Fits the model to the smoothed luma of a part of a frame. */
export function fit(seen: Float32Array, { terms, products }: Model, t: Template): Fit {
  let sum = 0;
  let squares = 0;
  for (let at = 0; at < seen.length; at += 1) {
    if (t.used?.[at] === 0) continue;
    const value = seen[at] ?? 0;
    sum += value;
    squares += value * value;
  }
  const mean = sum / t.count;
  const variance = Math.max(0, squares / t.count - mean * mean);
  const own = terms.map((term) => dot(term, seen));
  const alone = [(own[0] ?? 0) / (products[0]?.[0] ?? 1), 0, 0, 0];
  const solved = solve(products, own);
  const shares = solved !== undefined && isPlausible(solved) ? solved : alone;
  const wanted = new Float32Array(seen.length).fill(mean);
  for (const [at, term] of terms.entries()) {
    const share = shares[at] ?? 0;
    if (share === 0) continue;
    for (let pixel = 0; pixel < wanted.length; pixel += 1)
      wanted[pixel] = (wanted[pixel] ?? 0) + share * (term[pixel] ?? 0);
  }
  const sumExplained = shares.reduce((all, share, at) => all + share * (own[at] ?? 0), 0);
  const explained = variance <= 0 ? 0 : Math.min(1, Math.max(0, sumExplained / (variance * t.count)));
  return { gain: shares[0] ?? 0, wanted, explained, mean, variance };
}

function isPlausible([gain = 0, across = 0, down = 0, soft = 0]: readonly number[]): boolean {
  if (gain <= 0) return false;
  const smoothing = soft / gain;
  return (
    Math.abs(across / gain) <= BESIDE &&
    Math.abs(down / gain) <= BESIDE &&
    smoothing >= SMOOTHING.least &&
    smoothing <= SMOOTHING.most
  );
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at += 1) sum += (a[at] ?? 0) * (b[at] ?? 0);
  return sum;
}

/** Solves a small system of linear equations (Gauss-Jordan with pivots); undefined where it has no one solution. */
function solve(
  matrix: readonly (readonly number[])[],
  right: readonly number[],
): readonly number[] | undefined {
  const rows = matrix.map((row, at) => [...row, right[at] ?? 0]);
  const size = rows.length;
  for (let column = 0; column < size; column += 1) {
    let pivot = column;
    for (let row = column + 1; row < size; row += 1)
      if (Math.abs(rows[row]?.[column] ?? 0) > Math.abs(rows[pivot]?.[column] ?? 0)) pivot = row;
    const lead = rows[pivot];
    const here = rows[column];
    const by = lead?.[column] ?? 0;
    if (lead === undefined || here === undefined || Math.abs(by) < 1e-6) return undefined;
    rows[pivot] = here;
    rows[column] = lead.map((value) => value / by);
    const unit = rows[column] ?? [];
    for (let row = 0; row < size; row += 1) {
      const other = rows[row];
      const times = other?.[column] ?? 0;
      if (row === column || other === undefined || times === 0) continue;
      rows[row] = other.map((value, at) => value - times * (unit[at] ?? 0));
    }
  }
  return rows.map((row) => row[size] ?? 0);
}
