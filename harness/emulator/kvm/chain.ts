import { isDeepStrictEqual } from 'node:util';
import sharp, { type Sharp } from 'sharp';
import type { CaptureChain } from '../../wire/emulator.ts';
import type { CastFormat, PageFrame } from './screen.ts';

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Samples of the noise that are drawn once; a power of two. */
const SAMPLES = 1 << 18;

/** Whether the browser's own JPEG (4:2:0) is what the chain makes of the picture. */
function isPlain(chain: CaptureChain): boolean {
  const { chroma, scaledToHeight, outputHeight, noise, gamma, range } = chain;
  return (
    chroma === '4:2:0' &&
    scaledToHeight === undefined &&
    outputHeight === undefined &&
    (noise ?? 0) === 0 &&
    (gamma ?? 1) === 1 &&
    range !== 'limited'
  );
}

/** How the browser sends pictures for a chain: finished where it can, else without loss. */
export function castOf(chain: CaptureChain): CastFormat {
  return isPlain(chain) ? { format: 'jpeg', quality: chain.quality } : { format: 'png' };
}

/** Size of what comes out at the end of a chain. */
export function outputOf(size: Size, { outputHeight }: CaptureChain): Size {
  return outputHeight === undefined ? size : scaled(size, outputHeight);
}

/** Sends a picture through a chain; gives a JPEG. */
export type Capture = (frame: PageFrame) => Promise<Buffer>;

/**
 * The way of a picture from the HDMI socket to the JPEG: range and gamma of the bridge, scaler, noise, encoder.
 * @param random 0 <= x < 1; draws the noise, each time anew
 */
export function captureOf(chain: CaptureChain, size: Size, random: () => number): Capture {
  const cast = castOf(chain);
  const tones = tonesOf(chain);
  const output = outputOf(size, chain);
  const sigma = chain.noise ?? 0;
  const noise = sigma > 0 ? gaussian(sigma, random) : undefined;
  return async ({ image, format }) => {
    // A frame that stays may have been sent for another chain.
    if (format.format === 'jpeg' && isDeepStrictEqual(format, cast)) return image;
    let picture = sharp(image).removeAlpha();
    if (chain.scaledToHeight !== undefined) {
      const small = scaled(size, chain.scaledToHeight);
      const { data, info } = await resized(picture, small).raw().toBuffer({ resolveWithObject: true });
      picture = sharp(data, { raw: { width: info.width, height: info.height, channels: 3 } });
    }
    const { data, info } = await resized(picture, output).raw().toBuffer({ resolveWithObject: true });
    if (tones !== undefined) for (let at = 0; at < data.length; at += 1) data[at] = tones[data[at] ?? 0] ?? 0;
    if (noise !== undefined) addNoise(data, info.width * 3, noise, random);
    return sharp(data, { raw: { width: info.width, height: info.height, channels: 3 } })
      .jpeg({ quality: chain.quality, chromaSubsampling: chain.chroma })
      .toBuffer();
  };
}

/** Scalers of capture cards are no better than bilinear. */
function resized(picture: Sharp, { width, height }: Size): Sharp {
  return picture.resize({ width, height, fit: 'fill', kernel: 'linear' });
}

function scaled({ width, height }: Size, to: number): Size {
  return { width: Math.max(2, Math.round((width * to) / height / 2) * 2), height: to };
}

/** What becomes of each of the 256 tones; undefined where nothing does. */
function tonesOf({ gamma = 1, range = 'full' }: CaptureChain): Uint8ClampedArray | undefined {
  if (gamma === 1 && range === 'full') return undefined;
  return Uint8ClampedArray.from({ length: 256 }, (_, tone) => {
    const bent = 255 * (tone / 255) ** gamma;
    return Math.round(range === 'limited' ? 16 + (bent * 219) / 255 : bent);
  });
}

/** Normally distributed samples (Box-Muller). */
function gaussian(sigma: number, random: () => number): Float32Array {
  return Float32Array.from(
    { length: SAMPLES },
    () => sigma * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()),
  );
}

/** Each line takes its noise from another place, so that no two pictures have the same. */
function addNoise(data: Buffer, line: number, noise: Float32Array, random: () => number): void {
  const clamped = new Uint8ClampedArray(data.buffer, data.byteOffset, data.length);
  for (let start = 0; start < clamped.length; start += line) {
    const end = Math.min(start + line, clamped.length);
    let from = Math.floor(random() * SAMPLES);
    for (let at = start; at < end; at += 1) {
      clamped[at] = (clamped[at] ?? 0) + (noise[from] ?? 0);
      from = (from + 1) & (SAMPLES - 1);
    }
  }
}
