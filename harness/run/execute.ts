import type { Benches } from '../bench/open.ts';
import type { EvidenceStore } from '../evidence/store.ts';
import type { FindBaseline } from '../terms/baseline.ts';
import type { Clock } from '../terms/clock.ts';
import type { ExpectedFailure } from '../terms/expected.ts';
import type { DutRecord, RunEvent, RunRecord } from '../terms/record.ts';
import type { ExpectedCase } from './expected.ts';
import type { Hold } from './hold.ts';
import type { Plan, PlannedDut } from './plan.ts';
import { Shift, type ShiftOptions } from './shift.ts';

export interface ExecuteOptions {
  readonly id: string;
  readonly plan: Plan;
  readonly benches: Benches;
  readonly store: EvidenceStore;
  /** Approved pictures of the screens of one recorder. */
  readonly baselines: (dut: PlannedDut) => FindBaseline;
  readonly clock: Clock;
  /** How many recorders, copies of twins among them, are worked on at a time. */
  readonly jobs: number;
  readonly harness: RunRecord['harness'];
  /** Fires when a person stops the run. */
  readonly signal: AbortSignal;
  readonly write: (event: RunEvent) => void;
  readonly onStep?: (dut: string, title: string) => void;
  /** Twins are brought back as hardware is, without snapshots. */
  readonly byHand?: boolean;
  /** Waited for before each case, and before each step where that is asked for. */
  readonly hold?: Hold;
  /** Begins the recording of a bench that was opened. */
  readonly record?: NonNullable<ShiftOptions['record']>;
  /** Failures of cases of the plan that are known of. */
  readonly expected?: readonly ExpectedCase[];
}

/**
 * Runs the plan, several recorders at a time, one case at a time on each. Where fewer recorders are left than may be
 * worked on, further copies of twins take part of their cases. All that happens goes to `write`.
 */
export async function execute(options: ExecuteOptions): Promise<'complete' | 'interrupted'> {
  const { plan, write, signal } = options;
  write({
    type: 'run-start',
    id: options.id,
    harness: options.harness,
    requirements: plan.requirements.map(({ id, statement, source, kind, section, security }) => ({
      id,
      statement,
      source,
      kind,
      section,
      ...(security === undefined ? {} : { security }),
    })),
    duts: plan.duts.map(dutRecord),
    planned: plan.duts.flatMap(({ config, cases }) =>
      cases.map(({ definition }) => ({
        dut: config.id,
        requirement: definition.id,
        title: definition.title,
        ...expectedOf(options.expected, config.id, definition.id),
      })),
    ),
    notRun: plan.notRun,
  });
  let number = 0;
  const shared = {
    ...options,
    onStep: options.onStep ?? (() => undefined),
    withPartner: mutex(),
    nextNumber: () => (number += 1),
  };
  const shifts = plan.duts
    .filter(({ cases }) => cases.length > 0)
    .map((dut) => new Shift(dut, shared))
    // The longest first: nobody waits at the end for one that began late.
    .sort((a, b) => b.waiting - a.waiting);
  const worker = async () => {
    for (let next = neediest(shifts); next !== undefined && !signal.aborted; next = neediest(shifts))
      await next.work();
  };
  await Promise.all(Array.from({ length: Math.max(1, options.jobs) }, worker));
  const ended = signal.aborted ? 'interrupted' : 'complete';
  write({ type: 'run-end', ended });
  return ended;
}

/** The next recorder to work on: one that nobody has begun, then the twin that another copy helps most. */
function neediest(shifts: readonly Shift[]): Shift | undefined {
  const fresh = shifts.find(({ began }) => !began);
  if (fresh !== undefined) return fresh;
  const [most] = shifts.toSorted((a, b) => b.need - a.need);
  return most !== undefined && most.need > 0 ? most : undefined;
}

/** What the plan says of a case's known failure. */
function expectedOf(
  expected: readonly ExpectedCase[] = [],
  dut: string,
  requirement: string,
): { readonly expected?: ExpectedFailure } {
  const found = expected.find((one) => one.dut === dut && one.requirement === requirement);
  if (found === undefined) return {};
  const { dut: _dut, requirement: _requirement, ...failure } = found;
  return { expected: failure };
}

/** A recorder as the record of a run names it. */
export function dutRecord({ config, profile }: Pick<PlannedDut, 'config' | 'profile'>): DutRecord {
  return {
    id: config.id,
    kind: config.kind,
    family: profile.family,
    model: config.model,
    firmware: config.firmware,
    gui: profile.gui,
    serialNumber: config.kind === 'hardware' ? config.serialNumber : 'twin',
    profile: config.profile,
    resolution: config.resolution,
    ...(config.kind === 'twin' && config.capture !== undefined ? { capture: config.capture } : {}),
  };
}

/** One body at a time, in the order of asking. */
export function mutex(): <T>(body: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (body) => {
    const turn = last.then(body, body);
    last = turn.catch(() => undefined);
    return turn;
  };
}
