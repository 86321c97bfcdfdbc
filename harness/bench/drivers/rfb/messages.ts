/** Messages to a VNC server (RFC 6143, 7.5) and numbers of encodings (7.7, 7.8, and the RFB registry). */

export const ENCODING = {
  raw: 0,
  copyRect: 1,
  cursor: -239,
  desktopSize: -223,
  extendedDesktopSize: -308,
} as const;

/** Kinds of messages from the server (RFC 6143, 7.6). */
export const FROM_SERVER = { update: 0, colourMap: 1, bell: 2, cutText: 3 } as const;

/** Asks for pixels of 32 bits whose bytes are red, green, blue and one that means nothing. */
export function setPixelFormat(): Buffer {
  const message = Buffer.alloc(20);
  // Bits per pixel, depth, big-endian, true colour; then the largest value and the shift of each colour.
  message.set([32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 0, 8, 16], 4);
  return message;
}

export function setEncodings(encodings: readonly number[]): Buffer {
  const message = Buffer.alloc(4 + 4 * encodings.length);
  message[0] = 2;
  message.writeUInt16BE(encodings.length, 2);
  for (const [at, encoding] of encodings.entries()) message.writeInt32BE(encoding, 4 + 4 * at);
  return message;
}

/** Asks for a part of the picture: at once, or (incremental) once something in it has changed. */
export function updateRequest(
  incremental: boolean,
  {
    x,
    y,
    width,
    height,
  }: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
): Buffer {
  const message = Buffer.alloc(10);
  message[0] = 3;
  message[1] = incremental ? 1 : 0;
  for (const [at, value] of [x, y, width, height].entries()) message.writeUInt16BE(value, 2 + 2 * at);
  return message;
}

export function keyEvent(keysym: number, down: boolean): Buffer {
  const message = Buffer.alloc(8);
  message[0] = 4;
  message[1] = down ? 1 : 0;
  message.writeUInt32BE(keysym, 4);
  return message;
}

/** @param buttons bit 0 left, bit 1 middle, bit 2 right */
export function pointerEvent(buttons: number, x: number, y: number): Buffer {
  const message = Buffer.alloc(6);
  message[0] = 5;
  message[1] = buttons;
  message.writeUInt16BE(x, 2);
  message.writeUInt16BE(y, 4);
  return message;
}
