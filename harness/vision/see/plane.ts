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
  // Four bytes are read at once; a picture begins at a multiple of four but in the rarest case.
  const aligned = data.byteOffset % 4 === 0 ? data : data.slice();
  const words = new Uint32Array(aligned.buffer, aligned.byteOffset, plane.length);
  for (let at = 0; at < plane.length; at += 1) {
    const word = words[at] ?? 0;
    plane[at] = ((word & 255) * 77 + ((word >> 8) & 255) * 150 + ((word >> 16) & 255) * 29) >> 8;
  }
  return { width, height, data: plane };
}
