import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { Clock } from '../terms/clock.ts';
import { systemClock } from '../terms/clock.ts';
import { likeliest, type PasswordFact } from './candidates.ts';
import { openPasswords } from './passwords.ts';
import type { KeySource } from './seal.ts';

const KEY: KeySource = { from: 'bytes', bytes: Buffer.alloc(32, 7) };
const UNIT = { dut: 'shelf', serialNumber: 'DS-1' };
const clock: Clock = { ...systemClock, now: () => 1000 };
const open = (folder: string, more: object = {}) =>
  openPasswords({ folder, ...UNIT, source: KEY, clock, ...more });
const words = (journal: ReturnType<typeof open>) =>
  journal.mayHold().map(({ password, state }) => `${password} ${state}`);

t.test('what was kept is found by another process, in the order in which it is tried', async (t) => {
  const folder = t.testdir();
  {
    using journal = open(folder);
    t.equal(journal.unsettled, false);
    journal.begin('First-1');
    journal.intend('Never-2');
    const third = journal.intend('Third-3');
    third.keyed();
    third.confirmed('screen');
    const fourth = journal.intend('Fourth-4');
    fourth.keyed();
    fourth.abandoned('refused');
    journal.intend('Clerk-1', 'clerk').keyed();
    journal.intend('Fifth-5').keyed();
    journal.intend('Sixth-6');
  }
  using found = open(folder);
  t.equal(found.unsettled, true);
  t.same(words(found), [
    'Fifth-5 keyed',
    'Third-3 confirmed',
    'First-1 first',
    'Sixth-6 intended',
    'Fourth-4 abandoned',
    'Never-2 intended',
  ]);
  t.same(found.others, ['clerk']);
  t.same(found.mayHold('clerk'), [{ password: 'Clerk-1', state: 'keyed', at: 1000 }]);
  found.holds('Fourth-4');
  t.equal(words(found)[0], 'Fourth-4 confirmed', 'a login says more than a screen');
});

t.test('nothing of a password, a user or what became of it can be read without the key', async (t) => {
  const folder = t.testdir();
  using journal = open(folder);
  journal.begin('First-1');
  journal.intend('Harbour-77', 'clerk').keyed();
  const text = readFileSync(join(folder, 'passwords.jsonl'), 'utf8');
  for (const word of [
    'First-1',
    'Harbour-77',
    'clerk',
    'keyed',
    Buffer.from('Harbour-77').toString('base64'),
  ])
    t.notOk(text.includes(word), word);
  const other: KeySource = { from: 'bytes', bytes: Buffer.alloc(32, 8) };
  t.throws(() => open(folder, { source: other }), { code: 'CREDENTIALS_REFUSED', hint: /RESETBENCH_KEY/ });
});

t.test(
  'it is ended when the first one is restored; the next one begins anew, and old ones stay a while',
  async (t) => {
    const folder = t.testdir();
    for (let count = 0; count < 12; count += 1) {
      using journal = open(folder);
      t.equal(journal.unsettled, false);
      journal.begin('First-1');
      journal.intend(`Next-${count}`).keyed();
      journal.end();
      t.throws(() => journal.intend('Late-1'), { code: 'USAGE' });
    }
    t.equal(readdirSync(folder).length, 10, 'the last one and nine before it');
    {
      using cut = open(folder);
      cut.begin('First-1');
    }
    using cut = open(folder);
    t.equal(cut.unsettled, true);
    t.throws(() => cut.begin('First-1'), { code: 'RECORD_UNREADABLE' });
  },
);

t.test('a torn last line is left out and told; what follows is whole', async (t) => {
  const folder = t.testdir();
  const file = join(folder, 'passwords.jsonl');
  {
    using journal = open(folder);
    journal.begin('First-1');
    journal.intend('Second-2').keyed();
  }
  const whole = readFileSync(file, 'utf8');
  for (const torn of ['{"seq":4,"at":1,', 'x', '{"seq":4}\n'.slice(0, 5), '\0\0\0']) {
    writeFileSync(file, whole + torn);
    {
      using journal = open(folder);
      t.match(journal.told, [/left out/]);
      t.equal(words(journal)[0], 'Second-2 keyed');
      journal.intend('Third-3').keyed();
    }
    using again = open(folder);
    t.same(again.told, []);
    t.equal(words(again)[0], 'Third-3 keyed');
  }
  truncateSync(file, Buffer.byteLength(whole) - 20);
  using short = open(folder);
  t.match(short.told, [/torn off/]);
  t.same(words(short), ['First-1 first', 'Second-2 intended'], 'the lines that were whole stay');
});

t.test('a line that was changed, dropped or put elsewhere is told; all others are still read', async (t) => {
  const begin = () => {
    const folder = t.testdir();
    using journal = open(folder);
    journal.begin('First-1');
    for (const one of ['Second-2', 'Third-3', 'Fourth-4']) journal.intend(one).keyed();
    return folder;
  };
  const changed = (change: (lines: string[]) => void) => {
    const folder = begin();
    const file = join(folder, 'passwords.jsonl');
    const lines = readFileSync(file, 'utf8').split('\n');
    change(lines);
    writeFileSync(file, lines.join('\n'));
    return folder;
  };
  for (const [what, change] of [
    ['changed', (lines: string[]) => void lines.splice(4, 1, (lines[4] ?? '').replace(/"at":\d+/, '"at":5'))],
    ['dropped', (lines: string[]) => void lines.splice(4, 1)],
    ['garbled at the end', (lines: string[]) => void lines.splice(7, 1, '\0'.repeat(9))],
    ['swapped', (lines: string[]) => void lines.splice(2, 2, lines[4] ?? '', lines[2] ?? '')],
  ] as const) {
    const folder = changed(change);
    {
      using journal = open(folder);
      t.match(journal.told[0], /is not as it was written/, what);
      t.ok(
        words(journal).some((one) => one.startsWith('Fourth-4')),
        what,
      );
      t.ok(
        words(journal).some((one) => one.startsWith('First-1')),
        what,
      );
      journal.holds('Fourth-4');
    }
    t.notOk(readdirSync(folder).includes('passwords.draft'));
    using salvaged = open(folder);
    t.ok(words(salvaged).includes('First-1 first'), 'which one was the first is known still');
    t.same(salvaged.told, [], 'what could be read went into a new one');
    t.equal(words(salvaged)[0], 'Fourth-4 confirmed');
    t.ok(words(salvaged).some((one) => one.startsWith('First-1')));
    t.ok(readdirSync(folder).includes('passwords.1.jsonl'), 'the damaged one is put away');
  }
  const grown = changed((lines) => void lines.splice(3, 0, ...new Array<string>(100_000).fill('')));
  {
    using journal = open(grown);
    t.equal(journal.told.length, 6, 'the first five are named');
    t.match(journal.told[5], /Nor are 9999\d more lines/);
    t.ok(words(journal).some((one) => one.startsWith('Fourth-4')));
  }
  const folder = begin();
  writeFileSync(join(folder, 'passwords.jsonl'), 'nothing of the kind\n');
  t.throws(() => open(folder), { code: 'RECORD_UNREADABLE' });
});

t.test('one that is damaged all over, or cut to its head, is not taken for one that ended', async (t) => {
  const folder = t.testdir();
  const file = join(folder, 'passwords.jsonl');
  {
    using journal = open(folder);
    journal.begin('First-1');
    journal.intend('Second-2').keyed();
  }
  const [head = '', ...lines] = readFileSync(file, 'utf8').split('\n');
  const changed = lines.map((line) => line.replace(/"at":\d+/, '"at":5'));
  for (const text of [[head, ...changed].join('\n'), `${head}\n`, [head, 'x', ''].join('\n')]) {
    writeFileSync(file, text);
    using journal = open(folder);
    t.equal(journal.unsettled, true);
    t.throws(() => journal.begin('First-1'), { code: 'RECORD_UNREADABLE' });
    t.same(words(journal), []);
    journal.holds('First-1');
    journal.end();
    using after = open(folder);
    t.equal(after.unsettled, false);
    t.same(words(after), ['First-1 confirmed']);
  }
});

t.test('whoever is killed while a damaged one is salvaged leaves all that could be read', async (t) => {
  const begin = () => {
    const folder = t.testdir();
    using journal = open(folder);
    journal.begin('First-1');
    for (let count = 0; count < 20; count += 1) journal.intend(`Next-${count}`).keyed();
    const file = join(folder, 'passwords.jsonl');
    const lines = readFileSync(file, 'utf8').split('\n');
    writeFileSync(file, lines.with(5, 'x').join('\n'));
    return folder;
  };
  const ends = [];
  for (const writes of [0, 1, 2, 20, 42, 43, 44, 99]) {
    const folder = begin();
    const before = words(open(folder)).toSorted();
    const program = `
      import fs from 'node:fs';
      import { syncBuiltinESMExports } from 'node:module';
      let left = ${writes};
      const dies = (real) => (...args) => (left-- <= 0 ? process.kill(process.pid, 'SIGKILL') : real(...args));
      for (const name of ['writeSync', 'linkSync', 'renameSync']) fs[name] = dies(fs[name]);
      syncBuiltinESMExports();
      const { openPasswords } = await import(${JSON.stringify(new URL('./passwords.ts', import.meta.url).href)});
      openPasswords({ folder: ${JSON.stringify(folder)}, dut: 'shelf', serialNumber: 'DS-1', sync: false,
        source: { from: 'bytes', bytes: Buffer.alloc(32, 7) }, clock: { now: () => 1000 } }).holds('Next-7');`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: 'inherit' });
    const signal = await new Promise((resolve) => child.once('close', (_, by) => resolve(by)));
    ends.push(signal);
    using found = open(folder);
    t.equal(found.unsettled, true);
    if (signal === null) t.equal(words(found)[0], 'Next-7 confirmed');
    else t.same(words(found).toSorted(), before, `killed by write ${writes + 1}`);
  }
  t.equal(ends.at(-1), null, 'the last one lives');
  t.equal(ends.filter((signal) => signal === 'SIGKILL').length, 7);
});

t.test("nothing is kept where the recorder is no longer this process's", async (t) => {
  const folder = t.testdir();
  let isOurs = true;
  const check = () => {
    if (!isOurs) throw new Error('lost');
  };
  using journal = open(folder, { check });
  journal.begin('First-1');
  isOurs = false;
  t.throws(() => journal.intend('Second-2'), { message: 'lost' });
  t.same(words(journal), ['First-1 first']);
});

t.test('a process that is killed right after a password was kept leaves it', async (t) => {
  const folder = t.testdir();
  const program = `
    import { openPasswords } from ${JSON.stringify(new URL('./passwords.ts', import.meta.url).href)};
    import { systemClock as clock } from ${JSON.stringify(new URL('../terms/clock.ts', import.meta.url).href)};
    const journal = openPasswords({ folder: ${JSON.stringify(folder)}, dut: 'shelf', serialNumber: 'DS-1',
      source: { from: 'bytes', bytes: Buffer.alloc(32, 7) }, clock });
    journal.begin('First-1');
    for (let count = 0; ; count += 1) { journal.intend('Next-' + count).keyed(); console.log('Next-' + count); }`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  const closed = new Promise((resolve) => child.once('close', resolve));
  child.stdout.on('data', (data) => {
    said += String(data);
    if (said.split('\n').length > 20) child.kill('SIGKILL');
  });
  await closed;
  using found = open(folder);
  const kept = new Set(found.mayHold().map(({ password }) => password));
  const told = said.split('\n').slice(0, -1);
  t.ok(told.length >= 20);
  for (const one of told) t.ok(kept.has(one), one);
});

t.test('a line is on the disk, or nothing is promised', async (t) => {
  const folder = t.testdir();
  using journal = open(folder);
  journal.begin('First-1');
  const file = join(folder, 'passwords.jsonl');
  const before = readFileSync(file, 'utf8').length;
  journal.intend('Second-2');
  t.ok(readFileSync(file, 'utf8').length > before, 'there when the call returns');
});

t.test('of passwords that may hold each is told once, by the likeliest reason', async (t) => {
  const facts: PasswordFact[] = [
    { seq: 1, at: 1, kind: 'first', user: 'admin', password: 'A' },
    { seq: 2, at: 2, kind: 'intended', user: 'admin', password: 'B' },
    { seq: 3, at: 3, kind: 'keyed', of: 2 },
    { seq: 4, at: 4, kind: 'held', user: 'admin', password: 'A' },
    { seq: 5, at: 5, kind: 'intended', user: 'admin', password: 'A' },
    { seq: 6, at: 6, kind: 'keyed', of: 5 },
  ];
  t.same(
    likeliest(facts, 'admin').map(({ password }) => password),
    ['A', 'B'],
  );
  t.same(likeliest(facts, 'clerk'), []);
});
