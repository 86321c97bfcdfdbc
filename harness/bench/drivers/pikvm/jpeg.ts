/** What a JPEG says of itself, or why it is none. */
export type JpegCheck =
  | { readonly kind: 'whole'; readonly width: number; readonly height: number }
  | { readonly kind: 'unusable'; readonly why: string };

/** Markers without a length: TEM, RST0..RST7, SOI (ITU-T T.81, table B.1). */
const ALONE = new Set([0x01, 0xd0, 0xd1, 0xd2, 0xd3, 0xd4, 0xd5, 0xd6, 0xd7, 0xd8]);
/** In the range of frame headers, but tables or reserved: DHT, JPG, DAC. */
const NO_FRAME = new Set([0xc4, 0xc8, 0xcc]);
const EOI = 0xd9;
const SOS = 0xda;

/**
 * Reads the size of a JPEG from its frame header (ITU-T T.81, B.2.2), and sees that it is whole: that it ends with an
 * end-of-image marker. Zero bytes after it, as capture drivers leave them, are allowed. The picture is not decoded.
 */
export function checkJpeg(bytes: Uint8Array): JpegCheck {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8 || bytes[2] !== 0xff)
    return unusable(`${bytes.length} bytes that are no JPEG (they begin with ${begin(bytes)})`);
  const size = sizeOf(bytes);
  if (size === undefined) return unusable(`a JPEG of ${bytes.length} bytes without a frame header`);
  let last = bytes.length - 1;
  while (last > 0 && bytes[last] === 0) last -= 1;
  if (bytes[last] !== EOI || bytes[last - 1] !== 0xff)
    return unusable(`a torn JPEG: its ${bytes.length} bytes have no end-of-image marker`);
  if (size.width === 0 || size.height === 0) return unusable(`a JPEG of ${size.width}x${size.height} px`);
  return { kind: 'whole', ...size };
}

function sizeOf(bytes: Uint8Array): { readonly width: number; readonly height: number } | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 2;
  while (at + 9 <= bytes.length) {
    if (bytes[at] !== 0xff) return undefined;
    const marker = bytes[at + 1] ?? 0;
    if (marker === 0xff) at += 1;
    else if (ALONE.has(marker)) at += 2;
    else if (marker === SOS || marker === EOI) return undefined;
    else if (marker >= 0xc0 && marker <= 0xcf && !NO_FRAME.has(marker))
      return { height: view.getUint16(at + 5), width: view.getUint16(at + 7) };
    else at += 2 + view.getUint16(at + 2);
  }
  return undefined;
}

function begin(bytes: Uint8Array): string {
  return bytes.length === 0 ? 'nothing' : Buffer.from(bytes.subarray(0, 8)).toString('hex');
}

function unusable(why: string): JpegCheck {
  return { kind: 'unusable', why };
}
