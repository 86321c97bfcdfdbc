import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { assert, asyncProperty, integer, uint8Array } from 'fast-check';
import t from 'tap';
import { HarnessError } from '../terms/error.ts';
import type { Entry } from './channels.ts';
import { openSessionReader, type SessionReader } from './reader.ts';
import { rewriteSession } from './rewrite.ts';
import { ABOUT, exchange, frameAt, T0, testFolder } from './session.fixture.ts';
import { withStandIns } from './stand-in.ts';
import { lineOf } from './timeline.ts';
import { wholeOf } from './whole.ts';
import { openSessionWriter } from './writer.ts';

t.setTimeout(240_000);

async function all(session: SessionReader, part?: Parameters<SessionReader['entries']>[0]): Promise<Entry[]> {
  const entries: Entry[] = [];
  for await (const entry of session.entries(part)) entries.push(entry);
  return entries;
}

/** A recording with a message of every channel. */
async function sample(file: string): Promise<void> {
  const writer = await openSessionWriter(file, { about: ABOUT, at: T0 });
  writer.write('step', T0 + 10, { kind: 'case', text: 'A reset', requirement: 'CR46' });
  writer.write('frame', T0 + 20, frameAt(T0 + 20));
  writer.write('reading', T0 + 20, {
    width: 1280,
    height: 720,
    items: [{ kind: 'button', text: 'OK', box: { x: 1, y: 2, width: 30, height: 20 } }],
  });
  writer.write('input', T0 + 30, { kind: 'click', x: 10, y: 12, button: 'left' });
  writer.write('input', T0 + 31, { kind: 'type', text: '[password 1]', count: 12 });
  writer.write('serial', T0 + 40, { direction: 'in', text: 'U-Boot 1.3.4\r\n' });
  writer.write('serial', T0 + 41, { direction: 'out', text: 'help\r' });
  writer.write('http', T0 + 50, {
    ...exchange('/ISAPI/System/deviceInfo', '<DeviceInfo/>'),
    notes: ['no namespace'],
  });
  writer.write('mail', T0 + 60, {
    from: 'a@b.example',
    to: ['[address 1]'],
    subject: 'Code',
    text: 'Your code:\n[code 1]\n',
    headers: {},
    receivedAt: T0 + 59,
  });
  writer.write('scan', T0 + 55, {
    as: 'visitor',
    characters: 200,
    sha256: 'a'.repeat(64),
    picture: false,
    accepted: true,
    message: 'sent',
  });
  writer.write('power', T0 + 70, { act: 'off' });
  writer.write('network', T0 + 71, { act: 'down', failure: 'gone' });
  writer.write('usb', T0 + 72, { act: 'insert', detail: 'full' });
  writer.write('hands', T0 + 73, { act: 'advance', detail: '1000' });
  writer.write('sadp', T0 + 74, { answer: null });
  writer.write('step', T0 + 80, { kind: 'verdict', text: '', requirement: 'CR46', verdict: 'pass' });
  const ended = await writer.close(T0 + 100);
  if (ended.problem !== undefined) throw new Error(ended.problem);
}

t.test('what was written is read again, in the order of its times', async (t) => {
  const file = join(await testFolder(t), 'session.mcap');
  await sample(file);
  await using session = await openSessionReader(file);
  t.same(session.about, ABOUT);
  t.equal(session.cut, false);
  t.equal(session.from, T0);
  t.equal(session.to, T0 + 100);
  t.equal(session.counts.get('serial'), 2);
  const entries = await all(session);
  const times = entries.map(({ at }) => at - T0);
  t.same(
    times,
    times.toSorted((a, b) => a - b),
  );
  t.same(
    [...new Set(entries.map(({ topic }) => topic))].sort(),
    [
      'frame',
      'hands',
      'http',
      'input',
      'mail',
      'network',
      'power',
      'reading',
      'scan',
      'serial',
      'session',
      'sadp',
      'step',
      'usb',
    ].sort(),
    'every channel',
  );
  for (const entry of entries) {
    t.match(lineOf(entry), /\S/, entry.topic);
    t.match(wholeOf(entry), entry.topic);
  }
});

t.test('a part is sought by time and channel', async (t) => {
  const file = join(await testFolder(t), 'session.mcap');
  await sample(file);
  await using session = await openSessionReader(file);
  const some = await all(session, { topics: ['serial', 'http'], from: T0 + 41, to: T0 + 50 });
  t.same(
    some.map(({ at, topic }) => [at - T0, topic]),
    [
      [41, 'serial'],
      [50, 'http'],
    ],
  );
  t.equal((await session.lastBefore('serial', T0 + 45))?.value.text, 'help\r');
  t.equal((await session.lastBefore('serial', T0 + 40))?.value.direction, 'in');
  t.equal(await session.lastBefore('serial', T0 + 39), undefined);
});

t.test('other programs find schemas, and pictures in a form that they know', async (t) => {
  const file = join(await testFolder(t), 'session.mcap');
  await sample(file);
  const text = (await readFile(file)).toString('latin1');
  t.match(text, 'foxglove.CompressedImage');
  t.match(text, 'jsonschema');
});

/** Writes numbered lines for ever, and says each number once it is written. */
const WRITE = `
  const { openSessionWriter } = await import(process.argv[1]);
  const writer = await openSessionWriter(process.argv[2], { about: ${JSON.stringify(ABOUT)}, at: ${T0} });
  for (let n = 1; ; n += 1) {
    writer.write('serial', ${T0} + n, { direction: 'in', text: 'line ' + n + ' '.repeat(n % 400) });
    await new Promise((resolve) => setImmediate(resolve));
    console.log(n);
  }`;

t.test('a process that is killed leaves a file with all that it wrote', async (t) => {
  const folder = await testFolder(t);
  for (const kill of [1, 50, 400]) {
    const file = join(folder, `${kill}.mcap`);
    const child = spawn(
      process.execPath,
      ['--input-type=module', '-e', WRITE, join(import.meta.dirname, 'writer.ts'), file],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const ended = once(child, 'exit');
    let told = 0;
    for await (const line of createInterface({ input: child.stdout })) {
      told = Number(line);
      if (told >= kill) break;
    }
    child.kill('SIGKILL');
    await ended;
    await using session = await openSessionReader(file);
    t.equal(session.cut, true);
    const lines = await all(session, { topics: ['serial'] });
    t.ok(lines.length >= told, `${lines.length} lines of the ${told} that were told of`);
    t.ok(lines.every(({ topic, value }, at) => topic === 'serial' && value.text.trim() === `line ${at + 1}`));
    t.equal((await session.lastBefore('serial', T0 + 1))?.at, T0 + 1, 'and is sought in like any other');
  }
});

/** Opens and reads all of it; true, or false with an error that says that it is damaged. */
async function readable(file: string): Promise<boolean> {
  try {
    await using session = await openSessionReader(file);
    for (const entry of await all(session)) wholeOf(entry);
    return true;
  } catch (error) {
    if (error instanceof HarnessError && error.code === 'RECORD_UNREADABLE') return false;
    throw error;
  }
}

t.test('a file that is torn anywhere is read as far as it goes', async (t) => {
  const folder = await testFolder(t);
  const whole = join(folder, 'session.mcap');
  await sample(whole);
  const bytes = await readFile(whole);
  const torn = join(folder, 'torn.mcap');
  let read = 0;
  for (let length = 0; length < bytes.length; length += 199) {
    await writeFile(torn, bytes.subarray(0, length));
    if (await readable(torn)) read += 1;
  }
  t.ok(read > bytes.length / 199 / 2, `${read} of ${Math.ceil(bytes.length / 199)}`);
});

t.test('damage and garbage are a classified error, or nothing that matters', async (t) => {
  const folder = await testFolder(t);
  const whole = join(folder, 'session.mcap');
  await sample(whole);
  const bytes = await readFile(whole);
  const file = join(folder, 'damaged.mcap');
  const flips = asyncProperty(
    integer({ min: 0, max: bytes.length - 1 }),
    integer({ min: 1, max: 255 }),
    async (at, by) => {
      const damaged = Buffer.from(bytes);
      damaged[at] = (damaged[at] ?? 0) ^ by;
      await writeFile(file, damaged);
      await readable(file);
    },
  );
  await assert(flips, { numRuns: 150 });
  const garbage = asyncProperty(uint8Array({ maxLength: 2000 }), async (noise) => {
    await writeFile(file, Buffer.concat([bytes.subarray(0, 40), noise]));
    await readable(file);
    await writeFile(file, noise);
    t.equal(await readable(file), false);
  });
  await assert(garbage, { numRuns: 60 });
});

t.test('what is no recording says what to do', async (t) => {
  const folder = await testFolder(t);
  await writeFile(join(folder, 'x'), 'no recording');
  for (const name of ['x', 'absent'])
    await t.rejects(openSessionReader(join(folder, name)), { code: 'RECORD_UNREADABLE', hint: /--record/ });
});

t.test('a recording is bounded: it says that it is full, and the session goes on', async (t) => {
  const file = join(await testFolder(t), 'session.mcap');
  const writer = await openSessionWriter(file, { about: ABOUT, at: T0, maxBytes: 40_000 });
  for (let n = 1; n <= 400; n += 1)
    writer.write('serial', T0 + n, { direction: 'in', text: `${n} ${Math.random()}`.repeat(20) });
  const ended = await writer.close(T0 + 1000);
  t.match(ended.problem, /full/);
  await using session = await openSessionReader(file);
  t.equal(session.cut, false);
  const entries = await all(session);
  t.match(
    entries.slice(-2).map(({ value }) => value),
    [{ event: 'full', maxBytes: 40_000 }, { event: 'end' }],
  );
  t.ok((session.counts.get('serial') ?? 0) < 400);
  t.ok((await stat(file)).size < 80_000, 'with its index');
});

t.test('what is not as its channel has it is left out, and told', async (t) => {
  const file = join(await testFolder(t), 'session.mcap');
  const writer = await openSessionWriter(file, { about: ABOUT, at: T0 });
  writer.write('serial', T0 + 1, { direction: 'in', text: 'good' });
  writer.write('scan', T0 + 2, { as: 'visitor', characters: -1, sha256: 'no', picture: false });
  writer.write('serial', T0 + 3, { direction: 'in', text: 'late' });
  t.match((await writer.close(T0 + 9)).problem, /scan/);
  await using session = await openSessionReader(file);
  t.equal(session.counts.get('serial'), 2);
  t.equal(session.counts.get('scan'), undefined);
});

t.test('a file that is there is not written over', async (t) => {
  const file = join(await testFolder(t), 'session.mcap');
  await sample(file);
  await t.rejects(openSessionWriter(file, { about: ABOUT, at: T0 }), { code: 'RECORD_UNREADABLE' });
});

t.test('what turns out to be secret is taken out of what was written', async (t) => {
  const file = join(await testFolder(t), 'session.mcap');
  const writer = await openSessionWriter(file, { about: ABOUT, at: T0 });
  writer.write('serial', T0 + 1, { direction: 'in', text: 'code K7Q2M9XA' });
  writer.write('http', T0 + 2, exchange('/x', '<a>K7Q2M9XA</a>'));
  writer.write('frame', T0 + 3, frameAt(T0 + 3));
  await writer.close(T0 + 9);
  const before = await readFile(file);
  t.equal(await rewriteSession(file, (text) => text), false);
  t.same(await readFile(file), before, 'nothing to change: not touched');
  t.equal(await rewriteSession(file, (text) => text.replaceAll('K7Q2M9XA', '[code 1]')), true);
  await using session = await openSessionReader(file);
  const entries = await all(session);
  t.notMatch(JSON.stringify(entries), 'K7Q2M9XA');
  t.same(
    entries.map(({ topic, at }) => [topic, at - T0]),
    [
      ['session', 0],
      ['serial', 1],
      ['http', 2],
      ['frame', 3],
      ['session', 9],
    ],
  );
});

t.test('labels have stand-ins of the right form', async (t) => {
  t.equal(
    withStandIns('[code 1] for [address 12], [hidden]', 8),
    'CODE0001 for address-12@replay.invalid, [hidden]',
  );
  t.equal(withStandIns('[code 3]', 6), 'CODE03');
  t.equal(withStandIns('[password 2]', 8), 'password-2');
});
