import type { Socket } from 'node:net';

/** The bytes of a socket, taken in the order in which they come. All that waits rejects once the socket is gone. */
export interface ByteStream {
  /** Exactly so many bytes. */
  take(length: number): Promise<Buffer>;
  /** What is there, at least one byte and at most so many. */
  some(most: number): Promise<Buffer>;
  /** Leaves so many bytes out. */
  skip(length: number): Promise<void>;
}

/** Reads a socket; nobody else may. */
export function byteStream(socket: Socket): ByteStream {
  const chunks: Buffer[] = [];
  let ended: Error | undefined;
  let wake: (() => void) | undefined;
  const ring = () => {
    wake?.();
    wake = undefined;
  };
  const end = (error: Error) => {
    ended ??= error;
    ring();
  };
  socket.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    ring();
  });
  socket.on('error', end);
  socket.on('close', () => end(new Error('the connection was closed')));

  async function some(most: number): Promise<Buffer> {
    for (;;) {
      const first = chunks[0];
      if (first !== undefined) {
        if (first.length <= most) {
          chunks.shift();
          return first;
        }
        chunks[0] = first.subarray(most);
        return first.subarray(0, most);
      }
      if (ended !== undefined) throw ended;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  }
  return {
    some,
    async take(length) {
      const parts: Buffer[] = [];
      let left = length;
      while (left > 0) {
        const part = await some(left);
        parts.push(part);
        left -= part.length;
      }
      return parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts, length);
    },
    async skip(length) {
      for (let left = length; left > 0; ) left -= (await some(left)).length;
    },
  };
}
