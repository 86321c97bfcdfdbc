import { HarnessError } from '../../../terms/error.ts';

/** Most px of a picture: 8K. A server can claim 16 GiB of them. */
const LARGEST = 7_680 * 4_320;

/** The picture as far as it has come: RGBX8, length = width * height * 4; the fourth byte means nothing. */
export interface Canvas {
  readonly width: number;
  readonly height: number;
  readonly data: Buffer;
}
export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** @throws HarnessError PORT_PROTOCOL for a picture without area, or larger than 8K */
export function newCanvas(width: number, height: number): Canvas {
  if (width === 0 || height === 0 || width * height > LARGEST)
    throw new HarnessError('PORT_PROTOCOL', `the VNC server has a picture of ${width}x${height} px`, {
      port: 'display',
      hint: 'set a resolution between 1x1 and 8K at the VNC server',
    });
  return { width, height, data: Buffer.alloc(width * height * 4) };
}

/** Whether a rectangle lies in the picture. */
export function holds(canvas: Canvas, { x, y, width, height }: Rect): boolean {
  return x + width <= canvas.width && y + height <= canvas.height;
}

/** Paints `piece`, which begins at byte `from` of the rectangle's own bytes, row after row. */
export function paint(canvas: Canvas, rect: Rect, from: number, piece: Buffer): void {
  const row = rect.width * 4;
  let done = 0;
  while (done < piece.length) {
    const at = from + done;
    const inRow = at % row;
    const length = Math.min(row - inRow, piece.length - done);
    const y = rect.y + Math.floor(at / row);
    piece.copy(canvas.data, (y * canvas.width + rect.x) * 4 + inRow, done, done + length);
    done += length;
  }
}

/** Copies a rectangle of the same size from elsewhere in the picture; the two may overlap. */
export function copyRect(canvas: Canvas, from: { readonly x: number; readonly y: number }, to: Rect): void {
  const { data, width } = canvas;
  const rows = Array.from({ length: to.height }, (_, at) => at);
  // From the end that is not overwritten before it is read.
  if (from.y < to.y) rows.reverse();
  for (const row of rows) {
    const source = ((from.y + row) * width + from.x) * 4;
    data.copy(data, ((to.y + row) * width + to.x) * 4, source, source + to.width * 4);
  }
}
