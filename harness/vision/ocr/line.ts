import type { Pixels } from '../../terms/frame.ts';
import { greyOf, type Ink, inkOf, withoutCaret } from './prepare.ts';

/** A line of writing with its columns summed up. */
export interface Line {
  readonly ink: Ink;
  /** Ink of each column. */
  readonly columns: Float32Array;
  /** At x: the squares of all ink in the columns before x. Length = width + 1. */
  readonly energy: Float64Array;
  /** Runs of columns with ink in them. */
  readonly runs: readonly Run[];
}
/** Columns from `left` to before `right`, with writing down to row `bottom` (its last firm one). */
export interface Run {
  readonly left: number;
  readonly right: number;
  readonly bottom: number;
}

/** Ink below this is ground: what is left of noise. */
const GROUND = 0.1;
/** Ink of a column from which on it is written on. */
const WRITTEN = 0.15;
/** Ink that is firm: the last row of a letter on its line, but not what a round one has below it. */
const FIRM = 0.4;

/** Takes a crop of one line apart. What is fainter than noise becomes ground. */
export function lineOf(pixels: Pixels): Line {
  const raw = withoutCaret(inkOf(greyOf(pixels)));
  const ink = { ...raw, data: raw.data.map((one) => (one < GROUND ? 0 : one)) };
  const { width, height, data } = ink;
  const columns = new Float32Array(width);
  const energy = new Float64Array(width + 1);
  for (let x = 0; x < width; x += 1) {
    let [sum, squares] = [0, 0];
    for (let y = 0; y < height; y += 1) {
      const one = data[y * width + x] ?? 0;
      sum += one;
      squares += one * one;
    }
    columns[x] = sum;
    energy[x + 1] = (energy[x] ?? 0) + squares;
  }
  return { ink, columns, energy, runs: runsOf(ink, columns) };
}

function runsOf(ink: Ink, columns: Float32Array): readonly Run[] {
  const runs: Run[] = [];
  let left: number | undefined;
  for (let x = 0; x <= columns.length; x += 1) {
    const written = (columns[x] ?? 0) >= WRITTEN;
    if (written && left === undefined) left = x;
    if (written || left === undefined) continue;
    runs.push({ left, right: x, bottom: bottomOf(ink, left, x) });
    left = undefined;
  }
  return runs;
}

/** The last row with firm ink in some columns; -1 where there is none. */
export function bottomOf({ width, height, data }: Ink, left: number, right: number): number {
  for (let y = height - 1; y >= 0; y -= 1)
    for (let x = left; x < right; x += 1) if ((data[y * width + x] ?? 0) >= FIRM) return y;
  return -1;
}
