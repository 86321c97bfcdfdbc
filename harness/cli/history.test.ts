// `resetbench history` as a person starts it.
import t from 'tap';
import { writeRuns } from '../history/history.fixture.ts';
import { resetbench } from './command.fixture.ts';

t.setTimeout(60_000);

t.test('one screen: nights, what is wrong since when, trends; the same as JSON', async (t) => {
  const folder = t.testdir({});
  await writeRuns(
    folder,
    { day: '2026-01-01', cases: { a: { CR01: 'pass', CR02: 'pass' }, b: { CR01: 'pass' } } },
    { day: '2026-01-02', firmware: 'V4.21.000', cases: { a: { CR01: 'fail', CR02: 'pass' } } },
  );
  const { code, out, err } = await resetbench(['history', '--reports', folder]);
  t.equal(code, 0);
  t.match(err, 'index: 2 runs with 5 results read');
  t.match(out, '2026-01-02  1 run, 1 recorder: 1 fail, 1 pass  INCOMPLETE');
  t.match(out, 'b is missing; it was there the night before.');
  t.match(
    out,
    'CR01 on a: failed once, since 2026-01-02 (V4.21.000; passed on V4.20.000), 1 run: it holds: expected yes, seen no',
  );
  t.ok(out.split('\n').length < 50);
  const json = JSON.parse(
    (await resetbench(['history', '--reports', folder, '--requirement', 'CR01', '--dut', 'a', '--json'])).out,
  );
  t.match(json, {
    index: { read: 0 },
    standing: [{ requirement: 'CR01', change: 'new' }],
    trends: { dut: [{ name: 'a', rate: 0.5 }] },
  });
});

t.test('what the newest night did not look at is told apart', async (t) => {
  const folder = t.testdir({});
  await writeRuns(
    folder,
    { day: '2026-01-01', cases: { a: { CR01: 'fail' }, gone: { CR01: 'fail', CR02: 'pass' } } },
    { day: '2026-01-02', cases: { a: { CR01: 'pass' } } },
  );
  const { out } = await resetbench(['history', '--reports', folder]);
  t.match(out, 'Now: 0 new, 0 known, 1 fixed, 0 undecided, 0 flaky that pass, of 1 case');
  t.match(out, /failing before: 1 case\n {2}CR01 on gone: last on 2026-01-01/);
});

t.test('what cannot be answered is refused with its cure', async (t) => {
  const folder = t.testdir({});
  const day = await resetbench(['history', '--reports', folder, '--since', 'May']);
  t.equal(day.code, 2);
  t.match(day.err, '--since expects a day like 2026-11-01, found May');
  t.match(await resetbench(['history', '--reports', `${folder}/none`]), {
    code: 2,
    err: /there is no folder of runs/,
  });
  t.match(await resetbench(['history', '--reports', folder]), { code: 0, out: /No run fits/ });
});
