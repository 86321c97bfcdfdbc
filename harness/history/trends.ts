import type { Verdict } from '../terms/verdict.ts';
import { conditionOf, type HistoryFilter } from './filter.ts';
import { type HistoryIndex, rowsOf } from './store.ts';

/** How many results had which verdict. */
export type Counts = Readonly<Record<Verdict, number>> & { readonly flaky: number };

/** What became of one requirement, DUT or firmware over all runs that were asked for. */
export interface Trend extends Counts {
  readonly name: string;
  /** In which it had results. */
  readonly runs: number;
  /** `pass` of `pass` and `fail`, 0..1; undefined where neither was ever reached. */
  readonly rate: number | undefined;
}

/** What became of one requirement, DUT or firmware in one run. */
export interface TrendPoint extends Counts {
  readonly run: string;
  /** When it began, ms since the epoch. */
  readonly at: number;
}

const SUMS = ['pass', 'fail', 'inconc', 'error', 'none', 'flaky']
  .map((one) => `sum(${one}) AS ${one}`)
  .join(', ');
const COUNTS = `${['pass', 'fail', 'inconc', 'error', 'none'].map((one) => `sum(verdict = '${one}') AS ${one}`).join(', ')}, sum(flaky) AS flaky`;

/** The smallest table that can answer: sums over DUTs, sums over requirements, or the results. */
function sourceOf(by: string | undefined, { dut, requirement }: HistoryFilter) {
  const needsDut = dut !== undefined || by === 'dut';
  const needsRequirement = requirement !== undefined || by === 'requirement';
  if (needsDut && needsRequirement)
    return { table: 'results', columns: ['dut', 'requirement', 'firmware'], counts: COUNTS } as const;
  return needsRequirement
    ? ({ table: 'tallies', columns: ['requirement', 'firmware'], counts: SUMS } as const)
    : ({ table: 'shares', columns: ['dut', 'firmware'], counts: SUMS } as const);
}

/** Verdicts per requirement, DUT or firmware, by name. */
export function trendsOf(
  { db }: HistoryIndex,
  by: 'requirement' | 'dut' | 'firmware',
  filter: HistoryFilter = {},
): readonly Trend[] {
  const { table, columns, counts } = sourceOf(by, filter);
  const { sql, values } = conditionOf(db, filter, columns);
  return rowsOf<Omit<Trend, 'rate'>>(
    db,
    `SELECT n.text AS name, t.* FROM (SELECT ${by} AS id, count(DISTINCT run) AS runs, ${counts} FROM ${table} WHERE ${sql} GROUP BY ${by}) t
     JOIN names n ON n.id = t.id ORDER BY n.text`,
    ...values,
  ).map(({ name, runs, pass, fail, inconc, error, none, flaky }) => ({
    ...{ name, runs, pass, fail, inconc, error, none, flaky },
    rate: pass + fail === 0 ? undefined : pass / (pass + fail),
  }));
}

/** Verdicts of what a filter names, run by run, oldest first. */
export function pointsOf({ db }: HistoryIndex, filter: HistoryFilter = {}): readonly TrendPoint[] {
  const { table, columns, counts } = sourceOf(undefined, filter);
  const { sql, values } = conditionOf(db, filter, columns);
  return rowsOf<TrendPoint>(
    db,
    `SELECT r.id AS run, r.started AS at, t.pass, t.fail, t.inconc, t.error, t.none, t.flaky
     FROM (SELECT run AS number, ${counts} FROM ${table} WHERE ${sql} GROUP BY run) t JOIN runs r ON r.run = t.number ORDER BY r.run`,
    ...values,
  );
}
