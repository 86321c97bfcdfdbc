import type { Verdict } from '../terms/verdict.ts';
import { conditionOf, type HistoryFilter, narrowing } from './filter.ts';
import { type HistoryIndex, rowsOf } from './store.ts';

/** How many results had which verdict. */
export type Counts = Readonly<Record<Verdict, number>> & { readonly flaky: number };

/** What became of one requirement, DUT or firmware over all runs that were asked for. */
export interface Trend extends Counts {
  readonly name: string;
  /** Of any verdict. */
  readonly results: number;
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

/** The smallest table that has the columns and, where runs are told apart, runs. */
function sourceOf(filter: HistoryFilter, by?: 'requirement' | 'dut' | 'firmware') {
  const { dut, requirement, since, before } = filter;
  if (by !== undefined && since === undefined && before === undefined)
    return { table: 'sums', columns: ['dut', 'requirement', 'firmware'], counts: SUMS } as const;
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
  asked: HistoryFilter = {},
): readonly Trend[] {
  const filter = narrowing(db, asked);
  const { table, columns, counts } = sourceOf(filter, by);
  const { sql, values } = conditionOf(db, filter, columns);
  return rowsOf<Omit<Trend, 'rate' | 'results'>>(
    db,
    `SELECT n.text AS name, t.* FROM (SELECT ${by} AS id, ${counts} FROM ${table} WHERE ${sql} GROUP BY ${by}) t
     JOIN names n ON n.id = t.id ORDER BY n.text`,
    ...values,
  ).map(({ name, pass, fail, inconc, error, none, flaky }) => ({
    ...{ name, pass, fail, inconc, error, none, flaky, results: pass + fail + inconc + error + none },
    rate: pass + fail === 0 ? undefined : pass / (pass + fail),
  }));
}

/** Verdicts of what a filter names, run by run, oldest first. */
export function pointsOf({ db }: HistoryIndex, asked: HistoryFilter = {}): readonly TrendPoint[] {
  const filter = narrowing(db, asked);
  const { table, columns, counts } = sourceOf(filter);
  const { sql, values } = conditionOf(db, filter, columns);
  return rowsOf<TrendPoint>(
    db,
    `SELECT r.id AS run, r.started AS at, t.pass, t.fail, t.inconc, t.error, t.none, t.flaky
     FROM (SELECT run AS number, ${counts} FROM ${table} WHERE ${sql} GROUP BY run) t JOIN runs r ON r.run = t.number ORDER BY r.run`,
    ...values,
  );
}
