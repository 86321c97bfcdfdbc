import { isDeepStrictEqual } from 'node:util';
import type { CaptureChain } from '../../wire/emulator.ts';
import type { PikvmStreamer } from '../../wire/pikvm.ts';
import { blankJpeg } from './blank.ts';
import { type Capture, captureOf, castOf, outputOf, type Size } from './chain.ts';
import type { PageFrame, Screen } from './screen.ts';

/** Frames a second of the capture. */
const FPS = 30;
const TICK_MS = 1000 / FPS;
/** From the socket to the frame buffer: what was grabbed is not newer. */
const LATENCY_MS = 50;
/** How long the streamer runs when the last viewer has gone (kvmd's default). */
const SHUTDOWN_MS = 10_000;

export interface Snapshot extends Size {
  readonly online: boolean;
  readonly jpeg: Buffer;
  /** s, monotonic. */
  readonly grabbedAt: number;
}

export interface StreamerOptions {
  readonly screen: Screen;
  /** Of the recorder's picture. */
  readonly size: Size;
  readonly chain: CaptureChain;
  /** It never sleeps. */
  readonly forever: boolean;
  /** Whether the recorder sends a picture. */
  readonly hasSignal: () => boolean;
  /** Draws the noise. */
  readonly random: () => number;
  readonly shutdownMs?: number;
}

/** What was grabbed: the picture, and the time that the device gives it, ms. */
interface Grab {
  readonly frame: PageFrame;
  readonly at: number;
}

/** The capture of a KVM: runs while somebody looks, and sends what it grabs through a chain. */
export class Streamer {
  readonly #options: StreamerOptions;
  #chain: CaptureChain;
  #capture: Capture;
  #viewers = 0;
  #running: Promise<void> | undefined;
  #ready = false;
  #closed = false;
  #stopping: NodeJS.Timeout | undefined;
  #frozen: Grab | undefined;
  #encoded: { readonly frame: PageFrame; readonly tick: number; readonly jpeg: Promise<Buffer> } | undefined;
  #blank: { readonly size: Size; readonly jpeg: Promise<Buffer> } | undefined;

  constructor(options: StreamerOptions) {
    this.#options = options;
    this.#chain = options.chain;
    this.#capture = captureOf(options.chain, options.size, options.random);
    this.#remember();
  }

  /** Starts it where it never sleeps; resolves when it has a picture. */
  async open(): Promise<void> {
    if (this.#options.forever) await this.#run();
  }

  /** Somebody looks, until the function that is given back is called. */
  addViewer(): () => void {
    this.#viewers += 1;
    clearTimeout(this.#stopping);
    // Whoever asks for a snapshot hears of it.
    this.#run().catch(() => undefined);
    let left = false;
    return () => {
      if (left) return;
      left = true;
      this.#viewers -= 1;
      if (this.#viewers > 0 || this.#options.forever || this.#closed) return;
      this.#stopping = setTimeout(() => void this.#stop(), this.#options.shutdownMs ?? SHUTDOWN_MS);
    };
  }

  /** Changes how it captures; resolves when a picture of the new way is there, where it runs. */
  async setChain(chain: CaptureChain): Promise<void> {
    const was = this.#chain;
    this.#chain = chain;
    this.#capture = captureOf(chain, this.#options.size, this.#options.random);
    this.#encoded = undefined;
    this.#remember();
    const to = castOf(chain);
    if (this.#running !== undefined && !isDeepStrictEqual(castOf(was), to)) {
      const running = this.#running.then(() => this.#options.screen.cast(to));
      this.#running = running;
      await running;
    }
    const stays = chain.frozen !== undefined && chain.frozen !== false;
    // A picture that stays is sent through the new chain, too.
    if (!stays) this.#frozen = undefined;
    else if (this.#ready) this.#frozen ??= this.#grab();
  }

  get chain(): CaptureChain {
    return this.#chain;
  }

  state(): PikvmStreamer {
    if (!this.#ready) return { streamer: null };
    const online = this.#online;
    const { width, height } = outputOf(this.#options.size, this.#chain);
    const fps = this.#chain.frozen === true ? 0 : Math.round(FPS / (this.#chain.keepOneIn ?? 1));
    return {
      streamer: {
        source: {
          online,
          resolution: { width, height },
          captured_fps: online ? fps : 0,
          desired_fps: FPS,
        },
        encoder: { type: 'CPU', quality: this.#chain.quality },
      },
    };
  }

  /** The picture that is there; undefined while the streamer sleeps. */
  async snapshot(): Promise<Snapshot | undefined> {
    if (!this.#ready) return undefined;
    const size = outputOf(this.#options.size, this.#chain);
    const grab = this.#online ? (this.#frozen ?? this.#grab()) : undefined;
    if (grab === undefined) return { ...size, online: false, jpeg: await this.#blankOf(size), grabbedAt: 0 };
    if (this.#chain.frozen !== undefined && this.#chain.frozen !== false) this.#frozen ??= grab;
    const at = this.#chain.frozen === 'unnoticed' ? gridTime(TICK_MS) : grab.at;
    return { ...size, online: true, jpeg: await this.#encode(grab.frame), grabbedAt: at / 1000 };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearTimeout(this.#stopping);
    this.#closed = true;
    this.#ready = false;
  }

  get #online(): boolean {
    return !this.#options.screen.gone && this.#options.hasSignal() && this.#chain.noSignal !== true;
  }

  /** What is grabbed now: the newest frame, or an older one where frames are lost or late. */
  #grab(): Grab | undefined {
    const { frames } = this.#options.screen;
    const { delayMs = 0, keepOneIn = 1 } = this.#chain;
    const at = gridTime(TICK_MS * keepOneIn);
    if (delayMs === 0 && keepOneIn === 1) {
      const frame = frames.at(-1);
      return frame && { frame, at: Math.max(at, frame.at) };
    }
    const frame = frames.findLast((one) => one.at <= at - delayMs) ?? frames[0];
    return frame && { frame, at };
  }

  /** A picture is encoded once; one with noise has another each time it is grabbed. */
  #encode(frame: PageFrame): Promise<Buffer> {
    const tick = (this.#chain.noise ?? 0) > 0 ? gridTime(TICK_MS) : 0;
    if (this.#encoded?.frame !== frame || this.#encoded.tick !== tick)
      this.#encoded = { frame, tick, jpeg: this.#capture(frame) };
    return this.#encoded.jpeg;
  }

  #blankOf(size: Size): Promise<Buffer> {
    if (this.#blank?.size.width !== size.width || this.#blank.size.height !== size.height)
      this.#blank = { size, jpeg: blankJpeg(size) };
    return this.#blank.jpeg;
  }

  #remember(): void {
    const { delayMs = 0, keepOneIn = 1 } = this.#chain;
    this.#options.screen.keepFor(LATENCY_MS + delayMs + TICK_MS * (keepOneIn + 1));
  }

  #run(): Promise<void> {
    this.#running ??= this.#options.screen.cast(castOf(this.#chain)).then(
      () => {
        this.#ready = true;
      },
      (error: unknown) => {
        this.#running = undefined;
        throw error;
      },
    );
    return this.#running;
  }

  async #stop(): Promise<void> {
    this.#ready = false;
    const running = this.#running;
    this.#running = undefined;
    // The page may be gone.
    await running?.then(() => this.#options.screen.rest()).catch(() => undefined);
  }
}

/** When the last frame of a capture with this step was grabbed, ms. */
function gridTime(step: number): number {
  return Math.floor((performance.now() - LATENCY_MS) / step) * step;
}
