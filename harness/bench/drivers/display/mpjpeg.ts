import { HarnessError } from '../../../terms/error.ts';

/** Longest head of a part, bytes. */
const LONGEST_HEAD = 1000;

/** Longest picture, bytes: a JPEG of 4K at the best quality has a fourth of it. */
const LONGEST_PICTURE = 32 * 1024 * 1024;

/**
 * Cuts ffmpeg's `mpjpeg` output into its pictures, as bytes come: each part has a head with its length ("--ffmpeg",
 * "Content-type: image/jpeg", "Content-length: N", an empty line), and a line end behind it.
 * @throws HarnessError FRAME_UNUSABLE where what comes is no such output
 */
export function mpjpegReader(): (bytes: Buffer) => readonly Buffer[] {
  let head = Buffer.alloc(0);
  /** What is there of the picture that has begun. */
  let part: Buffer | undefined;
  let filled = 0;
  return (bytes) => {
    const pictures: Buffer[] = [];
    let rest = bytes;
    while (rest.length > 0) {
      if (part === undefined) {
        head = Buffer.concat([head, rest]);
        const end = head.indexOf('\r\n\r\n');
        if (end < 0 && head.length <= LONGEST_HEAD) break;
        const length = /content-length: (\d+)/i.exec(head.toString('latin1', 0, Math.max(0, end)))?.[1];
        if (length === undefined) throw strange('a picture has no length');
        if (Number(length) > LONGEST_PICTURE) throw strange(`a picture has ${length} bytes`);
        rest = head.subarray(end + 4);
        head = Buffer.alloc(0);
        part = Buffer.allocUnsafeSlow(Number(length));
        filled = 0;
      }
      const taken = rest.copy(part, filled);
      filled += taken;
      rest = rest.subarray(taken);
      if (filled < part.length) break;
      pictures.push(part);
      part = undefined;
    }
    return pictures;
  };
}

function strange(what: string): HarnessError {
  return new HarnessError('FRAME_UNUSABLE', `what ffmpeg gives is no stream of pictures: ${what}`, {
    port: 'display',
  });
}

/**
 * The size that a JPEG says it has; undefined where it is none, or was cut off.
 * Source: ITU-T T.81, B.1.1.2 (markers) and B.2.2 (frame header).
 */
export function jpegSize(bytes: Buffer): { readonly width: number; readonly height: number } | undefined {
  if (bytes.length < 4 || bytes.readUInt16BE(0) !== 0xffd8) return undefined;
  if (bytes.readUInt16BE(bytes.length - 2) !== 0xffd9) return undefined;
  for (let at = 2; at + 9 <= bytes.length && bytes[at] === 0xff; at += 2 + bytes.readUInt16BE(at + 2)) {
    const marker = bytes[at + 1] ?? 0;
    // SOF0 to SOF15, without the three that only look like them.
    if (marker < 0xc0 || marker > 0xcf || [0xc4, 0xc8, 0xcc].includes(marker)) continue;
    return { height: bytes.readUInt16BE(at + 5), width: bytes.readUInt16BE(at + 7) };
  }
  return undefined;
}
