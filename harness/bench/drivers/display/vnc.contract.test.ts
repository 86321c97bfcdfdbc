import t from 'tap';
import { systemClock as clock } from '../../../terms/clock.ts';
import { displayContract } from '../../ports/display.contract.ts';
import { passage, startDesktop, xvncMissing } from '../rfb/xvnc.fixture.ts';
import { servePage } from './page.fixture.ts';
import { openVncDisplay } from './vnc.ts';
import { showLines, showTestCard, WITNESS_PAGE, witnessed } from './witness.fixture.ts';

const SIZE = { width: 1280, height: 720 };
/** What was sent has come to the page when nothing more came for so long, ms. */
const SETTLED_MS = 100;

const server = await servePage(WITNESS_PAGE);
t.teardown(() => server[Symbol.asyncDispose]());
const skip = xvncMissing();
const desktop = skip === false ? await startDesktop(t, SIZE) : undefined;

displayContract(
  t,
  'vnc, by a real server',
  async () => {
    if (desktop === undefined) throw new Error('no desktop');
    const { page, xvnc } = desktop;
    const way = await passage(xvnc.port);
    const display = await openVncDisplay({ host: '127.0.0.1', port: way.port, size: SIZE, clock });
    await page.goto(server.url);
    await page.focus('input');
    await page.bringToFront();
    return {
      ...SIZE,
      display,
      clock,
      show: (...lines) => showLines(page, lines),
      showCard: () => showTestCard(page, SIZE.width, SIZE.height),
      async inputs() {
        for (let before = -1; ; ) {
          const count = (await page.evaluate('seen.length')) as number;
          if (count === before) break;
          before = count;
          await clock.sleep(SETTLED_MS);
        }
        return witnessed(page);
      },
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
