import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { openBenches } from '../bench/open.ts';
import { openJournal } from '../evidence/journal.ts';
import { openStore } from '../evidence/store.ts';
import { randomPassword } from '../kit/fresh.ts';
import { countLogins } from '../run/counted-http.ts';
import { execute } from '../run/execute.ts';
import { heldBy } from '../run/hold.ts';
import { systemClock } from '../terms/clock.ts';
import { HarnessError } from '../terms/error.ts';
import { type ExpectedOutcome, expectedOutcome } from '../terms/expected.ts';
import type { RunEvent, RunRecord } from '../terms/record.ts';
import { type Command, EXIT } from './args.ts';
import { attestByItself } from './attest-key.ts';
import { baselinesOf } from './baselines.ts';
import { exitCode } from './exit-code.ts';
import { harnessFacts, suiteDigests } from './facts.ts';
import { interruptible } from './interrupt.ts';
import { EXPECTATIONS, expectedOf, idleLines, isTerminal, planFrom, SELECTION, secretsFrom } from './load.ts';
import { notifyByItself } from './notify.ts';
import { attendanceOf, deskFor, OPERATOR } from './operator.ts';
import { openProgress } from './progress.ts';
import { recordingIn } from './record.ts';
import { recoverCut } from './recover.ts';
import { renderRun } from './render.ts';
import { ROOT } from './root.ts';
import { openSight, PIXEL_JOBS, sightOf } from './sight.ts';
import { STATE, safetyFrom } from './state.ts';
import { withCapture } from './twin-capture.ts';

/** More copies of one twin spend more on getting ready than they save. */
const MOST_COPIES = 10;

/** `resetbench run`: the suite on the recorders of the inventory. */
export const run: Command = {
  name: 'run',
  summary: 'Run the suite on the recorders of the inventory and write the reports.',
  positionals: '[DUT...]',
  options: {
    ...SELECTION,
    ...EXPECTATIONS,
    ...OPERATOR,
    ...STATE,
    jobs: {
      type: 'string',
      value: 'N',
      help: 'recorders at a time, copies of twins among them (default: 6 a processor; 2 by pixels)',
    },
    reports: { type: 'string', value: 'FOLDER', help: 'where runs are kept (default: reports)' },
    secrets: { type: 'string', value: 'FILE', help: 'YAML of names and values that devices.yaml refers to' },
    display: {
      type: 'string',
      value: 'KIND',
      help: 'how twins are seen: document (default) or pixels, through a KVM',
    },
    capture: {
      type: 'string',
      value: 'NAME|FILE',
      help: 'what twins are seen through by pixels: good, coarse, scaled, limited, noisy, slow, or a YAML file',
    },
    'by-hand': { type: 'boolean', help: 'bring twins back as hardware is, without snapshots (slow)' },
    record: {
      type: 'boolean',
      help: 'keep each session, for `resetbench replay`: DUT/session.mcap in the folder of the run',
    },
    notify: {
      type: 'string',
      value: 'FILE',
      help: 'whom to tell what changed (default: $RESETBENCH_NOTIFY, where that is set)',
    },
    json: { type: 'boolean', help: 'one object with the outcome on the last line' },
  },
  examples: [
    ['resetbench run', 'every recorder of devices.yaml, every requirement with a case'],
    ["resetbench run 'nvr-*' --requirements CR39,CR52", 'some recorders, some requirements'],
    ['resetbench run nvr-shelf-3 --operator page', 'a person answers on a page of this machine'],
    ['resetbench run nvr-at --display pixels', 'seen through a KVM, as a recorder on a shelf is'],
    ['resetbench run nvr-at --display pixels --capture coarse', 'what a bad grabber does to verdicts'],
  ],
  async run(args) {
    const planned = await planFrom(args);
    const { loaded } = planned;
    const sight = sightOf(args.text('display'));
    const plan = { ...planned.plan, duts: withCapture(planned.plan.duts, args.text('capture'), sight) };
    const busy = plan.duts.filter(({ cases }) => cases.length > 0);
    if (busy.length === 0)
      throw new HarnessError('USAGE', 'nothing to run: no selected requirement has a case that applies', {
        hint: 'see `resetbench plan`',
      });
    const usual =
      sight === 'pixels'
        ? PIXEL_JOBS * availableParallelism()
        : Math.min(24, Math.max(busy.length, 6 * availableParallelism()));
    const jobs = args.number('jobs', 1) ?? usual;
    const attendance = attendanceOf(args, isTerminal());
    const secret = secretsFrom(args.text('secrets'));
    const safety = safetyFrom(args.text('state'), busy);
    const clock = systemClock;
    const expected = expectedOf(args, planned, clock.now());
    const eyes = await openSight(sight, busy, clock);
    const id = runId(clock.now());
    const folder = join(args.text('reports') ?? join(ROOT, 'reports'), id);
    // What a person tells the run while it goes on, and where it asks; nothing of its record.
    const control = join(folder, 'control');
    await mkdir(control, { recursive: true });
    const drives = await mkdtemp(join(tmpdir(), 'resetbench-'));
    const journal = await openJournal(join(folder, 'events.jsonl'), clock);
    const store = await openStore(folder);
    const harness = { ...(await harnessFacts()), digests: await suiteDigests() };
    const progress = openProgress(clock, process.stdout);
    const problems: string[] = [];
    using stop = interruptible('the run', () =>
      process.stderr.write(
        '\nstopping: recorders are left in their safe state; once more to leave at once\n',
      ),
    );
    await recoverCut(busy, { safety, secret, signal: stop.signal });
    const desk = await deskFor(attendance, {
      clock,
      hold: progress.hold,
      onInterrupt: stop.now,
      say: progress.say,
      onPage: (origin) => writeFile(join(control, 'desk'), origin),
    });
    const benches = openBenches({
      ...eyes.benches,
      devices: loaded.devices,
      apps: loaded.apps,
      desk,
      duts: busy,
      secret,
      folder: drives,
      safety: { ...safety, what: `run ${id}`, counted: countLogins(clock) },
      onLog: (line) => console.error(line),
      clock,
      freshPassword: () => randomPassword(12),
      run: id,
      copies: Math.min(jobs, MOST_COPIES),
    });
    try {
      await execute({
        id,
        plan,
        benches,
        store,
        baselines: baselinesOf,
        clock,
        jobs,
        byHand: args.flag('by-hand'),
        ...(args.flag('record')
          ? {
              record: recordingIn(folder, {
                clock,
                harness: harness.version,
                onProblem: (line) => problems.push(line),
              }),
            }
          : {}),
        expected: expected.cases,
        harness,
        hold: heldBy(join(control, 'pause'), clock, (held) =>
          progress.say(held ? `the run is held by ${join(control, 'pause')}` : 'the run goes on'),
        ),
        signal: stop.signal,
        write: (event: RunEvent) => {
          journal.write(event);
          progress.event(event);
        },
        onStep: (dut, title) => progress.step(dut, title),
      });
    } finally {
      progress.close();
      await benches[Symbol.asyncDispose]();
      await desk[Symbol.asyncDispose]();
      await eyes[Symbol.asyncDispose]();
      await journal[Symbol.asyncDispose]();
      await rm(drives, { recursive: true, force: true });
      await rm(control, { recursive: true, force: true });
    }
    const { record, lines, failed } = await renderRun(folder);
    console.log(`\n${lines.join('\n')}\n\nreport: ${relative(process.cwd(), join(folder, 'index.html'))}`);
    for (const line of [...problems, ...idleLines(expected)]) console.error(line);
    const signed = await attestByItself(folder, clock.now());
    if (signed !== undefined) (signed.failed ? console.error : console.log)(signed.told);
    for (const line of await notifyByItself(folder, { file: args.text('notify'), secret }))
      console.error(line);
    if (args.flag('json'))
      console.log(
        JSON.stringify({
          id,
          folder,
          verdict: record.verdict,
          ended: record.ended,
          expected: countOutcomes(record),
        }),
      );
    return failed || signed?.failed === true ? EXIT.bench : exitCode(record);
  },
};

/** How often each outcome of an expected failure occurs. */
function countOutcomes(record: RunRecord): Readonly<Record<ExpectedOutcome, number>> {
  const counts = { happened: 0, past: 0, absent: 0, undecided: 0 };
  for (const one of record.cases) {
    const outcome = expectedOutcome(one);
    if (outcome !== undefined) counts[outcome] += 1;
  }
  return counts;
}

/** A name for a run that begins now. */
export function runId(now: number): string {
  const stamp = new Date(now).toISOString().slice(0, 19).replaceAll(':', '');
  return `${stamp}Z-${randomBytes(2).toString('hex')}`;
}
