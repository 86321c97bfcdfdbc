import t from 'tap';
import { systemClock as clock } from '../../../terms/clock.ts';
import { crop, decodePicture } from '../../../vision/png.ts';
import { displayContract } from '../../ports/display.contract.ts';
import type { Display } from '../../ports/display.ts';
import { passage, startDesktop, xvncMissing } from '../rfb/xvnc.fixture.ts';
import { servePage } from './page.fixture.ts';
import { openVncDisplay } from './vnc.ts';
import { showLines, showTestCard, WITNESS_PAGE, witnessedLater } from './witness.fixture.ts';

const SIZE = { width: 1280, height: 720 };
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
    const display = await openVncDisplay({
      host: '127.0.0.1',
      port: way.port,
      size: SIZE,
      clock,
      // A browser under load takes several moves for one.
      holdMs: 200,
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
      inputs: () => witnessedLater(page),
      vanish: async () => way[Symbol.asyncDispose](),
      elapse: async () => undefined,
      async [Symbol.asyncDispose]() {
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
