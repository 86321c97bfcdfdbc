// What a capture chain does to a picture between the recorder's HDMI socket and the harness.
import sharp from 'sharp';
import type { Pixels } from '../../../harness/terms/frame.ts';
import { decodePicture } from '../../../harness/vision/png.ts';

/** A capture chain; each part is left out where undefined. */
export interface Chain {
  readonly name: string;
  /** JPEG quality, 1..100; without it nothing is encoded. */
  readonly quality?: number;
  readonly chroma?: '4:4:4' | '4:2:0';
  /** Scaled down by this factor, and up again. */
  readonly scale?: number;
  /** Standard deviation of the noise, of 255. */
  readonly noise?: number;
  /** Exponent: below 1 brighter, above 1 darker. */
  readonly gamma?: number;
  /** 0..255 becomes 16..235. */
  readonly limited?: boolean;
}

/** From none to bad; each after the first is a way in which real chains are bad. */
export const CHAINS: readonly Chain[] = [
  { name: 'lossless' },
  { name: 'JPEG 90', quality: 90, chroma: '4:4:4' },
  { name: 'JPEG 60 4:2:0', quality: 60, chroma: '4:2:0' },
  { name: 'JPEG 40 4:2:0', quality: 40, chroma: '4:2:0' },
  { name: 'noise 5, JPEG 80', noise: 5, quality: 80, chroma: '4:2:0' },
  { name: 'gamma 0.85, JPEG 80', gamma: 0.85, quality: 80, chroma: '4:2:0' },
  { name: 'gamma 1.2, JPEG 80', gamma: 1.2, quality: 80, chroma: '4:2:0' },
  { name: 'limited range, JPEG 80', limited: true, quality: 80, chroma: '4:2:0' },
  { name: 'scaled 2/3 and back, JPEG 80', scale: 2 / 3, quality: 80, chroma: '4:2:0' },
  { name: 'all of it', scale: 2 / 3, limited: true, gamma: 1.1, noise: 4, quality: 60, chroma: '4:2:0' },
];

/** The picture at the end of a chain; the same for the same picture and chain. */
export async function degrade(p: Pixels, chain: Chain): Promise<Pixels> {
  let picture = p;
  if (chain.scale !== undefined) picture = await scaledAndBack(picture, chain.scale);
  picture = levelled(picture, chain);
  if (chain.quality === undefined) return picture;
  const chromaSubsampling = chain.chroma ?? '4:4:4';
  const bytes = await rawOf(picture).jpeg({ quality: chain.quality, chromaSubsampling }).toBuffer();
  return decodePicture(bytes);
}

async function scaledAndBack(p: Pixels, scale: number): Promise<Pixels> {
  const [width, height] = [Math.round(p.width * scale), Math.round(p.height * scale)];
  const small = await rawOf(p).resize(width, height, { kernel: 'cubic' }).png().toBuffer();
  return decodePicture(await sharp(small).resize(p.width, p.height, { kernel: 'cubic' }).png().toBuffer());
}

function levelled(p: Pixels, { gamma = 1, limited = false, noise = 0 }: Chain): Pixels {
  if (gamma === 1 && !limited && noise === 0) return p;
  const table = Array.from({ length: 256 }, (_, level) => {
    const bent = 255 * (level / 255) ** gamma;
    return limited ? 16 + (bent * 219) / 255 : bent;
  });
  const random = generator(20_000_003);
  const data = new Uint8ClampedArray(p.data.length);
  for (let at = 0; at < data.length; at += 1)
    data[at] =
      at % 4 === 3 ? 255 : (table[p.data[at] ?? 0] ?? 0) + (noise === 0 ? 0 : noise * normal(random));
  return { ...p, data };
}

function rawOf(p: Pixels) {
  const bytes = Buffer.from(p.data.buffer, p.data.byteOffset, p.data.byteLength);
  return sharp(bytes, { raw: { width: p.width, height: p.height, channels: 4 } }).removeAlpha();
}

/** Numbers in 0..1 that are the same each time (mulberry32). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Standard normal, near enough: the sum of four even ones. */
function normal(random: () => number): number {
  return (random() + random() + random() + random() - 2) * Math.sqrt(3);
}
