import { readFile } from 'node:fs/promises';
import type { Box, Pixels } from '../terms/frame.ts';
import { decodePicture } from './png.ts';

/** An approved picture of a screen of the NVR twin, 1280x720: a real frame; what varies in it is black. */
export async function approvedPicture(screen: string, profile = 'nvr'): Promise<Pixels> {
  const path = `../../suites/baselines/${profile}/1280x720/${screen}.png`;
  const p = await decodePicture(await readFile(new URL(path, import.meta.url)));
  for (let at = 3; at < p.data.length; at += 4) p.data[at] = 255;
  return p;
}

/** Texts on it, where its document says they stand: a line each. */
export const APPROVED_TEXTS: Readonly<Record<string, readonly (readonly [string, Box])[]>> = {
  'reset-methods': [
    ['Password Reset', { x: 374, y: 280, width: 114, height: 20 }],
    ['Select how to verify your identity.', { x: 377, y: 328, width: 230, height: 20 }],
    ['OK', { x: 707, y: 407, width: 90, height: 24 }],
    ['Cancel', { x: 813, y: 407, width: 90, height: 24 }],
  ],
  activation: [
    ['Activation', { x: 374, y: 162, width: 74, height: 20 }],
    ['User Name', { x: 377, y: 259, width: 179, height: 21 }],
    ['New Password', { x: 377, y: 295, width: 179, height: 21 }],
    ['Strength', { x: 377, y: 331, width: 179, height: 21 }],
    ['Confirm', { x: 377, y: 367, width: 179, height: 21 }],
    ['Export GUID', { x: 400, y: 400, width: 300, height: 22 }],
    ['Security Question Configuration', { x: 400, y: 430, width: 300, height: 22 }],
    ['Reserved Email Settings', { x: 400, y: 460, width: 300, height: 22 }],
    ['OK', { x: 813, y: 525, width: 90, height: 24 }],
  ],
};

/** The picture moved; what comes in from beyond its edges is black. */
export function moved(p: Pixels, dx: number, dy: number): Pixels {
  const data = new Uint8ClampedArray(p.data.length);
  for (let y = 0; y < p.height; y += 1)
    for (let x = 0; x < p.width; x += 1) {
      const [fromX, fromY] = [x - dx, y - dy];
      if (fromX < 0 || fromY < 0 || fromX >= p.width || fromY >= p.height) continue;
      const from = (fromY * p.width + fromX) * 4;
      data.set(p.data.subarray(from, from + 4), (y * p.width + x) * 4);
    }
  for (let at = 3; at < data.length; at += 4) data[at] = 255;
  return { ...p, data };
}

/** The picture with a part of another one (or of itself) put at x, y. */
export function pasted(
  p: Pixels,
  from: Pixels,
  box: Box,
  at: { readonly x: number; readonly y: number },
): Pixels {
  const data = p.data.slice();
  for (let row = 0; row < box.height; row += 1) {
    const source = ((box.y + row) * from.width + box.x) * 4;
    data.set(from.data.subarray(source, source + box.width * 4), ((at.y + row) * p.width + at.x) * 4);
  }
  return { ...p, data };
}

/** Each of red, green and blue changed by a function of all three. */
export function recoloured(
  p: Pixels,
  change: (red: number, green: number, blue: number) => readonly [number, number, number],
): Pixels {
  const data = p.data.slice();
  for (let at = 0; at < data.length; at += 4) {
    const [red = 0, green = 0, blue = 0] = data.subarray(at, at + 3);
    data.set(change(red, green, blue), at);
  }
  return { ...p, data };
}
