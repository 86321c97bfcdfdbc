import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Display } from '../bench/ports/display.ts';
import { type AskPerson, learnByHand } from '../flow/by-hand.ts';
import { dutRecord } from '../run/execute.ts';
import { systemClock } from '../terms/clock.ts';
import { HarnessError } from '../terms/error.ts';
import { encodePng } from '../vision/png.ts';
import { type Args, EXIT } from './args.ts';
import { openers } from './doctor-display.ts';
import { harnessFacts } from './facts.ts';
import { writeLearned } from './learn-needles.ts';
import { type Loaded, load, pickDuts, ROOT, secretsFrom } from './load.ts';
import { readLook } from './looks.ts';
import { needleFolder } from './needle-files.ts';
import { proposing } from './propose.ts';
import { lookFile, openReader } from './sight.ts';
import { openTerminal } from './terminal.ts';

type Dut = Loaded['duts'][number];

/** Where what was learned goes, if not where everything is. */
export interface Places {
  readonly needles?: string;
  readonly reports?: string;
}

/** `resetbench needle learn DUT --by-hand`: a person brings the screens up. */
export async function needleByHand(args: Args): Promise<number> {
  const loaded = await load(args.text('devices') ?? join(ROOT, 'devices.yaml'));
  const duts = args.positionals.length === 0 ? [] : pickDuts(loaded, args.positionals);
  const [dut, ...more] = duts;
  if (dut === undefined || more.length > 0)
    throw new HarnessError('USAGE', 'one recorder is learned by hand at a time', {
      hint: 'name it by its id',
    });
  const folder = await mkdtemp(join(tmpdir(), 'resetbench-by-hand-'));
  await using stack = new AsyncDisposableStack();
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const secret = secretsFrom(args.text('secrets'));
  const open = openers(loaded, { duts, folder, stack, secret, state: args.text('state') });
  const bench = stack.use(await open(dut.config));
  using terminal = openTerminal(process.stdin, process.stdout);
  for (const line of await learnDut(dut, bench.display, terminal.ask)) console.log(line);
  return EXIT.conformant;
}

/** Learns needles of one recorder with a person, writes them, and proposes the screens as baselines. */
export async function learnDut(
  dut: Dut,
  display: Display,
  ask: AskPerson,
  places: Places = {},
): Promise<readonly string[]> {
  const clock = systemClock;
  // What the person is to look at stays until the machine is started anew.
  const pictures = await mkdtemp(join(tmpdir(), 'resetbench-needles-'));
  await using reader = await openReader([dut], clock);
  const { needles, screens } = await learnByHand({
    display,
    labels: dut.profile.labels,
    em: emOf(dut.config),
    readText: async (line) => (await reader.line(line)).text,
    ask,
    keep: async (screen, png) => {
      const file = join(pictures, `${screen}.png`);
      await writeFile(file, png);
      return file;
    },
    clock,
  });
  const written = await writeLearned(needleFolder(dut.config, places.needles), needles, 'same');
  await using proposals = await proposing(clock, places.reports);
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
