import type { Box, Pixels } from '../terms/frame.ts';

/** Size of a cell that is looked at as a whole, px. */
export const CELL = 16;

/** Top left corner of a cell, px. */
export interface Cell {
  readonly x: number;
  readonly y: number;
}

/** Where two frames of one size differ by more than noise, of 255: by their green, which is most of luma. */
export function changedCells(a: Pixels, b: Pixels, noise: number): readonly Cell[] {
  const { width, height, data: from } = a;
  const to = b.data;
  const cells: Cell[] = [];
  for (let y = 0; y < height; y += CELL) {
    // Most of what stands still comes out of a codec byte for byte.
    if (isSamePart(a, b, { x: 0, y, width, height: CELL })) continue;
    for (let x = 0; x < width; x += CELL) if (differs(x, Math.min(width, x + CELL), y)) cells.push({ x, y });
  }
  return cells;

  /** Whether a cell has changed: its first pixel that has tells. */
  function differs(left: number, right: number, top: number): boolean {
    const bottom = Math.min(height, top + CELL);
    for (let y = top; y < bottom; y += 1) {
      const end = (y * width + right) * 4;
      for (let at = (y * width + left) * 4 + 1; at < end; at += 4) {
        const step = (from[at] ?? 0) - (to[at] ?? 0);
        if (step > noise || step < -noise) return true;
      }
    }
    return false;
  }
}

/** Whether two frames of one size are the same byte for byte in a part: whole px, as far as it lies inside. */
export function isSamePart(a: Pixels, b: Pixels, box: Box): boolean {
  const [left, right] = [Math.max(0, box.x), Math.min(a.width, box.x + box.width)];
  const [top, bottom] = [Math.max(0, box.y), Math.min(a.height, box.y + box.height)];
  if (left >= right || top >= bottom) return true;
  const [from, to] = [bytesOf(a), bytesOf(b)];
  // Whole rows are one piece.
  const rows = right - left === a.width ? bottom - top : 1;
  for (let y = top; y < bottom; y += rows) {
    const start = (y * a.width + left) * 4;
    const end = ((y + rows - 1) * a.width + right) * 4;
    if (from.compare(to, start, end, start, end) !== 0) return false;
  }
  return true;
}

function bytesOf({ data }: Pixels): Buffer {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
}

/** Share of the cells that may change while a screen stands still: what a camera sees moves, and its clock goes on. */
const MOVING = 0.02;

/** Whether so few cells of a picture have changed that its screen may stand still. */
export function isLittle(cells: number, { width, height }: Pick<Pixels, 'width' | 'height'>): boolean {
  return cells <= (MOVING * width * height) / CELL ** 2;
}

/** Largest difference of a pixel of two frames of one picture, of 255: what a JPEG adds of its own beside what moves. */
const LEAST = 24;
/**
 * The same against measured noise: 5.7 standard deviations, which one px in 80 million is beyond, of a difference (1.4
 * times) of green (1.3 times that of luma, which is measured).
 */
const TIMES = 10.5;

/** What two frames of one picture may differ by, of 255; `noise` as a calibration has it, where there is one. */
export function changeOf(noise = 0): number {
  return Math.max(LEAST, TIMES * noise);
}
