import { chmodSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { systemClock } from '../terms/clock.ts';
import type { Decided } from '../web/baselines.ts';
import { readArgs } from './args.ts';
import { deskFor } from './operator.ts';
import { someBaselines, spoilt, writeRun } from './proposed.fixture.ts';
import { ROOT } from './root.ts';
import { serve } from './serve.ts';
import { baselineDesk } from './serve-baselines.ts';

const SOURCE = 'chromium 156.0.8078.79';
delete process.env.RESETBENCH_SERVE_PASSWORD;

t.test(
  'it lets no other machine in without a password, and takes no token that others can read',
  async (t) => {
    const folder = t.testdir({ reports: {}, token: 'a-token-of-this-lab\n', short: 'abc' });
    const start = (...words: readonly string[]) =>
      serve.run(readArgs(serve, [...words, '--reports', join(folder, 'reports'), '--port', '0']));
    for (const host of ['0.0.0.0', '::', '192.0.2.1', 'lab.example'])
      await t.rejects(start('--host', host), { code: 'USAGE', hint: /RESETBENCH_SERVE_PASSWORD/ }, host);
    chmodSync(join(folder, 'token'), 0o644);
    await t.rejects(start('--token-file', join(folder, 'token')), { code: 'USAGE', hint: /chmod 600/ });
    await t.rejects(start('--token-file', join(folder, 'none')), { code: 'CONFIG_MISSING' });
    chmodSync(join(folder, 'short'), 0o600);
    await t.rejects(start('--token-file', join(folder, 'short')), { code: 'USAGE', message: /8 characters/ });
  },
);

t.test('a run tells where its operators answer by an origin that opens nothing', async (t) => {
  const told: string[] = [];
  const desk = await deskFor(
    { terminal: false, page: true, answers: undefined },
    {
      clock: systemClock,
      hold: () => () => undefined,
      onInterrupt: () => undefined,
      say: () => undefined,
      onPage: async (origin) => void told.push(origin),
    },
  );
  t.match(told, [/^http:\/\/127\.0\.0\.1:\d+$/]);
  t.equal((await fetch(`${told[0]}/`)).status, 403);
  await desk[Symbol.asyncDispose]();
});

t.test('pictures wait until a person has decided, by the rules of `baseline`', async (t) => {
  const base = t.testdir({ reports: {}, baselines: {} });
  const reports = join(base, 'reports');
  const baselines = await someBaselines(join(base, 'baselines'));
  const methods = await readFile(join(ROOT, 'suites', 'baselines', 'nvr', '1280x720', 'reset-methods.png'));
  const changed = await spoilt(methods);
  const dut = { dut: 'nvr-at', source: SOURCE };
  const run = await writeRun(
    reports,
    [
      { ...dut, screen: 'reset-methods', bytes: changed },
      { ...dut, screen: 'reset-qr-new', bytes: methods },
    ],
    { by: 'ci' },
  );
  const desk = baselineDesk(reports, baselines);
  const waiting = await desk.waiting(run);
  t.match(waiting, [
    { screen: 'reset-methods', tone: 'fail', hasApproved: true, hasDifference: true },
    { screen: 'reset-qr-new', tone: 'none', hasApproved: false, hasDifference: false },
  ]);
  t.same(await desk.picture(run, 'nvr-at', 'reset-methods', 'seen'), Buffer.from(changed));
  t.same(await desk.picture(run, 'nvr-at', 'reset-methods', 'approved'), methods);
  t.ok(await desk.picture(run, 'nvr-at', 'reset-methods', 'difference'));
  t.equal(await desk.picture(run, 'nvr-at', '../x', 'seen'), undefined);
  const decision: Decided = {
    folder: run,
    dut: 'nvr-at',
    screen: 'reset-methods',
    sha256: waiting[0]?.sha256 ?? '',
    decision: 'approved',
    reviewer: 'Ann',
    reason: 'as in the manual',
  };
  await t.rejects(desk.decide({ ...decision, sha256: 'f'.repeat(64) }), {
    code: 'USAGE',
    message: /another/,
  });
  await t.rejects(desk.decide({ ...decision, reviewer: 'CI' }), { code: 'USAGE', message: /made this run/ });
  await t.rejects(desk.decide({ ...decision, reason: ' ' }), { code: 'USAGE', message: /reason/ });
  t.equal((await desk.waiting(run)).length, 2, 'nothing was decided so far');
  await desk.decide(decision);
  await desk.decide({
    ...decision,
    screen: 'reset-qr-new',
    sha256: waiting[1]?.sha256 ?? '',
    decision: 'rejected',
  });
  t.same(await desk.waiting(run), []);
});

t.test('a journal that grew is read again', async (t) => {
  const base = t.testdir({ reports: {} });
  const methods = await readFile(join(ROOT, 'suites', 'baselines', 'nvr', '1280x720', 'reset-methods.png'));
  const run = await writeRun(join(base, 'reports'), [
    { dut: 'nvr-at', source: SOURCE, screen: 'reset-methods', bytes: methods },
  ]);
  const desk = baselineDesk(join(base, 'reports'), join(base, 'none'));
  t.equal((await desk.waiting(run)).length, 1);
  writeFileSync(join(base, 'reports', run, 'events.jsonl'), '');
  await t.rejects(desk.waiting(run), { code: 'RECORD_UNREADABLE' });
});
