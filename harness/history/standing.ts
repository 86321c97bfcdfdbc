import type { ExpectedOutcome } from '../terms/expected.ts';
import type { FaultDomain, Verdict } from '../terms/verdict.ts';
import { conditionOf, type HistoryFilter } from './filter.ts';
import { type HistoryIndex, rowsOf } from './store.ts';

/** Results that are looked back at for how steady a case is. */
const WINDOW = 20;

/**
 * What the newest result of a case is beside those before:
 * - `new`: fails, and passed before, or was never decided
 * - `known`: fails, as it did before
 * - `fixed`: passes, and failed before
 * - `steady`: passes, as it did before
 * - `undecided`: came to neither; what it was before says `failing`
 */
export type Change = 'new' | 'known' | 'fixed' | 'steady' | 'undecided';
/**
 * How far a case can be relied on:
 * - `flaky`: of the last 20 results two or more needed another attempt, or two changes between pass and fail came with no
 *   change of firmware
 * - `broken`: not that, and failed at least the last two times that it was decided
 * - `failed once`: not that, and failed the last time
 * - `sound`: passed the last time that it was decided
 * - `unknown`: never decided
 */
export type Nature = 'flaky' | 'broken' | 'failed once' | 'sound' | 'unknown';

/** One requirement on one DUT, as its newest result left it. */
export interface Standing {
  readonly dut: string;
  readonly requirement: string;
  readonly firmware: string;
  readonly run: string;
  /** When that run began, ms since the epoch. */
  readonly at: number;
  readonly verdict: Verdict;
  readonly domain: FaultDomain | undefined;
  readonly reason: string | undefined;
  readonly outcome: ExpectedOutcome | undefined;
  readonly change: Change;
  readonly nature: Nature;
  /** Of a case whose last decided result is a fail: where the failure was first seen since it last passed. */
  readonly failing: FailingSince | undefined;
}
export interface FailingSince {
  readonly run: string;
  readonly at: number;
  readonly firmware: string;
  /** The firmware of the last pass before; undefined where it never passed. */
  readonly passedOn: string | undefined;
  /** Runs that failed since, with that one. */
  readonly runs: number;
}

interface Row {
  readonly number: number;
  readonly run: string;
  readonly at: number;
  readonly firmware: string;
  readonly verdict: Verdict;
  readonly domain: FaultDomain | null;
  readonly reason: string | null;
  readonly outcome: ExpectedOutcome | null;
  readonly flaky: number;
}

const ROW = `SELECT x.run AS number, r.id AS run, r.started AS at, f.text AS firmware, x.verdict, x.domain, x.reason, x.outcome, x.flaky
  FROM results x JOIN runs r ON r.run = x.run JOIN names f ON f.id = x.firmware WHERE x.dut = ? AND x.requirement = ?`;

/**
 * What stands of each requirement on each DUT, by DUT and requirement.
 * @param filter a `firmware` is that of the newest result; `before` looks back to that moment
 */
export function standingOf(index: HistoryIndex, filter: HistoryFilter = {}): readonly Standing[] {
  const { db } = index;
  const { before, since, firmware, ...named } = filter;
  const condition = conditionOf(db, named, ['dut', 'requirement'], 'c.');
  const cells = rowsOf<{ dut: number; requirement: number; dutName: string; requirementName: string }>(
    db,
    `SELECT c.dut, c.requirement, d.text AS dutName, q.text AS requirementName FROM cells c JOIN names d ON d.id = c.dut
     JOIN names q ON q.id = c.requirement WHERE ${condition.sql} ORDER BY d.text, q.text`,
    ...condition.values,
  );
  const isAsked = firmwareTest(index, firmware);
  const look = db.prepare(`${ROW} AND x.run < ? ORDER BY x.run DESC LIMIT ${WINDOW}`);
  const lookDecided = db.prepare(
    `${ROW} AND x.run < ? AND x.verdict IN ('pass', 'fail') ORDER BY x.run DESC LIMIT ${WINDOW}`,
  );
  const until = (before ?? 8.64e12) * 1000;
  return cells.flatMap((cell) => {
    const rows = look.all(cell.dut, cell.requirement, until) as unknown as readonly Row[];
    const [last] = rows;
    if (last === undefined || !isAsked(last.firmware) || last.at < (since ?? 0)) return [];
    // However long nothing was decided: what failed before that fails still.
    const isDecided = ({ verdict }: Row) => verdict === 'pass' || verdict === 'fail';
    const decided = rows.every(isDecided)
      ? rows
      : (lookDecided.all(cell.dut, cell.requirement, until) as unknown as readonly Row[]);
    const { run, at, verdict } = last;
    return [
      {
        ...{ dut: cell.dutName, requirement: cell.requirementName, run, at, verdict },
        firmware: last.firmware,
        domain: last.domain ?? undefined,
        reason: last.reason ?? undefined,
        outcome: last.outcome ?? undefined,
        change: changeOf(last, decided),
        nature: natureOf(rows, decided),
        failing: decided[0]?.verdict === 'fail' ? failingSince(index, cell, decided[0]) : undefined,
      },
    ];
  });
}

function firmwareTest({ db }: HistoryIndex, firmware: string | undefined): (text: string) => boolean {
  if (firmware === undefined) return () => true;
  const { sql, values } = conditionOf(db, { firmware }, ['firmware']);
  const fit = rowsOf<{ text: string }>(
    db,
    `SELECT text FROM (SELECT id AS firmware, text FROM names) WHERE ${sql}`,
    ...values,
  );
  const texts = new Set(fit.map(({ text }) => text));
  return (text) => texts.has(text);
}

function changeOf(last: Row, decided: readonly Row[]): Change {
  if (last.number !== decided[0]?.number) return 'undecided';
  const before = decided[1]?.verdict;
  if (last.verdict === 'fail') return before === 'fail' ? 'known' : 'new';
  return before === 'fail' ? 'fixed' : 'steady';
}

function natureOf(rows: readonly Row[], decided: readonly Row[]): Nature {
  const flips = decided.filter((row, at) => {
    const before = decided[at + 1];
    return before !== undefined && before.verdict !== row.verdict && before.firmware === row.firmware;
  });
  if (flips.length >= 2 || rows.filter(({ flaky }) => flaky === 1).length >= 2) return 'flaky';
  const [last, before] = decided;
  if (last === undefined) return 'unknown';
  if (last.verdict === 'pass') return 'sound';
  return before?.verdict === 'fail' ? 'broken' : 'failed once';
}

function failingSince(
  { db }: HistoryIndex,
  cell: { readonly dut: number; readonly requirement: number },
  last: Row,
): FailingSince {
  const at = [cell.dut, cell.requirement] as const;
  const passed = rowsOf<Row>(
    db,
    `${ROW} AND x.verdict = 'pass' AND x.run < ? ORDER BY x.run DESC LIMIT 1`,
    ...at,
    last.number,
  )[0];
  const span = [passed?.number ?? 0, last.number] as const;
  const failed = "x.verdict = 'fail' AND x.run > ? AND x.run <= ?";
  const first = rowsOf<Row>(db, `${ROW} AND ${failed} ORDER BY x.run LIMIT 1`, ...at, ...span)[0] ?? last;
  const [count] = rowsOf<{ runs: number }>(
    db,
    `SELECT count(*) AS runs FROM results x WHERE x.dut = ? AND x.requirement = ? AND ${failed}`,
    ...at,
    ...span,
  );
  return {
    run: first.run,
    at: first.at,
    firmware: first.firmware,
    passedOn: passed?.firmware,
    runs: count?.runs ?? 1,
  };
}
