// Proposed pictures, from a run's journal to the files beside a baseline, through the command as a person types it.
import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { HarnessError } from '../terms/error.ts';
import { EXIT, readArgs } from './args.ts';
import { baseline } from './baseline.ts';
import { someBaselines, spoilt, writeRun } from './proposed.fixture.ts';
import { ROOT } from './root.ts';

const CHROMIUM = 'chromium 156.0.8078.79';
const PIKVM = 'pikvm kvmd 4.20';
const AT = { dut: 'nvr-at', source: CHROMIUM };

const picture = (name: string) => readFile(join(ROOT, 'suites', 'baselines', 'nvr', '1280x720', name));
const [activation, methods, qr] = await Promise.all(
  ['activation.png', 'reset-methods.png', 'reset-qr.png'].map(picture),
);
if (activation === undefined || methods === undefined || qr === undefined) throw new Error('no pictures');
const changed = await spoilt(methods);

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}
/** The command in this process: what it prints, and how it ends. */
async function resetbench(words: readonly string[]): Promise<Ended> {
  const lines = { log: [] as string[], error: [] as string[] };
  const usual = { log: console.log, error: console.error };
  const print = (to: 'log' | 'error') => (line: string) => {
    lines[to].push(`${line}\n`);
  };
  Object.assign(console, { log: print('log'), error: print('error') });
  try {
    const code = await baseline.run(readArgs(baseline, words));
    return { code, out: lines.log.join(''), err: lines.error.join('') };
  } catch (error) {
    if (!(error instanceof HarnessError) || error.domain !== 'configuration') throw error;
    return { code: EXIT.usage, out: lines.log.join(''), err: `${error.message}\n=> ${error.hint}` };
  } finally {
    Object.assign(console, usual);
  }
}
/** A folder of runs and one of baselines, and the command on them. */
async function bench(
  t: { testdir(files: Record<string, Record<string, never>>): string },
  seen: Parameters<typeof writeRun>[1],
  by: string | undefined = 'ci',
) {
  const base = t.testdir({ reports: {}, baselines: {} });
  const reports = join(base, 'reports');
  const baselines = await someBaselines(join(base, 'baselines'));
  const run = await writeRun(reports, seen, by === '' ? {} : { by, commit: 'c0ffee' });
  const command = (...words: readonly string[]) =>
    resetbench([...words, '--reports', reports, '--baselines', baselines]);
  const decide = (word: string, dut: string, screen: string, ...more: readonly string[]) =>
    command(word, run, '--dut', dut, '--screen', screen, '--reason', 'as in the manual', ...more);
  const file = (name: string) => join(baselines, 'nvr', '1280x720', name);
  const facts = (name: string) => JSON.parse(readFileSync(file(name), 'utf8'));
  return { run, folder: join(reports, run), command, decide, file, facts };
}

t.test('list: one line a picture, with its state', async (t) => {
  const { command } = await bench(t, [
    { ...AT, screen: 'activation', bytes: activation },
    { ...AT, screen: 'reset-methods', bytes: changed },
    { ...AT, screen: 'disclaimer', bytes: qr },
    { dut: 'nvr-kvm', source: PIKVM, screen: 'reset-qr', bytes: qr },
  ]);
  const { code, out } = await command('list');
  t.equal(code, 0);
  const lines = out.trimEnd().split('\n');
  t.equal(lines[0], 'nvr-at  activation  same  approved');
  t.match(lines[1], /^nvr-at {2}reset-methods {2}differs by \d+\.\d{3} %$/);
  t.equal(lines[2], 'nvr-at  disclaimer  new: no baseline');
  t.equal(lines[3], `nvr-kvm  reset-qr  other source: none approved through pikvm, one through ${CHROMIUM}`);
  t.equal(lines.length, 4);
});

t.test(
  'approve: bound to picture, run, commit, reviewer and reason; the old approval stays known',
  async (t) => {
    const { run, command, decide, file, facts } = await bench(t, [
      { ...AT, screen: 'reset-methods', bytes: changed },
    ]);
    const old = facts('reset-methods.json');
    const { code, out } = await decide('approve', 'nvr-at', 'reset-methods', '--reviewer', 'A. Smith');
    t.equal(code, 0);
    t.match(out, /^nvr-at {2}reset-methods {2}approved: .*reset-methods\.png\n$/);
    t.same(readFileSync(file('reset-methods.png')), Buffer.from(changed));
    const now = facts('reset-methods.json');
    t.match(now, { source: CHROMIUM, model: 'DS-7616NI-K2', firmware: 'V4.21.000', run });
    t.match(now.decisions, [
      { decision: 'approved', run: old.run, at: old.approvedAt, source: old.source },
      { decision: 'approved', sha256: now.sha256, run, at: now.approvedAt, reviewer: 'A. Smith' },
    ]);
    t.match(now.decisions[1], { reason: 'as in the manual', dut: 'nvr-at', ranBy: 'ci', commit: 'c0ffee' });
    t.match(
      (await command('list')).out,
      /reset-methods {2}same {2}approved by A\. Smith: as in the manual\n$/,
    );
    t.match(
      (await decide('approve', 'nvr-at', 'reset-methods', '--reviewer', 'B')).out,
      /is approved already/,
    );
    t.equal(facts('reset-methods.json').decisions.length, 2);
    const reject = await decide('reject', 'nvr-at', 'reset-methods', '--reviewer', 'B');
    t.equal(reject.code, 2, 'what holds is replaced, not rejected');
    t.match(reject.err, /is the approved picture of its screen/);
  },
);

t.test('reject: the baseline stays, the picture is remembered, and may still be approved', async (t) => {
  const { command, decide, file, facts } = await bench(t, [
    { ...AT, screen: 'reset-methods', bytes: changed },
    { ...AT, screen: 'disclaimer', bytes: qr },
  ]);
  for (const screen of ['reset-methods', 'disclaimer'])
    t.equal(
      (await decide('reject', 'nvr-at', screen, '--reviewer', 'ci')).code,
      0,
      'also by who made the run',
    );
  t.same(readFileSync(file('reset-methods.png')), methods);
  t.equal(facts('reset-methods.json').source, CHROMIUM);
  t.notOk(existsSync(file('disclaimer.png')));
  const { out } = await command('list');
  t.match(out, /reset-methods {2}differs by .* % {2}rejected by ci: as in the manual/);
  t.match(out, /disclaimer {2}new: no baseline {2}rejected by ci/);
  t.equal((await decide('approve', 'nvr-at', 'disclaimer', '--reviewer', 'A')).code, 0);
  t.same(
    facts('disclaimer.json').decisions.map((one: { decision: string }) => one.decision),
    ['rejected', 'approved'],
  );
});

t.test('another kind of source has its own baseline beside the first', async (t) => {
  const { command, decide, file, facts } = await bench(t, [
    { dut: 'nvr-kvm', source: PIKVM, screen: 'reset-qr', bytes: qr },
    { ...AT, screen: 'reset-qr', bytes: qr },
  ]);
  const { out } = await decide('approve', 'nvr-kvm', 'reset-qr', '--reviewer', 'A');
  t.match(out, /reset-qr@pikvm\.png\n$/);
  t.equal(facts('reset-qr@pikvm.json').source, PIKVM);
  t.notOk('decisions' in facts('reset-qr.json'), 'the first is as it was');
  t.same(readFileSync(file('reset-qr.png')), qr);
  t.match((await command('list')).out, /nvr-kvm {2}reset-qr {2}same .*\nnvr-at {2}reset-qr {2}same /);
});

t.test('nobody approves their own run, unnamed, without a reason, in bulk or unseen', async (t) => {
  const { run, command, decide, file, facts } = await bench(
    t,
    [
      { ...AT, screen: 'activation', bytes: changed },
      { ...AT, screen: 'reset-methods', bytes: changed },
      { ...AT, dut: 'nvr-below', screen: 'reset-methods', bytes: qr },
    ],
    'asmith',
  );
  const before = readdirSync(file('')).map((name) => readFileSync(file(name), 'latin1'));
  const one = ['--dut', 'nvr-at', '--screen', 'activation'];
  const whole = [...one, '--reviewer', 'B', '--reason', 'r'];
  const tries = [
    () => decide('approve', 'nvr-at', 'activation', '--reviewer', ' A Smith'),
    () => decide('approve', 'nvr-at', 'activation', '--reviewer', 'A.SMITH@'),
    () => decide('approve', 'nvr-at', 'activation', '--reviewer', 'LAB\\a.smith'),
    () => decide('approve', 'nvr-at', 'activation', '--reviewer', 'Somebody <asmith@lab.example>'),
    () => decide('approve', 'nvr-at', 'activation', '--reviewer', '@'),
    () => decide('approve', 'nvr-at', 'activation'),
    () => decide('approve', 'nvr-at', 'activation', '--reviewer', ' '),
    () => command('approve', run, ...one, '--reviewer', 'B'),
    () => command('approve', ...whole),
    () => command('approve', run, '--reviewer', 'B', '--reason', 'r'),
    () => decide('approve', 'nvr-at', '*', '--reviewer', 'B'),
    () => decide('approve', '*', 'reset-methods', '--reviewer', 'B', '--each'),
    () => decide('approve', 'nvr-at', 'activation,nope', '--reviewer', 'B'),
    () => command('aprove', run, ...whole),
  ];
  const why = [
    /A Smith made this run and cannot approve/,
    /A.SMITH@ made this run and cannot approve/,
    /a.smith made this run and cannot approve/,
    /asmith@lab.example> made this run and cannot approve/,
    /expects the name of a person as --reviewer, found @/,
    /approve expects --reviewer, found none/,
    /approve expects --reviewer, found none/,
    /approve expects --reason, found none/,
    /approve expects the run that was looked at/,
    /approve expects --dut, found none/,
    /2 pictures match: nvr-at {2}activation, nvr-at {2}reset-methods\n=> .*--each/,
    /nvr-at {2}reset-methods and nvr-below {2}reset-methods share one baseline/,
    /compared no such screen: nope/,
    /baseline cannot aprove/,
  ];
  for (const [index, attempt] of tries.entries()) {
    const { code, out, err } = await attempt();
    t.equal(code, 2, String(why[index]));
    t.equal(out, '');
    t.match(err, why[index]);
  }
  t.same(
    readdirSync(file('')).map((name) => readFileSync(file(name), 'latin1')),
    before,
    'nothing is written',
  );
  t.equal((await decide('approve', 'nvr-at', '*', '--reviewer', 'B', '--each')).code, 0);
  t.equal(facts('activation.json').decisions.at(-1).reviewer, 'B');
  t.equal(facts('reset-methods.json').decisions.at(-1).reviewer, 'B');
});

t.test(
  'a run of an older harness, of which nobody knows who made it, is approved with a notice',
  async (t) => {
    const { decide, facts } = await bench(t, [{ ...AT, screen: 'disclaimer', bytes: qr }], '');
    const { code, err } = await decide('approve', 'nvr-at', 'disclaimer', '--reviewer', 'B');
    t.equal(code, 0);
    t.match(err, /^notice: the run .* does not say who made it; see that it was not B/);
    t.notOk('ranBy' in facts('disclaimer.json').decisions[0]);
  },
);

t.test('what was altered after the run, or after it was approved, is refused', async (t) => {
  const { folder, command, decide, file } = await bench(t, [
    { ...AT, screen: 'activation', bytes: changed },
    { ...AT, screen: 'disclaimer', bytes: qr },
  ]);
  t.equal((await decide('approve', 'nvr-at', 'disclaimer', '--reviewer', 'B')).code, 0);
  writeFileSync(file('disclaimer.png'), changed);
  t.match((await command('list')).err, /disclaimer\.png is not the picture that was approved/);
  for (const name of readdirSync(join(folder, 'evidence'))) {
    chmodSync(join(folder, 'evidence', name), 0o644);
    await appendFile(join(folder, 'evidence', name), 'x');
  }
  t.match((await decide('approve', 'nvr-at', 'activation', '--reviewer', 'B')).err, /altered after the run/);
  const journal = join(folder, 'events.jsonl');
  writeFileSync(journal, readFileSync(journal, 'utf8').replace('"verdict":"pass"', '"verdict":"fail"'));
  const { err } = await decide('approve', '*', '*', '--reviewer', 'B', '--each');
  t.match(err, /^the journal of .* is damaged: Line 5 /);
});

t.test('show: one page that fetches nothing, with both pictures, the difference and the facts', async (t) => {
  const { run, folder, command } = await bench(t, [
    { ...AT, screen: 'reset-methods', bytes: changed },
    { ...AT, screen: 'disclaimer', bytes: qr },
  ]);
  const { code, out } = await command('show');
  t.equal(code, 0);
  t.equal(join(ROOT, out.trim()), join(folder, 'baselines.html'));
  const page = readFileSync(join(folder, 'baselines.html'), 'utf8');
  t.ok(page.includes(Buffer.from(changed).toString('base64')), 'new');
  t.ok(page.includes(methods.toString('base64')), 'approved');
  t.equal(page.match(/<figure class="difference"/g)?.length, 1);
  t.equal(page.match(/<figure class="seen"/g)?.length, 2);
  for (const text of [run, 'c0ffee', CHROMIUM, 'DS-7616NI-K2', 'V4.21.000', 'new: no baseline'])
    t.ok(page.includes(text), text);
  t.notMatch(page, /(?:src|href)="(?!data:|#)/, 'nothing is fetched');
  await command('show', '--dut', 'nvr-at', '--screen', 'disclaimer');
  t.notOk(readFileSync(join(folder, 'baselines.html'), 'utf8').includes('reset-methods'));
});
