import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import type { Clock } from '../terms/clock.ts';
import type { RunEvent } from '../terms/record.ts';
import { openJournal, readJournal } from './journal.ts';
import { openStore } from './store.ts';

/** A clock that goes on by 5 ms each time it is asked. */
function steps(): Clock {
  let now = 1000;
  return { now: () => (now += 5), monotonic: () => now, sleep: () => Promise.resolve() };
}

const START: RunEvent = {
  type: 'run-start',
  id: 'r',
  harness: { version: '0.1.0', node: 'v24', platform: 'linux' },
  requirements: [],
  duts: [],
  planned: [],
  notRun: [],
};
const DUTS = ['k1', 'line\nbreak', 'ü ß 録画', 'k4'];
const sha256 = (text: string | Uint8Array) => createHash('sha256').update(text).digest('hex');

/** A journal of six events. */
async function sample(file: string): Promise<readonly string[]> {
  await using journal = await openJournal(file, steps());
  journal.write(START);
  for (const dut of DUTS) journal.write({ type: 'dut-start', dut });
  journal.write({ type: 'run-end', ended: 'complete' });
  await journal.flush();
  return (await readFile(file, 'utf8')).split('\n').slice(0, -1);
}

t.test('each line has its number, its time and the hash of the line before', async (t) => {
  const file = join(t.testdir(), 'events.jsonl');
  const lines = await sample(file);
  t.equal(lines.length, 6);
  const read = lines.map((line): { seq: number; at: number; prev: string } => JSON.parse(line));
  t.same(
    read.map((one) => [one.seq, one.at]),
    [1, 2, 3, 4, 5, 6].map((seq) => [seq, 1000 + seq * 5]),
  );
  t.same(
    read.map((one) => one.prev),
    ['0'.repeat(64), ...lines.slice(0, -1).map(sha256)],
  );
});

t.test('a journal is read back as it was written, and is intact', async (t) => {
  const file = join(t.testdir(), 'events.jsonl');
  await sample(file);
  const { events, intact, problem } = await readJournal(file);
  t.same([intact, problem], [true, undefined]);
  t.same(
    events.flatMap((event) => (event.type === 'dut-start' ? [event.dut] : [])),
    DUTS,
  );
});

t.test('an event that has its own time keeps it', async (t) => {
  const file = join(t.testdir(), 'events.jsonl');
  const journal = await openJournal(file, steps());
  const ids = { dut: 'k1', requirement: 'CR01', attempt: 1 };
  journal.write({ type: 'case-end', ...ids, verdict: 'pass', at: 42, milliseconds: 7 });
  await journal[Symbol.asyncDispose]();
  t.equal((await readJournal(file)).events[0]?.at, 42);
});

t.test('a torn last line is left out, wherever it was torn; what stands before it is intact', async (t) => {
  const file = join(t.testdir(), 'events.jsonl');
  const lines = await sample(file);
  const whole = await readFile(file);
  const before = Buffer.byteLength(`${lines.slice(0, 3).join('\n')}\n`);
  const fourth = Buffer.byteLength(lines[3] ?? '');
  for (let cut = 1; cut <= fourth; cut += 1) {
    await writeFile(file, whole.subarray(0, before + cut));
    const { events, intact, problem } = await readJournal(file);
    if (events.length !== 3 || !intact || !/^Line 4 was torn/.test(problem ?? ''))
      t.fail(`torn after ${cut} bytes`, { events: events.length, intact, problem });
  }
  await writeFile(file, whole.subarray(0, before));
  t.match(await readJournal(file), { intact: true, problem: undefined });
  await writeFile(file, '');
  t.same(await readJournal(file), { events: [], intact: true });
});

t.test('any altered line but the last breaks the chain there, and the line is named', async (t) => {
  const file = join(t.testdir(), 'events.jsonl');
  const lines = await sample(file);
  for (let altered = 0; altered < lines.length - 1; altered += 1) {
    const changed = lines.map((line, at) =>
      at === altered ? line.replace(/"type":"/, '"by":"me","type":"') : line,
    );
    await writeFile(file, `${changed.join('\n')}\n`);
    const { events, intact, problem } = await readJournal(file);
    t.same([events.length, intact], [altered, false]);
    t.match(problem, new RegExp(`^Line ${altered + 1} `));
  }
});

t.test('a line that is lost, added, swapped or no JSON breaks the chain', async (t) => {
  const file = join(t.testdir(), 'events.jsonl');
  const [a = '', b = '', c = '', ...rest] = await sample(file);
  const tampered = {
    'lost first': [b, c, ...rest],
    'lost second': [a, c, ...rest],
    added: [a, b, b, c, ...rest],
    swapped: [a, c, b, ...rest],
    'no JSON': [a, 'nonsense', c, ...rest],
    'no event': [a, '{"seq":2,"at":1,"prev":"","type":"party"}', c, ...rest],
    'another journal': [a.replace('"prev":"0', '"prev":"1'), b, c, ...rest],
  };
  const seen: Record<string, string | undefined> = {};
  for (const [name, lines] of Object.entries(tampered)) {
    await writeFile(file, `${lines.join('\n')}\n`);
    const { intact, problem } = await readJournal(file);
    t.equal(intact, false, name);
    seen[name] = /^Line \d+/.exec(problem ?? '')?.[0];
  }
  t.same(seen, {
    'lost first': 'Line 1',
    'lost second': 'Line 2',
    added: 'Line 3',
    swapped: 'Line 2',
    'no JSON': 'Line 2',
    'no event': 'Line 2',
    'another journal': 'Line 1',
  });
});

t.test('a process that is killed leaves every event it wrote', async (t) => {
  const file = join(t.testdir(), 'events.jsonl');
  const program = `
    const { openJournal } = await import(${JSON.stringify(new URL('./journal.ts', import.meta.url).href)});
    const journal = await openJournal(process.argv[1], { now: () => 7 });
    for (let at = 0; at < 200; at += 1) journal.write({ type: 'dut-start', dut: 'k' + at });
    process.kill(process.pid, 'SIGKILL');
  `;
  const result = spawnSync(process.execPath, ['--input-type=module', '-e', program, file]);
  t.equal(result.signal, 'SIGKILL', String(result.stderr));
  const { events, intact } = await readJournal(file);
  t.same([events.length, intact], [200, true]);
});

t.test('a journal is begun once, and takes nothing after it is closed', async (t) => {
  const file = join(t.testdir(), 'events.jsonl');
  const journal = await openJournal(file, steps());
  await t.rejects(openJournal(file, steps()), { code: 'RECORD_UNREADABLE' });
  await journal[Symbol.asyncDispose]();
  await journal[Symbol.asyncDispose]();
  await journal.flush();
  t.throws(() => journal.write(START), { code: 'RECORD_UNREADABLE' });
  await t.rejects(readJournal(join(t.testdirName, 'none.jsonl')), { code: 'RECORD_UNREADABLE' });
});

const piece = (text: string, title = 'a mail') =>
  ({ kind: 'mail', ext: 'txt', title, at: 9, bytes: new TextEncoder().encode(text) }) as const;

t.test('evidence lies under the hash of its content, and its reference tells the rest', async (t) => {
  const folder = t.testdir();
  const store = await openStore(folder);
  const ref = await store.put(piece('hello'));
  t.same(ref, { sha256: sha256('hello'), ext: 'txt', kind: 'mail', title: 'a mail', at: 9 });
  t.equal(await readFile(join(folder, 'evidence', `${ref.sha256}.txt`), 'utf8'), 'hello');
  t.equal((await stat(join(folder, 'evidence', `${ref.sha256}.txt`))).mode & 0o222, 0, 'read-only');
});

t.test('what is kept is never written again, not even in another run of the program', async (t) => {
  const folder = t.testdir();
  const ref = await (await openStore(folder)).put(piece('hello'));
  const path = join(folder, 'evidence', `${ref.sha256}.txt`);
  const before = await stat(path);
  await (await openStore(folder)).put(piece('hello', 'again'));
  const after = await stat(path);
  t.same([after.ino, after.mtimeMs], [before.ino, before.mtimeMs]);
});

t.test('many pieces at once, some of them equal, are all there, and no drafts', async (t) => {
  const folder = t.testdir();
  const store = await openStore(folder);
  const refs = await Promise.all(
    Array.from({ length: 120 }, (_, at) => store.put(piece(`piece ${at % 40}`))),
  );
  const files = await readdir(join(folder, 'evidence'));
  t.equal(files.length, 40);
  for (const { sha256: name } of refs) t.ok(files.includes(`${name}.txt`));
});

t.test('a piece that could not be written may be put again', async (t) => {
  const folder = t.testdir();
  const store = await openStore(folder);
  await rm(join(folder, 'evidence'), { recursive: true });
  await t.rejects(store.put(piece('again')));
  await mkdir(join(folder, 'evidence'));
  await t.resolves(store.put(piece('again')));
  t.same(await readdir(join(folder, 'evidence')), [`${sha256('again')}.txt`]);
});
