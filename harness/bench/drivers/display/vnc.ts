import sharp from 'sharp';
import type { Clock } from '../../../terms/clock.ts';
import { HarnessError } from '../../../terms/error.ts';
import type { Frame } from '../../../terms/frame.ts';
import type { Display } from '../../ports/display.ts';
import { openRfb, type RfbClient } from '../rfb/client.ts';
import { rfbInput } from '../rfb/input.ts';

export interface VncDisplayOptions {
  readonly host: string;
  readonly port: number;
  /** Its first 8 characters count: VNC takes no more. */
  readonly password?: string;
  /** The recorder's size, px: a picture of another is refused. Default: whatever comes. */
  readonly size?: { readonly width: number; readonly height: number };
  /** Whether the mouse pointer is left out of the picture, where the server paints it at all. Default out. */
  readonly pointer?: 'in' | 'out';
  readonly clock: Clock;
  /** Longest time for the greeting, and for each answer, ms. Default 5,000. */
  readonly timeoutMs?: number;
  /**
   * How long a mouse button is held for a click, how long the pointer rests after it, and a drag at each of its points, ms.
   * Default 50: a menu that looks 25 times a second sees it.
   */
  readonly holdMs?: number;
  /** Time between two characters of a text, ms. Default 0. */
  readonly keyDelayMs?: number;
}

const TIMEOUT_MS = 5_000;
const HOLD_MS = 50;

/**
 * A recorder's picture, mouse and keyboard by VNC (RFB 3.8): pixels only. Frames are PNGs of the server's own pixels.
 * Beside what the port promises it throws CREDENTIALS_REFUSED, PORT_PROTOCOL for what is no VNC server, and USAGE for text
 * that no US keyboard can type.
 */
export async function openVncDisplay(options: VncDisplayOptions): Promise<Display> {
  const { host, port, clock, size, timeoutMs = TIMEOUT_MS } = options;
  const where = `the VNC server at ${host}:${port}`;
  const gone = new AbortController();
  let closed = false;

  /** Something with a deadline, and what goes wrong in it in the port's terms. */
  async function using<T>(
    what: string,
    body: (signal: AbortSignal) => Promise<T>,
    given?: AbortSignal,
    takesMs = 0,
  ) {
    if (closed) throw closedError(what);
    const within = timeoutMs + takesMs;
    const over = new AbortController();
    const late = new AbortController();
    clock.sleep(within, over.signal).then(
      () => late.abort(),
      () => undefined,
    );
    const signal = AbortSignal.any([late.signal, gone.signal, ...(given === undefined ? [] : [given])]);
    const { promise: aborted, reject } = Promise.withResolvers<never>();
    const stop = () => reject(signal.reason);
    aborted.catch(() => undefined);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
    try {
      return await Promise.race([body(signal), aborted]);
    } catch (cause) {
      if (cause instanceof HarnessError) throw cause;
      if (closed) throw closedError(what, cause);
      const timedOut =
        given?.aborted && given.reason instanceof Error && given.reason.name === 'TimeoutError';
      if (given?.aborted && !timedOut) throw given.reason;
      if (late.signal.aborted || timedOut)
        throw new HarnessError(
          'PORT_TIMEOUT',
          `${what}: ${where} did not answer ${timedOut ? 'in time' : `within ${within} ms`}`,
          { cause, port: 'display', hint: 'the server hangs or its network does; see its log' },
        );
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new HarnessError('PORT_UNREACHABLE', `${what}: ${where} is gone: ${reason}`, {
        cause,
        port: 'display',
        hint: 'see that the server runs, that host and port are right, and that no other client sent this one away',
      });
    } finally {
      over.abort();
      // Node keeps a combined signal for as long as somebody listens to it.
      signal.removeEventListener('abort', stop);
    }
  }

  const client: RfbClient = await using('open', (signal) =>
    openRfb({ host, port, password: options.password, pointer: options.pointer ?? 'out', signal }),
  );
  let last: { readonly version: number; readonly frame: Omit<Frame, 'grabbedAt'> } | undefined;

  async function grab(): Promise<Frame> {
    await client.sync();
    const grabbedAt = clock.now();
    const { version, canvas } = client;
    const { width, height } = canvas;
    if (size !== undefined && (size.width !== width || size.height !== height))
      throw new HarnessError(
        'FRAME_UNUSABLE',
        `${where} gave a picture of ${width}x${height}, expected ${size.width}x${size.height}`,
        {
          port: 'display',
          hint: "set the recorder's output to the resolution in devices.yaml, or the other way round",
        },
      );
    if (last?.version === version) return { ...last.frame, grabbedAt };
    // A copy: what comes meanwhile is painted into the same bytes.
    const bytes = await sharp(Buffer.from(canvas.data), { raw: { width, height, channels: 4 } })
      .removeAlpha()
      .png({ compressionLevel: 1 })
      .toBuffer();
    last = { version, frame: { width, height, bytes, format: 'png' } };
    return { ...last.frame, grabbedAt };
  }

  const input = rfbInput({
    client,
    clock,
    holdMs: options.holdMs ?? HOLD_MS,
    keyDelayMs: options.keyDelayMs ?? 0,
  });
  return {
    source: `vnc ${client.name}`,
    layout: 'us',
    frame: (signal) => using('frame', grab, signal),
    moveTo: (x, y) => using('moveTo', () => input.moveTo(x, y)),
    click: (x, y, button) => using('click', () => input.click(x, y, button), undefined, input.clickMs),
    drag: (points) => using('drag', () => input.drag(points), undefined, input.dragMs(points.length)),
    press: (key, times = 1) => using('press', () => input.press(key, times), undefined, input.typeMs(times)),
    type: (text) => using('type', () => input.type(text), undefined, input.typeMs(text.length)),
    async [Symbol.asyncDispose]() {
      if (closed) return;
      closed = true;
      gone.abort();
      client.close();
    },
  };
}

function closedError(what: string, cause?: unknown): HarnessError {
  return new HarnessError('PORT_CLOSED', `${what}: the display was closed`, { cause, port: 'display' });
}
