import t from 'tap';
import { systemClock as clock } from '../../../terms/clock.ts';
import { failure } from '../../ports/contract-help.ts';
import { type DisplayUnderTest, displayContract } from '../../ports/display.contract.ts';
import { capturePage } from './capture.fixture.ts';
import { noFfmpeg } from './mjpeg.fixture.ts';
import { SIZE, testBrowser } from './page.fixture.ts';
import { showLines, showTestCard, WITNESS_PAGE, witnessed } from './witness.fixture.ts';

// Browsers are slow on a busy machine.
t.setTimeout(180_000);
const browser = await testBrowser(t, 'bare');

async function open(): Promise<DisplayUnderTest> {
  const captured = await capturePage(browser.get(), { html: WITNESS_PAGE });
  const { display, page, server, cable } = captured;
  return {
    ...SIZE,
    display,
    clock,
    showCard: () => showTestCard(page, SIZE.width, SIZE.height),
    show: (...lines) => showLines(page, lines),
    inputs: () => witnessed(page),
    async vanish() {
      cable.unplug();
      await server[Symbol.asyncDispose]();
      // Pictures that were on their way still come.
      while ((await failure(display.frame())) === undefined);
    },
    elapse: async () => undefined,
    [Symbol.asyncDispose]: () => captured[Symbol.asyncDispose](),
  };
}

displayContract(t, 'capture: an MJPEG stream through ffmpeg, a CH9329 on a pty', open, {
  skip: browser.skip || noFfmpeg(),
});
