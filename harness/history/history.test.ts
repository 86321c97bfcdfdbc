// The index over a folder of runs: what it answers, and that it is never wrong for long.
import { execFile } from 'node:child_process';
import { appendFile, cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t, { type Test } from 'tap';
import { generateRuns } from '../../scripts/bench/report/generate.ts';
import { writeRuns } from './history.fixture.ts';
import { nightOf, nightsOf, runsOf } from './nights.ts';
import { standingOf } from './standing.ts';
import { HISTORY_FILE, type HistoryIndex, openHistory, rowsOf } from './store.ts';
import { pointsOf, trendsOf } from './trends.ts';
import { updateHistory } from './update.ts';

t.setTimeout(120_000);

/** Opened and brought up to date. */
async function indexed(t: Test, folder: string): Promise<HistoryIndex> {
  const index = openHistory(folder);
  t.teardown(() => index[Symbol.dispose]());
  await updateHistory(index);
  return index;
}

t.test(
  'a failure is new, known, then fixed, with its age; a flaky case is told from a broken one',
  async (t) => {
    const folder = t.testdir({});
    await writeRuns(
      folder,
      {
        day: '2026-01-01',
        firmware: 'V4.20.000',
        cases: { a: { CR01: 'pass', CR02: 'pass', CR03: 'pass', CR04: 'fail' } },
      },
      {
        day: '2026-01-02',
        firmware: 'V4.21.000',
        cases: { a: { CR01: 'fail', CR02: 'error pass', CR03: 'pass', CR04: 'fail' } },
      },
      {
        day: '2026-01-03',
        firmware: 'V4.21.000',
        cases: { a: { CR01: 'fail', CR02: 'error pass', CR03: 'pass', CR04: 'pass' } },
      },
      {
        day: '2026-01-04',
        firmware: 'V4.21.000',
        cases: { a: { CR01: 'error', CR02: 'pass', CR03: 'fail', CR04: 'pass' } },
      },
    );
    const index = await indexed(t, folder);
    const [one, two, three, four] = standingOf(index);
    t.match(one, {
      verdict: 'error',
      domain: 'bench',
      change: 'undecided',
      nature: 'broken',
      reason: 'The port closed.',
    });
    t.match(one?.failing, {
      firmware: 'V4.21.000',
      passedOn: 'V4.20.000',
      runs: 2,
      run: '2026-01-02T220000Z-0001',
    });
    t.match(two, { verdict: 'pass', change: 'steady', nature: 'flaky', failing: undefined });
    t.match(three, { change: 'new', nature: 'failed once', reason: 'it holds: expected yes, seen no' });
    t.match(four, { change: 'steady', nature: 'sound' });
    const then = standingOf(index, { before: Date.parse('2026-01-04T00:00:00Z') });
    t.same(
      then.map(({ change }) => change),
      ['known', 'steady', 'steady', 'fixed'],
    );
    t.match(then[0]?.failing, { runs: 2 });
    t.same(standingOf(index, { firmware: 'V4.20.*' }), [], 'the firmware is that of the newest result');
    t.equal(standingOf(index, { firmware: '>=V4.21.000', requirement: 'CR0*', dut: 'a' }).length, 4);
  },
);

t.test('a change with the firmware is no flakiness; two without one are', async (t) => {
  const folder = t.testdir({});
  const runs = ['pass', 'fail', 'pass', 'fail'].map((verdict, at) => ({
    ...{ day: `2026-01-0${at + 1}`, firmware: `V4.2${at}.000` },
    cases: { a: { CR01: verdict } },
  }));
  await writeRuns(folder, ...runs);
  t.equal(standingOf(await indexed(t, folder))[0]?.nature, 'failed once');
  await writeRuns(folder, ...runs.map(({ firmware: _, ...run }) => run));
  t.equal(standingOf(await indexed(t, folder))[0]?.nature, 'flaky', 'changed files are read again');
});

t.test('a night says what it lacks', async (t) => {
  const folder = t.testdir({});
  await writeRuns(
    folder,
    { day: '2026-01-01', cases: { a: { CR01: 'pass' }, b: { CR01: 'pass' } } },
    {
      ...{ day: '2026-01-02', ended: 'interrupted', cases: { a: { CR01: 'pass' } } },
      notRun: [{ dut: 'a', requirement: 'CR02', why: 'not-reached', reason: 'interrupted' }],
    },
    {
      day: '2026-01-03',
      cases: { a: { CR01: 'error' } },
      dut: { fault: { domain: 'bench', rule: 'a port is gone', facts: 'http' } },
    },
  );
  const [third, second, first] = nightsOf(await indexed(t, folder));
  t.same(first?.gaps, []);
  t.same(second?.gaps, [
    'b is missing; it was there the night before.',
    'Run 2026-01-02T220000Z-0001 was interrupted, 1 case not reached.',
  ]);
  t.same(third?.gaps, ['The bench of a failed in run 2026-01-03T220000Z-0001: a port is gone: http']);
  t.match(third, { date: '2026-01-03', duts: ['a'], error: 1, pass: 0 });
  t.equal(nightOf(Date.parse('2026-01-04T03:00:00Z')), '2026-01-03', 'after midnight it is still that night');
});

t.test(
  'runs as their writers leave them: trends add up, and a run without its end is shown as such',
  async (t) => {
    const folder = t.testdir({});
    const size = { runs: 8, duts: 3, requirements: 20 };
    const ids = await generateRuns(folder, size);
    const last = join(folder, ids.at(-1) ?? '');
    await rm(join(last, 'run.json'));
    const lines = (await readFile(join(last, 'events.jsonl'), 'utf8')).split('\n');
    await writeFile(join(last, 'events.jsonl'), `${lines.slice(0, 41).join('\n')}\n{"seq":42,"torn`);
    await mkdir(join(folder, 'not-a-run'));
    await mkdir(join(folder, 'broken'));
    await writeFile(join(folder, 'broken', 'run.json'), '{"schema":1');
    using index = openHistory(folder);
    const first = await updateHistory(index);
    t.match(first, { read: 8, gone: 0 });
    t.equal(first.problems.length, 1);
    t.match(first.problems[0], { folder: 'broken', problem: /run\.json/ });
    const [open, ...others] = runsOf(index);
    t.equal(open?.ended, 'open');
    t.match(
      nightsOf(index)[0]?.gaps[0],
      /is under way, or was cut and not reported, 50 cases not reached|is under way, or was cut/,
    );
    t.equal(
      others.every(({ ended, duts }) => ended === 'complete' && duts.length === 3),
      true,
    );
    const total = (
      rows: readonly { pass: number; fail: number; inconc: number; error: number; none: number }[],
    ) => rows.reduce((sum, one) => sum + one.pass + one.fail + one.inconc + one.error + one.none, 0);
    const whole = total(runsOf(index));
    t.ok(whole > 7 * 60);
    for (const by of ['dut', 'requirement', 'firmware'] as const)
      t.equal(total(trendsOf(index, by)), whole, by);
    t.equal(total(pointsOf(index)), whole);
    t.equal(pointsOf(index).length, 8);
    const [dut] = trendsOf(index, 'dut');
    t.equal(total(trendsOf(index, 'requirement', { dut: dut?.name ?? '' })), total(dut ? [dut] : []));
    t.equal(
      total(trendsOf(index, 'dut', { requirement: 'CR05' })),
      total(trendsOf(index, 'requirement', { requirement: 'CR05' })),
    );
    t.equal(runsOf(index, { since: Date.parse('2024-01-05') }).length, 4);
    t.equal(runsOf(index, { dut: 'nobody' }).length, 0);
  },
);

t.test(
  'only what is new or changed is read; what is gone is forgotten; rebuilding answers the same',
  async (t) => {
    const folder = t.testdir({});
    const ids = await generateRuns(folder, { runs: 5, duts: 2, requirements: 10 });
    using index = openHistory(folder);
    t.match(await updateHistory(index), { read: 5 });
    t.match(await updateHistory(index), { read: 0, gone: 0 });
    await appendFile(join(folder, ids[1] ?? '', 'run.json'), '\n');
    t.match(await updateHistory(index), { read: 1 });
    await rm(join(folder, ids[4] ?? ''), { recursive: true });
    t.match(await updateHistory(index), { read: 0, gone: 1 });
    t.equal(runsOf(index).length, 4);
    // The sums over all runs, and those that are made run by run.
    for (const by of ['dut', 'requirement', 'firmware'] as const)
      t.same(trendsOf(index, by), trendsOf(index, by, { since: 0 }), by);
    t.ok(
      standingOf(index).every(({ run }) => run !== ids[4]),
      'the newest left is the newest',
    );
    const before = [standingOf(index), trendsOf(index, 'dut'), nightsOf(index)];
    t.match(await updateHistory(index, { rebuild: true }), { read: 4 });
    t.same([standingOf(index), trendsOf(index, 'dut'), nightsOf(index)], before);
  },
);

t.test('runs that began in the same ms are both kept', async (t) => {
  const folder = t.testdir({});
  await writeRuns(folder, { day: '2026-01-01', cases: { a: { CR01: 'pass' } } });
  const [name = ''] = await readdir(folder);
  const file = join(folder, 'other', 'run.json');
  await cp(join(folder, name), join(folder, 'other'), { recursive: true });
  await writeFile(file, (await readFile(file, 'utf8')).replace('220000Z-0001', '220000Z-0002'));
  t.equal(runsOf(await indexed(t, folder)).length, 2);
});

t.test(
  'an index that is damaged or of another version is begun anew; a folder that is none is refused',
  async (t) => {
    const folder = t.testdir({
      [HISTORY_FILE]: 'this is no database, but a long enough text to be taken for one. '.repeat(20),
    });
    await writeRuns(folder, { day: '2026-01-01', cases: { a: { CR01: 'pass' } } });
    {
      using index = openHistory(folder);
      t.match(index.renewed, /damaged/);
      await updateHistory(index);
      index.db.exec('PRAGMA user_version = 99');
    }
    using again = openHistory(folder);
    t.match(again.renewed, /another version/);
    t.match(await updateHistory(again), { read: 1 });
    t.throws(() => openHistory(join(folder, 'nowhere')), { code: 'USAGE' });
  },
);

t.test('two processes that index at once leave each run once', async (t) => {
  const folder = t.testdir({});
  await generateRuns(folder, { runs: 12, duts: 4, requirements: 30 });
  const script = `const { openHistory } = await import(${JSON.stringify(new URL('store.ts', import.meta.url).href)});
    const { updateHistory } = await import(${JSON.stringify(new URL('update.ts', import.meta.url).href)});
    using index = openHistory(${JSON.stringify(folder)});
    console.log(JSON.stringify(await updateHistory(index, { rebuild: process.argv[1] === 'rebuild' })));`;
  const start = (word: string) =>
    promisify(execFile)(process.execPath, ['--input-type=module-typescript', '-e', script, word]);
  const ended = await Promise.all([start('rebuild'), start('update'), start('rebuild')]);
  t.ok(ended.every(({ stdout }) => Array.isArray(JSON.parse(stdout).problems)));
  const index = await indexed(t, folder);
  t.equal(runsOf(index).length, 12);
  t.match(rowsOf(index.db, 'SELECT count(*) AS results FROM results'), [{ results: 12 * 4 * 30 }]);
  t.match(rowsOf(index.db, 'SELECT sum(pass + fail + inconc + error + none) AS sum FROM shares'), [
    { sum: 12 * 4 * 30 },
  ]);
});

t.test('a run that lies in two folders is counted once, and its copy takes its place', async (t) => {
  const folder = t.testdir({});
  await writeRuns(folder, { day: '2026-01-01', cases: { a: { CR01: 'fail' } } });
  const first = '2026-01-01T220000Z-0001';
  await cp(join(folder, first), join(folder, 'latest'), { recursive: true });
  const index = await indexed(t, folder);
  t.match(standingOf(index), [{ change: 'new', nature: 'failed once', failing: { runs: 1 } }]);
  const { problems } = await updateHistory(index);
  t.same(problems, [{ folder: 'latest', problem: `holds the same run as ${first}, which is counted` }]);
  await rm(join(folder, first), { recursive: true });
  await updateHistory(index);
  const again = await updateHistory(index);
  t.same(again.problems, []);
  t.same(
    runsOf(index).map((run) => run.folder),
    ['latest'],
  );
});

t.test('a run of an odd form keeps no other out', async (t) => {
  const folder = t.testdir({});
  await writeRuns(
    folder,
    { day: '2026-01-01', cases: { a: { CR01: 'pass' } } },
    { day: '2026-01-03', cases: { a: { CR01: 'pass' } } },
  );
  const odd = async (name: string, change: object) => {
    await mkdir(join(folder, name));
    const record = {
      ...JSON.parse(await readFile(join(folder, '2026-01-01T220000Z-0001', 'run.json'), 'utf8')),
    };
    await writeFile(join(folder, name, 'run.json'), JSON.stringify({ ...record, id: name, ...change }));
  };
  await odd('2026-01-02-bare', { duts: [{ id: 'a' }] });
  await odd('2026-01-02-null', { cases: [null] });
  await odd('2026-01-02-late', { startedAt: 9e15 });
  const index = await indexed(t, folder);
  t.equal(runsOf(index).length, 2);
  t.equal(nightsOf(index).length, 2);
  const { problems } = await updateHistory(index);
  t.same(
    problems.map((one) => one.folder),
    ['2026-01-02-bare', '2026-01-02-late', '2026-01-02-null'],
  );
  for (const { problem } of problems) t.match(problem, /is not of the form of a run|is no record/);
});

t.test('a failure is known however many nights came to nothing since', async (t) => {
  const folder = t.testdir({});
  const day = (at: number) => new Date(Date.UTC(2026, 0, 1 + at)).toISOString().slice(0, 10);
  const nights = Array.from({ length: 27 }, (_, at) => ({
    day: day(at),
    cases: { a: { CR01: at === 0 ? 'pass' : at === 1 || at === 26 ? 'fail' : 'error' } },
  }));
  await writeRuns(folder, ...nights.slice(0, 26));
  const index = await indexed(t, folder);
  t.match(standingOf(index), [{ change: 'undecided', nature: 'failed once', failing: { runs: 1 } }]);
  await writeRuns(folder, ...nights.slice(26));
  await updateHistory(index);
  t.match(standingOf(index), [{ change: 'known', nature: 'broken', failing: { runs: 2 } }]);
});

t.test('an old run that is read again does not bring its wording back', async (t) => {
  const folder = t.testdir({});
  await writeRuns(
    folder,
    { day: '2026-01-01', cases: { a: { CR01: 'pass' } } },
    { day: '2026-01-02', cases: { a: { CR01: 'pass' } } },
  );
  const file = (day: string) => join(folder, `${day}T220000Z-0001`, 'run.json');
  const reword = async (day: string, words: string) =>
    writeFile(file(day), (await readFile(file(day), 'utf8')).replace('It keeps CR01', words));
  await reword('2026-01-02', 'It keeps CR01 well');
  const index = await indexed(t, folder);
  const statement = () =>
    rowsOf<{ statement: string }>(index.db, 'SELECT statement FROM requirements')[0]?.statement;
  t.equal(statement(), 'It keeps CR01 well');
  await reword('2026-01-01', 'It kept CR01 once');
  await updateHistory(index);
  t.equal(statement(), 'It keeps CR01 well');
});
