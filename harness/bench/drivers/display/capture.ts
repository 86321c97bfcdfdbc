import type { Clock } from '../../../terms/clock.ts';
import { HarnessError } from '../../../terms/error.ts';
import type { Display } from '../../ports/display.ts';
import { type Ch9329, type Ch9329Options, openCh9329 } from './ch9329.ts';
import { hidOf } from './hid.ts';
import { openVideo, type Video, type VideoOptions } from './video.ts';

export interface CaptureOptions {
  readonly video: Omit<VideoOptions, 'clock'>;
  readonly hid: Omit<Ch9329Options, 'clock'>;
  readonly clock: Clock;
  /**
   * How long a mouse button is held for a click, how long the pointer rests after it, and a drag at each of its points, ms,
   * beside the time of the serial line. Default 50: a menu that looks 25 times a second sees it.
   */
  readonly holdMs?: number;
}

const HOLD_MS = 50;

/**
 * A display that is a frame grabber (or an encoder's stream) and a CH9329: the picture as a cable carries it, mouse and
 * keyboard as USB does. There is no document. A frame is a JPEG of high quality, grabbed after the call began; one of
 * another size than a grabber was asked for is FRAME_UNUSABLE. Coordinates are px of the newest picture, whatever the
 * recorder's own resolution. On close all keys and buttons are let go of, and ffmpeg ends.
 * @throws HarnessError PORT_UNREACHABLE, PORT_BUSY, PORT_PROTOCOL, FRAME_UNUSABLE, with the cure
 */
export async function openCaptureDisplay(options: CaptureOptions): Promise<Display> {
  const { clock } = options;
  const chip = await openCh9329({ ...options.hid, clock });
  let video: Video;
  let source: string;
  try {
    source = `ffmpeg and CH9329 ${(await chip.info()).version}`;
    video = await openVideo({ ...options.video, clock });
  } catch (error) {
    await chip[Symbol.asyncDispose]();
    throw error;
  }
  return display(options, { chip, video, source });
}

function display(
  options: CaptureOptions,
  { chip, video, source }: { readonly chip: Ch9329; readonly video: Video; readonly source: string },
): Display {
  const hid = hidOf(chip, { clock: options.clock, holdMs: options.holdMs ?? HOLD_MS });
  const asked = options.video.source.kind === 'device' ? options.video.source : undefined;
  let closing: Promise<void> | undefined;

  /** The picture that coordinates are of. */
  function size() {
    if (closing !== undefined) throw closed();
    const shown = video.size();
    if (shown === undefined) throw new Error('opened without a picture');
    return shown;
  }

  return {
    source,
    layout: 'us',
    async frame(signal) {
      if (closing !== undefined) throw closed();
      const { bytes, width, height, grabbedAt } = await within(video.fresh(), signal);
      if (asked !== undefined && (width !== asked.width || height !== asked.height))
        throw new HarnessError(
          'FRAME_UNUSABLE',
          `the grabber gives ${width}x${height} px, not ${asked.width}x${asked.height}`,
          {
            port: 'display',
            hint: `set a size that it can do ("v4l2-ctl -d ${asked.device} --list-formats-ext" lists them)`,
          },
        );
      return { width, height, bytes, format: 'jpeg', grabbedAt };
    },
    moveTo: async (x, y) => hid.move({ x, y }, size()),
    click: async (x, y, button = 'left') => hid.click({ x, y }, size(), button),
    drag: async (points) => hid.drag(points, size()),
    press: async (key, times = 1) => hid.press(key, times),
    type: async (text) => hid.type(text),
    [Symbol.asyncDispose]() {
      closing ??= close();
      return closing;
    },
  };

  async function close(): Promise<void> {
    // A chip that does not listen any more cannot be told; the rest is closed all the same.
    await hid.end().catch(() => undefined);
    await chip[Symbol.asyncDispose]();
    await video[Symbol.asyncDispose]();
  }
}

/** What is promised, unless the signal comes first; its deadline in the port's terms. */
async function within<T>(promised: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promised;
  // It goes on without anybody to hear how it ends.
  promised.catch(() => undefined);
  const given = Promise.withResolvers<never>();
  const stop = () => given.reject(givenUp(signal.reason));
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([given.promise, promised]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

function givenUp(reason: unknown): unknown {
  if (!(reason instanceof Error) || reason.name !== 'TimeoutError') return reason;
  return new HarnessError('PORT_TIMEOUT', 'frame: the display did not answer in time', {
    cause: reason,
    port: 'display',
    hint: 'give it longer than the picture takes to come, or see why it does not come',
  });
}

function closed(): HarnessError {
  return new HarnessError('PORT_CLOSED', 'the display was closed', { port: 'display' });
}
