import { mkdtemp, rm, symlink, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { systemClock as clock } from '../../../terms/clock.ts';
import { CH9329, encodeCh9329 } from '../../../wire/ch9329.ts';
import { failure } from '../../ports/contract-help.ts';
import { type CabledChip, notingHost, openCabledChip } from './ch9329.fixture.ts';
import { type Ch9329, openCh9329 } from './ch9329.ts';
import { hidOf } from './hid.ts';

const SIZE = { width: 1920, height: 1080 };
const RELEASED = { kind: 'keyboard', modifiers: 0, keys: [] };
const key = (usage: number, modifiers = 0) => [{ kind: 'keyboard', modifiers, keys: [usage] }, RELEASED];
const ANSWER_MS = 400;
const PACE = { clock, holdMs: 1 };

type Bench = {
  readonly cable: CabledChip;
  readonly line: Ch9329;
  readonly host: ReturnType<typeof notingHost>;
};
function withChip(title: string, body: (t: Test, bench: Bench) => Promise<unknown>): void {
  t.test(title, async (t) => {
    const host = notingHost();
    await using cable = await openCabledChip({ host });
    await using line = await openCh9329({ path: cable.path, baudRate: 9600, clock, answerMs: ANSWER_MS });
    await body(t, { cable, line, host });
  });
}

withChip('reports come in the order in which they are asked for', async (t, { line, host }) => {
  const hid = hidOf(line, PACE);
  await Promise.all([
    hid.type('aA~'),
    hid.press('ArrowUp', 2),
    hid.click({ x: 1919, y: 0 }, SIZE, 'right'),
    hid.type(''),
    hid.press('Tab', 0),
  ]);
  t.same(host.reports, [
    ...key(0x04),
    ...key(0x04, 0x02),
    ...key(0x35, 0x02),
    ...key(0x52),
    ...key(0x52),
    { kind: 'mouse', buttons: 0, x: 4094, y: 0 },
    { kind: 'mouse', buttons: 2, x: 4094, y: 0 },
    { kind: 'mouse', buttons: 0, x: 4094, y: 0 },
  ]);
});

withChip('a button is held, and the pointer rests once it was let go of', async (t, { line, host }) => {
  const buttons = () => host.reports.map((report) => report.kind === 'mouse' && report.buttons);
  const slept: unknown[] = [];
  const sleep = async (ms: number) => void slept.push([ms, ...buttons()]);
  const hid = hidOf(line, { clock: { ...clock, sleep }, holdMs: 50 });
  await hid.click({ x: 8, y: 8 }, SIZE, 'left');
  t.same(slept, [
    [50, 0, 1],
    [50, 0, 1, 0],
  ]);
  slept.length = 0;
  const points = [
    { x: 8, y: 8 },
    { x: 80, y: 8 },
  ];
  await hid.drag(points, SIZE);
  t.same(
    slept,
    [
      [50, 0, 1],
      [50, 0, 1, 1, 1, 1],
      [50, 0, 1, 1, 1, 1, 0],
    ].map(([ms, ...more]) => [ms, 0, 1, 0, ...more]),
  );
});

withChip('a text that a US keyboard cannot write is not begun', async (t, { line, host }) => {
  const error = await failure(hidOf(line, PACE).type('pass\u00e9'));
  t.match(error, { code: 'USAGE', message: /character 5 of 5/, hint: /ASCII/ });
  t.notMatch(error?.message, 'pass', 'it may be a secret');
  t.same(host.reports, []);
});

withChip('Caps Lock that somebody left on is put out before text', async (t, { cable, line, host }) => {
  cable.chip.capsLock = true;
  await hidOf(line, PACE).type('a');
  t.same(host.reports, [...key(0x39), ...key(0x04)]);
});

withChip('what an answer says is told in the port’s terms', async (t, { cable, line }) => {
  const answer = (command: number, data: readonly number[], address = 0) =>
    encodeCh9329({ address, command, data: Uint8Array.from(data) });
  const send = () => failure(line.send(CH9329.keyboard, new Uint8Array(8)));
  const faults = [
    ['a wrong sum', (own: Uint8Array) => own.with(-1, 0x00), 'PORT_PROTOCOL', /wrong sum/],
    ['another chip', () => answer(0x82, [0], 7), 'PORT_PROTOCOL', /address 7, not 0/],
    ['late bytes', () => answer(0xc2, [0xe1]), 'PORT_PROTOCOL', /did not come in time/],
    ['a damaged command', () => answer(0xc2, [0xe4]), 'PORT_PROTOCOL', /wrong sum/],
    ['an unknown command', () => answer(0xc2, [0xe3]), 'PORT_PROTOCOL', /does not know/],
    ['another status', () => answer(0x82, [0x07]), 'PORT_PROTOCOL', /status 7/],
    ['a recorder that is off', () => answer(0xc2, [0xe6]), 'PORT_UNREACHABLE', /refuses keyboard/],
    ['silence', () => undefined, 'PORT_TIMEOUT', /did not answer within/],
    ['an answer to something else', () => answer(0x84, [0]), 'PORT_TIMEOUT', /did not answer/],
  ] as const;
  for (const [what, change, code, message] of faults) {
    cable.spoil(change);
    const error = await send();
    t.match(error, { code, port: 'display', message }, what);
    t.ok(error?.hint, what);
    cable.spoil(undefined);
    t.equal(await send(), undefined, `after ${what} it is used as before`);
  }
});

withChip('an answer that comes late is not taken for the next one', async (t, { cable, line }) => {
  const sent: Uint8Array[] = [];
  cable.spoil((own) => {
    sent.push(own);
    return undefined;
  });
  t.equal((await failure(line.send(CH9329.keyboard, new Uint8Array(8))))?.code, 'PORT_TIMEOUT');
  // The late one says "done"; the chip refuses the next report.
  cable.spoil((own) => Uint8Array.of(...(sent.shift() ?? []), ...own));
  cable.chip.connected = false;
  t.equal((await failure(line.send(CH9329.keyboard, new Uint8Array(8))))?.code, 'PORT_UNREACHABLE');
});

withChip('what fails half-way lets go of what it held', async (t, { cable, line, host }) => {
  const hid = hidOf(line, PACE);
  let answers = 0;
  cable.spoil((own) => {
    answers += 1;
    return answers === 2 ? own.with(-1, 0x00) : own;
  });
  t.equal((await failure(hid.type('a')))?.code, 'PORT_PROTOCOL');
  t.same(host.reports, key(0x04));
  answers = 0;
  const [press] = await Promise.all([failure(hid.click({ x: 0, y: 0 }, SIZE, 'left'))]);
  t.equal(press?.code, 'PORT_PROTOCOL');
  t.match(
    host.reports.slice(2).map((report) => report.kind === 'mouse' && report.buttons),
    [0, 1, 0],
  );
});

withChip('an adapter that is pulled out, idle or at work, is unreachable', async (t, { cable, line }) => {
  const hid = hidOf(line, PACE);
  cable.spoil(() => {
    cable.unplug();
    return undefined;
  });
  for (const call of [hid.type('a'), hid.press('Enter', 1), hid.move({ x: 1, y: 1 }, SIZE)]) {
    const error = await failure(call);
    t.match(error, { code: 'PORT_UNREACHABLE', port: 'display' });
    t.ok(error?.hint);
  }
});

t.test('an adapter that was pulled out is used again once it is plugged in', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'resetbench-adapter-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const path = join(folder, 'adapter');
  const before = notingHost();
  const cable = await openCabledChip({ host: before });
  await symlink(cable.path, path);
  await using line = await openCh9329({ path, baudRate: 9600, clock, answerMs: ANSWER_MS });
  const hid = hidOf(line, PACE);
  await hid.type('a');
  cable.unplug();
  await unlink(path);
  t.equal((await failure(hid.type('b')))?.code, 'PORT_UNREACHABLE');
  t.match(await failure(hid.type('b')), { code: 'PORT_UNREACHABLE', hint: /plug the adapter in/i });
  const after = notingHost();
  await using again = await openCabledChip({ host: after });
  await symlink(again.path, path);
  await hid.type('c');
  t.same(before.reports, key(0x04));
  // What may have been held when it was pulled out is let go of by what comes next.
  t.same(after.reports, key(0x06));
});

withChip('after close every command says so', async (t, { line }) => {
  const waiting = failure(line.send(CH9329.reset));
  await line[Symbol.asyncDispose]();
  await line[Symbol.asyncDispose]();
  t.ok([undefined, 'PORT_CLOSED'].includes((await waiting)?.code));
  t.equal((await failure(line.info()))?.code, 'PORT_CLOSED');
});

t.test('a chip that cannot be used does not open, and says what to do', async (t) => {
  const host = notingHost();
  const open = (path: string) => failure(openCh9329({ path, baudRate: 9600, clock, answerMs: ANSWER_MS }));
  t.match(await open('/dev/absent-tty'), {
    code: 'PORT_UNREACHABLE',
    port: 'display',
    hint: /plug the adapter in/i,
  });
  {
    await using cable = await openCabledChip({ host });
    cable.chip.connected = false;
    t.match(await open(cable.path), {
      code: 'PORT_UNREACHABLE',
      message: /not plugged into a recorder/,
      hint: /recorder is on/,
    });
    cable.spoil(() => undefined);
    t.match(await open(cable.path), {
      code: 'PORT_UNREACHABLE',
      message: /no CH9329 answers/,
      hint: /baud/,
    });
    cable.spoil(undefined);
    cable.chip.connected = true;
    await using first = await openCh9329({ path: cable.path, baudRate: 9600, clock });
    t.match(await first.info(), { version: '1.8', connected: true });
    t.match(await open(cable.path), { code: 'PORT_BUSY', hint: /fuser/ });
  }
  for (const workMode of [0x01, 0x83]) {
    await using cable = await openCabledChip({ host, workMode });
    t.match(await open(cable.path), {
      code: 'PORT_PROTOCOL',
      message: /work mode/,
      hint: /MODE0/,
    });
  }
  {
    await using cable = await openCabledChip({ host, address: 5 });
    t.match(await open(cable.path), { code: 'PORT_UNREACHABLE' }, 'it does not hear what is for another');
    await using line = await openCh9329({ path: cable.path, baudRate: 9600, clock, address: 5 });
    t.ok((await line.info()).connected);
  }
  t.same(host.reports, [], 'opening touches nothing');
});
