import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Display } from '../bench/ports/display.ts';
import type { Operator } from '../bench/ports/operator.ts';
import { learnByHand } from '../flow/by-hand.ts';
import { dutRecord } from '../run/execute.ts';
import { systemClock } from '../terms/clock.ts';
import { HarnessError } from '../terms/error.ts';
import type { PromptRecord } from '../terms/record.ts';
import { encodePng } from '../vision/png.ts';
import { type Args, EXIT } from './args.ts';
import { openers } from './doctor-display.ts';
import { harnessFacts } from './facts.ts';
import { writeLearned } from './learn-needles.ts';
import { isTerminal, type Loaded, load, pickDuts, secretsFrom } from './load.ts';
import { readLook } from './looks.ts';
import { needleFolder } from './needle-files.ts';
import { attendanceOf, deskFor, isAttended } from './operator.ts';
import { proposing } from './propose.ts';
import { ROOT } from './root.ts';
import { lookFile, openReader } from './sight.ts';

type Dut = Loaded['duts'][number];

/** At whose display what is learned from whom. */
export interface Lesson {
  readonly display: Display;
  readonly operator: Operator;
  readonly signal?: AbortSignal;
  /** Where what was learned goes, if not where everything is. */
  readonly needles?: string;
  readonly reports?: string;
}

/** `resetbench needle learn DUT --by-hand`: a person, or who stands for one, brings the screens up. */
export async function needleByHand(args: Args): Promise<number> {
  const loaded = await load(args.text('devices') ?? join(ROOT, 'devices.yaml'));
  const duts = args.positionals.length === 0 ? [] : pickDuts(loaded, args.positionals);
  const [dut, ...more] = duts;
  if (dut === undefined || more.length > 0)
    throw new HarnessError('USAGE', 'one recorder is learned by hand at a time', {
      hint: 'name it by its id',
    });
  const attendance = attendanceOf(args, isTerminal());
  if (!isAttended(attendance))
    throw new HarnessError('USAGE', 'nobody can be asked, and --by-hand asks', {
      hint: 'use --operator page, or answers in a file (--answers); docs/needles.md tells which',
    });
  await using stack = new AsyncDisposableStack();
  const stop = new AbortController();
  const interrupt = () => {
    if (stop.signal.aborted) process.exit(EXIT.interrupted);
    stop.abort(new HarnessError('INTERRUPTED', 'learning was interrupted'));
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, interrupt);
    stack.defer(() => void process.off(signal, interrupt));
  }
  const folder = await mkdtemp(join(tmpdir(), 'resetbench-by-hand-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const secret = secretsFrom(args.text('secrets'));
  const open = openers(loaded, { duts, folder, stack, secret, state: args.text('state') });
  const desk = stack.use(
    await deskFor(attendance, {
      clock: systemClock,
      hold: () => () => undefined,
      onInterrupt: interrupt,
      say: (line) => console.log(line),
    }),
  );
  const bench = stack.use(await open(dut.config));
  const operator = stack.use(desk.at(dut.config.id));
  try {
    const lesson = { display: bench.display, operator, signal: stop.signal };
    for (const line of await learnDut(dut, lesson)) console.log(line);
  } catch (error) {
    if (error === stop.signal.reason) return EXIT.interrupted;
    throw error;
  }
  return EXIT.conformant;
}

/**
 * Learns needles of one recorder with a person, writes them, and proposes the screens as baselines. Who was asked what,
 * and what the answer was, stands in the record of the proposal.
 */
export async function learnDut(dut: Dut, lesson: Lesson): Promise<readonly string[]> {
  const { display, operator, signal } = lesson;
  const clock = systemClock;
  await using reader = await openReader([dut], clock);
  const prompts: PromptRecord[] = [];
  const unwatch = operator.watch((over) => prompts.push(over));
  const { needles, screens } = await learnByHand({
    display,
    labels: dut.profile.labels,
    em: emOf(dut.config),
    readText: async (line) => (await reader.line(line)).text,
    operator,
    clock,
    ...(signal === undefined ? {} : { signal }),
  }).finally(unwatch);
  const written = await writeLearned(needleFolder(dut.config, lesson.needles), needles, 'same');
  await using proposals = await proposing(clock, lesson.reports);
  const { id } = dut.config;
  const ids = { dut: id, requirement: 'by-hand', attempt: 1 };
  const title = 'Screens that a person brought up';
  proposals.write({
    type: 'run-start',
    id: proposals.id,
    harness: await harnessFacts(),
    requirements: [
      { id: 'by-hand', statement: title, source: 'needle learn', kind: 'measured', section: 'By hand' },
    ],
    duts: [dutRecord(dut)],
    planned: [{ dut: id, requirement: 'by-hand', title }],
    notRun: [],
  });
  proposals.write({ type: 'case-start', ...ids, title });
  for (const prompt of prompts) proposals.write({ type: 'prompt', ...ids, prompt });
  for (const { name, pixels } of screens) {
    const at = clock.now();
    const screen = { name, source: display.source };
    const shown = `The screen "${name}", brought up by hand`;
    const bytes = await encodePng(pixels);
    const ref = await proposals.store.put({ kind: 'screen', ext: 'png', title: shown, at, bytes, screen });
    proposals.write({ type: 'step', ...ids, step: { title: shown, at, milliseconds: 0, evidence: [ref] } });
  }
  proposals.write({ type: 'case-end', ...ids, verdict: 'none', at: clock.now(), milliseconds: 0 });
  proposals.write({ type: 'run-end', ended: 'complete' });
  return [...written, ...proposals.lines()];
}

/** Size of the usual text: that of the look where one was learned, else what is usual on such a screen. px */
function emOf({ profile, resolution }: Dut['config']): number {
  const file = lookFile(profile, resolution);
  if (existsSync(file)) return readLook(file).em;
  return Math.round(Number(resolution.split('x')[1]) / 49);
}
