import { writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { baselinePage } from '../report/baseline-page.ts';
import { HarnessError } from '../terms/error.ts';
import { globs } from '../terms/globs.ts';
import { oneLine } from '../terms/printable.ts';
import type { RunRecord } from '../terms/record.ts';
import { type Args, type Command, EXIT } from './args.ts';
import { decideOn } from './baseline-decide.ts';
import { pictureOf } from './baseline-show.ts';
import { BASELINES } from './baselines.ts';
import { decisionOn, examine, type Proposal, proposalsIn, stateText } from './proposals.ts';
import { readRun } from './render.ts';
import { runFolder } from './report.ts';
import { ROOT } from './root.ts';

/** `resetbench baseline`: pictures that a run saw, and what a reviewer decides about them. */
export const baseline: Command = {
  name: 'baseline',
  summary: 'Look at the screens that a run compared, and approve or reject them as baselines, one by one.',
  positionals: 'list|show|approve|reject [RUN]',
  options: {
    dut: {
      type: 'string',
      value: 'LIST',
      help: 'recorders, e.g. nvr-at,nvr-below (`*` stands for anything)',
    },
    screen: { type: 'string', value: 'LIST', help: 'screens, e.g. disclaimer (`*` stands for anything)' },
    reviewer: { type: 'string', value: 'NAME', help: 'who decides; not who made the run' },
    reason: { type: 'string', value: 'TEXT', help: 'why; it is kept with the picture' },
    each: { type: 'boolean', help: 'decide on each of several pictures that a `*` matches' },
    reports: { type: 'string', value: 'FOLDER', help: 'where runs are kept (default: reports)' },
    baselines: {
      type: 'string',
      value: 'FOLDER',
      help: 'where approved pictures are kept (default: suites/baselines)',
    },
  },
  examples: [
    ['resetbench baseline list', 'what the newest run saw, and how it compares'],
    ["resetbench baseline show --dut 'nvr-*'", 'a page with old, new and difference of some recorders'],
    [
      "resetbench baseline approve 2026-11-24T014245Z-5d28 --dut nvr-at --screen reset-qr --reviewer 'A. Smith' --reason 'as in the manual, p. 31'",
      'one picture becomes the baseline',
    ],
    [
      "resetbench baseline reject 2026-11-24T014245Z-5d28 --dut nvr-at --screen reset-qr --reviewer 'A. Smith' --reason 'OK is cut off'",
      'one picture is remembered as refused',
    ],
  ],
  async run(args) {
    const [action = 'list', name] = args.positionals;
    const act = ACTIONS[action];
    if (act === undefined)
      throw new HarnessError('USAGE', `baseline cannot ${oneLine(action)}`, {
        hint: 'say list, show, approve or reject, then the run; see `resetbench baseline --help`',
      });
    const folder = runFolder(args.text('reports') ?? join(ROOT, 'reports'), name);
    const { record, damage } = await readRun(folder);
    const named = args.text('baselines');
    const all = proposalsIn(record, named === undefined ? BASELINES : resolve(named));
    await act({ args, folder, record, damage, chosen: chosenOf(all, args, record) });
    return EXIT.conformant;
  },
};

/** What an action works on. */
export interface Task {
  readonly args: Args;
  /** Of the run. */
  readonly folder: string;
  readonly record: RunRecord;
  /** Where the run's journal is broken. */
  readonly damage: string | undefined;
  readonly chosen: readonly Proposal[];
}

const ACTIONS: Readonly<Record<string, (task: Task) => Promise<void>>> = {
  list,
  show,
  approve: (task) => decideOn(task, 'approved'),
  reject: (task) => decideOn(task, 'rejected'),
};

/** One line for each picture: recorder, screen, state, decision. */
async function list({ folder, chosen }: Task): Promise<void> {
  for (const proposal of chosen) {
    const examined = await examine(folder, proposal);
    const decision = decisionOn(proposal, examined);
    const decided =
      decision === undefined
        ? []
        : [
            `${decision.decision}${decision.reviewer === undefined ? '' : ` by ${decision.reviewer}`}${decision.reason === undefined ? '' : `: ${decision.reason}`}`,
          ];
    const parts = [proposal.dut.id, proposal.facts.name, stateText(proposal, examined), ...decided];
    console.log(parts.map(oneLine).join('  '));
  }
}

/** Writes the page into the run's folder, where its reports are. */
async function show({ folder, record, chosen }: Task): Promise<void> {
  const pictures = [];
  for (const proposal of chosen) pictures.push(await pictureOf(folder, record, proposal));
  const file = join(folder, 'baselines.html');
  await writeFile(file, baselinePage(record, pictures));
  console.log(relative(process.cwd(), file));
}

/** The pictures that --dut and --screen name; every name must be one of the run's. @throws HarnessError USAGE */
function chosenOf(all: readonly Proposal[], args: Args, record: RunRecord): readonly Proposal[] {
  const duts = namesIn(args, 'dut');
  const screens = namesIn(args, 'screen');
  const chosen = all.filter(
    ({ dut, facts }) =>
      duts.some((one) => globs(one, dut.id)) && screens.some((one) => globs(one, facts.name)),
  );
  const idle = [
    ...duts.filter((one) => !chosen.some(({ dut }) => globs(one, dut.id))),
    ...screens.filter((one) => !chosen.some(({ facts }) => globs(one, facts.name))),
  ];
  if (chosen.length === 0 || idle.length > 0)
    throw new HarnessError(
      'USAGE',
      `the run ${record.id} compared no such screen${idle.length === 0 ? '' : `: ${idle.join(', ')}`}`,
      { hint: 'see `resetbench baseline list` without --dut and --screen' },
    );
  return chosen;
}

function namesIn(args: Args, option: string): readonly string[] {
  return (args.text(option) ?? '*')
    .split(',')
    .map((one) => one.trim())
    .filter(Boolean);
}
