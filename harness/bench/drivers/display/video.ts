import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Clock } from '../../../terms/clock.ts';
import { HarnessError } from '../../../terms/error.ts';
import { type ColourRange, ffmpegFault, ffmpegWords, nameOf, type VideoSource } from './ffmpeg-words.ts';
import { jpegSize, mpjpegReader } from './mpjpeg.ts';

export interface VideoOptions {
  readonly source: VideoSource;
  /** Where the source does not say it, or says it wrongly. */
  readonly range?: ColourRange;
  /** What the picture takes from the recorder to here, ms: no picture is younger. Default 0. */
  readonly delayMs?: number;
  /** Longest time without a new picture, ms. Default 2000. */
  readonly maxAgeMs?: number;
  /** Longest time until ffmpeg gives its first picture, ms. Default 10,000. */
  readonly startMs?: number;
  readonly clock: Clock;
  /** The program. Default: `ffmpeg` on PATH. */
  readonly ffmpeg?: string;
}

/** A picture as it left the recorder. */
export interface Picture {
  readonly bytes: Uint8Array;
  readonly width: number;
  readonly height: number;
  /** Wall time, ms since the epoch: when it came, less `delayMs`. */
  readonly grabbedAt: number;
}

/**
 * The pictures of a source, by an ffmpeg that runs all the time; only the newest is kept. An ffmpeg that ends, or gives
 * no picture for `maxAgeMs`, is started again, after a pause that doubles while it gives none (0.1 s to 2 s).
 */
export interface Video extends AsyncDisposable {
  /**
   * A picture that was grabbed after this call began.
   * @throws HarnessError PORT_CLOSED after close; FRAME_UNUSABLE, with the age of the newest, where none comes within
   * `maxAgeMs`, or there is no signal; PORT_UNREACHABLE or PORT_BUSY where ffmpeg ends, with its last error
   */
  fresh(): Promise<Picture>;
  /** The size of the newest picture; undefined before the first. */
  size(): { readonly width: number; readonly height: number } | undefined;
  /** ffmpeg's process; undefined while none runs. */
  pid(): number | undefined;
}

const PAUSE_MS = { first: 100, longest: 2000 };
/** After SIGTERM ffmpeg has so long, ms. */
const GRACE_MS = 1500;
/** Lines kept of what it said last, and characters of each. */
const TAIL = 20;
const LINE = 500;

interface Waiting {
  /** Monotonic time, ms: what came before is not taken. */
  readonly since: number;
  resolve(picture: Picture): void;
  reject(error: HarnessError): void;
}
/** How one run of ffmpeg ended. */
interface Ending {
  readonly fault: HarnessError;
  /** Whether who waits is told at once: it gave no picture, or no more of them. */
  readonly tell: boolean;
}

/** Starts ffmpeg, and waits for its first picture. @throws HarnessError as {@link Video.fresh} does */
export async function openVideo(options: VideoOptions): Promise<Video> {
  const { source, clock, delayMs = 0, maxAgeMs = 2000, startMs = 10_000 } = options;
  const name = nameOf(source);
  const waiting = new Set<Waiting>();
  const closing = new AbortController();
  let newest: Picture | undefined;
  /** When the newest came, or ffmpeg was started; monotonic, ms. */
  let heardAt = clock.monotonic();
  let child: ChildProcess | undefined;
  let flowing = false;

  function arrived(bytes: Buffer): void {
    const size = jpegSize(bytes);
    if (size === undefined) return;
    heardAt = clock.monotonic();
    flowing = true;
    newest = { bytes, ...size, grabbedAt: clock.now() - delayMs };
    for (const one of [...waiting]) if (heardAt - delayMs >= one.since) one.resolve(newest);
  }

  /** One run of ffmpeg, from its start to its end. */
  async function run(): Promise<Ending> {
    const lines: string[] = [];
    let count = 0;
    let why: HarnessError | undefined;
    const process = spawn(options.ffmpeg ?? 'ffmpeg', ffmpegWords(source, options.range), {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child = process;
    heardAt = clock.monotonic();
    flowing = false;
    let stalled = false;
    const read = mpjpegReader();
    process.stdout.on('data', (bytes: Buffer) => {
      try {
        for (const picture of read(bytes)) {
          count += 1;
          arrived(picture);
        }
      } catch (cause) {
        why ??= fault('FRAME_UNUSABLE', `what ffmpeg gives of ${name} is no picture`, { cause });
        process.kill('SIGKILL');
      }
    });
    createInterface({ input: process.stderr }).on('line', (line) => {
      lines.push(line.slice(0, LINE));
      if (lines.length > TAIL) lines.shift();
    });
    const over = new AbortController();
    const watched = watch(over.signal).then(
      (late) => {
        why ??= late;
        stalled = true;
        process.kill('SIGKILL');
      },
      () => undefined,
    );
    const how = await endOf(process);
    over.abort();
    await watched;
    child = undefined;
    flowing = false;
    if (how instanceof Error) why = notStarted(options.ffmpeg ?? 'ffmpeg', how);
    return { tell: count === 0 || stalled, fault: why ?? ffmpegFault(source, String(how), lines) };
  }

  /** Answers once no picture has come for too long. */
  async function watch(signal: AbortSignal): Promise<HarnessError> {
    for (;;) {
      const left = heardAt + (flowing ? maxAgeMs : startMs) - clock.monotonic();
      if (left <= 0) return stale();
      await clock.sleep(left, signal);
    }
  }

  function stale(): HarnessError {
    const hint =
      'see that the grabber or encoder is well, and that this machine keeps up (a lower framerate)';
    if (newest === undefined)
      return fault('FRAME_UNUSABLE', `no picture of ${name} came within ${startMs} ms`, { hint });
    const age = Math.round(clock.now() - newest.grabbedAt);
    return fault('FRAME_UNUSABLE', `the newest picture of ${name} is ${age} ms old`, { hint });
  }

  async function keepRunning(): Promise<void> {
    let pause = PAUSE_MS.first;
    while (!closing.signal.aborted) {
      const { fault, tell } = await run();
      if (closing.signal.aborted) break;
      // One that has worked, and ended, is given another chance before anybody is told.
      if (tell) {
        for (const one of [...waiting]) one.reject(fault);
        pause = Math.min(PAUSE_MS.longest, pause * 2);
      } else pause = PAUSE_MS.first;
      await clock.sleep(pause, closing.signal).catch(() => undefined);
    }
  }
  const running = keepRunning();
  const shut = () => fault('PORT_CLOSED', 'the display was closed');

  async function fresh(): Promise<Picture> {
    if (closing.signal.aborted) throw shut();
    const over = new AbortController();
    const { promise, resolve, reject } = Promise.withResolvers<Picture>();
    const one: Waiting = { since: clock.monotonic(), resolve, reject };
    waiting.add(one);
    // While ffmpeg is at it, `maxAgeMs`; while it starts, `run` tells when that has failed.
    const late = async () => {
      await clock.sleep(maxAgeMs + delayMs, over.signal);
      while (!flowing) await clock.sleep(maxAgeMs, over.signal);
      reject(stale());
    };
    late().catch(() => undefined);
    try {
      return await promise;
    } finally {
      waiting.delete(one);
      over.abort();
    }
  }

  const video: Video = {
    fresh,
    size: () => newest,
    pid: () => child?.pid,
    async [Symbol.asyncDispose]() {
      closing.abort();
      for (const one of [...waiting]) one.reject(shut());
      child?.kill('SIGTERM');
      const over = new AbortController();
      clock.sleep(GRACE_MS, over.signal).then(
        () => child?.kill('SIGKILL'),
        () => undefined,
      );
      await running;
      over.abort();
    },
  };
  try {
    await fresh();
    return video;
  } catch (error) {
    await video[Symbol.asyncDispose]();
    throw error;
  }
}

/** How a process ended, once what it said has been heard; the error where it could not be started. */
function endOf(process: ChildProcess): Promise<string | Error> {
  return new Promise((resolve) => {
    process.once('error', resolve);
    process.once('close', (code, signal) => resolve(signal === null ? `exit code ${code}` : signal));
  });
}

function notStarted(program: string, cause: Error): HarnessError {
  return fault('PORT_UNREACHABLE', `${program} cannot be started: ${cause.message}`, {
    cause,
    hint: 'install ffmpeg (apt-get install ffmpeg)',
  });
}

function fault(
  code: 'PORT_CLOSED' | 'PORT_UNREACHABLE' | 'FRAME_UNUSABLE',
  message: string,
  detail: { readonly hint?: string; readonly cause?: unknown } = {},
): HarnessError {
  return new HarnessError(code, message, { port: 'display', ...detail });
}
