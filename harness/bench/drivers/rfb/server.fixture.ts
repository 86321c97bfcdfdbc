import { createServer, type Socket } from 'node:net';
import { type ByteStream, byteStream } from './bytes.ts';
import { passwordResponse } from './handshake.ts';

/** What came in: keys and pointers, in order. */
export type RfbEvent =
  | { readonly kind: 'key'; readonly keysym: number; readonly down: boolean }
  | { readonly kind: 'pointer'; readonly buttons: number; readonly x: number; readonly y: number };

/** How a server behaves. */
export interface RfbServerOptions {
  readonly width: number;
  readonly height: number;
  readonly greeting?: string;
  /** Security types offered; default None. Without any: refused, for this reason. */
  readonly security?: readonly number[];
  readonly refusal?: string;
  readonly password?: string;
  /** Answers no request for pixels. */
  readonly silent?: boolean;
}

export interface RfbServer extends AsyncDisposable {
  readonly port: number;
  readonly events: readonly RfbEvent[];
  readonly encodings: readonly number[];
  /** Sends a message as it is. */
  send(message: Buffer): void;
  /** The whole picture has this colour from now on, and the client is told. */
  fill(red: number, green: number, blue: number): void;
  /** Copies a rectangle, and tells the client to do the same. */
  copy(from: { readonly x: number; readonly y: number }, to: Rect): void;
  /** The picture is of another size, and black. */
  resize(width: number, height: number): void;
  cut(): void;
}
interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A small RFB 3.8 server on loopback with one colour; pixels of 32 bits only, as the client has to ask for. */
export async function serveRfb(options: RfbServerOptions): Promise<RfbServer> {
  const events: RfbEvent[] = [];
  let encodings: readonly number[] = [];
  let size = { width: options.width, height: options.height };
  let colour = [0, 0, 0];
  let client: Socket | undefined;
  const rectangle = ({ x, y, width, height }: Rect, encoding: number) => {
    const head = Buffer.alloc(12);
    for (const [at, value] of [x, y, width, height].entries()) head.writeUInt16BE(value, at * 2);
    head.writeInt32BE(encoding, 8);
    return head;
  };
  const update = (...parts: readonly Buffer[]) => {
    const head = Buffer.alloc(4);
    head.writeUInt16BE(1, 2);
    client?.write(Buffer.concat([head, ...parts]));
  };
  const painted = (rect: Rect) => {
    const pixel = Buffer.from([...colour, 0x5a]);
    update(rectangle(rect, 0), Buffer.alloc(rect.width * rect.height * 4, pixel));
  };

  async function greet(socket: Socket, bytes: ByteStream): Promise<void> {
    socket.write(options.greeting ?? 'RFB 003.008\n');
    const answer = (await bytes.take(12)).toString('latin1');
    if (answer !== 'RFB 003.008\n') throw new Error(`the client says ${answer}`);
    const security = options.security ?? [1];
    socket.write(Buffer.from([security.length, ...security]));
    if (security.length === 0) return void socket.end(reason(options.refusal ?? ''));
    const [chosen] = await bytes.take(1);
    let right = chosen === 1;
    if (chosen === 2) {
      const challenge = Buffer.from('0123456789abcdef');
      socket.write(challenge);
      right = passwordResponse(challenge, options.password ?? '').equals(await bytes.take(16));
    }
    socket.write(Buffer.from([0, 0, 0, right ? 0 : 1]));
    if (!right) return void socket.end(reason(options.refusal ?? 'Authentication failed'));
    await bytes.take(1);
    const init = Buffer.alloc(24);
    init.writeUInt16BE(size.width, 0);
    init.writeUInt16BE(size.height, 2);
    init.writeUInt32BE(4, 20);
    socket.write(Buffer.concat([init, Buffer.from('test')]));
    for (;;) await hear(bytes);
  }

  /** Hears one message of the client. */
  async function hear(bytes: ByteStream): Promise<void> {
    const [kind] = await bytes.take(1);
    switch (kind) {
      case 0: {
        const format = (await bytes.take(19)).subarray(3);
        const wanted = [32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 0, 8, 16, 0, 0, 0];
        if (!format.equals(Buffer.from(wanted))) throw new Error(`pixels of ${format.toString('hex')}`);
        return;
      }
      case 2: {
        const list = await bytes.take((await bytes.take(3)).readUInt16BE(1) * 4);
        encodings = Array.from({ length: list.length / 4 }, (_, at) => list.readInt32BE(at * 4));
        return;
      }
      case 3: {
        const request = await bytes.take(9);
        const [x = 0, y = 0, width = 0, height = 0] = [1, 3, 5, 7].map((at) => request.readUInt16BE(at));
        if (x + width > size.width || y + height > size.height) return;
        if (request[0] === 0 && options.silent !== true) painted({ x, y, width, height });
        return;
      }
      case 4: {
        const key = await bytes.take(7);
        events.push({ kind: 'key', keysym: key.readUInt32BE(3), down: key[0] === 1 });
        return;
      }
      case 5: {
        const pointer = await bytes.take(5);
        const [x, y] = [pointer.readUInt16BE(1), pointer.readUInt16BE(3)];
        events.push({ kind: 'pointer', buttons: pointer[0] ?? 0, x, y });
        return;
      }
      default:
        throw new Error(`the client sent a message of kind ${kind}`);
    }
  }

  const server = createServer((socket) => {
    client = socket;
    // The end of the connection ends the hearing.
    greet(socket, byteStream(socket)).catch(() => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    events,
    get encodings() {
      return encodings;
    },
    send: (message) => void client?.write(message),
    fill(...rgb) {
      colour = rgb;
      painted({ x: 0, y: 0, ...size });
    },
    copy(from, to) {
      const source = Buffer.alloc(4);
      source.writeUInt16BE(from.x, 0);
      source.writeUInt16BE(from.y, 2);
      update(rectangle(to, 1), source);
    },
    resize(width, height) {
      size = { width, height };
      colour = [0, 0, 0];
      update(rectangle({ x: 0, y: 0, ...size }, -223));
    },
    cut: () => client?.destroy(),
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        client?.destroy();
        server.close(() => resolve());
      }),
  };
}

function reason(text: string): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(text.length);
  return Buffer.concat([length, Buffer.from(text)]);
}
