import type { Browser, BrowserContext, Page } from 'playwright';
import type { Clock } from '../../../terms/clock.ts';
import { HarnessError } from '../../../terms/error.ts';
import type { Frame } from '../../../terms/frame.ts';
import type { Display, KeyName } from '../../ports/display.ts';
import { openPageChannel, type PageChannel } from './channel.ts';
import { type Key, keyFor, keyNamed } from './keys.ts';
import { documentReader } from './reader.ts';

export interface BrowserDisplayOptions {
  readonly browser: Browser;
  /**
   * Where pages may share cookies and a process: those of one emulator. Default: a context of its own, so that two
   * recorders share nothing.
   */
  readonly context?: BrowserContext;
  /** The page that shows the recorder's picture and takes its mouse and keyboard. */
  readonly url: string;
  readonly width: number;
  readonly height: number;
  readonly clock: Clock;
  readonly timeoutMs?: number;
}

/** Moves between two points of a drag. */
const DRAG_STEPS = 3;

/**
 * A display that is a page in a browser: the recorder's own web page of its picture, or a KVM's. One context each, so
 * that two recorders share nothing. A page that loses its recorder is loaded again at the next look.
 */
export async function openBrowserDisplay(
  options: BrowserDisplayOptions,
): Promise<Display & Required<Pick<Display, 'read'>>> {
  const { browser, url, clock } = options;
  const timeout = options.timeoutMs ?? 15_000;
  const size = { width: options.width, height: options.height };
  const context = options.context ?? (await browser.newContext({ viewport: size, deviceScaleFactor: 1 }));
  let closed = false;
  let opened: Page | undefined;
  const end = async () => {
    await channel?.[Symbol.asyncDispose]();
    if (options.context === undefined) await context.close();
    else await opened?.close();
  };
  let page: Page;
  let channel: PageChannel | undefined;
  try {
    page = await context.newPage();
    opened = page;
    if (options.context !== undefined) await page.setViewportSize(size);
    await page.goto(url, { waitUntil: 'load', timeout });
    channel = await openPageChannel(page);
  } catch (cause) {
    await end();
    throw new HarnessError('PORT_UNREACHABLE', `no picture at ${url}: ${firstLine(cause)}`, {
      cause,
      port: 'display',
      hint: 'see that the recorder or its KVM is on, and that the address is right',
    });
  }

  const line = channel;
  const read = documentReader(line);
  const input = inputOf(line);

  /** Every use of the page, with what goes wrong named in the port's terms. */
  async function using<T>(
    what: string,
    body: () => Promise<T>,
    {
      signal,
      within = timeout,
    }: { readonly signal?: AbortSignal | undefined; readonly within?: number } = {},
  ): Promise<T> {
    if (closed) throw new HarnessError('PORT_CLOSED', `${what}: the display was closed`, { port: 'display' });
    if (signal?.aborted) throw givenUp(what, signal);
    let stop: () => void = () => undefined;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      stop = () => reject(signal && givenUp(what, signal));
      signal?.addEventListener('abort', stop, { once: true });
      timer = setTimeout(
        () =>
          reject(
            new HarnessError('PORT_TIMEOUT', `${what}: the display did not answer within ${within} ms`, {
              port: 'display',
              hint: 'the browser or the KVM hangs; see its log',
            }),
          ),
        within,
      );
    });
    try {
      return await Promise.race([body(), late]);
    } catch (cause) {
      if (cause instanceof HarnessError || (signal?.aborted && cause === signal.reason)) throw cause;
      throw new HarnessError(
        closed ? 'PORT_CLOSED' : 'PORT_UNREACHABLE',
        `${what}: ${closed ? 'the display was closed' : firstLine(cause)}`,
        { cause, port: 'display', hint: 'see that the browser runs and that the page is still there' },
      );
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
    }
  }

  return {
    source: `${browser.browserType().name()} ${browser.version()}`,
    frame: (signal) =>
      using(
        'frame',
        async (): Promise<Frame> => {
          const { data } = await line.send('Page.captureScreenshot', {
            format: 'png',
            optimizeForSpeed: true,
            fromSurface: true,
            captureBeyondViewport: false,
          });
          const bytes = Buffer.from(data, 'base64');
          if (bytes.length < 24 || bytes.readUInt32BE(0) !== 0x89504e47)
            throw new HarnessError('FRAME_UNUSABLE', 'the browser gave something that is no PNG', {
              port: 'display',
            });
          return {
            width: bytes.readUInt32BE(16),
            height: bytes.readUInt32BE(20),
            bytes,
            format: 'png',
            grabbedAt: clock.now(),
          };
        },
        { signal },
      ),
    read: (wait) =>
      using('read', async () => ({ ...size, ...(await read(wait)) }), {
        within: timeout + (wait?.withinMs ?? 0),
      }),
    moveTo: (x, y) => using('moveTo', () => input.move(x, y)),
    click: (x, y, button = 'left') => using('click', () => input.click(x, y, button)),
    drag: (points) => using('drag', () => input.drag(points)),
    press: (key: KeyName, times = 1) =>
      using('press', () => input.keys(Array.from({ length: times }, () => keyNamed(key)))),
    // Characters beyond the US layout are sent as input, as a keyboard with a compose key would.
    type: (text) =>
      using('type', () => input.keys([...text].map((character) => keyFor(character) ?? character))),
    async [Symbol.asyncDispose]() {
      if (closed) return;
      closed = true;
      await end().catch(() => undefined);
    },
  };
}

/**
 * Mouse and keyboard of a page. What belongs together is sent in one go and waited for at its end, as a keyboard
 * sends it: the browser keeps the order, and nobody waits for each single key.
 */
function inputOf({ send }: PageChannel) {
  const mouse = (
    type: 'mouseMoved' | 'mousePressed' | 'mouseReleased',
    x: number,
    y: number,
    button = 'none',
  ) =>
    send('Input.dispatchMouseEvent', {
      type,
      x,
      y,
      button: button as 'none' | 'left' | 'right',
      buttons: type === 'mouseReleased' || button === 'none' ? 0 : button === 'right' ? 2 : 1,
      clickCount: type === 'mouseMoved' ? 0 : 1,
    });
  const stroke = ({ text, shift, ...key }: Key) => {
    const held = { ...key, modifiers: shift ? 8 : 0 };
    return [
      send('Input.dispatchKeyEvent', {
        type: text === undefined ? 'rawKeyDown' : 'keyDown',
        ...held,
        ...(text === undefined ? {} : { text, unmodifiedText: text }),
      }),
      send('Input.dispatchKeyEvent', { type: 'keyUp', ...held }),
    ];
  };
  return {
    async move(x: number, y: number) {
      await mouse('mouseMoved', x, y);
    },
    async click(x: number, y: number, button: 'left' | 'right') {
      await Promise.all([
        mouse('mouseMoved', x, y),
        mouse('mousePressed', x, y, button),
        mouse('mouseReleased', x, y, button),
      ]);
    },
    /** With the left button held from the first point to the last; moves are not merged, so each is waited for. */
    async drag(points: readonly { readonly x: number; readonly y: number }[]) {
      const [first, ...rest] = points;
      if (first === undefined) return;
      await mouse('mouseMoved', first.x, first.y);
      await mouse('mousePressed', first.x, first.y, 'left');
      let last = first;
      for (const to of rest) {
        for (let step = 1; step <= DRAG_STEPS; step += 1) {
          const share = step / DRAG_STEPS;
          await mouse(
            'mouseMoved',
            last.x + (to.x - last.x) * share,
            last.y + (to.y - last.y) * share,
            'left',
          );
        }
        last = to;
      }
      await mouse('mouseReleased', last.x, last.y, 'left');
    },
    async keys(keys: readonly (Key | string)[]) {
      await Promise.all(
        keys.flatMap((key) =>
          typeof key === 'string' ? [send('Input.insertText', { text: key })] : stroke(key),
        ),
      );
    },
  };
}

/** What a signal says; its deadline in the port's terms. */
function givenUp(what: string, { reason }: AbortSignal): unknown {
  if (!(reason instanceof Error) || reason.name !== 'TimeoutError') return reason;
  return new HarnessError('PORT_TIMEOUT', `${what}: the display did not answer in time`, {
    cause: reason,
    port: 'display',
    hint: 'the browser or the KVM hangs; see its log',
  });
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
}
