// Runs on a twin that is taken for a recorder on a shelf: whose it is, and which password it has afterwards.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { openShelf, SHELF, type Shelf } from '../../scripts/bench/safety/shelf.ts';
import { withoutChromium } from '../bench/drivers/display/chromium.fixture.ts';
import { dutFolder } from '../safety/dut.ts';
import { openSessionReader } from '../session/reader.ts';
import type { RunRecord } from '../terms/record.ts';
import { ROOT } from './root.ts';

t.setTimeout(900_000);
const MAIN = join(ROOT, 'harness', 'cli', 'main.ts');
const skip = withoutChromium();

interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<{ readonly code: number | null; readonly output: string }>;
  /** The record of the run, once it has ended. */
  record(): RunRecord;
}
function begin(shelf: Shelf, reports: string, more: readonly string[] = []): Running {
  const args = ['run', SHELF, '--devices', shelf.devices, '--requirements', 'CR59', '--reports', reports];
  const child = spawn(process.execPath, [MAIN, ...args, ...more], { env: shelf.env });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (data) => {
      output += String(data);
    });
  return {
    child,
    ended: new Promise((resolve) => child.once('close', (code) => resolve({ code, output }))),
    record() {
      const [id = ''] = readdirSync(reports);
      return JSON.parse(readFileSync(join(reports, id, 'run.json'), 'utf8')) as RunRecord;
    },
  };
}

/** The journal of passwords: its header, which is another one each time, and the lines behind it. */
function journalOf(shelf: Shelf): readonly string[] {
  const file = join(dutFolder(shelf.env.RESETBENCH_STATE ?? '', shelf.serialNumber), 'passwords.jsonl');
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : [];
}

/** Waits until a journal that is not the one of before has so many lines. */
async function kept(shelf: Shelf, run: Running, lines: number, before?: string): Promise<void> {
  for (;;) {
    const [header, ...rest] = journalOf(shelf);
    if (header !== undefined && header !== before && rest.length >= lines) return;
    if (run.child.exitCode !== null) throw new Error(`it ended at once: ${(await run.ended).output}`);
    await sleep(20);
  }
}
/** First, intended, keyed, confirmed. */
const CONFIRMED = 4;
const hasFirst = ({ recorder, first }: Shelf) => recorder.accepts({ user: 'admin', password: first });
async function shelfFor(t: Test): Promise<Shelf> {
  const shelf = await openShelf(t.testdir({}));
  t.teardown(() => shelf[Symbol.asyncDispose]());
  return shelf;
}

t.test(
  'after a run that was killed the next one restores the password, keeps others off, and restores it again',
  { skip },
  async (t) => {
    const shelf = await shelfFor(t);
    const folder = join(shelf.devices, '..');
    const killed = begin(shelf, join(folder, 'killed'));
    await kept(shelf, killed, CONFIRMED);
    killed.child.kill('SIGKILL');
    await killed.ended;
    t.notOk(await hasFirst(shelf), 'killed with a new password in the recorder');

    const [cutOne] = journalOf(shelf);
    const run = begin(shelf, join(folder, 'next'));
    await kept(shelf, run, 1, cutOne);
    const other = await begin(shelf, join(folder, 'other')).ended;
    const { code, output } = await run.ended;
    t.equal(code, 0, output);
    t.match(output, /shelf: the run before was cut; restoring its first password/);
    t.match(output, /took shelf over from "run .*there is no process \d+ any more/);
    t.match(run.record().duts[0], {
      password: { restored: true, told: 'its first password was restored, and holds' },
    });
    t.ok(await hasFirst(shelf));
    t.equal(other.code, 3, other.output);
    t.match(other.output, /shelf is held by "(run|recover) .*" \(process \d+ on .*\)/);
  },
);

t.test(
  'on Ctrl-C the first password is restored too, and record and recording say so',
  { skip },
  async (t) => {
    const shelf = await shelfFor(t);
    const reports = join(shelf.devices, '..', 'reports');
    const run = begin(shelf, reports, ['--record']);
    await kept(shelf, run, CONFIRMED);
    run.child.kill('SIGINT');
    const { code, output } = await run.ended;
    t.equal(code, 130, output);
    t.match(run.record(), { ended: 'interrupted', duts: [{ password: { restored: true } }] });
    t.ok(await hasFirst(shelf));
    const [id = ''] = readdirSync(reports);
    await using session = await openSessionReader(join(reports, id, SHELF, 'session.mcap'));
    t.equal(session.cut, false);
    const asked: string[] = [];
    for await (const { topic, value } of session.entries()) {
      t.notMatch(JSON.stringify(value), shelf.first);
      if (topic === 'http') asked.push(`${value.request.method} ${value.request.path}`);
    }
    t.ok(asked.includes('PUT /ISAPI/Security/users/1'), 'that the password was given back is in it too');
  },
);
