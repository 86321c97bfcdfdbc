import sharp from 'sharp';
import type { Frame, Pixels } from '../terms/frame.ts';

export const SIZE = { width: 640, height: 360 };

/** What is painted on a screen. */
export interface Painted {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly grey: number;
}

/** A screen: grey, with boxes on it. */
export function painted(boxes: readonly Painted[], ground = 60): Pixels {
  const data = new Uint8ClampedArray(SIZE.width * SIZE.height * 4).fill(255);
  const paint = ({ x, y, width, height, grey }: Painted) => {
    for (let row = y; row < y + height; row += 1)
      for (let column = x; column < x + width; column += 1)
        data.fill(grey, (row * SIZE.width + column) * 4, (row * SIZE.width + column) * 4 + 3);
  };
  paint({ x: 0, y: 0, ...SIZE, grey: ground });
  for (const box of boxes) paint(box);
  return { ...SIZE, data };
}

/** Black on white and white on black, as a menu is. */
export const MENU: readonly Painted[] = [
  { x: 100, y: 60, width: 440, height: 240, grey: 255 },
  ...Array.from({ length: 60 }, (_, at) => ({
    x: 120 + (at % 12) * 32,
    y: 80 + Math.floor(at / 12) * 40,
    width: 20,
    height: 14,
    grey: 0,
  })),
];

/**
 * A frame as a capture gives it. Of noise, each number of `seed` gives other: a cheap generator, sum of four draws.
 * @param chain `blur` px, `noise` of 255, `jpeg` quality; lossless without it
 */
export async function grabbed(
  p: Pixels,
  chain: { readonly blur?: number; readonly noise?: number; readonly jpeg?: number } = {},
  seed = 1,
): Promise<Frame> {
  const { blur, noise = 0, jpeg } = chain;
  let state = seed * 2654435761;
  const draw = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32 - 0.5;
  };
  const raw = { raw: { width: p.width, height: p.height, channels: 4 as const } };
  const soft = blur === undefined ? sharp(p.data, raw) : sharp(p.data, raw).blur(blur);
  const data = new Uint8ClampedArray(await soft.raw().toBuffer());
  if (noise > 0)
    for (let at = 0; at < data.length; at += 4) {
      // The variance of four draws is a third.
      const stray = noise * Math.sqrt(3) * (draw() + draw() + draw() + draw());
      for (let channel = 0; channel < 3; channel += 1) data[at + channel] = (data[at + channel] ?? 0) + stray;
    }
  const picture = sharp(data, raw).removeAlpha();
  const bytes = await (jpeg === undefined ? picture.png() : picture.jpeg({ quality: jpeg })).toBuffer();
  const format = jpeg === undefined ? 'png' : 'jpeg';
  return { width: p.width, height: p.height, bytes, format, grabbedAt: 0 };
}
