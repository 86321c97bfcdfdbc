import type { Box } from '../terms/frame.ts';
import type { Grey } from './grey.ts';

/** A block is looked at as one, px a side. */
const BLOCK = 16;
/** How much steeper than half of the picture a block must be, in both directions; in grey values a pixel. */
const STEEPER = 1.5;
const LEAST = 4;
/** The smaller of both directions against the larger: fences and lines of text have one. */
const BOTH_WAYS = 0.4;
/** Shortest side of a region, px: 21 modules of 2 px. */
const SHORTEST = 42;
const MOST = 3;

/**
 * Where a QR may be: areas about as wide as high, full of edges in both directions. At most three, the largest first,
 * each with some px around. Takes 2 ms for 1920x1080.
 */
export function qrLikeRegions(g: Grey): readonly Box[] {
  const columns = Math.floor(g.width / BLOCK);
  const rows = Math.floor(g.height / BLOCK);
  const { across, down } = steepness(g, columns, rows);
  const floor = LEAST + STEEPER * Math.max(median(across), median(down));
  const wide = smoothed(across, columns, rows);
  const high = smoothed(down, columns, rows);
  const busy = Uint8Array.from(wide, (a, at) => {
    const b = high[at] ?? 0;
    return Math.min(a, b) > Math.max(floor, BOTH_WAYS * Math.max(a, b)) ? 1 : 0;
  });
  const regions: Box[] = [];
  for (let at = 0; at < busy.length; at += 1) {
    const box = busy[at] === 1 ? takeArea(busy, at, columns) : undefined;
    if (box !== undefined && isSquarish(box)) regions.push(box);
  }
  return regions.sort((a, b) => b.width * b.height - a.width * a.height).slice(0, MOST);
}

interface Steepness {
  readonly across: Float64Array;
  readonly down: Float64Array;
}

/** Mean step of grey from a pixel to the next one to the right, and below, in each block; of every other row. */
function steepness(g: Grey, columns: number, rows: number): Steepness {
  const across = new Float64Array(columns * rows);
  const down = new Float64Array(columns * rows);
  for (let y = 0; y < rows * BLOCK - 1; y += 2)
    for (let column = 0; column < columns; column += 1) {
      let [right, below] = [0, 0];
      const from = y * g.width + column * BLOCK;
      for (let at = from; at < from + BLOCK - 1; at += 1) {
        const own = g.data[at] ?? 0;
        right += Math.abs(own - (g.data[at + 1] ?? 0));
        below += Math.abs(own - (g.data[at + g.width] ?? 0));
      }
      const block = Math.floor(y / BLOCK) * columns + column;
      across[block] = (across[block] ?? 0) + right / ((BLOCK * BLOCK) / 2);
      down[block] = (down[block] ?? 0) + below / ((BLOCK * BLOCK) / 2);
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
