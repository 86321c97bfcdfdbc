import { expectedOutcome, expectedText } from '../terms/expected.ts';
import type {
  AttemptRecord,
  CaseRecord,
  DutRecord,
  EvidenceRef,
  NotRunRecord,
  RequirementRecord,
  RunRecord,
} from '../terms/record.ts';
import type { Verdict } from '../terms/verdict.ts';

/** What stands in one field of the matrix: a verdict, or why there is none. */
export type CellState = Verdict | NotRunRecord['why'];

/** One requirement on one DUT: the case that tested it, or the line of the plan that says why none did. */
export interface Cell {
  readonly dut: DutRecord;
  readonly requirement: RequirementRecord;
  readonly state: CellState;
  readonly title: string;
  readonly tested?: CaseRecord;
  readonly reason?: string;
}

/** Every state, worst first, as reports list them. */
export const CELL_STATES = [
  'error',
  'fail',
  'inconc',
  'none',
  'pass',
  'not-reached',
  'not-selected',
  'no-case',
  'not-applicable',
] as const satisfies readonly CellState[];

/** How a state is called in a report. */
export const STATE_NAMES: Readonly<Record<CellState, string>> = {
  error: 'error',
  fail: 'fail',
  inconc: 'inconclusive',
  none: 'no verdict',
  pass: 'pass',
  'not-reached': 'not reached',
  'not-selected': 'not selected',
  'no-case': 'no case',
  'not-applicable': 'not applicable',
};

/** All fields of the matrix by DUT, in the order of the record's DUTs and requirements. */
export function cellsOf(record: RunRecord): ReadonlyMap<string, readonly Cell[]> {
  const tested = new Map(record.cases.map((one) => [key(one.dut, one.requirement), one]));
  const notRun = new Map(record.notRun.map((one) => [key(one.dut, one.requirement), one]));
  const requirements = knownRequirements(record);
  return new Map(
    record.duts.map((dut) => [
      dut.id,
      requirements.map((requirement): Cell => {
        const one = tested.get(key(dut.id, requirement.id));
        if (one) return { dut, requirement, state: one.verdict, title: one.title, tested: one };
        const why = notRun.get(key(dut.id, requirement.id));
        const reason = why?.reason ?? 'The record says nothing of it.';
        return { dut, requirement, state: why?.why ?? 'not-reached', title: requirement.statement, reason };
      }),
    ]),
  );
}

/** How often each state occurs. */
export function countStates(cells: Iterable<Cell>): Readonly<Record<CellState, number>> {
  const counts: Record<CellState, number> = {
    error: 0,
    fail: 0,
    inconc: 0,
    none: 0,
    pass: 0,
    'not-reached': 0,
    'not-selected': 0,
    'no-case': 0,
    'not-applicable': 0,
  };
  for (const cell of cells) counts[cell.state] += 1;
  return counts;
}

/** The attempt that gave the case its verdict. */
export function lastAttempt(one: CaseRecord): AttemptRecord | undefined {
  return one.attempts.at(-1);
}

/** Time spent on a case, all attempts, ms. */
export function millisecondsOf(one: CaseRecord): number {
  return one.attempts.reduce((sum, attempt) => sum + attempt.milliseconds, 0);
}

/** All evidence of an attempt in the order it was taken; a piece kept by a step and an expectation comes once. */
export function evidenceOf(attempt: AttemptRecord): readonly EvidenceRef[] {
  const all = [...attempt.steps, ...attempt.expectations].flatMap((one) => one.evidence);
  const seen = new Set<string>();
  const once = all.filter((ref) => {
    const id = `${ref.sha256} ${ref.at} ${ref.title}`;
    if (seen.has(id)) return false;
    seen.add(id);
    return true;
  });
  return once.sort((a, b) => a.at - b.at);
}

/**
 * File name of a piece of evidence under `evidence/`; undefined where the record names something that cannot be one
 * (not 64 hex digits, unknown extension), so that no record can point outside of the folder.
 */
export function evidenceName(ref: EvidenceRef): string | undefined {
  return /^[0-9a-f]{64}$/.test(ref.sha256) && /^(png|jpg|txt|json|eml)$/.test(ref.ext)
    ? `${ref.sha256}.${ref.ext}`
    : undefined;
}

/** Whether a piece of evidence is a picture: as it was grabbed, or without loss. */
export function isPicture({ ext }: Pick<EvidenceRef, 'ext'>): boolean {
  return ext === 'png' || ext === 'jpg';
}

/** One sentence why a run did not go to its end; undefined if it did. */
export function endingOf(record: RunRecord): string | undefined {
  if (record.ended === 'complete') return undefined;
  return record.ended === 'cut'
    ? 'The run was cut: its process died before the end. Only what was reached stands here.'
    : 'The run was interrupted by an operator. Only what was reached stands here.';
}

/** A case needs attention unless its verdict is pass at the first attempt, as nobody expected otherwise. */
export function needsAttention({ tested }: Cell): boolean {
  return tested !== undefined && (tested.verdict !== 'pass' || tested.flaky || tested.expected !== undefined);
}

/**
 * Orders cells worst first: error, fail, expected failures that did not happen, inconc, none, flaky passes; expected
 * failures that happened come last.
 */
export function byVerdict(a: Cell, b: Cell): number {
  return rankOf(a) - rankOf(b);
}

function rankOf({ state, tested }: Cell): number {
  const outcome = tested && expectedOutcome(tested);
  if (outcome === 'happened') return CELL_STATES.length;
  return outcome === 'absent' ? CELL_STATES.indexOf('fail') + 0.5 : CELL_STATES.indexOf(state);
}

/** No verdict on the recorder was reached: error, inconclusive, none. */
export function isUndecided({ verdict }: Pick<CaseRecord, 'verdict'>): boolean {
  return verdict === 'error' || verdict === 'inconc' || verdict === 'none';
}

/** One sentence on a case that was expected to fail; undefined for any other. */
export function expectedNote({ tested }: Cell): string | undefined {
  return tested?.expected && expectedText(tested.verdict, tested.expected);
}

/** The cells that were expected to fail. */
export function expectedCells(cells: readonly Cell[]): readonly Cell[] {
  return cells.filter(({ tested }) => tested?.expected !== undefined);
}

/** The record's requirements, and any that only a case or the plan names. */
function knownRequirements(record: RunRecord): readonly RequirementRecord[] {
  const known = new Set(record.requirements.map((one) => one.id));
  const more = [...record.cases, ...record.notRun].filter((one) => {
    if (known.has(one.requirement)) return false;
    known.add(one.requirement);
    return true;
  });
  return [
    ...record.requirements,
    ...more.map(
      (one): RequirementRecord => ({
        id: one.requirement,
        statement: 'title' in one ? one.title : one.requirement,
        source: 'not in the record',
        kind: 'policy',
        section: 'Not in the record',
      }),
    ),
  ];
}

function key(dut: string, requirement: string): string {
  return JSON.stringify([dut, requirement]);
}
