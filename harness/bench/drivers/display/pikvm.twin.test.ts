import t from 'tap';
import { startKvm } from '../../../emulator/kvm/kvm.ts';
import { systemClock as clock } from '../../../terms/clock.ts';
import type { EmulatorPlan } from '../../../wire/emulator.ts';
import { PIKVM, PIKVM_PASSWORD, PIKVM_USER } from '../../../wire/pikvm.ts';
import { displayContract } from '../../ports/display.contract.ts';
import { openPikvmPower } from '../power/pikvm.ts';
import { launchEmulator } from '../twin/launch.ts';
import { openBrowserDisplay } from './browser.ts';
import { servePage, testBrowser } from './page.fixture.ts';
import { openPikvmDisplay } from './pikvm.ts';
import { arrived, MARK, showLines, showTestCard, WITNESS_PAGE, witnessed } from './witness.fixture.ts';

// Browsers are slow on a busy machine.
t.setTimeout(180_000);
const SIZE = { width: 1280, height: 720 };
const USER = { user: 'lab', password: 'Quay:Lantern-7' };
const browser = await testBrowser(t);

displayContract(
  t,
  'pikvm, by the KVM of a twin',
  async () => {
    const server = await servePage(WITNESS_PAGE);
    const known = browser.get().contexts();
    const kvm = await startKvm({
      plan: USER,
      browser: { get: async () => browser.get(), [Symbol.asyncDispose]: async () => undefined },
      displayUrl: server.url,
      size: SIZE,
      mains: { powered: true, on: () => undefined, off: () => undefined },
      hasSignal: () => true,
      host: '127.0.0.1',
      random: () => 0.5,
    });
    const context = browser
      .get()
      .contexts()
      .find((one) => !known.includes(one));
    const page = context?.pages()[0];
    if (page === undefined) throw new Error('the KVM opened no page');
    const display = await openPikvmDisplay({ url: kvm.url, ...USER, size: SIZE, clock });
    const [method, path] = PIKVM.key.split(' ');
    const headers = { [PIKVM_USER]: USER.user, [PIKVM_PASSWORD]: USER.password };
    const press = () => fetch(`${kvm.url}${path}?key=${MARK}`, { method: method ?? '', headers });
    const end = async () => {
      await kvm[Symbol.asyncDispose]();
    };
    return {
      ...SIZE,
      display,
      clock,
      show: (...lines) => showLines(page, lines),
      showCard: () => showTestCard(page, SIZE.width, SIZE.height),
      inputs: () => arrived(page, press).then(() => witnessed(page)),
      vanish: end,
      elapse: async () => undefined,
      async [Symbol.asyncDispose]() {
        await display[Symbol.asyncDispose]();
        await end();
        await server[Symbol.asyncDispose]();
      },
    };
  },
  { skip: browser.skip },
);

const PLAN: EmulatorPlan = {
  smtp: { host: '127.0.0.1', port: 25 },
  recorders: [
    {
      id: 'one',
      family: 'nvr',
      model: 'DS-7616NI-K2',
      firmware: 'V4.30.097',
      build: 'build 200922',
      gui: '4.0',
      language: 'en',
      resolution: '1280x720',
      adminPassword: 'Harbour-77',
      bootMs: 50,
      kvm: USER,
    },
  ],
};

t.test('a twin is seen and driven through its KVM', { skip: browser.skip }, async (t) => {
  await using emulator = await launchEmulator(PLAN, { clock });
  const twin = emulator.ready.recorders[0];
  if (twin?.kvmUrl === undefined) throw new Error('the twin has no KVM');
  const access = { url: twin.kvmUrl, ...USER, clock };
  await using display = await openPikvmDisplay({ ...access, size: SIZE });
  await using document = await openBrowserDisplay({
    browser: browser.get(),
    url: twin.displayUrl,
    ...SIZE,
    clock,
  });
  t.match(display.source, /^pikvm kvmd \d/);
  t.match(await display.frame(), { ...SIZE, format: 'jpeg' });

  const shown = async () => (await document.read({ withinMs: 2000, stillMs: 100 })).items;
  const before = await shown();
  const target = before.find(({ kind, text }) => kind !== 'text' && /forgot/i.test(text));
  if (target === undefined) throw new Error(`nothing to click: ${before.map(({ text }) => text).join(', ')}`);
  const { x, y, width, height } = target.box;
  await display.click(x + width / 2, y + height / 2);
  const after = await shown();
  t.notSame(
    after.map(({ text }) => text),
    before.map(({ text }) => text),
    'the click brought up another screen',
  );

  await using power = await openPikvmPower(access);
  t.equal(await power.state(), 'on');
  await power.off();
  await t.rejects(display.frame(), { code: 'FRAME_UNUSABLE', message: /no signal/ });
  await t.rejects(openPikvmDisplay(access), {
    code: 'PORT_UNREACHABLE',
    message: /does not take the keyboard/,
  });
  await power.on();
});

t.test('what is wrong with the capture of a twin is told as that', { skip: browser.skip }, async (t) => {
  await using emulator = await launchEmulator(PLAN, { clock });
  const twin = emulator.ready.recorders[0];
  if (twin?.kvmUrl === undefined) throw new Error('the twin has no KVM');
  const chain = (more: object) =>
    fetch(`${twin.controlUrl}/kvm`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ quality: 90, chroma: '4:2:0', ...more }),
    });
  await using display = await openPikvmDisplay({
    url: twin.kvmUrl,
    ...USER,
    size: SIZE,
    maxAgeMs: 400,
    clock,
  });
  await display.frame();
  t.equal((await chain({ outputHeight: 480 })).status, 200);
  await t.rejects(display.frame(), { code: 'FRAME_UNUSABLE', message: /853x480|854x480|expected 1280x720/ });
  await chain({ noSignal: true });
  await t.rejects(display.frame(), { code: 'FRAME_UNUSABLE', message: /no signal.*0 frames\/s/ });
  await chain({ frozen: true });
  await clock.sleep(600);
  await t.rejects(display.frame(), { code: 'FRAME_UNUSABLE', message: /stale/ });
  await chain({});
  t.match(await display.frame(), SIZE);
});
