import type { Box } from '../terms/frame.ts';
import type { Grey } from './grey.ts';

/** A block is looked at as one, px a side. */
const BLOCK = 16;
/** How much steeper than half of the picture a block must be, in both directions; in grey values a pixel. */
const STEEPER = 1.5;
const LEAST = 4;
/** The same for faint codes: 8 % of contrast at 4 px a module, and at 8 px of 16 %. */
const FAINTEST = 1;
/** The smaller of both directions against the larger: fences and lines of text have one. */
const BOTH_WAYS = 0.4;
/** Shortest side of a region, px: 21 modules of 2 px. */
const SHORTEST = 42;
const MOST = 3;

/**
 * Where a QR may be: areas about as wide as high, full of edges in both directions. At most three, the largest first,
 * each with some px around. Where nothing stands out, faint ones; a picture that is full of edges is one area itself.
 * Takes 2 ms for 1920x1080.
 */
export function qrLikeRegions(g: Grey): readonly Box[] {
  const busy = busyBlocks(g);
  const clear = [...wholeIfBusy(g, busy), ...areasOf(busy, LEAST)].filter(isSquarish);
  return (clear.length > 0 ? clear : areasOf(busy, FAINTEST).filter(isSquarish)).slice(0, MOST);
}

/** px on each side of an area. */
export const AREA_MARGIN = BLOCK;

/** Areas clearly full of edges in both directions, whatever their shape, the largest first. */
export function clearAreas(g: Grey): readonly Box[] {
  return areasOf(busyBlocks(g), LEAST);
}

/** Every area full of edges in both directions, whatever its shape: the clear ones, then the faint ones that hold them. */
export function busyAreas(g: Grey): readonly Box[] {
  const busy = busyBlocks(g);
  return [...areasOf(busy, LEAST), ...areasOf(busy, FAINTEST), ...wholeIfBusy(g, busy)];
}

/** Of a picture that is a code and little else no part stands out. */
function wholeIfBusy({ width, height }: Grey, { usual }: BusyBlocks): readonly Box[] {
  return usual > LEAST ? [{ x: 0, y: 0, width, height }] : [];
}

interface BusyBlocks {
  readonly columns: number;
  /** Of each block with its neighbours: the smaller of both directions, 0 where it has one alone. */
  readonly both: Float64Array;
  /** What half of the picture has, in the steeper direction. */
  readonly usual: number;
}

function busyBlocks(g: Grey): BusyBlocks {
  const columns = Math.floor(g.width / BLOCK);
  const rows = Math.floor(g.height / BLOCK);
  const { across, down } = steepness(g, columns, rows);
  const usual = Math.max(median(across), median(down));
  const wide = smoothed(across, columns, rows);
  const high = smoothed(down, columns, rows);
  const both = wide.map((a, at) => {
    const b = high[at] ?? 0;
    const least = Math.min(a, b);
    return least > BOTH_WAYS * Math.max(a, b) ? least : 0;
  });
  return { columns, both, usual };
}

function areasOf({ columns, both, usual }: BusyBlocks, least: number): readonly Box[] {
  const floor = least + STEEPER * usual;
  const busy = Uint8Array.from(both, (value) => (value > floor ? 1 : 0));
  const areas: Box[] = [];
  for (let at = 0; at < busy.length; at += 1) if (busy[at] === 1) areas.push(takeArea(busy, at, columns));
  return areas.sort((a, b) => b.width * b.height - a.width * a.height);
}

interface Steepness {
  readonly across: Float64Array;
  readonly down: Float64Array;
}

/**
 * Mean step of grey from a pixel to the next one to the right, and below, in each block; of every other row. Below is the
 * next row that is looked at: whichever row an edge lies on, it is between two of them.
 */
function steepness(g: Grey, columns: number, rows: number): Steepness {
  const across = new Float64Array(columns * rows);
  const down = new Float64Array(columns * rows);
  for (let y = 0; y < rows * BLOCK; y += 2) {
    const next = y + 2 < g.height ? 2 * g.width : 0;
    for (let column = 0; column < columns; column += 1) {
      let [right, below] = [0, 0];
      const from = y * g.width + column * BLOCK;
      for (let at = from; at < from + BLOCK; at += 1) {
        const own = g.data[at] ?? 0;
        right += Math.abs(own - (g.data[at + 1] ?? 0));
        below += Math.abs(own - (g.data[at + next] ?? 0));
      }
      // The last pixel of a row has none to its right: the one in memory begins the next row.
      if ((column + 1) * BLOCK === g.width)
        right -= Math.abs((g.data[from + BLOCK - 1] ?? 0) - (g.data[from + BLOCK] ?? 0));
      const block = Math.floor(y / BLOCK) * columns + column;
      across[block] = (across[block] ?? 0) + right / ((BLOCK * BLOCK) / 2);
      down[block] = (down[block] ?? 0) + below / (BLOCK * BLOCK);
    }
  }
  return { across, down };
}

/** Each block with its eight neighbours: a large module is a block without an edge. */
function smoothed(values: Float64Array, columns: number, rows: number): Float64Array {
  return values.map((_, at) => {
    const [x, y] = [at % columns, Math.floor(at / columns)];
    let [sum, count] = [0, 0];
    for (let row = Math.max(0, y - 1); row <= Math.min(rows - 1, y + 1); row += 1)
      for (let column = Math.max(0, x - 1); column <= Math.min(columns - 1, x + 1); column += 1) {
        sum += values[row * columns + column] ?? 0;
        count += 1;
      }
    return sum / count;
  });
}

/** The box around touching busy blocks, which are taken away, with a block around. */
function takeArea(busy: Uint8Array, first: number, columns: number): Box {
  let [left, right, top, bottom] = [columns, 0, busy.length, 0];
  const open = [first];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (busy[at] !== 1) continue;
    busy[at] = 0;
    const [x, y] = [at % columns, Math.floor(at / columns)];
    [left, right] = [Math.min(left, x), Math.max(right, x)];
    [top, bottom] = [Math.min(top, y), Math.max(bottom, y)];
    if (x > 0) open.push(at - 1);
    if (x < columns - 1) open.push(at + 1);
    open.push(at - columns, at + columns);
  }
  return {
    x: (left - 1) * BLOCK,
    y: (top - 1) * BLOCK,
    width: (right - left + 3) * BLOCK,
    height: (bottom - top + 3) * BLOCK,
  };
}

function isSquarish({ width, height }: Box): boolean {
  return Math.min(width, height) >= SHORTEST && Math.max(width, height) <= 2 * Math.min(width, height);
}

function median(values: Float64Array): number {
  return values.toSorted()[Math.floor(values.length / 2)] ?? 0;
}
