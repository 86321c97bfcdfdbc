import t from 'tap';
import { systemClock as clock } from '../../../terms/clock.ts';
import { crop, decodePicture } from '../../../vision/png.ts';
import { displayContract } from '../../ports/display.contract.ts';
import type { Display } from '../../ports/display.ts';
import { openRfb } from '../rfb/client.ts';
import { passage, startDesktop, xvncMissing } from '../rfb/xvnc.fixture.ts';
import { servePage } from './page.fixture.ts';
import { openVncDisplay } from './vnc.ts';
import { arrived, showLines, showTestCard, WITNESS_PAGE, witnessed } from './witness.fixture.ts';

// Browsers are slow on a busy machine.
t.setTimeout(180_000);
const SIZE = { width: 1280, height: 720 };
/** Keysym of the key of the witness, which no display presses. */
const PAUSE = 0xff13;
/** How long a button is held, by a clock that lets more time pass where more is needed. */
const HOLD_MS = 200;
const server = await servePage(WITNESS_PAGE);
t.teardown(() => server[Symbol.asyncDispose]());
const skip = xvncMissing();
const desktop = skip === false ? await startDesktop(SIZE) : undefined;
t.teardown(() => desktop?.[Symbol.asyncDispose]());

displayContract(
  t,
  'vnc, by a real server',
  async () => {
    if (desktop === undefined) throw new Error('no desktop');
    const { page, xvnc } = desktop;
    const way = await passage(xvnc.port);
    // The server does in their order what came by both connections, and X hands it on in that order.
    const opening = AbortSignal.timeout(10_000);
    const other = await openRfb({ host: '127.0.0.1', port: xvnc.port, pointer: 'out', signal: opening });
    const press = () => {
      other.key(PAUSE, true);
      other.key(PAUSE, false);
      return other.sync();
    };
    const display = await openVncDisplay({
      host: '127.0.0.1',
      port: way.port,
      size: SIZE,
      // A browser that comes late to its events takes several moves for one: points of a drag would be lost.
      clock: {
        ...clock,
        sleep: (ms, signal) => (ms === HOLD_MS ? arrived(page, press) : clock.sleep(ms, signal)),
      },
      holdMs: HOLD_MS,
      timeoutMs: 60_000,
    });
    await page.goto(server.url);
    await page.focus('input');
    await page.bringToFront();
    return {
      ...SIZE,
      display,
      clock,
      show: (...lines) => showLines(page, lines),
      showCard: () => showTestCard(page, SIZE.width, SIZE.height),
      inputs: () => arrived(page, press).then(() => witnessed(page)),
      vanish: async () => way[Symbol.asyncDispose](),
      elapse: async () => undefined,
      async [Symbol.asyncDispose]() {
        other.close();
        await display[Symbol.asyncDispose]();
        await way[Symbol.asyncDispose]();
      },
    };
  },
  { skip },
);

t.test('the pointer is in the picture or not, as it was asked for', { skip }, async (t) => {
  if (desktop === undefined) throw new Error('no desktop');
  const { page, xvnc } = desktop;
  await page.goto(server.url);
  const open = (pointer: 'in' | 'out') =>
    openVncDisplay({ host: '127.0.0.1', port: xvnc.port, size: SIZE, pointer, clock });
  await using within = await open('in');
  await using without = await open('out');
  /** Whether anything is painted where the page is white; asked until it is as expected, for a while. */
  const painted = async (display: Display, expected: boolean) => {
    const place = { x: 390, y: 290, width: 40, height: 40 };
    for (let tries = 0; ; tries += 1) {
      const { data } = crop(await decodePicture((await display.frame()).bytes), place);
      const seen = data.some((level) => level < 128);
      if (seen === expected || tries === 100) return seen;
      await clock.sleep(50);
    }
  };
  await within.moveTo(400, 300);
  t.equal(await painted(within, true), true);
  await without.moveTo(401, 300);
  t.equal(await painted(without, false), false);
});
