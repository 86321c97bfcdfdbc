import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { openBenches } from '../bench/open.ts';
import { randomPassword } from '../kit/fresh.ts';
import { compareSights, judgedBy, type Parity, type Sight } from '../run/parity.ts';
import type { Plan } from '../run/plan.ts';
import { assign } from '../run/prove.ts';
import { systemClock } from '../terms/clock.ts';
import { type Args, EXIT } from './args.ts';
import { interruptible } from './interrupt.ts';
import { type Loaded, loadDefects, ROOT } from './load.ts';
import { chosen, only, stationsFor } from './prove-plan.ts';
import { openSight } from './sight.ts';

/** Every so many cases a line tells how far it is. */
const TOLD_EVERY = 50;

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
  const picked = chosen(loadDefects(loaded), args);
  const defects = args.text('sample') === undefined && args.text('defect') === undefined ? [] : picked;
  const { tasks } = assign(defects, duts);
  const jobs = args.number('jobs', 1) ?? 4 * availableParallelism();
  using stop = interruptible('the comparison');
  const judge = async (sight: Sight) => {
    const folder = await mkdtemp(join(tmpdir(), 'resetbench-'));
    await using eyes = await openSight(sight, duts, clock);
    const rounds = [
      { stations: stationsFor(duts, undefined, jobs), tasks: new Map(), rounds: 1 },
      ...(tasks.size === 0 ? [] : [{ stations: stationsFor(duts, tasks, jobs), tasks, rounds: 0 }]),
    ];
    const judged = [];
    let count = 0;
    for (const round of rounds) {
      await using benches = openBenches({
        devices: loaded.devices,
        duts: round.stations.map(({ dut }) => dut),
        secret: () => undefined,
        folder,
        clock,
        freshPassword: () => randomPassword(12),
        ...eyes.benches,
      });
      const options = { ...round, benches, clock, signal: stop.signal };
      const onCase = () => {
        count += 1;
        if (count % TOLD_EVERY === 0) console.log(`by ${sight}: ${count} cases`);
      };
      judged.push(...(await judgedBy(options, { onCase })));
    }
    await rm(folder, { recursive: true, force: true });
    return judged;
  };
  const document = await judge('document');
  const parity = compareSights(document, await judge('pixels'));
  const file = join(args.text('reports') ?? join(ROOT, 'reports'), 'parity.json');
  await mkdir(join(file, '..'), { recursive: true });
  await writeFile(file, `${JSON.stringify(parity, undefined, 1)}\n`);
  console.log(`\n${parityLines(parity).join('\n')}\n\nparity: ${relative(process.cwd(), file)}`);
  if (args.flag('json'))
    console.log(
      JSON.stringify({ parity_cases: parity.cases, parity_disagreements: parity.disagreements.length }),
    );
  if (stop.signal.aborted) return EXIT.interrupted;
  return parity.disagreements.length === 0 ? EXIT.conformant : EXIT.nonConformant;
}

function parityLines({ cases, disagreements }: Parity): readonly string[] {
  return [
    `${cases} cases both ways, ${disagreements.length} disagreements`,
    ...disagreements.map(
      ({ dut, requirement, defect, verdicts, facts }) =>
        `  ${dut} ${requirement}${defect === undefined ? '' : ` with ${defect}`}: document ${verdicts.document ?? 'none'}, pixels ${verdicts.pixels ?? 'none'}: ${facts.pixels || facts.document}`,
    ),
  ];
}
