import type { Box, Pixels } from '../../terms/frame.ts';
import { encodePng } from '../png.ts';

/** Width of a line, and between it and the box, px. */
const LINE = 2;
const APART = 2;
/** Seen on dark and on light screens. */
const COLOUR = [255, 64, 160, 255] as const;

/** The picture with lines around some boxes, for a person. */
export function outlined(pixels: Pixels, boxes: readonly Box[]): Promise<Uint8Array> {
  const { width, height } = pixels;
  const data = pixels.data.slice();
  const paint = (left: number, top: number, right: number, bottom: number) => {
    for (let y = Math.max(0, top); y < Math.min(height, bottom); y += 1)
      for (let x = Math.max(0, left); x < Math.min(width, right); x += 1)
        data.set(COLOUR, (y * width + x) * 4);
  };
  for (const box of boxes) {
    const [left, top] = [box.x - APART - LINE, box.y - APART - LINE];
    const [right, bottom] = [box.x + box.width + APART + LINE, box.y + box.height + APART + LINE];
    paint(left, top, right, top + LINE);
    paint(left, bottom - LINE, right, bottom);
    paint(left, top, left + LINE, bottom);
    paint(right - LINE, top, right, bottom);
  }
  return encodePng({ width, height, data });
}
