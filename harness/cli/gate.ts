import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { type GatePolicy, parseGatePolicy } from '../config/gate.ts';
import { refuse } from '../config/problems.ts';
import type { GateAnswer } from '../gate/finding.ts';
import { judgeRun } from '../gate/judge.ts';
import { HarnessError } from '../terms/error.ts';
import type { RunRecord } from '../terms/record.ts';
import { type Args, type Command, EXIT } from './args.ts';
import { gateLines, simulationLines } from './gate-text.ts';
import { readRun } from './render.ts';
import { runFolder } from './report.ts';
import { ROOT } from './root.ts';

/** Exit code of each answer. A run that is not judged has that of a bench error. */
const EXITS = { open: EXIT.conformant, blocked: EXIT.nonConformant, 'not-judged': EXIT.bench } as const;

/** `resetbench gate`: whether a run lets a release through, by a policy. */
export const gate: Command = {
  name: 'gate',
  summary: 'Judge a run by a policy: is the release blocked, why, and what to do.',
  positionals: '[RUN]',
  options: {
    policy: { type: 'string', value: 'FILE', help: 'what may pass (default: suites/gate.yaml)' },
    against: {
      type: 'string',
      value: 'RUN',
      help: 'a run whose failures are known; `known: pass` lets these by',
    },
    simulate: { type: 'boolean', help: 'what the policy would have said of past runs; exit code 0' },
    last: { type: 'string', value: 'N', help: 'with --simulate: the newest N runs (default: 30)' },
    reports: { type: 'string', value: 'FOLDER', help: 'where runs are kept (default: reports)' },
    json: { type: 'boolean', help: 'the answer as one object' },
  },
  examples: [
    ['resetbench gate', 'the newest run; exit code 0: open, 1: blocked, 2: usage or policy, 3: not judged'],
    [
      'resetbench gate reports/2026-11-23T134500Z-1f2e --against 2026-11-22T134500Z-03aa',
      'new failures beside known ones',
    ],
    [
      'resetbench gate --policy strict.yaml --simulate',
      'what another policy would have said of the last 30 runs',
    ],
  ],
  async run(args) {
    const policy = policyFrom(args.text('policy'));
    const base = args.text('reports') ?? join(ROOT, 'reports');
    if (args.flag('simulate')) return simulate(args, policy, base);
    const other = args.text('against');
    const { record, damage } = await readRun(runFolder(base, args.positionals[0]));
    const against = other === undefined ? undefined : await knownRun(runFolder(base, other), record);
    const answer = judgeRun(policy, record, {
      now: Date.now(),
      ...(against !== undefined && { against }),
      ...(damage !== undefined && { damage }),
    });
    console.log(
      args.flag('json') ? JSON.stringify(answer, undefined, 1) : gateLines(answer, record).join('\n'),
    );
    return EXITS[answer.decision];
  },
};

/** The run whose failures are known. @throws HarnessError USAGE where it is not one from before, or is damaged */
async function knownRun(folder: string, judged: RunRecord): Promise<RunRecord> {
  const { record, damage } = await readRun(folder);
  if (damage !== undefined)
    throw new HarnessError('USAGE', `the journal of ${record.id} is damaged: ${damage}`, {
      hint: 'take it from where it was made, or name another run with --against',
    });
  if (record.id === judged.id || record.startedAt >= judged.startedAt)
    throw new HarnessError(
      'USAGE',
      `${record.id} is not from before ${judged.id}: it tells nothing of what was known`,
      {
        hint: 'name an earlier run with --against',
      },
    );
  return record;
}

/** @throws HarnessError CONFIG_MISSING, CONFIG_INVALID with every problem and its place */
function policyFrom(file: string | undefined): GatePolicy {
  const path = file ?? join(ROOT, 'suites', 'gate.yaml');
  const name = relative(process.cwd(), path) || path;
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new HarnessError('CONFIG_MISSING', `${name}: the policy cannot be read`, {
      hint: 'name one with --policy FILE; suites/gate.yaml is an example',
      cause,
    });
  }
  const { policy, problems } = parseGatePolicy(name, text);
  refuse(problems);
  if (policy === undefined) throw new HarnessError('CONFIG_INVALID', `${name}: holds no policy`);
  return policy;
}

/** One line of a simulation. */
export interface Simulated {
  readonly run: string;
  readonly answer?: GateAnswer;
  /** Why the run cannot be read. */
  readonly problem?: string;
}

/** Judges past runs as if each had just ended, beside the run before it. */
async function simulate(args: Args, policy: GatePolicy, base: string): Promise<number> {
  if (args.text('against') !== undefined || args.positionals.length > 0)
    throw new HarnessError('USAGE', '--simulate judges past runs, each against the one before it', {
      hint: 'leave out RUN and --against',
    });
  const last = args.number('last', 1) ?? 30;
  // One more, which the first is judged against.
  const names = runNames(base).slice(-last - 1);
  const rows: Simulated[] = [];
  let before: RunRecord | undefined;
  for (const name of names) {
    try {
      const { record, damage } = await readRun(join(base, name));
      const facts = {
        now: record.endedAt,
        ...(before !== undefined && { against: before }),
        ...(damage !== undefined && { damage }),
      };
      rows.push({ run: name, answer: judgeRun(policy, record, facts) });
      before = record;
    } catch (error) {
      if (!(error instanceof HarnessError)) throw error;
      rows.push({ run: name, problem: error.message });
    }
  }
  const shown = rows.slice(-last);
  console.log(
    args.flag('json') ? JSON.stringify(shown, undefined, 1) : simulationLines(policy.name, shown).join('\n'),
  );
  return EXIT.conformant;
}

function runNames(base: string): readonly string[] {
  // Says what is wrong where there is no run at all.
  runFolder(base, undefined);
  return readdirSync(base, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(base, entry.name, 'events.jsonl')))
    .map(({ name }) => name)
    .sort();
}
