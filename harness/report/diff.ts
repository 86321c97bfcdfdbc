import { decisiveFailure } from '../terms/expectation.ts';
import type { DutRecord, RunRecord } from '../terms/record.ts';
import { type TextDifference, textDifferences } from './diff-texts.ts';
import { type TimeDifference, timeDifferences } from './diff-times.ts';
import { type CellState, cellsOf, lastAttempt } from './reading.ts';

/** One recorder of a run. */
export interface DiffSide {
  readonly record: RunRecord;
  readonly dut: DutRecord;
}
/** A requirement whose verdict, or why it has none, is another. */
export interface VerdictDifference {
  readonly requirement: string;
  readonly statement: string;
  readonly before: CellState;
  readonly after: CellState;
  /** Why it is so now, where the record says; else why it was so before. */
  readonly reason: string | undefined;
}
/** Two recorders compared, or one recorder in two runs. */
export interface DutDifference {
  readonly before: DiffSide;
  readonly after: DiffSide;
  /** Facts of the recorder that are others. */
  readonly facts: readonly { readonly name: string; readonly before: string; readonly after: string }[];
  readonly verdicts: readonly VerdictDifference[];
  /** Requirements that one side alone left out or did not reach: nothing is known of what they would have come to. */
  readonly leftOut: readonly string[];
  /** Requirements that were tested on both sides and came to the same verdict. */
  readonly same: number;
  readonly times: readonly TimeDifference[];
  readonly texts: readonly TextDifference[];
}

/**
 * Which recorder is compared with which: those of one name; what is left over, by profile where each side has one.
 * A recorder named on one side alone is looked for by its name on the other.
 */
export function pairsOf(
  before: { readonly record: RunRecord; readonly dut?: string },
  after: { readonly record: RunRecord; readonly dut?: string },
): readonly { readonly before: DiffSide; readonly after: DiffSide }[] {
  const named = (side: typeof before, other: typeof before) =>
    side.record.duts.filter(({ id }) => id === (side.dut ?? other.dut ?? id));
  const left = named(before, after);
  const right = named(after, before);
  const pair = (a: DutRecord, b: DutRecord) => ({
    before: { record: before.record, dut: a },
    after: { record: after.record, dut: b },
  });
  const [a, b] = [left[0], right[0]];
  if (before.dut !== undefined && after.dut !== undefined) return a && b ? [pair(a, b)] : [];
  const byName = left.flatMap((one) => {
    const other = right.find(({ id }) => id === one.id);
    return other === undefined ? [] : [pair(one, other)];
  });
  const rest = (side: readonly DutRecord[], of: 'before' | 'after') =>
    Map.groupBy(
      side.filter(({ id }) => !byName.some((known) => known[of].dut.id === id)),
      ({ profile }) => profile,
    );
  const others = rest(right, 'after');
  const byProfile = [...rest(left, 'before')].flatMap(([profile, [one, second]]) => {
    const [other, another] = others.get(profile) ?? [];
    return one && other && !second && !another ? [pair(one, other)] : [];
  });
  return [...byName, ...byProfile];
}

/** What the records say of two recorders that is not the same; pictures are for others to compare. */
export function differenceOf(before: DiffSide, after: DiffSide): DutDifference {
  const [old, now] = [cellsBy(before), cellsBy(after)];
  const leftOut: string[] = [];
  const verdicts = [...new Set([...old.keys(), ...now.keys()])].flatMap((id) => {
    const [a, b] = [old.get(id), now.get(id)];
    const states = { before: a?.state ?? 'not-selected', after: b?.state ?? 'not-selected' } as const;
    if (states.before === states.after) return [];
    if (isLeftOut(states.before) || isLeftOut(states.after)) {
      if (!isLeftOut(states.before) || !isLeftOut(states.after)) leftOut.push(id);
      return [];
    }
    const statement = (b ?? a)?.requirement.statement ?? id;
    return [{ requirement: id, statement, ...states, reason: reasonOf(b) ?? reasonOf(a) }];
  });
  return {
    ...{ before, after, verdicts, leftOut },
    facts: factsOf(before.dut, after.dut),
    same: [...old].filter(([id, { tested, state }]) => tested !== undefined && now.get(id)?.state === state)
      .length,
    times: timeDifferences(before, after),
    texts: textDifferences(before, after),
  };
}

function isLeftOut(state: CellState): boolean {
  return state === 'not-selected' || state === 'not-reached';
}

type Cells = ReturnType<typeof cellsBy>;
type OneCell = Cells extends ReadonlyMap<string, infer T> ? T : never;

function cellsBy({ record, dut }: DiffSide) {
  return new Map((cellsOf(record).get(dut.id) ?? []).map((cell) => [cell.requirement.id, cell]));
}

function reasonOf(cell: OneCell | undefined): string | undefined {
  const last = cell?.tested && lastAttempt(cell.tested);
  const failed = last && decisiveFailure(last);
  if (failed !== undefined) return `${failed.title}: expected ${failed.expected}, seen ${failed.seen}`;
  return last?.reason ?? cell?.reason;
}

const FACTS = ['kind', 'family', 'model', 'firmware', 'gui', 'profile', 'resolution'] as const;

function factsOf(before: DutRecord, after: DutRecord): DutDifference['facts'] {
  return FACTS.filter((name) => before[name] !== after[name]).map((name) => ({
    ...{ name, before: before[name], after: after[name] },
  }));
}
