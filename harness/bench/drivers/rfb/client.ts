import { connect, type Socket } from 'node:net';
import { type ByteStream, byteStream } from './bytes.ts';
import { type Canvas, copyRect, holds, newCanvas, paint, type Rect } from './canvas.ts';
import { shakeHands } from './handshake.ts';
import {
  ENCODING,
  FROM_SERVER,
  keyEvent,
  pointerEvent,
  setEncodings,
  setPixelFormat,
  updateRequest,
} from './messages.ts';

export interface RfbOptions {
  readonly host: string;
  readonly port: number;
  readonly password?: string | undefined;
  /** `out`: the server leaves the pointer out of the picture; `in`: it paints it. */
  readonly pointer: 'in' | 'out';
  /** Ends the greeting. */
  readonly signal: AbortSignal;
}

/**
 * A connection to a VNC server whose picture is kept up to date. Methods reject with the reason once the connection is
 * gone.
 */
export interface RfbClient {
  readonly name: string;
  /** The picture as it is at this moment; between two turns of the event loop it is whole only after {@link sync}. */
  readonly canvas: Canvas;
  /** Counts the updates that changed something. */
  readonly version: number;
  /**
   * Resolves when the server has done all that was sent before, and the picture shows what it had by then. Where the
   * corner of the picture moves all the time, it may be older by the one update that was under way.
   */
  sync(): Promise<void>;
  pointer(buttons: number, x: number, y: number): void;
  key(keysym: number, down: boolean): void;
  /** Why the connection is gone. */
  readonly lost: Error | undefined;
  close(): void;
}

/** @throws Error with the reason; HarnessError where the greeting fails */
export async function openRfb(options: RfbOptions): Promise<RfbClient> {
  const { signal } = options;
  const socket = connect({ host: options.host, port: options.port, noDelay: true, keepAlive: true });
  const stop = () => socket.destroy(signal.reason instanceof Error ? signal.reason : new Error('given up'));
  signal.addEventListener('abort', stop, { once: true });
  try {
    const bytes = byteStream(socket);
    const { width, height, name } = await shakeHands(socket, bytes, options.password);
    const client = new Client(socket, bytes, newCanvas(width, height), name);
    await client.start(options.pointer);
    return client;
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

class Client implements RfbClient {
  readonly name: string;
  canvas: Canvas;
  version = 0;
  lost: Error | undefined;
  readonly #socket: Socket;
  readonly #bytes: ByteStream;
  /** The request whose answer is waited for, and the one after it: a server may answer two at once. */
  #asked:
    | { readonly promise: Promise<void>; resolve: () => void; reject: (error: Error) => void }
    | undefined;
  #next: Promise<void> | undefined;
  /** Pixels of a new picture that have not come yet; 0: it is whole. */
  #missing = 0;

  constructor(socket: Socket, bytes: ByteStream, canvas: Canvas, name: string) {
    this.#socket = socket;
    this.#bytes = bytes;
    this.canvas = canvas;
    this.name = name;
  }

  /** Asks for the whole picture, and waits for it. */
  async start(pointer: 'in' | 'out'): Promise<void> {
    const cursor = pointer === 'out' ? [ENCODING.cursor] : [];
    const sizes = [ENCODING.extendedDesktopSize, ENCODING.desktopSize];
    this.#socket.write(setPixelFormat());
    this.#socket.write(setEncodings([ENCODING.copyRect, ENCODING.raw, ...sizes, ...cursor]));
    this.#listen().catch((error: Error) => this.#end(error));
    this.#missing = this.canvas.width * this.canvas.height;
    this.#socket.write(updateRequest(true, this.#whole()));
    await this.#ask(updateRequest(false, this.#whole()));
  }

  sync(): Promise<void> {
    // One pixel, whether it has changed or not: the answer has all changes of the whole picture with it, which are
    // always asked for, and comes after all that was sent before has been done.
    if (this.#asked === undefined)
      return this.#ask(updateRequest(false, { x: 0, y: 0, width: 1, height: 1 }));
    this.#next ??= this.#asked.promise.then(() => {
      this.#next = undefined;
      return this.sync();
    });
    return this.#next;
  }

  pointer(buttons: number, x: number, y: number): void {
    this.#socket.write(pointerEvent(buttons, x, y));
  }

  key(keysym: number, down: boolean): void {
    this.#socket.write(keyEvent(keysym, down));
  }

  close(): void {
    this.#end(new Error('the connection was closed by this program'));
  }

  #ask(request: Buffer): Promise<void> {
    if (this.lost !== undefined) return Promise.reject(this.lost);
    const asked = Promise.withResolvers<void>();
    this.#asked = asked;
    this.#socket.write(request);
    return asked.promise;
  }

  #end(error: Error): void {
    this.lost ??= error;
    this.#socket.destroy();
    this.#asked?.reject(this.lost);
    this.#asked = undefined;
  }

  #whole(): Rect {
    return { x: 0, y: 0, width: this.canvas.width, height: this.canvas.height };
  }

  async #listen(): Promise<never> {
    for (;;) {
      const kind = (await this.#bytes.take(1))[0];
      if (kind === FROM_SERVER.update) await this.#update();
      else if (kind === FROM_SERVER.bell) continue;
      else if (kind === FROM_SERVER.cutText)
        await this.#bytes.skip((await this.#bytes.take(7)).readUInt32BE(3));
      else if (kind === FROM_SERVER.colourMap)
        await this.#bytes.skip((await this.#bytes.take(5)).readUInt16BE(3) * 6);
      else throw new Error(`the server sent a message of unknown kind ${kind}`);
    }
  }

  async #update(): Promise<void> {
    const count = (await this.#bytes.take(3)).readUInt16BE(1);
    const before = this.canvas;
    let corner = false;
    for (let at = 0; at < count; at += 1) corner = (await this.#rectangle()) || corner;
    // The changes that come next are asked for before anybody looks at these.
    if (this.canvas !== before) this.#socket.write(updateRequest(false, this.#whole()));
    this.#socket.write(updateRequest(true, this.#whole()));
    if (!corner || this.#missing > 0) return;
    this.#asked?.resolve();
    this.#asked = undefined;
  }

  /** Reads one; answers whether it has the pixel that a {@link sync} asks for. */
  async #rectangle(): Promise<boolean> {
    const head = await this.#bytes.take(12);
    const rect = {
      x: head.readUInt16BE(0),
      y: head.readUInt16BE(2),
      width: head.readUInt16BE(4),
      height: head.readUInt16BE(6),
    };
    const encoding = head.readInt32BE(8);
    switch (encoding) {
      case ENCODING.raw:
        this.#within(rect);
        await this.#raw(rect);
        break;
      case ENCODING.copyRect: {
        const from = await this.#bytes.take(4);
        const source = { ...rect, x: from.readUInt16BE(0), y: from.readUInt16BE(2) };
        this.#within(rect);
        this.#within(source);
        copyRect(this.canvas, source, rect);
        break;
      }
      case ENCODING.cursor:
        // The pointer's shape: pixels, then a mask of one bit each.
        await this.#bytes.skip(rect.width * rect.height * 4 + Math.ceil(rect.width / 8) * rect.height);
        return false;
      case ENCODING.extendedDesktopSize:
        await this.#bytes.skip(((await this.#bytes.take(4))[0] ?? 0) * 16);
        this.#resize(rect);
        return false;
      case ENCODING.desktopSize:
        this.#resize(rect);
        return false;
      default:
        throw new Error(`the server sent an encoding that was not asked for: ${encoding}`);
    }
    this.version += 1;
    this.#missing = Math.max(0, this.#missing - rect.width * rect.height);
    return rect.x === 0 && rect.y === 0;
  }

  async #raw(rect: Rect): Promise<void> {
    const length = rect.width * rect.height * 4;
    for (let done = 0; done < length; ) {
      const piece = await this.#bytes.some(length - done);
      paint(this.canvas, rect, done, piece);
      done += piece.length;
    }
  }

  #resize({ width, height }: Rect): void {
    if (width === this.canvas.width && height === this.canvas.height) return;
    this.canvas = newCanvas(width, height);
    this.#missing = width * height;
    this.version += 1;
  }

  #within(rect: Rect): void {
    if (holds(this.canvas, rect)) return;
    const { width, height } = this.canvas;
    throw new Error(
      `the server sent ${rect.width}x${rect.height} px at ${rect.x},${rect.y} of a picture of ${width}x${height}`,
    );
  }
}
