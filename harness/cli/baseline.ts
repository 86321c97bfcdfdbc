import { readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { systemClock } from '../terms/clock.ts';
import { HarnessError } from '../terms/error.ts';
import { globs } from '../terms/globs.ts';
import type { EvidenceRef, RunRecord, ScreenFacts } from '../terms/record.ts';
import { type Command, EXIT } from './args.ts';
import { approve } from './baselines.ts';
import { ROOT } from './load.ts';
import { readRun } from './render.ts';
import { runFolder } from './report.ts';

/** `resetbench baseline`: pictures that a run saw become the approved ones. */
export const baseline: Command = {
  name: 'baseline',
  summary: 'List the screens that a run compared, or approve them as baselines.',
  positionals: '[RUN]',
  options: {
    reports: { type: 'string', value: 'FOLDER', help: 'where runs are kept (default: reports)' },
    dut: { type: 'string', value: 'DUT', help: 'only of this recorder (`*` stands for anything)' },
    screen: { type: 'string', value: 'NAME', help: 'only this screen (`*` stands for anything)' },
    approve: { type: 'boolean', help: 'keep them in suites/baselines; look at them first' },
  },
  examples: [
    ['resetbench baseline', 'what the newest run saw'],
    [
      "resetbench baseline --dut 'nvr-*' --screen disclaimer --approve",
      'approve one screen of some recorders',
    ],
  ],
  async run(args) {
    const folder = runFolder(args.text('reports') ?? join(ROOT, 'reports'), args.positionals[0]);
    const { record } = await readRun(folder);
    const wanted = screensIn(record).filter(
      ({ dut, facts }) =>
        globs(args.text('dut') ?? '*', dut.id) && globs(args.text('screen') ?? '*', facts.name),
    );
    if (wanted.length === 0)
      throw new HarnessError('USAGE', `the run ${record.id} compared no such screen`, {
        hint: 'see `resetbench baseline` without --dut and --screen',
      });
    for (const { dut, ref, facts } of wanted) {
      const file = join(folder, 'evidence', `${ref.sha256}.${ref.ext}`);
      if (!args.flag('approve')) {
        console.log(`${dut.id}  ${facts.name}  ${relative(process.cwd(), file)}`);
        continue;
      }
      const approval = {
        source: facts.source,
        model: dut.model,
        firmware: dut.firmware,
        run: record.id,
        approvedAt: new Date(systemClock.now()).toISOString(),
      };
      const kept = await approve(dut, facts.name, { bytes: await readFile(file), approval });
      console.log(`${dut.id}  ${facts.name}  approved: ${relative(process.cwd(), kept)}`);
    }
    return EXIT.conformant;
  },
};

interface Seen {
  readonly dut: RunRecord['duts'][number];
  readonly ref: EvidenceRef;
  readonly facts: ScreenFacts;
}

/** Every screen made comparable in a run; of several of one name on one recorder, the last. */
function screensIn(record: RunRecord): readonly Seen[] {
  const found = new Map<string, Seen>();
  for (const one of record.cases) {
    const dut = record.duts.find(({ id }) => id === one.dut);
    const steps = one.attempts.at(-1)?.steps ?? [];
    for (const ref of steps.flatMap(({ evidence }) => evidence)) {
      if (dut !== undefined && ref.screen !== undefined)
        found.set(`${dut.id} ${ref.screen.name}`, { dut, ref, facts: ref.screen });
    }
  }
  return [...found.values()];
}
