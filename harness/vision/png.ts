import sharp from 'sharp';
import { HarnessError } from '../terms/error.ts';
import type { Box, Pixels } from '../terms/frame.ts';

// No picture is decoded twice: what is kept of them would only take room.
sharp.cache(false);

/** Most px of a picture: 8K. A few bytes can claim to be more than a memory holds. */
const LARGEST = 7_680 * 4_320;
const NAMES = { png: 'PNG', jpeg: 'JPEG', webp: 'WebP' } as const;
type Format = keyof typeof NAMES;
/** The end of a JPEG. */
const EOI = Buffer.of(0xff, 0xd9);

/**
 * Decodes a PNG, a JPEG or a WebP to RGBA8.
 * @throws HarnessError FRAME_UNUSABLE where the bytes are no such picture, only a part of one, or larger than 8K.
 */
export async function decodePicture(bytes: Uint8Array): Promise<Pixels> {
  const format = formatOf(bytes);
  if (format === undefined)
    throw new HarnessError('FRAME_UNUSABLE', `${bytes.length} bytes are no PNG, JPEG or WebP.`, {
      hint: 'save it as PNG, JPEG or WebP',
    });
  try {
    const { data, info } = await sharp(bytes, { limitInputPixels: LARGEST })
      .toColourspace('srgb')
      .ensureAlpha()
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    return { width: info.width, height: info.height, data: view(data) };
  } catch (cause) {
    throw await refusal(bytes, format, cause);
  }
}

/** Why a picture could not be decoded, as far as its first and last bytes tell. */
async function refusal(bytes: Uint8Array, format: Format, cause: unknown): Promise<HarnessError> {
  const size = await sharp(bytes, { limitInputPixels: false })
    .metadata()
    .catch(() => undefined);
  if (size !== undefined && size.width * size.height > LARGEST)
    return new HarnessError(
      'FRAME_UNUSABLE',
      `A picture of ${size.width}x${size.height} px is too large; at most ${LARGEST} px may be (7680x4320).`,
      { hint: 'scale it down, or cut out the part that matters', cause },
    );
  const what = `${bytes.length} bytes of ${NAMES[format]}`;
  const end = cutAt(bytes, format);
  if (end !== undefined)
    return new HarnessError('FRAME_UNUSABLE', `${what} are only a part of a picture: ${end}.`, {
      hint: 'copy or capture it again, whole',
      cause,
    });
  const why = cause instanceof Error ? `: ${cause.message}` : '';
  return new HarnessError('FRAME_UNUSABLE', `${what} could not be decoded${why}.`, {
    hint: 'it is damaged: copy or capture it again',
    cause,
  });
}

/**
 * Where a file ends before its picture does; undefined where it has its end. A PNG is a row of chunks to IEND (PNG 5.3), a
 * JPEG ends with EOI (ITU-T T.81, B.1.1.3), a WebP tells its length (RFC 9649, 2.4).
 */
function cutAt(bytes: Uint8Array, format: Format): string | undefined {
  const length = bytes.length;
  const words = new DataView(bytes.buffer, bytes.byteOffset, length);
  if (format === 'jpeg')
    return Buffer.from(bytes.buffer, bytes.byteOffset, length).lastIndexOf(EOI) > 1
      ? undefined
      : `its end mark (FF D9) is not there at byte ${length}`;
  if (format === 'webp') {
    const whole = 8 + words.getUint32(4, true);
    return length >= whole ? undefined : `it should go on to byte ${whole}`;
  }
  let at = 8;
  while (at + 8 <= length) {
    const next = at + 12 + words.getUint32(at);
    const kind = Buffer.from(bytes.subarray(at + 4, at + 8)).toString('latin1');
    if (next > length) return `its chunk ${JSON.stringify(kind)} at byte ${at} should go on to byte ${next}`;
    if (kind === 'IEND') return undefined;
    at = next;
  }
  return `its last chunk, IEND, is not there at byte ${at}`;
}

/** The same bytes, not copied. */
function view({ buffer, byteOffset, byteLength }: Uint8Array<ArrayBuffer>): Uint8ClampedArray<ArrayBuffer> {
  return new Uint8ClampedArray(buffer, byteOffset, byteLength);
}

/** The picture as a capture gives it: through a JPEG of a quality (1 to 100) with colour at half the resolution (4:2:0). */
export async function captured(bytes: Uint8Array, quality: number): Promise<Pixels> {
  return decodePicture(await sharp(bytes).jpeg({ quality, chromaSubsampling: '4:2:0' }).toBuffer());
}

/** Encodes pixels as a PNG without loss; fast rather than small. */
export async function encodePng(p: Pixels): Promise<Uint8Array> {
  const raw = new Uint8Array(p.data.buffer, p.data.byteOffset, p.data.byteLength);
  const picture = sharp(raw, { raw: { width: p.width, height: p.height, channels: 4 } });
  return (isOpaque(p) ? picture.removeAlpha() : picture).png({ compressionLevel: 1 }).toBuffer();
}

/** Encodes pixels as a PNG that is small rather than quickly made: without loss up to 256 colours. Opaque. */
export async function encodeSmallPng(p: Pixels): Promise<Uint8Array> {
  const raw = new Uint8Array(p.data.buffer, p.data.byteOffset, p.data.byteLength);
  return sharp(raw, { raw: { width: p.width, height: p.height, channels: 4 } })
    .removeAlpha()
    .png({ palette: true, colours: 256, dither: 0, effort: 7, compressionLevel: 9 })
    .toBuffer();
}

/**
 * A part of a picture: whole px, as far as the box lies inside.
 * @throws HarnessError FRAME_UNUSABLE where the box lies outside altogether.
 */
export function crop(p: Pixels, box: Box): Pixels {
  const left = Math.max(0, Math.floor(box.x));
  const top = Math.max(0, Math.floor(box.y));
  const width = Math.min(p.width, Math.ceil(box.x + box.width)) - left;
  const height = Math.min(p.height, Math.ceil(box.y + box.height)) - top;
  if (width <= 0 || height <= 0)
    throw new HarnessError(
      'FRAME_UNUSABLE',
      `No part of the box ${box.x},${box.y} ${box.width}x${box.height} is in a picture of ${p.width}x${p.height}.`,
    );
  const data = new Uint8ClampedArray(width * height * 4);
  for (let row = 0; row < height; row += 1) {
    const from = ((top + row) * p.width + left) * 4;
    data.set(p.data.subarray(from, from + width * 4), row * width * 4);
  }
  return { width, height, data };
}

/** By the first bytes (PNG 5.2; JPEG SOI and the marker after it; RFC 9649, 2.4: RIFF, a length, WEBP). */
function formatOf(bytes: Uint8Array): Format | undefined {
  const starts = (signature: readonly number[], from = 0) =>
    signature.every((byte, index) => bytes[from + index] === byte);
  if (starts([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])) return 'png';
  if (starts([0x52, 0x49, 0x46, 0x46]) && starts([0x57, 0x45, 0x42, 0x50], 8)) return 'webp';
  return starts([0xff, 0xd8, 0xff]) ? 'jpeg' : undefined;
}

function isOpaque(p: Pixels): boolean {
  for (let at = 3; at < p.data.length; at += 4) if (p.data[at] !== 255) return false;
  return true;
}
