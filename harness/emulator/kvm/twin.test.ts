import { setTimeout as sleep } from 'node:timers/promises';
import sharp from 'sharp';
import t from 'tap';
import { WebSocket } from 'ws';
import type { EmulatorPlan, RecorderEndpoints, RecorderPlan } from '../../wire/emulator.ts';
import { PIKVM, pikvmPoint } from '../../wire/pikvm.ts';
import { startEmulator } from '../emulator.ts';
import { readPlan } from '../plan.ts';
import { sharedBrowser } from './browser.ts';
import { CREDENTIALS, noBrowser, OWNER, pictureOf } from './page.fixture.ts';

// Browsers are slow on a busy machine.
t.setTimeout(120_000);
const skip = noBrowser();
const SIZE = { width: 1280, height: 720 };
const PASSWORD = 'Harbour-77';
const nvr: RecorderPlan = {
  id: 'nvr-1',
  family: 'nvr',
  model: 'DS-7616NI-K2',
  firmware: 'V4.30.097',
  build: 'build 200922',
  gui: '4.0',
  language: 'en',
  resolution: '1280x720',
  adminPassword: PASSWORD,
  reservedEmail: 'owner@lab.example',
  bootMs: 40,
  kvm: OWNER,
};
const planOf = (...recorders: readonly RecorderPlan[]): EmulatorPlan => ({
  smtp: { host: '127.0.0.1', port: 25 },
  recorders,
  seed: 7,
});

/** What a bench does with a KVM, and a lab with its hands. */
function client({ kvmUrl = '', controlUrl }: RecorderEndpoints) {
  const ask = (route: string, body?: string) => {
    const [method = '', path = ''] = route.split(' ');
    return fetch(kvmUrl + path, { method, headers: CREDENTIALS, ...(body === undefined ? {} : { body }) });
  };
  return {
    ask,
    async click(x: number, y: number) {
      await ask(`${PIKVM.mouseMove}?to_x=${pikvmPoint(x, SIZE.width)}&to_y=${pikvmPoint(y, SIZE.height)}`);
      await ask(`${PIKVM.mouseButton}?button=left`);
    },
    async snapshot() {
      for (;;) {
        const answer = await ask(PIKVM.snapshot);
        if (answer.status === 200) return pictureOf(answer);
        await sleep(20);
      }
    },
    async control(path: string, body: object) {
      const answer = await fetch(controlUrl + path, { method: 'POST', body: JSON.stringify(body) });
      return { status: answer.status, body: (await answer.json()) as unknown };
    },
    view: () =>
      new Promise<WebSocket>((resolve) => {
        const socket = new WebSocket(`${kvmUrl.replace('http', 'ws')}/api/ws`, { headers: CREDENTIALS });
        socket.once('open', () => resolve(socket));
      }),
  };
}

t.test(
  'a bench logs in at a twin by its KVM alone, and sees what the recorder shows',
  { skip },
  async (t) => {
    await using emulator = await startEmulator(planOf(nvr));
    const [twin] = emulator.ready.recorders;
    if (twin === undefined) throw new Error('no twin');
    const { click, snapshot, ask, view } = client(twin);
    const viewer = await view();
    t.teardown(() => viewer.terminate());
    // The recorder's own view, to compare with.
    const browser = sharedBrowser();
    t.teardown(() => browser[Symbol.asyncDispose]());
    const context = await (await browser.get()).newContext({ viewport: SIZE });
    const own = await context.newPage();
    await own.goto(twin.displayUrl);
    const dialog = own.locator('.layer:not([inert])');
    await dialog.getByText('Forgot Password').waitFor();
    const login = await own.getByText('Login', { exact: true }).last().boundingBox();
    const field = await own.locator('[data-field="password"]').boundingBox();
    if (login === null || field === null) throw new Error('no login');
    const area = { left: 380, top: 250, width: 520, height: 220 };
    const cut = (image: Buffer) => sharp(image).extract(area).removeAlpha().raw().toBuffer();
    const expected = await cut(await own.screenshot());
    const difference = async () => {
      const seen = await cut((await snapshot()).jpeg);
      return seen.reduce((sum, value, at) => sum + Math.abs(value - (expected[at] ?? 0)), 0) / seen.length;
    };
    while ((await difference()) > 2) await sleep(20);
    t.pass('the dialog is the one that the recorder shows');
    const pointerAt = async () => (await (await snapshot()).area(396, 396, 6, 6)).mean[0] ?? 0;
    t.ok((await pointerAt()) < 60, 'the dialog is dark there');
    await ask(`${PIKVM.mouseMove}?to_x=${pikvmPoint(394, 1280)}&to_y=${pikvmPoint(392, 720)}`);
    while ((await pointerAt()) < 120) await sleep(10);
    t.pass('the pointer is part of the picture');
    await click(field.x + 40, field.y + field.height / 2);
    await ask(PIKVM.print, PASSWORD);
    await click(login.x + login.width / 2, login.y + login.height / 2);
    await dialog.getByText('Forgot Password').waitFor({ state: 'detached' });
    t.pass('and he is in');
    await context.close();
  },
);

t.test('hands change the chain and cut the power; a wrong chain changes nothing', { skip }, async (t) => {
  await using emulator = await startEmulator(
    planOf({ ...nvr, kvm: { ...OWNER, streamer: 'forever' } }, { ...nvr, id: 'nvr-2', kvm: OWNER }),
  );
  const [first, second] = emulator.ready.recorders;
  if (first === undefined || second === undefined) throw new Error('no twins');
  t.not(first.kvmUrl, second.kvmUrl);
  const { snapshot, ask, control } = client(first);
  const chain = { quality: 80, chroma: '4:4:4', outputHeight: 360 };
  t.same(await control('/kvm', chain), { status: 200, body: {} });
  const small = await snapshot();
  t.match([small.width, small.height, small.chroma], [640, 360, '4:4:4']);
  for (const wrong of [
    { ...chain, quality: 0 },
    { ...chain, chroma: '4:1:1' },
    { ...chain, fog: 1 },
    { quality: 80 },
    [],
  ]) {
    const { status, body } = await control('/kvm', wrong);
    t.equal(status, 400, JSON.stringify(wrong));
    t.match(body, { error: /expected|Invalid|Unrecognized/i });
  }
  t.match(await snapshot(), { width: 640, chroma: '4:4:4' }, 'as before');
  await control('/power', { state: 'off' });
  t.equal((await ask(PIKVM.snapshot)).status, 503, 'no mains, no signal');
  t.match(await (await ask(PIKVM.atx)).json(), { result: { leds: { power: false } } });
  await ask(`${PIKVM.atxPower}?action=on&wait=1`);
  t.match(await snapshot(), { width: 640 }, 'its own switch brings it back');
  t.match(await (await fetch(`${first.controlUrl}/status`)).json(), { power: 'on' });
});

t.test('a twin without a KVM has none, and no browser', async (t) => {
  const { kvm: _, ...plain } = nvr;
  await using emulator = await startEmulator(planOf(plain));
  const [twin] = emulator.ready.recorders;
  if (twin === undefined) throw new Error('no twin');
  t.notOk('kvmUrl' in twin);
  t.same(await client(twin).control('/kvm', { quality: 90, chroma: '4:2:0' }), {
    status: 404,
    body: { error: 'this twin has no KVM' },
  });
});

t.test('a plan tells what is wrong with its KVM', async (t) => {
  const read = (kvm: object) =>
    readPlan(JSON.stringify({ ...planOf(nvr), recorders: [{ ...nvr, kvm }] }), 'p');
  t.match(read({ ...OWNER, chain: { quality: 90, chroma: '4:2:0', noise: 2 }, streamer: 'forever' }), {
    plan: {},
  });
  for (const [kvm, place] of [
    [{ user: 'admin' }, 'password'],
    [{ ...OWNER, user: 'Admin' }, 'user'],
    [{ ...OWNER, chain: { quality: 90 } }, 'chain.chroma'],
    [{ ...OWNER, streamer: 'never' }, 'streamer'],
  ] as const) {
    const found = read(kvm);
    t.match('problems' in found && found.problems[0], new RegExp(`^p: recorders\\[0\\]\\.kvm\\.${place}:`));
  }
});
