// What lies between a recorder's picture and the one that a bench gets.
import sharp, { type Sharp } from 'sharp';
import type { Pixels } from '../../../harness/terms/frame.ts';
import { seeded } from './random.ts';

/**
 * A way of capturing, each part in this order and left out where undefined. Figures are those of real devices: HDMI
 * grabbers and KVMs that scale to 720 lines, encode JPEG 4:2:0 of quality 30 (slow link) to 95, mistake the range, and
 * add a noise of 2 to 12 of 255; the softness of their scalers and of cables is a blur of 0.5 to 1.2 px. A camera in
 * front of the screen turns the picture by some degrees.
 */
export interface Chain {
  readonly degrees?: number;
  /** Scaled to this height and back up. px */
  readonly scaledToHeight?: number;
  /** The picture stays at this size. px */
  readonly outputHeight?: number;
  /** Standard deviation of a Gaussian, px. */
  readonly blur?: number;
  /** Exponent on 0..1: below 1 brighter, above 1 darker. */
  readonly gamma?: number;
  /** `limited`: 0..255 becomes 16..235. `clipped`: the wrong way round, 16..235 becomes 0..255. */
  readonly range?: 'limited' | 'clipped';
  /** Standard deviation, of 255, each channel and pixel by itself. */
  readonly noise?: number;
  readonly jpeg?: { readonly quality: number; readonly chroma: '4:4:4' | '4:2:0' };
}

/** A picture as it comes out of a chain, and the JPEG that it came in, where it did. */
export interface Captured {
  readonly pixels: Pixels;
  readonly bytes?: Uint8Array;
}

/** Sends a picture through a chain; the same seed gives the same noise. */
export async function captured(p: Pixels, chain: Chain, seed: number): Promise<Captured> {
  let now = p;
  if (chain.degrees) now = await turned(now, chain.degrees);
  const { width, height } = p;
  if (chain.scaledToHeight !== undefined) {
    const small = {
      width: Math.round((width * chain.scaledToHeight) / height),
      height: chain.scaledToHeight,
    };
    now = await through(await through(now, (one) => one.resize({ ...small, fit: 'fill' })), (one) =>
      one.resize({ width, height, fit: 'fill' }),
    );
  }
  const { blur, outputHeight } = chain;
  if (outputHeight !== undefined) now = await through(now, (one) => one.resize({ height: outputHeight }));
  if (blur !== undefined) now = await through(now, (one) => one.blur(blur));
  now = levelled(now, chain, seeded(seed));
  if (chain.jpeg === undefined) return { pixels: now };
  const { quality, chroma } = chain.jpeg;
  const bytes = await rawOf(now).removeAlpha().jpeg({ quality, chromaSubsampling: chroma }).toBuffer();
  return { pixels: await pixelsOf(sharp(bytes)), bytes };
}

/** Gamma, range and noise. */
function levelled(p: Pixels, { gamma, range, noise }: Chain, random: () => number): Pixels {
  if (gamma === undefined && range === undefined && noise === undefined) return p;
  const curve = Float64Array.from({ length: 256 }, (_, value) => {
    const bent = 255 * (value / 255) ** (gamma ?? 1);
    if (range === 'limited') return 16 + (bent * 219) / 255;
    return range === 'clipped' ? ((bent - 16) * 255) / 219 : bent;
  });
  // Drawn once by Box and Muller; a table is as good, and the noise of a frame a tenth of the time.
  const normal = Float64Array.from(
    { length: 4096 },
    () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()),
  );
  const data = new Uint8ClampedArray(p.data);
  for (let at = 0; at < data.length; at += 1) {
    if (at % 4 === 3) continue;
    const stray = noise === undefined ? 0 : noise * (normal[Math.floor(random() * 4096)] ?? 0);
    data[at] = (curve[data[at] ?? 0] ?? 0) + stray;
  }
  return { ...p, data };
}

async function turned(p: Pixels, degrees: number): Promise<Pixels> {
  const wide = await through(p, (one) => one.rotate(degrees, { background: '#181818' }));
  const left = Math.floor((wide.width - p.width) / 2);
  const top = Math.floor((wide.height - p.height) / 2);
  return through(wide, (one) => one.extract({ left, top, width: p.width, height: p.height }));
}

function through(p: Pixels, change: (picture: Sharp) => Sharp): Promise<Pixels> {
  return pixelsOf(change(rawOf(p)));
}

function rawOf(p: Pixels): Sharp {
  const raw = new Uint8Array(p.data.buffer, p.data.byteOffset, p.data.byteLength);
  return sharp(raw, { raw: { width: p.width, height: p.height, channels: 4 } });
}

async function pixelsOf(picture: Sharp): Promise<Pixels> {
  const { data, info } = await picture.ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  return {
    width: info.width,
    height: info.height,
    data: new Uint8ClampedArray(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength),
  };
}
