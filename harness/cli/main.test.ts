// The commands as a person starts them: what they print, how they end, and what a run leaves that ended too early.
import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { withoutChromium } from '../bench/drivers/display/chromium.fixture.ts';
import type { RunEvent, RunRecord } from '../terms/record.ts';
import { MAIN, resetbench } from './command.fixture.ts';
import { ROOT } from './root.ts';

t.setTimeout(600_000);
const skip = withoutChromium();

t.test('help, for all and for one, and the version', async (t) => {
  const all = await resetbench(['--help']);
  t.equal(all.code, 0);
  for (const name of ['run', 'plan', 'emulate', 'doctor', 'report', 'baseline'])
    t.match(all.out, new RegExp(`^  ${name} `, 'm'));
  for (const args of [
    ['help', 'run'],
    ['run', '--help'],
  ]) {
    const one = await resetbench(args);
    t.equal(one.code, 0);
    t.match(one.out, /^Usage: resetbench run \[DUT\.\.\.\][\s\S]*--requirements LIST[\s\S]*Examples:/);
  }
  t.match((await resetbench(['--version'])).out, /^\d+\.\d+\.\d+\n$/);
  t.equal((await resetbench([])).code, 2, 'without a command, the overview and a usage error');
});

t.test('a wrong command line is one line, its cure, and exit code 2', async (t) => {
  const before = readdirSync(join(ROOT, 'reports'));
  for (const [args, said] of [
    [['frobnicate'], /^there is no command "frobnicate"\n=> there are: run, plan/],
    [['run', '--nope'], /^Unknown option '--nope'\n=> see `resetbench run --help`/],
    [
      ['run', '--device', 'a.yaml'],
      /^Unknown option '--device'\n=> did you mean --devices\? see `resetbench run/,
    ],
    [['prove', '--requirements', 'CR59'], /\n=> did you mean --requirement\? see `resetbench prove/],
    [['run', 'no-such-dut'], /^no DUT matches "no-such-dut"\n=> there are: dvr-k-below/],
    [['plan', '--requirements', 'CR99'], /^no requirement matches "CR99"\n=> name them like/],
    [['run', '--jobs', '0'], /^--jobs expects a whole number from 1, found 0\n=> see/],
    [['plan', '--devices', 'nowhere.yaml'], /^nowhere\.yaml cannot be read\n=> create nowhere\.yaml/],
    [['report', 'nowhere'], /^no run "nowhere"\n=> expected a folder with events\.jsonl/],
    [['emulate', '--gui', '5.0'], /^--gui expects 4\.0, 3\.0, lite; found 5\.0\n=> see/],
  ] as const) {
    const { code, out, err } = await resetbench(args);
    t.equal(code, 2, args.join(' '));
    t.equal(out, '');
    t.match(err, said);
    t.notMatch(err, /\n {4}at /, 'no stack');
  }
  t.same(readdirSync(join(ROOT, 'reports')), before, 'and leaves no run behind');
});

t.test('every problem of an inventory is told at once, with its place', async (t) => {
  const folder = t.testdir({
    'devices.yaml': [
      'version: 1',
      'lab:',
      '  domains: [lab.example]',
      '  mailbox: { driver: embeded }',
      'duts:',
      '  - { id: a, kind: twin, profile: nvr, model: M, firmware: 4.30, start: active }',
      '  - { id: a, kind: twin, profile: nvr, model: M, firmware: V4.30.000, start: awake, colour: red }',
      '  - { id: b, kind: twin, profile: no-such, model: M, firmware: V4.30.000, start: active }',
      '',
    ].join('\n'),
  });
  const { code, err } = await resetbench(['run', '--devices', join(folder, 'devices.yaml')]);
  t.equal(code, 2);
  for (const said of [
    /devices\.yaml:4:\d+ lab\.mailbox\.driver: expected .*found/,
    /devices\.yaml:6:\d+ duts\.0\.firmware: expected .*found/,
    /devices\.yaml:7:\d+ duts\.1\.start: expected .*found/,
    /devices\.yaml:7:\d+ duts\.1\.colour: unknown key/,
    /devices\.yaml:8:\d+ duts\.2\.profile: expected a file of suites\/profiles \(.*\bnvr\b.*\), found no-such/,
  ])
    t.match(err, said);
});

t.test('plan tells of every pair, and why one is not applicable', async (t) => {
  const { code, out } = await resetbench(['plan', 'nvr-at']);
  t.equal(code, 0);
  t.match(out, /nvr-at/);
  t.match(out, /not applicable \(needs: hardware: .*\):\n\s+CR15/);
  t.match(out, /not applicable \(bench has no recovery-mail\):\n\s+CR32/);
});

/** A file with one expected failure. */
function expecting(t: { testdir(files: Record<string, string>): string }, entry: string): string {
  return join(t.testdir({ 'e.yaml': `version: 1\nexpectations:\n  - ${entry}\n` }), 'e.yaml');
}

t.test('plan tells which failures are expected, and of an entry that holds nowhere', async (t) => {
  const file = expecting(
    t,
    `{ id: old, requirements: [CR12], when: { dut: [nvr-at] }, reason: It is known., owner: QA, until: 2020-01-31 }
  - { id: gone, requirements: [CR12], when: { model: [none] }, reason: r, owner: QA, until: 2020-01-31 }`,
  );
  const { code, out, err } = await resetbench(['plan', 'nvr-at', '--expectations', file]);
  t.equal(code, 0);
  t.match(out, /CR12 is expected to fail by old \(QA, past its date 2020-01-31: it excuses nothing\): It is/);
  t.match(err, /notice: the expected failure gone holds for no case of this inventory/);
  t.notMatch(err, /failure old/);
  const bad = await resetbench(['plan', '--expectations', expecting(t, '{ id: a }')]);
  t.equal(bad.code, 2);
  t.match(bad.err, /e\.yaml:3:.*requirements: expected a list/);
  const missing = await resetbench(['plan', '--expectations', '/nowhere/e.yaml']);
  t.equal(missing.code, 2);
  t.match(missing.err, /\/nowhere\/e\.yaml cannot be read\s+=> .*--expectations FILE/s);
});

t.test('an expected failure that does not happen is loud, and fails the run', { skip }, async (t) => {
  const reports = t.testdir();
  const entry =
    '{ id: no-qr, requirements: [CR12], when: { kind: twin }, reason: r, owner: QA, until: 2999-12-31 }';
  const file = expecting(t, entry);
  const args = ['run', 'nvr-at', '--requirements', 'CR12', '--reports', reports, '--expectations', file];
  const { code, out } = await resetbench([...args, '--json']);
  t.equal(code, 1);
  t.match(out, /nvr-at CR12 pass .*\[expected failure no-qr .*did not happen: remove the entry/);
  t.match(out, /expected failures: 1 DID NOT HAPPEN/);
  t.match(out, /"verdict":"pass","ended":"complete","expected":\{"happened":0,"past":0,"absent":1/);
});

t.test(
  'moves of the model are played as a script says, on a healthy twin and on one with a defect',
  {
    skip,
  },
  async (t) => {
    const moves = 'obtain,key-code,set-password,send-dead-code,log-in-with-older-password';
    const args = ['prove', 'nvr-at', '--moves', moves, '--json', '--reports', t.testdir()];
    const healthy = await resetbench(args);
    t.equal(healthy.code, 0, healthy.out + healthy.err);
    t.match(healthy.out, /"sequences":1,"sequence_violations":0,"sequence_undecided":0/);
    const broken = await resetbench([...args, '--defect', 'code-reusable']);
    t.equal(broken.code, 0, 'what was to be found was found');
    t.match(broken.out, /Sequence that finds code-reusable on nvr-at:\n {2}1\. Choose Forgot Password/);
    t.match(broken.out, /"sequence_defects":1,"sequence_found":1/);
    const wrong = await resetbench(['prove', 'nvr-at', '--moves', 'obtain,dance']);
    t.equal(wrong.code, 2);
    t.match(wrong.err, /no move "dance"\s+=> there are: obtain, key-code/);
  },
);

t.test('a browser that is missing is an error of the bench on each recorder, with the cure', async (t) => {
  const reports = t.testdir();
  const { code, out } = await resetbench(
    ['run', 'nvr-at', 'hghi-f-at', '--requirements', 'CR12', '--reports', reports],
    { env: { RESETBENCH_CHROMIUM: '/nowhere/chromium' } },
  );
  t.equal(code, 3);
  for (const dut of ['nvr-at', 'hghi-f-at'])
    t.match(
      out,
      new RegExp(`^${dut}: error \\(bench\\): RESETBENCH_CHROMIUM names /nowhere/chromium.* => let it`, 'm'),
    );
  t.match(recordIn(reports), { ended: 'complete', verdict: 'error', cases: [] });
});

/** A run under way, once its first case has ended. */
async function begun(reports: string): Promise<{ readonly child: ChildProcess; readonly journal: string }> {
  const args = ['run', 'nvr-at', 'hghi-f-at', '--requirements', 'CR1*,CR4*', '--reports', reports];
  const child = spawn(process.execPath, [MAIN, ...args], { cwd: ROOT, stdio: 'ignore' });
  for (;;) {
    const [run] = readdirSync(reports);
    const journal = join(reports, run ?? '', 'events.jsonl');
    if (run !== undefined && eventsIn(journal).some(({ type }) => type === 'case-end'))
      return { child, journal };
    if (child.exitCode !== null) throw new Error(`the run ended at once with ${child.exitCode}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
const ended = (child: ChildProcess) =>
  new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
function eventsIn(journal: string): readonly RunEvent[] {
  if (statSync(journal, { throwIfNoEntry: false }) === undefined) return [];
  const lines = readFileSync(journal, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as RunEvent);
}
function recordIn(reports: string): RunRecord {
  const [run = ''] = readdirSync(reports);
  return JSON.parse(readFileSync(join(reports, run, 'run.json'), 'utf8')) as RunRecord;
}
/** Processes that name a word in their command line, by Linux' /proc; their ids. */
function naming(word: string): readonly string[] {
  return readdirSync('/proc').filter((id) => {
    if (!/^\d+$/.test(id)) return false;
    try {
      return readFileSync(`/proc/${id}/cmdline`, 'utf8').includes(word);
    } catch {
      return false;
    }
  });
}
/** The processes below one, by Linux' /proc. */
function below(pid: number): readonly string[] {
  const parents = new Map<string, string>();
  for (const id of naming('')) {
    try {
      const stat = readFileSync(`/proc/${id}/stat`, 'utf8');
      parents.set(id, stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] ?? '');
    } catch {
      // It has ended meanwhile.
    }
  }
  const found = new Set([String(pid)]);
  for (let size = 0; size !== found.size; ) {
    size = found.size;
    for (const [id, parent] of parents) if (found.has(parent)) found.add(id);
  }
  found.delete(String(pid));
  return [...found];
}

t.test('Ctrl-C: a readable record, exit code 130, and nothing left running', { skip }, async (t) => {
  const reports = t.testdir();
  const { child } = await begun(reports);
  const helpers = process.platform === 'linux' ? below(child.pid ?? 0) : [];
  const end = ended(child);
  child.kill('SIGINT');
  t.equal(await end, 130);
  const record = recordIn(reports);
  t.equal(record.ended, 'interrupted');
  t.equal(record.cases.length + record.notRun.length, 160, 'every pair has its place in the record');
  t.ok(record.cases.some(({ verdict }) => verdict === 'pass'));
  t.notOk(record.cases.some(({ verdict }) => verdict === 'fail' || verdict === 'error'));
  t.ok(statSync(join(reports, record.id, 'index.html')).size > 10_000);
  if (helpers.length > 0) t.same(await alive(helpers), [], 'browser and emulator are gone');
});

t.test(
  'kill -9: the reports can be made from what was reached, and say that the run was cut',
  { skip },
  async (t) => {
    const reports = t.testdir();
    const { child } = await begun(reports);
    const helpers = process.platform === 'linux' ? below(child.pid ?? 0) : [];
    const end = ended(child);
    child.kill('SIGKILL');
    await end;
    const { code, out } = await resetbench(['report', '--reports', reports]);
    t.equal(code, 3);
    t.match(out, /cut/);
    const record = recordIn(reports);
    t.equal(record.ended, 'cut');
    t.equal(record.cases.length + record.notRun.length, 160);
    t.ok(
      record.cases.some(({ verdict }) => verdict === 'pass'),
      'what was reached is shown',
    );
    t.match(readFileSync(join(reports, record.id, 'index.html'), 'utf8'), /cut/);
    if (helpers.length > 0) t.same(await alive(helpers), [], 'browser and emulator end with the run');
  },
);

/** Which of these processes still run after a while. */
async function alive(ids: readonly string[]): Promise<readonly string[]> {
  let left = ids;
  for (let count = 0; count < 100 && left.length > 0; count += 1) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    left = left.filter((id) => {
      try {
        const stat = readFileSync(`/proc/${id}/stat`, 'utf8');
        return stat.slice(stat.lastIndexOf(')') + 2)[0] !== 'Z';
      } catch {
        return false;
      }
    });
  }
  return left;
}
