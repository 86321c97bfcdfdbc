import type { Browser, Page } from 'playwright';
import { systemClock as clock } from '../../../terms/clock.ts';
import type { Display } from '../../ports/display.ts';
import { openCaptureDisplay } from './capture.ts';
import { type CabledChip, openCabledChip, pageHost } from './ch9329.fixture.ts';
import { castPage, type MjpegServer, serveMjpeg } from './mjpeg.fixture.ts';
import { SIZE, servePage } from './page.fixture.ts';
import type { VideoOptions } from './video.ts';

/** A page that is a recorder's screen: an encoder serves its picture, and a CH9329 moves its mouse and keyboard. */
export interface CapturedPage extends AsyncDisposable {
  readonly display: Display;
  readonly page: Page;
  readonly server: MjpegServer;
  readonly cable: CabledChip;
}

export interface CaptureSetup {
  readonly html: string;
  readonly size?: { readonly width: number; readonly height: number };
  readonly video?: Partial<VideoOptions>;
  /** Where given, bytes take their time on the serial line. */
  readonly baudRate?: number;
}

/** The chip's reports move a browser's mouse and keyboard, which may take longer than a recorder's USB. */
const ANSWER_MS = 10_000;

export async function capturePage(browser: Browser, setup: CaptureSetup): Promise<CapturedPage> {
  const { size = SIZE, baudRate } = setup;
  await using stack = new AsyncDisposableStack();
  const context = await browser.newContext({ viewport: size, deviceScaleFactor: 1 });
  stack.defer(() => context.close());
  const page = await context.newPage();
  // By an address: what a page may know of its mouse depends on where it comes from.
  await page.goto(stack.use(await servePage(setup.html)).url);
  const server = stack.use(await serveMjpeg());
  await castPage(page, server);
  const cable = stack.use(await openCabledChip({ host: pageHost(page, size) }, baudRate));
  const display = stack.use(
    await openCaptureDisplay({
      video: { source: { kind: 'url', url: server.url }, ...setup.video },
      hid: { path: cable.path, baudRate: baudRate ?? 9600, answerMs: ANSWER_MS },
      clock,
    }),
  );
  const all = stack.move();
  return { display, page, server, cable, [Symbol.asyncDispose]: () => all.disposeAsync() };
}
