import type { Box } from '../../terms/frame.ts';
import { overlaps } from './place.ts';
import type { Plane } from './plane.ts';

/** Size of a cell that is looked at as a whole, px. */
const CELL = 8;
/** Difference of brightness within a cell of a code, of 255: codes are black and white, also when captured badly. */
const CONTRAST = 90;
/** Smallest code, cells a side: 21 modules of 3 px. */
const SMALLEST = 8;
/** Share of cells that must be black and white: a light module as large as a cell is plain. */
const FILLED = 0.6;

/** Cells that are looked at as one where modules are larger, cells a side. */
const LEVELS = [1, 2, 3];
/** Of the pixels along a code at least so many are light, and as many dark; along writing, or a bar, few are. */
const EITHER = 0.2;
/** Rows, and columns, of which that has to be true: the quiet zone may be in. */
const MIXED = 0.8;

/** Large squares of black and white: where a QR may be. Around the whole of it, without its quiet zone, to about a module. */
export function findPictures(plane: Plane): readonly Box[] {
  const fine = spansOf(plane);
  const found: Box[] = [];
  for (const level of LEVELS) {
    const { columns, rows, least, most } = level === 1 ? fine : coarser(fine, level);
    const busy = new Uint8Array(most.length);
    for (let at = 0; at < busy.length; at += 1)
      busy[at] = (most[at] ?? 0) - (least[at] ?? 0) >= CONTRAST ? 1 : 0;
    const cell = CELL * level;
    for (let at = 0; at < columns * rows; at += 1) {
      if (busy[at] !== 1) continue;
      const { left, top, right, bottom, count } = take(busy, columns, at);
      const width = right - left + 1;
      const height = bottom - top + 1;
      if (width < SMALLEST || height < SMALLEST || count < FILLED * width * height) continue;
      if (Math.max(width, height) > 1.25 * Math.min(width, height)) continue;
      const box = { x: left * cell, y: top * cell, width: width * cell, height: height * cell };
      if (found.some((other) => overlaps(other, box)) || (level > 1 && !isMixed(plane, box))) continue;
      found.push(box);
    }
  }
  return found;
}

/** Brightness of the darkest and the lightest pixel of each cell, row-major. */
interface Spans {
  readonly columns: number;
  readonly rows: number;
  readonly least: Uint8Array;
  readonly most: Uint8Array;
}

function spansOf({ width, height, data }: Plane): Spans {
  const columns = Math.floor(width / CELL);
  const rows = Math.floor(height / CELL);
  const least = new Uint8Array(columns * rows).fill(255);
  const most = new Uint8Array(columns * rows);
  // Most rows of a cell are as the one above.
  const isWhole = width % CELL === 0 && data.byteOffset % 4 === 0;
  const fours = isWhole ? new Int32Array(data.buffer, data.byteOffset, (width * height) >> 2) : undefined;
  for (let y = 0; y < rows * CELL; y += 1) {
    const row = Math.floor(y / CELL) * columns;
    const isFirst = y % CELL === 0;
    for (let column = 0; column < columns; column += 1) {
      const start = y * width + column * CELL;
      if (fours !== undefined && !isFirst) {
        const here = start >> 2;
        const above = (start - width) >> 2;
        if (fours[here] === fours[above] && fours[here + 1] === fours[above + 1]) continue;
      }
      const at = row + column;
      let low = least[at] ?? 0;
      let high = most[at] ?? 0;
      for (let next = start; next < start + CELL; next += 1) {
        const value = data[next] ?? 0;
        if (value < low) low = value;
        if (value > high) high = value;
      }
      least[at] = low;
      most[at] = high;
    }
  }
  return { columns, rows, least, most };
}

/** So many cells a side taken as one. */
function coarser({ columns, rows, least, most }: Spans, level: number): Spans {
  const across = Math.floor(columns / level);
  const down = Math.floor(rows / level);
  const low = new Uint8Array(across * down).fill(255);
  const high = new Uint8Array(across * down);
  for (let row = 0; row < down * level; row += 1)
    for (let column = 0; column < across * level; column += 1) {
      const at = Math.floor(row / level) * across + Math.floor(column / level);
      const from = row * columns + column;
      low[at] = Math.min(low[at] ?? 0, least[from] ?? 0);
      high[at] = Math.max(high[at] ?? 0, most[from] ?? 0);
    }
  return { columns: across, rows: down, least: low, most: high };
}

/** Whether light and dark share the rows and the columns of a box as they do in codes. */
function isMixed({ width, data }: Plane, { x, y, width: across, height: down }: Box): boolean {
  let [least, most] = [255, 0];
  for (let row = y; row < y + down; row += 1)
    for (let column = x; column < x + across; column += 1) {
      const value = data[row * width + column] ?? 0;
      least = Math.min(least, value);
      most = Math.max(most, value);
    }
  const light = { rows: new Uint16Array(down), columns: new Uint16Array(across) };
  for (let row = 0; row < down; row += 1)
    for (let column = 0; column < across; column += 1) {
      if ((data[(y + row) * width + x + column] ?? 0) <= (least + most) / 2) continue;
      light.rows[row] = (light.rows[row] ?? 0) + 1;
      light.columns[column] = (light.columns[column] ?? 0) + 1;
    }
  const areMixed = (counts: Uint16Array, length: number) =>
    counts.filter((count) => count >= EITHER * length && count <= (1 - EITHER) * length).length >=
    MIXED * counts.length;
  return areMixed(light.rows, across) && areMixed(light.columns, down);
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
