import type { Browser, CDPSession } from 'playwright';

/** How the browser sends its pictures; quality 1..100. */
export type CastFormat = { readonly format: 'png' } | { readonly format: 'jpeg'; readonly quality: number };

/** What the page showed at a time. */
export interface PageFrame {
  readonly image: Buffer;
  /** As the browser sent it. */
  readonly format: CastFormat;
  /** ms, by `performance.now()`. */
  readonly at: number;
}

/** Longest wait for the page and for its first picture. */
const TIMEOUT_MS = 15_000;
/** Clocks that differ by more were set. */
const CLOCK_SET_MS = 2000;
/** How every PNG begins. */
const PNG = Buffer.from('89504e470d0a1a0a', 'hex');

/** A frame from when the browser took it until it knows that we have it; the browser drops the fourth of these. */
interface Flight {
  readonly takenAt: number;
  landedAt?: number;
}

/**
 * The page that is a recorder's screen, and its pictures: the browser sends one whenever the page changes. It takes
 * three without an answer and then drops what comes, for good if nothing changes any more (`page_handler.cc`:
 * `kMaxScreencastFramesInFlight`); where that may have happened the cast is begun anew, since it begins with a picture
 * of what is shown. PNGs are made side by side and may overtake each other.
 */
export class Screen {
  readonly input: CDPSession;
  readonly #close: () => Promise<void>;
  #frames: PageFrame[] = [];
  #takenLast = 0;
  #keepMs = 0;
  #format: CastFormat | undefined;
  #session = 0;
  #flights: Flight[] = [];
  #missed = false;
  #anew = false;
  #first: (() => void) | undefined;
  #gone = false;

  private constructor(input: CDPSession, close: () => Promise<void>) {
    this.input = input;
    this.#close = close;
    input.on('Page.screencastFrame', (frame) => {
      this.#take(frame.data, frame.metadata.timestamp, frame.sessionId);
    });
  }

  /** Opens the page at `url`; it is loaded. */
  static async open(
    browser: Browser,
    url: string,
    size: { readonly width: number; readonly height: number },
  ): Promise<Screen> {
    const context = await browser.newContext({ viewport: size, deviceScaleFactor: 1 });
    try {
      const page = await context.newPage();
      await page.goto(url, { waitUntil: 'load', timeout: TIMEOUT_MS });
      const screen = new Screen(await context.newCDPSession(page), () => context.close());
      const end = () => {
        screen.#gone = true;
      };
      page.on('crash', end).on('close', end);
      return screen;
    } catch (error) {
      await context.close();
      throw error;
    }
  }

  /** The page crashed, or the browser ended: what was shown is not shown any more. */
  get gone(): boolean {
    return this.#gone;
  }

  /** What was shown, oldest first; the last one is shown now. Empty until the first cast. */
  get frames(): readonly PageFrame[] {
    return this.#frames;
  }

  /** How long frames that are no longer shown are kept, ms. */
  keepFor(ms: number): void {
    this.#keepMs = ms;
  }

  /** Has pictures sent from now on, in this format; resolves with the first one, which is the oldest that is kept. */
  async cast(format: CastFormat): Promise<void> {
    await this.rest();
    this.#format = format;
    this.#anew = true;
    const before = this.#session;
    let timer: NodeJS.Timeout | undefined;
    const first = new Promise<void>((resolve, reject) => {
      this.#first = () => {
        if (this.#session > before) resolve();
      };
      timer = setTimeout(
        () => reject(new Error(`no picture of the page within ${TIMEOUT_MS} ms`)),
        TIMEOUT_MS,
      );
    });
    try {
      await Promise.all([first, this.#start(format)]);
    } finally {
      clearTimeout(timer);
      this.#first = undefined;
    }
  }

  /** No pictures are sent any more. */
  async rest(): Promise<void> {
    if (this.#format === undefined) return;
    this.#format = undefined;
    await this.input.send('Page.stopScreencast');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#format = undefined;
    await this.#close();
  }

  async #start(format: CastFormat): Promise<void> {
    this.#flights = [];
    this.#missed = false;
    await this.input.send('Page.startScreencast', { ...format, everyNthFrame: 1 });
  }

  #take(data: string, timestamp: number | undefined, session: number): void {
    const now = performance.now();
    const told = timestamp === undefined ? now : timestamp * 1000 - performance.timeOrigin;
    const at = Math.abs(now - told) > CLOCK_SET_MS ? now : Math.min(now, told);
    const flight: Flight = { takenAt: at };
    const others = this.#flights.filter(({ landedAt }) => landedAt === undefined || landedAt > at);
    if (others.length >= 2) this.#missed = true;
    this.#flights = [...others, flight];
    this.input.send('Page.screencastFrameAck', { sessionId: session }).then(
      () => {
        flight.landedAt = performance.now();
        this.#makeUp();
      },
      // The page is gone.
      () => undefined,
    );
    const format = this.#format;
    if (format === undefined || session < this.#session) return;
    const image = Buffer.from(data, 'base64');
    // One of the cast before, which was encoded late.
    if (image.subarray(0, PNG.length).equals(PNG) !== (format.format === 'png')) return;
    const later = session > this.#session || at >= this.#takenLast;
    this.#session = session;
    if (!later) return;
    this.#takenLast = at;
    const kept = this.#frames.findLastIndex((frame) => frame.at <= now - this.#keepMs);
    const older = this.#anew ? [] : this.#frames.slice(Math.max(0, kept));
    this.#anew = false;
    this.#frames = [...older, { image, format, at }];
    this.#first?.();
  }

  /** Begins the cast anew once every frame has landed, where one may have been dropped. */
  #makeUp(): void {
    const format = this.#format;
    if (!this.#missed || format === undefined) return;
    if (this.#flights.some(({ landedAt }) => landedAt === undefined)) return;
    this.#missed = false;
    this.input
      .send('Page.stopScreencast')
      .then(() => (this.#format === format ? this.#start(format) : undefined))
      // The page is gone.
      .catch(() => undefined);
  }
}
