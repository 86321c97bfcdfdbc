import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { SerialPort } from 'serialport';
import t from 'tap';
import type { EmulatorPlan, EmulatorReady, RecorderEndpoints, RecorderPlan } from '../wire/emulator.ts';
import { newSealKeys, openLetter } from '../wire/seal.ts';
import { startControl } from './control/control.ts';
import { startEmulator } from './emulator.ts';
import { readPlan } from './plan.ts';
import { seededRandom } from './random.ts';
import { Recorder } from './recorder/recorder.ts';
import { MailFates } from './relay/fates.ts';
import { together } from './together.ts';
import { startTwin } from './twin.ts';

const PROGRAM = fileURLToPath(new URL('./main.ts', import.meta.url));
const keys = newSealKeys();
const common = { relayKey: keys.publicKey, seed: 1 };
const nvr: RecorderPlan = {
  id: 'nvr-1',
  family: 'nvr',
  model: 'DS-7616NI-K2',
  firmware: 'V4.30.097',
  build: 'build 200922',
  gui: '4.0',
  language: 'en',
  resolution: '1280x720',
  adminPassword: 'Harbour-77',
  reservedEmail: 'owner@lab.example',
  bootMs: 40,
};
const plan: EmulatorPlan = {
  smtp: { host: '127.0.0.1', port: 25 },
  seed: 7,
  recorders: [
    nvr,
    { ...nvr, id: 'hghi-1', family: 'hghi-f', model: 'DS-7216HGHI-F2', firmware: 'V3.5.10', gui: '3.0' },
    { ...nvr, id: 'lite-1', family: 'dvr-k', model: 'DS-7104HGHI-K1', firmware: 'V4.21.150', gui: 'lite' },
  ],
};

/** Starts the program; it is killed at the end of the test if it still runs. */
function program(t: { teardown(act: () => void): void }, ...args: readonly string[]) {
  const child: ChildProcessWithoutNullStreams = spawn(process.execPath, [PROGRAM, ...args]);
  t.teardown(() => {
    child.kill('SIGKILL');
  });
  const ended = Promise.all([
    new Promise<number | null>((resolve) => child.once('close', resolve)),
    text(child.stderr),
  ]);
  const line = new Promise<string>((resolve) => {
    let heard = '';
    child.stdout.on('data', (chunk: Buffer) => {
      heard += chunk.toString();
      if (heard.endsWith('\n')) resolve(heard);
    });
  });
  return {
    child,
    /** The ready line. */
    async ready() {
      const early = ended.then(([code, errors]) => Promise.reject(new Error(`ended: ${code} ${errors}`)));
      return JSON.parse(await Promise.race([line, early])) as EmulatorReady;
    },
    async end() {
      const [code, errors] = await ended;
      return { code, errors };
    },
  };
}

/** The control port as a client sees it. */
function control(url: string) {
  const ask = async (method: string, path: string, body?: unknown) => {
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const response = await fetch(url + path, { method, ...sent });
    return { status: response.status, body: (await response.json()) as Readonly<Record<string, unknown>> };
  };
  return {
    ask,
    status: async () => (await ask('GET', '/status')).body,
    power: (state: 'on' | 'off') => ask('POST', '/power', { state }),
    async untilReady() {
      while ((await ask('GET', '/status')).body.phase !== 'ready') await sleep(5);
    },
  };
}
/** Status of deviceInfo without a login, or why nobody answered. */
async function deviceInfo(twin: RecorderEndpoints): Promise<number | 'unreachable'> {
  const answer = fetch(`${twin.httpUrl}/ISAPI/System/deviceInfo`).then(async (response) => {
    await response.arrayBuffer();
    return response.status;
  });
  return answer.catch(() => 'unreachable' as const);
}
async function openSerial(path: string) {
  const port = new SerialPort({ path, baudRate: 115200, autoOpen: false });
  await new Promise<void>((resolve, reject) => port.open((error) => (error ? reject(error) : resolve())));
  let heard = '';
  port.on('data', (chunk: Buffer) => {
    heard += chunk.toString();
  });
  return {
    async until(pattern: RegExp) {
      while (!pattern.test(heard)) await sleep(5);
      return heard;
    },
    close: () => new Promise<void>((resolve) => port.close(() => resolve())),
  };
}
const gone = async (path: string) => {
  while (existsSync(path)) await sleep(5);
};

t.test('several twins in one process: every port of each answers; closed input ends all', async (t) => {
  const { child, ready, end } = program(t);
  child.stdin.write(`${JSON.stringify(plan)}\n`);
  const { pid, relayUrl, recorders } = await ready();
  t.equal(pid, child.pid);
  t.same(
    recorders.map(({ id }) => id),
    ['nvr-1', 'hghi-1', 'lite-1'],
    'in the order of the plan',
  );
  const session = { method: 'POST', body: '{"mode":"visitor"}' };
  t.equal((await fetch(`${relayUrl}/app/session`, session)).status, 200, 'the app-and-mail service');
  for (const twin of recorders) {
    t.equal(await deviceInfo(twin), 401, `${twin.id}: HTTP asks for a login`);
    const page = await fetch(twin.displayUrl);
    t.equal(page.status, 200, `${twin.id}: the display shows a page`);
    t.match(await page.text(), /<html/, `${twin.id}: of HTML`);
    const { status, power } = control(twin.controlUrl);
    t.match(await status(), { power: 'on', phase: 'ready', clock: /^20\d\d-/ }, `${twin.id}: control`);
    const serial = await openSerial(twin.serialPath);
    await power('off');
    await power('on');
    const boot = await serial.until(/list of davinci system commands\.[\s\S]*# $/);
    t.match(boot, /U-Boot[\s\S]*Starting kernel/, `${twin.id}: the console prints the boot`);
    await serial.close();
  }
  const urls = recorders.flatMap(({ httpUrl, displayUrl, controlUrl }) => [httpUrl, displayUrl, controlUrl]);
  for (const url of [...urls, relayUrl]) t.equal(new URL(url).hostname, '127.0.0.1');
  const places = [...urls, relayUrl, ...recorders.map(({ serialPath }) => serialPath)];
  t.equal(new Set(places).size, 13, 'no two share a port');

  child.stdin.end();
  t.match(await end(), { code: 0, errors: '' });
  for (const twin of recorders) {
    await gone(twin.serialPath);
    t.equal(await deviceInfo(twin), 'unreachable');
  }
});

t.test('a plan in a file; signals end the program', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'emulator-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'plan.json');
  writeFileSync(file, JSON.stringify(plan, undefined, 2));
  const running = program(t, file);
  await running.ready();
  running.child.kill('SIGINT');
  t.match(await running.end(), { code: 0, errors: '' });

  const terminated = program(t);
  terminated.child.stdin.write(`${JSON.stringify(plan)}\n`);
  await terminated.ready();
  terminated.child.kill('SIGTERM');
  t.match(await terminated.end(), { code: 0 });
});

t.test('a wrong plan ends the program with exit code 2 and the place of each problem', async (t) => {
  const wrong = program(t);
  wrong.child.stdin.write(
    `${JSON.stringify({ ...plan, recorders: [nvr, { ...nvr, id: 'b', gui: '5.0' }], speed: 1 })}\n`,
  );
  const { code, errors } = await wrong.end();
  t.equal(code, 2);
  t.match(errors, /^standard input: recorders\[1\]\.gui: .*"3\.0"/m);
  t.match(errors, /^standard input: plan: .*"speed"/m, 'every problem at once');

  const silent = program(t);
  silent.child.stdin.end();
  t.match(await silent.end(), { code: 2, errors: 'standard input: expected a plan, found nothing\n' });

  const missing = program(t, '/nowhere/plan.json');
  t.match(await missing.end(), { code: 2, errors: /^\/nowhere\/plan\.json: ENOENT/ });
});

t.test('what is wrong with a plan is said with its place', async (t) => {
  const first = (change: object) => ({ ...plan, recorders: [{ ...nvr, ...change }] });
  const cases: readonly (readonly [unknown, RegExp])[] = [
    [first({ firmware: '4.21' }), /^P: recorders\[0\]\.firmware: expected a version like V4\.21\.000$/],
    [first({ model: undefined }), /^P: recorders\[0\]\.model: /],
    [first({ colour: 'grey' }), /^P: recorders\[0\]: .*"colour"/],
    [first({ reservedEmail: 'owner' }), /^P: recorders\[0\]\.reservedEmail: expected an e-mail address/],
    [first({ adminPassword: undefined }), /^P: recorders\[0\]\.reservedEmail: expected an adminPassword/],
    [first({ digest: [] }), /^P: recorders\[0\]\.digest: /],
    [first({ bootMs: -1 }), /^P: recorders\[0\]\.bootMs: /],
    [{ ...plan, recorders: [] }, /^P: recorders: /],
    [{ ...plan, recorders: [nvr, nvr] }, /^P: recorders\[1\]\.id: nvr-1 is recorders\[0\]'s already$/],
    [
      { ...plan, recorders: ['a', 'b'].map((id) => ({ ...nvr, id, serialNumber: 'S1' })) },
      /^P: recorders\[1\]\.serialNumber: S1 is recorders\[0\]'s already$/,
    ],
    [{ ...plan, smtp: { host: 'localhost', port: 70_000 } }, /^P: smtp\.port: /],
    [[], /^P: plan: /],
  ];
  for (const [value, expected] of cases) {
    const read = readPlan(JSON.stringify(value), 'P');
    const problems = 'problems' in read ? read.problems : [];
    t.ok(
      problems.some((problem) => expected.test(problem)),
      `${expected}`,
      { problems },
    );
  }
  t.match(readPlan('{', 'P'), { problems: [/^P: not JSON: /] });
  t.same(readPlan(JSON.stringify(plan), 'P'), { plan }, 'a right plan is taken as it is');
});

t.test('a power cut makes HTTP unreachable at once; power on boots', async (t) => {
  await using emulator = await startEmulator({ ...plan, recorders: [{ ...nvr, bootMs: 200 }] });
  const [twin] = emulator.ready.recorders;
  if (twin === undefined) throw new Error('no twin');
  const { power, status, untilReady } = control(twin.controlUrl);
  t.equal(await deviceInfo(twin), 401);
  await power('off');
  t.match(await status(), { power: 'off', phase: 'off' });
  t.equal(await deviceInfo(twin), 'unreachable');
  await power('on');
  t.match(await status(), { power: 'on', phase: 'booting' });
  await untilReady();
  t.equal(await deviceInfo(twin), 401, 'at the same address');
});

/** A recorder on a clock that only the test moves, behind its control port. */
async function controlled(t: { teardown(act: () => Promise<void>): void }) {
  const hands = { now: () => Date.UTC(2026, 0, 1), monotonic: () => 5000 };
  const core = new Recorder(nvr, { relayKey: keys.publicKey, clock: hands });
  const mail = new MailFates();
  const server = await startControl(core, { mail });
  t.teardown(async () => {
    core.close();
    await server[Symbol.asyncDispose]();
  });
  return { core, mail, ...control(server.url) };
}

t.test('a snapshot brings password, reserved address, clock and open reset back', async (t) => {
  const { core, ask } = await controlled(t);
  const { payload } = core.openReset();
  t.match(await ask('POST', '/snapshot', { name: 'start' }), { status: 200 });
  core.changePassword('admin', 'Lantern-88', 'local');
  core.reserve('other@lab.example', 'local');
  core.advance(60_000);
  await ask('POST', '/snapshot', { name: 'changed' });
  t.match(await ask('POST', '/restore', { name: 'start' }), { status: 200 });
  t.match(core.login('admin', 'Lantern-88', 'local'), { ok: false });
  t.match(core.login('admin', 'Harbour-77', 'local'), { ok: true });
  t.equal(core.reservedEmail, 'owner@lab.example');
  t.equal(core.openPayload, payload);
  t.equal(core.now, Date.UTC(2026, 0, 1));
  await ask('POST', '/restore', { name: 'changed' });
  t.match(core.login('admin', 'Lantern-88', 'local'), { ok: true }, 'by name, any number of times');
  t.equal(core.reservedEmail, 'other@lab.example');
});

t.test('advancing the time moves the clock and the uptime', async (t) => {
  const { core, ask, status } = await controlled(t);
  const before = { now: core.now, uptime: core.uptime, clock: String((await status()).clock) };
  t.match(await ask('POST', '/time', { advanceMs: 90_000 }), { status: 200 });
  t.equal(core.now - before.now, 90_000);
  t.equal(core.uptime - before.uptime, 90_000);
  t.equal(Date.parse(String((await status()).clock)) - Date.parse(before.clock), 90_000, 'as status says');
});

t.test('a USB drive is plugged in and pulled', async (t) => {
  const { core, ask } = await controlled(t);
  await ask('POST', '/usb', { folder: '/media/drive' });
  t.equal(core.usbFolder, '/media/drive');
  await ask('POST', '/usb', { folder: null });
  t.equal(core.usbFolder, undefined);
});

t.test('the control port sets how mails travel; a restore leaves it alone', async (t) => {
  const { mail, ask } = await controlled(t);
  t.equal(mail.next(), undefined, 'straight from the start');
  await ask('POST', '/snapshot', { name: 'start' });
  t.equal((await ask('POST', '/mail', { kind: 'script', mails: [['spam'], ['delay']] })).status, 200);
  t.same([...(mail.next()?.fates ?? [])], ['spam']);
  await ask('POST', '/restore', { name: 'start' });
  t.same([...(mail.next()?.fates ?? [])], ['delay'], 'the script goes on where it was');
  t.equal(mail.next(), undefined);
  await ask('POST', '/mail', { kind: 'seeded', seed: 4, chances: { greylist: 1 } });
  t.ok(mail.next()?.fates.has('greylist'));
  await ask('POST', '/mail', { kind: 'straight' });
  t.equal(mail.next(), undefined);
});

t.test('the mails of a jittery twin are troubled as its seed has it, those of others are not', async (t) => {
  const fates = async (plan: RecorderPlan, seed: number) => {
    await using twin = await startTwin(plan, { ...common, seed });
    return Array.from({ length: 12 }, () => [...(twin.unit.mail.next()?.fates ?? ['straight'])].join());
  };
  const jittery = { ...nvr, pace: 'jittery' } as const;
  t.same(await fates(jittery, 1), await fates(jittery, 1));
  t.notSame(await fates(jittery, 1), await fates(jittery, 2));
  t.notSame(await fates(jittery, 1), await fates({ ...jittery, id: 'nvr-2' }, 1));
  t.ok((await fates(jittery, 1)).every((each) => each.startsWith('delay')));
  t.same(new Set(await fates(nvr, 1)), new Set(['straight']));
});

t.test('the control port says what is wrong with a request, and then does nothing', async (t) => {
  const { core, ask } = await controlled(t);
  const before = JSON.stringify(core.snapshot());
  const cases: readonly (readonly [string, string, unknown, number, RegExp])[] = [
    ['GET', '/nothing', undefined, 404, /no such path: \/nothing/],
    ['GET', '/power', undefined, 405, /\/power does not take GET/],
    ['POST', '/power', undefined, 400, /state: expected "on" or "off"/],
    ['POST', '/power', { state: 'OFF' }, 400, /state: expected/],
    ['POST', '/time', { advanceMs: -1 }, 400, /advanceMs: expected/],
    ['POST', '/time', { advanceMs: '1' }, 400, /advanceMs: expected/],
    ['POST', '/snapshot', { name: '' }, 400, /name: expected/],
    ['POST', '/restore', {}, 400, /name: expected/],
    ['POST', '/restore', { name: 'never' }, 404, /no snapshot never/],
    ['POST', '/usb', { folder: 'relative' }, 400, /folder: expected/],
    ['POST', '/mail', undefined, 400, /route: /],
    ['POST', '/mail', { kind: 'script', mails: [['spam'], ['lost']] }, 400, /mails\.1\.0: /],
    ['POST', '/mail', { kind: 'seeded', seed: -1 }, 400, /seed: /],
    ['POST', '/mail', { kind: 'seeded', seed: 1, chances: { spam: 2 } }, 400, /chances\.spam: /],
    ['POST', '/mail', { kind: 'straight', mails: [] }, 400, /mails/],
  ];
  for (const [method, path, body, status, error] of cases)
    t.match(await ask(method, path, body), { status, body: { error } }, `${method} ${path} ${error}`);
  t.equal(JSON.stringify(core.snapshot()), before);
});

t.test('the power can be cut right after any line of the boot, and the next boot is whole', async (t) => {
  const lines: string[] = [];
  let cutAt = -1;
  const core = new Recorder({ ...nvr, bootMs: 4 }, { relayKey: keys.publicKey });
  const boot = () =>
    new Promise<void>((resolve) => {
      lines.length = 0;
      const stop = core.onChange(() => {
        if (core.phase === 'booting') return;
        stop();
        resolve();
      });
      core.powerOn();
    });
  core.onConsole((line) => {
    if (lines.push(line) - 1 === cutAt) queueMicrotask(() => core.powerOff());
  });
  core.powerOff();
  await boot();
  const whole = [...lines];
  t.ok(whole.length > 20);
  const bootLines = whole.findIndex((line) => line.includes('System Start'));
  for (cutAt = 0; cutAt < bootLines; cutAt++) {
    core.powerOff();
    await boot();
    t.same([core.phase, lines.length], ['off', cutAt + 1], `nothing more is printed after line ${cutAt}`);
    const at = cutAt;
    cutAt = -1;
    await boot();
    cutAt = at;
    t.equal(core.phase, 'ready');
    t.equal(lines.length, whole.length);
  }
  t.match(core.login('admin', 'Harbour-77', 'local'), { ok: true });
  core.close();
});

t.test('the mains of a twin goes and comes at random moments; it always boots in the end', async (t) => {
  await using twin = await startTwin({ ...nvr, bootMs: 30 }, common);
  const { endpoints } = twin;
  const { power, status, untilReady } = control(endpoints.controlUrl);
  const random = seededRandom(20_260_101, 'cuts');
  const serial = await openSerial(endpoints.serialPath);
  for (let round = 0; round < 25; round++) {
    await sleep(random() * 40);
    const state = random() < 0.5 ? 'off' : 'on';
    await power(state);
    const { phase } = await status();
    if (state === 'off') t.equal(phase, 'off', `round ${round}`);
    else t.not(phase, 'off', `round ${round}`);
    const reached = await deviceInfo(endpoints);
    if (state === 'off') t.equal(reached, 'unreachable', `round ${round}`);
  }
  await power('on');
  await untilReady();
  t.equal(await deviceInfo(endpoints), 401);
  await serial.until(/# $/);
  await serial.close();
});

t.test('the console of a closed twin is gone, and so are its ports', async (t) => {
  const twin = await startTwin(nvr, common);
  const { endpoints } = twin;
  t.ok(existsSync(endpoints.serialPath));
  await twin[Symbol.asyncDispose]();
  await gone(endpoints.serialPath);
  t.equal(await deviceInfo(endpoints), 'unreachable');
  for (const url of [endpoints.displayUrl, endpoints.controlUrl]) await t.rejects(fetch(url), url);
});

t.test('twins with the same seed differ in serial number and secrets', async (t) => {
  await using emulator = await startEmulator({ ...plan, recorders: [nvr, { ...nvr, id: 'nvr-2' }] });
  const [one, two] = emulator.ready.recorders;
  t.not(one?.serialNumber, two?.serialNumber);
  const unit = (id: string) => new Recorder({ ...nvr, id }, { relayKey: keys.publicKey });
  const secrets = (core: Recorder) => {
    const { store, facts } = core;
    const code = openLetter(core.openReset().payload, keys)?.code;
    return [store.flash.accounts[0]?.salt, store.memory.nonceKey, code, facts.macAddress, facts.realm];
  };
  const all = [unit('a'), unit('b')].flatMap(secrets);
  t.equal(new Set(all).size, 10);
  const again = secrets(unit('a'));
  t.equal(new Set([...all.slice(0, 3), ...again.slice(0, 3)]).size, 6, 'the same unit draws new secrets');
  t.same(again.slice(3), all.slice(3, 5), 'and stays the same unit');
});

t.test('a seed repeats its numbers, for each name others', async (t) => {
  const draw = (seed: number, name: string) => Array.from({ length: 100 }, seededRandom(seed, name));
  t.same(draw(1, 'a'), draw(1, 'a'));
  t.notSame(draw(1, 'a'), draw(1, 'b'));
  t.notSame(draw(1, 'a'), draw(2, 'a'));
  t.ok([...draw(1, 'a'), ...draw(2, 'b')].every((one) => one >= 0 && one < 1));
});

t.test('what starts together fails together, after the last has started', async (t) => {
  const order: string[] = [];
  const slow = sleep(5).then(() => order.push('slow'));
  await t.rejects(together([Promise.reject(new Error('first')), slow]), { message: 'first' });
  t.same(order, ['slow']);
  t.same(await together([Promise.resolve(1), Promise.resolve(2)]), [1, 2]);
});
