import type { Calibration } from './calibration.ts';
import { HarnessError } from './error.ts';
import type { ExpectedFailure } from './expected.ts';
import type {
  AttemptRecord,
  CaseRecord,
  DutRecord,
  ExpectationRecord,
  MeasurementRecord,
  NotRunRecord,
  PromptRecord,
  RunEvent,
  RunRecord,
  StepRecord,
} from './record.ts';
import { type Fault, worse, worst } from './verdict.ts';

/** An event with the time of its line. */
type Timed = RunEvent & { readonly at: number };
type Of<T extends RunEvent['type']> = Extract<Timed, { readonly type: T }>;

/** An attempt of which not all may be known yet. */
interface OpenAttempt {
  readonly number: number;
  readonly at: number;
  copy?: number;
  readonly steps: StepRecord[];
  readonly expectations: ExpectationRecord[];
  readonly measurements: MeasurementRecord[];
  readonly prompts: PromptRecord[];
  end?: Of<'case-end'>;
}
interface OpenCase {
  readonly dut: string;
  readonly requirement: string;
  title: string;
  expected?: ExpectedFailure;
  readonly attempts: OpenAttempt[];
}

/**
 * The record of a run, from its events. Without `run-end` the run was cut: the case that was running has the verdict
 * `none` (`fail` where an expectation had failed), those that never began are not reached. Of a DUT with several
 * faults the first stands, as the cause of the others.
 * @throws HarnessError RECORD_UNREADABLE where the events do not begin with `run-start`.
 */
export function foldEvents(events: readonly Timed[]): RunRecord {
  const start = events[0];
  if (start?.type !== 'run-start')
    throw new HarnessError('RECORD_UNREADABLE', 'The events of the run do not begin with its plan.');
  const end = events.find((event) => event.type === 'run-end');
  const ended = end?.ended ?? 'cut';
  const endedAt = end?.at ?? events.reduce((last, event) => Math.max(last, lastMoment(event)), 0);
  const faults = faultsOf(events);
  const open = openCases(start, events);
  const cases = [...open.values()]
    .filter((one) => one.attempts.length > 0)
    .map((one) => closeCase(one, endedAt, leftReason(ended, faults.get(one.dut), 'here')));
  const left = [...open.values()]
    .filter((one) => one.attempts.length === 0)
    .map(
      ({ dut, requirement }): NotRunRecord => ({
        dut,
        requirement,
        why: 'not-reached',
        reason: leftReason(ended, faults.get(dut), 'before this case'),
      }),
    );
  const verdict = worst(cases.map((one) => one.verdict));
  return {
    schema: 1,
    id: start.id,
    startedAt: start.at,
    endedAt,
    ended,
    verdict: faults.size === 0 ? verdict : worse(verdict, 'error'),
    harness: start.harness,
    duts: start.duts.map((dut) => ({
      ...withFound(dut, faults.get(dut.id), calibrationOf(events, dut.id)),
      ...passwordOf(events, dut.id),
    })),
    requirements: start.requirements,
    cases,
    notRun: [...start.notRun, ...left],
  };
}

function faultsOf(events: readonly Timed[]): ReadonlyMap<string, Fault> {
  const faults = new Map<string, Fault>();
  for (const event of events)
    if (event.type === 'dut-fault' && !faults.has(event.dut)) faults.set(event.dut, event.fault);
  return faults;
}

/** All cases of the plan, in its order, with what the events tell of them. */
function openCases(start: Of<'run-start'>, events: readonly Timed[]): ReadonlyMap<string, OpenCase> {
  const cases = new Map<string, OpenCase>();
  const caseOf = (dut: string, requirement: string): OpenCase => {
    const key = JSON.stringify([dut, requirement]);
    const known = cases.get(key);
    if (known !== undefined) return known;
    const fresh: OpenCase = { dut, requirement, title: requirement, attempts: [] };
    cases.set(key, fresh);
    return fresh;
  };
  for (const { dut, requirement, title, expected } of start.planned) {
    const one = caseOf(dut, requirement);
    one.title = title;
    if (expected !== undefined) one.expected = expected;
  }
  for (const event of events) {
    if (!('attempt' in event)) continue;
    const one = caseOf(event.dut, event.requirement);
    const attempt = attemptOf(one, event.attempt, event.at);
    switch (event.type) {
      case 'case-start':
        one.title = event.title;
        if (event.copy !== undefined) attempt.copy = event.copy;
        break;
      case 'step':
        attempt.steps.push(event.step);
        break;
      case 'expectation':
        attempt.expectations.push(event.expectation);
        break;
      case 'measurement':
        attempt.measurements.push(event.measurement);
        break;
      case 'prompt':
        attempt.prompts.push(event.prompt);
        break;
      case 'case-end':
        attempt.end = event;
        break;
      default:
        event satisfies never;
    }
  }
  return cases;
}

function attemptOf(one: OpenCase, number: number, at: number): OpenAttempt {
  const known = one.attempts.find((attempt) => attempt.number === number);
  if (known !== undefined) return known;
  const fresh: OpenAttempt = { number, at, steps: [], expectations: [], measurements: [], prompts: [] };
  one.attempts.push(fresh);
  return fresh;
}

function closeCase(one: OpenCase, endedAt: number, left: string): CaseRecord {
  const attempts = [...one.attempts]
    .sort((a, b) => a.number - b.number)
    .map((attempt) => closeAttempt(attempt, endedAt, left));
  return {
    dut: one.dut,
    requirement: one.requirement,
    title: one.title,
    verdict: attempts.at(-1)?.verdict ?? 'none',
    flaky: attempts.length > 1,
    ...(one.expected === undefined ? {} : { expected: one.expected }),
    attempts,
  };
}

function closeAttempt(attempt: OpenAttempt, endedAt: number, left: string): AttemptRecord {
  const { at, copy, steps, expectations, measurements, prompts, end } = attempt;
  const seen = {
    ...(copy === undefined ? {} : { copy }),
    at,
    steps,
    expectations,
    measurements,
    ...(prompts.length === 0 ? {} : { prompts }),
  };
  if (end !== undefined)
    return {
      ...seen,
      at: end.at,
      verdict: end.verdict,
      milliseconds: end.milliseconds,
      ...(end.fault === undefined ? {} : { fault: end.fault }),
      ...(end.reason === undefined ? {} : { reason: end.reason }),
    };
  // What the DUT was found to do wrong stays found.
  const held = steps.find((step) => step.held);
  const failed = expectations.some(
    ({ verdict, at: when }) => verdict === 'fail' && (held === undefined || when <= held.at),
  );
  return {
    ...seen,
    verdict: failed ? 'fail' : 'none',
    milliseconds: Math.max(0, endedAt - at),
    reason: left,
  };
}

/** Why a case has no end, or never began. */
function leftReason(ended: RunRecord['ended'], fault: Fault | undefined, where: string): string {
  if (fault !== undefined) return `${fault.rule}: ${fault.facts}`;
  if (ended === 'cut') return `the run was cut ${where}`;
  return ended === 'interrupted' ? `the run was interrupted ${where}` : `the run ended ${where}`;
}

function withFound(
  dut: DutRecord,
  fault: Fault | undefined,
  calibration: Calibration | undefined,
): DutRecord {
  return {
    ...dut,
    ...(calibration === undefined ? {} : { calibration }),
    ...(fault === undefined ? {} : { fault }),
  };
}

function calibrationOf(events: readonly Timed[], dut: string): Calibration | undefined {
  for (const event of events)
    if (event.type === 'dut-calibration' && event.dut === dut) return event.calibration;
  return undefined;
}

function passwordOf(events: readonly Timed[], dut: string): Pick<DutRecord, 'password'> {
  const found = events.findLast((event) => event.type === 'dut-password' && event.dut === dut);
  if (found?.type !== 'dut-password') return {};
  return { password: { restored: found.restored, told: found.told } };
}

/** The latest time that an event knows of. A case's end carries the time of its begin. */
function lastMoment(event: Timed): number {
  switch (event.type) {
    case 'step':
      return Math.max(event.at, event.step.at + event.step.milliseconds);
    case 'case-end':
      return event.at + event.milliseconds;
    default:
      return event.at;
  }
}
