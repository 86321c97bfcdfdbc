import type { Box } from '../../terms/frame.ts';
import type { Plane } from './plane.ts';

/** Size of a cell that is looked at as a whole, px. */
const CELL = 8;
/** Difference of brightness within a cell of a code, of 255: codes are black and white, also when captured badly. */
const CONTRAST = 90;
/** Smallest code, cells a side: 21 modules of 3 px. */
const SMALLEST = 8;
/** Share of cells that must be black and white: a light module as large as a cell is plain. */
const FILLED = 0.6;

/** Large squares of black and white: where a QR may be. Around the whole of it, without its quiet zone, to about 8 px. */
export function findPictures(plane: Plane): readonly Box[] {
  const columns = Math.floor(plane.width / CELL);
  const rows = Math.floor(plane.height / CELL);
  const busy = new Uint8Array(columns * rows);
  for (let row = 0; row < rows; row += 1)
    for (let column = 0; column < columns; column += 1)
      busy[row * columns + column] = isBusy(plane, column * CELL, row * CELL) ? 1 : 0;
  const found: Box[] = [];
  for (let cell = 0; cell < busy.length; cell += 1) {
    if (busy[cell] !== 1) continue;
    const { left, top, right, bottom, count } = take(busy, columns, cell);
    const width = right - left + 1;
    const height = bottom - top + 1;
    if (width < SMALLEST || height < SMALLEST || count < FILLED * width * height) continue;
    if (Math.max(width, height) > 1.25 * Math.min(width, height)) continue;
    found.push({ x: left * CELL, y: top * CELL, width: width * CELL, height: height * CELL });
  }
  return found;
}

function isBusy({ width, data }: Plane, left: number, top: number): boolean {
  let least = 255;
  let most = 0;
  for (let y = top; y < top + CELL; y += 1)
    for (let x = left; x < left + CELL; x += 1) {
      const value = data[y * width + x] ?? 0;
      if (value < least) least = value;
      if (value > most) most = value;
    }
  return most - least >= CONTRAST;
}

/** Takes a connected group of busy cells out of the grid. */
function take(busy: Uint8Array, columns: number, first: number) {
  const edges = { left: columns, top: busy.length, right: 0, bottom: 0, count: 0 };
  const open = [first];
  busy[first] = 0;
  for (let cell = open.pop(); cell !== undefined; cell = open.pop()) {
    const column = cell % columns;
    const row = (cell - column) / columns;
    edges.left = Math.min(edges.left, column);
    edges.right = Math.max(edges.right, column);
    edges.top = Math.min(edges.top, row);
    edges.bottom = Math.max(edges.bottom, row);
    edges.count += 1;
    for (const [down, aside] of AROUND) {
      const next = cell + down * columns + aside;
      if (column + aside < 0 || column + aside >= columns || busy[next] !== 1) continue;
      busy[next] = 0;
      open.push(next);
    }
  }
  return edges;
}

const AROUND = [
  [-1, 0],
  [1, 0],
  [0, -1],
  [0, 1],
] as const;
