import t from 'tap';
import { systemClock as clock } from '../../../terms/clock.ts';
import { displayContract } from '../../ports/display.contract.ts';
import { passage, startDesktop, xvncMissing } from '../rfb/xvnc.fixture.ts';
import { servePage } from './page.fixture.ts';
import { openVncDisplay } from './vnc.ts';
import { showLines, showTestCard, WITNESS_PAGE, witnessedLater } from './witness.fixture.ts';

const SIZE = { width: 1280, height: 720 };
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
