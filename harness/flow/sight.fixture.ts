import sharp from 'sharp';
import { handClock } from '../bench/fakes/clock.ts';
import { fakeDisplay } from '../bench/fakes/display.ts';
import type { Item, Pixels } from '../terms/frame.ts';
import { sighted } from './sight.ts';

export const SIZE = { width: 640, height: 360 };

/** A picture: a grey ground, a bright thing at `x`, and somewhere else one that only a camera sees. */
export async function picture(x: number, { moved = 0, noise = 0, quality = 100, size = 16 } = {}) {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${SIZE.width}" height="${SIZE.height}">
    <rect width="100%" height="100%" fill="rgb(60,${60 + noise},60)"/><rect x="${x}" y="300" width="50" height="20" fill="#fff"/>
    <rect x="${20 + moved}" y="20" width="${size}" height="${size}" fill="#aa0"/></svg>`;
  return {
    bytes: await sharp(Buffer.from(svg)).jpeg({ quality }).toBuffer(),
    format: 'jpeg' as const,
  };
}

/** Finds the bright thing, and counts how often it looked at a whole picture. */
export function eye() {
  let looked = 0;
  return {
    looked: () => looked,
    seer: async ({ width, data }: Pixels): Promise<readonly Item[]> => {
      if (width < SIZE.width) return [];
      looked += 1;
      for (let x = 0; x < width; x += 1)
        if ((data[(310 * width + x) * 4] ?? 0) > 200)
          return [{ kind: 'button', text: 'thing', box: { x, y: 300, width: 50, height: 20 } }];
      return [];
    },
  };
}

export function bench() {
  const clock = handClock();
  const display = fakeDisplay({ clock, ...SIZE });
  const { looked, seer } = eye();
  const eyes = sighted(display, { seer, clock });
  return { clock, display, looked, eyes };
}
export const show = (shown: Awaited<ReturnType<typeof picture>>) => ({ items: [], picture: shown });

/** Time goes on by itself, as far as somebody waits; tells when frames were grabbed. */
export function timed(
  lookMs = 0,
  next: () => Awaited<ReturnType<typeof picture>> | undefined = () => undefined,
) {
  const { clock, display } = bench();
  const going = { ...clock, sleep: (ms: number) => clock.advance(ms) };
  const grabs: number[] = [];
  const frame: typeof display.frame = async (signal) => {
    grabs.push(clock.monotonic());
    const other = next();
    if (other !== undefined) display.show(show(other));
    return display.frame(signal);
  };
  const { seer } = eye();
  const slow: typeof seer = async (pixels) => {
    if (pixels.width === SIZE.width) await going.sleep(lookMs);
    return seer(pixels);
  };
  return { clock, display, grabs, eyes: sighted({ ...display, frame }, { seer: slow, clock: going }) };
}

/** Lets time pass in small steps: pictures are decoded meanwhile. */
export async function settle(clock: ReturnType<typeof handClock>, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 10) {
    for (let turns = 0; turns < 60 && clock.sleepers() === 0; turns += 1)
      await new Promise((resolve) => setTimeout(resolve, 2));
    await clock.advance(10);
  }
}
