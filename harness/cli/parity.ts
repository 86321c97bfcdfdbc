import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { openBenches } from '../bench/open.ts';
import { randomPassword } from '../kit/fresh.ts';
import {
  compareSights,
  isSameCase,
  type Judged,
  judgedBoth,
  judgedBy,
  type Parity,
  type Sight,
} from '../run/parity.ts';
import type { Plan } from '../run/plan.ts';
import { assign } from '../run/prove.ts';
import type { Tried } from '../run/station.ts';
import { systemClock } from '../terms/clock.ts';
import { type Args, EXIT } from './args.ts';
import { interruptible } from './interrupt.ts';
import { type Loaded, loadDefects } from './load.ts';
import { chosen, only, stationsFor } from './prove-plan.ts';
import { ROOT } from './root.ts';
import { openSight, PIXEL_JOBS } from './sight.ts';

/** Every so many cases a line tells how far it is. */
const TOLD_EVERY = 50;

/** So many defects are drawn where none are named. */
const DRAWN = 60;

/**
 * `resetbench prove --parity`: every case on healthy twins, and those that must catch a sample of defects, once with
 * the help of a document and once by pixels alone.
 */
export async function proveParity(
  args: Args,
  { loaded, plan }: { readonly loaded: Loaded; readonly plan: Plan },
): Promise<number> {
  const clock = systemClock;
  const duts = only(plan.duts, args.text('requirement'));
  const { tasks } = assign(chosen(loadDefects(loaded), args, DRAWN), duts);
  const asked = args.number('jobs', 1);
  const jobs = {
    document: asked ?? 4 * availableParallelism(),
    pixels: asked ?? PIXEL_JOBS * availableParallelism(),
  };
  using stop = interruptible('the comparison');
  const reports = args.text('reports') ?? join(ROOT, 'reports');
  const judge = async (sight: Sight, told?: (one: Judged, evidence: Evidence) => void) => {
    const folder = await mkdtemp(join(tmpdir(), 'resetbench-'));
    await using eyes = await openSight(sight, duts, clock);
    let count = 0;
    const onCase = (one: Judged, evidence: Evidence) => {
      count += 1;
      told?.(one, evidence);
      if (count % TOLD_EVERY === 0) console.log(`by ${sight}: ${count} cases`);
    };
    const judged = async ({ stations, ...round }: Lot) => {
      await using benches = openBenches({
        devices: loaded.devices,
        duts: stations.map(({ dut }) => dut),
        secret: () => undefined,
        folder,
        clock,
        freshPassword: () => randomPassword(12),
        ...eyes.benches,
      });
      // Awaited here: the benches are closed when this returns.
      return await judgedBy(
        { ...round, stations, benches, clock, signal: stop.signal },
        { onCase, keep: told !== undefined },
      );
    };
    const rounds: readonly Lot[] = [
      { stations: stationsFor(duts, undefined, jobs[sight]), tasks: new Map(), rounds: 1 },
      ...(tasks.size === 0 ? [] : [{ stations: stationsFor(duts, tasks, jobs[sight]), tasks, rounds: 0 }]),
    ];
    // To see takes the processor's time: by pixels no more twins run at a time than it has for.
    const lots = sight === 'document' ? rounds : rounds.flatMap(byKind);
    const all = await inTurn(lots, { atATime: sight === 'document' ? 1 : jobs.pixels, work: judged });
    await rm(folder, { recursive: true, force: true });
    return all.flat();
  };
  const document = await judge('document');
  // A night of pictures is long: what differs is told as it is found, and what was seen then is kept.
  const kept: Promise<void>[] = [];
  const pixels = await judge('pixels', (one, evidence) => {
    for (const differing of compareSights(document.filter(isSameCase(one)), [one]).disagreements) {
      console.log(differenceLine(differing));
      // A full disk costs what was seen, and not a night's comparison.
      kept.push(
        keepEvidence(join(reports, 'parity', nameOf(one)), evidence).catch((cause: unknown) =>
          console.error(`what was seen of ${whereOf(one)} could not be kept: ${cause}`),
        ),
      );
    }
  });
  await Promise.all(kept);
  const { aborted } = stop.signal;
  const parity = compareSights(...(aborted ? judgedBoth(document, pixels) : ([document, pixels] as const)));
  if (aborted) console.log('\nInterrupted: what was judged both ways so far is compared.');
  const file = join(reports, 'parity.json');
  await mkdir(reports, { recursive: true });
  await writeFile(file, `${JSON.stringify(parity, undefined, 1)}\n`);
  console.log(`\n${parityLines(parity).join('\n')}\n\nparity: ${relative(process.cwd(), file)}`);
  if (args.flag('json'))
    console.log(
      JSON.stringify({
        parity_cases: parity.cases,
        parity_disagreements: parity.disagreements.length,
        parity_undecided: parity.undecided.length,
      }),
    );
  if (aborted) return EXIT.interrupted;
  return parity.disagreements.length === 0 ? EXIT.conformant : EXIT.nonConformant;
}

type Evidence = Tried['evidence'];

function nameOf({ dut, requirement, defect }: Judged): string {
  return [dut, requirement, ...(defect === undefined ? [] : [defect])].join('-');
}

/** Writes what was seen in a case, in order: `01 The disclaimer.png`. What an earlier comparison left there goes. */
async function keepEvidence(folder: string, evidence: Evidence): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  for (const [at, { title, ext, bytes }] of evidence.entries()) {
    const number = String(at + 1).padStart(2, '0');
    const words = title.replace(/[^\p{L}\p{N}]+/gu, ' ').trim();
    await writeFile(join(folder, `${number} ${words.slice(0, LONGEST_NAME)}.${ext}`), bytes);
  }
}

/** Characters of a title in a file's name. */
const LONGEST_NAME = 60;

type Lot = Pick<Parameters<typeof judgedBy>[0], 'stations' | 'tasks' | 'rounds'>;

/** A lot of each kind: twins of one kind share what they know of it. */
function byKind({ stations, tasks, ...round }: Lot): readonly Lot[] {
  return [...Map.groupBy(stations, ({ kind }) => kind)].map(([kind, own]) => ({
    ...round,
    stations: own,
    tasks: new Map([...tasks].filter(([id]) => id === kind)),
  }));
}

/** Works through a list, some at a time, in order. */
async function inTurn<T, R>(
  list: readonly T[],
  { atATime, work }: { readonly atATime: number; readonly work: (one: T) => Promise<R> },
): Promise<readonly R[]> {
  const queue = list.values();
  const done: R[] = [];
  const worker = async () => {
    for (const one of queue) done.push(await work(one));
  };
  await Promise.all(Array.from({ length: atATime }, worker));
  return done;
}

function parityLines({ cases, disagreements, undecided }: Parity): readonly string[] {
  return [
    `${cases} cases both ways, ${disagreements.length} disagreements`,
    ...disagreements.map(differenceLine),
    ...(undecided.length === 0 ? [] : [`${undecided.length} of them decided neither way`]),
    ...undecided.map((one) => `  ${whereOf(one)}: ${one.verdict ?? 'none'}: ${one.facts}`),
  ];
}

function whereOf({ dut, requirement, defect }: Pick<Judged, 'dut' | 'requirement' | 'defect'>): string {
  return `${dut} ${requirement}${defect === undefined ? '' : ` with ${defect}`}`;
}

function differenceLine(one: Parity['disagreements'][number]): string {
  const { verdicts, facts } = one;
  return `  ${whereOf(one)}: document ${verdicts.document ?? 'none'}, pixels ${verdicts.pixels ?? 'none'}: ${facts.pixels || facts.document}`;
}
