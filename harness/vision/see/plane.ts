import type { Pixels } from '../../terms/frame.ts';

/** Brightness of a picture: one byte a pixel, row-major (ITU-R BT.601 luma, 0..255). */
export interface Plane {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** Room for the brightness of a picture, used again for the next. */
let room = new Uint8Array(0);

/** The brightness of each pixel; valid until the next picture is asked for. */
export function planeOf({ width, height, data }: Pixels): Plane {
  if (room.length !== width * height) room = new Uint8Array(width * height);
  const plane = room;
  for (let at = 0, from = 0; at < plane.length; at += 1, from += 4)
    plane[at] = ((data[from] ?? 0) * 77 + (data[from + 1] ?? 0) * 150 + (data[from + 2] ?? 0) * 29) >> 8;
  return { width, height, data: plane };
}
