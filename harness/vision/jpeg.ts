import type { Calibration } from '../terms/calibration.ts';

/** What the header of a JPEG says about how much was lost. */
export interface JpegFacts {
  /** 1..100 as libjpeg counts; that of the nearest where the tables are not libjpeg's. */
  readonly quality: number;
  readonly chroma: Exclude<Calibration['chroma'], undefined>;
}

/** Sum of the example table for luminance (ITU-T T.81, Annex K.1), which libjpeg scales by the quality. */
const ANNEX_K = [
  16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22,
  29, 51, 87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103,
  121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
].sort((a, b) => a - b);
const [DQT, SOS] = [0xdb, 0xda];
/** Frames that are Huffman-coded and not lossless: baseline, extended, progressive. */
const SOF = [0xc0, 0xc1, 0xc2];

/** Reads quantisation and sampling from the segments before the picture (ITU-T T.81, Annex B); undefined: no JPEG. */
export function jpegFacts(bytes: Uint8Array): JpegFacts | undefined {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return undefined;
  let luminance: readonly number[] | undefined;
  let chroma: JpegFacts['chroma'] | undefined;
  for (let at = 2; bytes[at] === 0xff && bytes[at + 1] !== SOS; ) {
    const kind = bytes[at + 1] ?? 0;
    const length = word(bytes, at + 2);
    const segment = bytes.subarray(at + 4, at + 2 + length);
    if (kind === DQT) luminance ??= tableZero(segment);
    if (SOF.includes(kind)) chroma = chromaOf(segment);
    at += 2 + Math.max(2, length);
  }
  return luminance === undefined || chroma === undefined
    ? undefined
    : { quality: qualityOf(luminance), chroma };
}

/** The table with the number 0, which by custom is that of luminance; one segment may hold several. */
function tableZero(segment: Uint8Array): readonly number[] | undefined {
  for (let at = 0; at < segment.length; ) {
    const [precision, number] = [(segment[at] ?? 0) >> 4, (segment[at] ?? 0) & 15];
    const size = precision === 0 ? 1 : 2;
    const table = Array.from({ length: 64 }, (_, index) =>
      size === 1 ? (segment[at + 1 + index] ?? 0) : word(segment, at + 1 + 2 * index),
    );
    if (number === 0) return table;
    at += 1 + 64 * size;
  }
  return undefined;
}

/** The quality whose table is nearest. The order of a table's values does not matter for that: all are scaled alike. */
function qualityOf(table: readonly number[]): number {
  const sorted = table.toSorted((a, b) => a - b);
  let best = { quality: 1, off: Number.POSITIVE_INFINITY };
  for (let quality = 1; quality <= 100; quality += 1) {
    const percent = quality < 50 ? 5000 / quality : 200 - 2 * quality;
    const off = ANNEX_K.reduce((sum, value, index) => {
      const scaled = Math.min(255, Math.max(1, Math.floor((value * Math.floor(percent) + 50) / 100)));
      return sum + Math.abs(scaled - (sorted[index] ?? 0));
    }, 0);
    if (off < best.off) best = { quality, off };
  }
  return best.quality;
}

/** By the sampling factors of luminance; those of both chrominances are 1 in what is met. */
function chromaOf(frame: Uint8Array): JpegFacts['chroma'] {
  const components = frame[5] ?? 0;
  if (components < 3) return 'other';
  switch (frame[7]) {
    case 0x11:
      return '4:4:4';
    case 0x21:
      return '4:2:2';
    case 0x22:
      return '4:2:0';
    default:
      return 'other';
  }
}

function word(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}
