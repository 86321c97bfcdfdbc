import type { ExpectedOutcome } from '../terms/expected.ts';
import type { FaultDomain, Verdict } from '../terms/verdict.ts';
import { type HistoryIndex, rowsOf } from './store.ts';
import type { Counts } from './trends.ts';

/** What one run found of one requirement on one DUT. */
export interface ResultLine {
  readonly dut: string;
  readonly requirement: string;
  readonly firmware: string;
  readonly run: string;
  /** The run's folder. */
  readonly folder: string;
  /** When the run began, ms since the epoch. */
  readonly at: number;
  readonly verdict: Verdict;
  readonly domain: FaultDomain | undefined;
  readonly flaky: boolean;
  readonly attempts: number;
  /** Of all attempts together. */
  readonly milliseconds: number;
  readonly outcome: ExpectedOutcome | undefined;
  readonly reason: string | undefined;
}
/** A recorder as the newest run that had it describes it. */
export interface RecorderLine extends Counts {
  readonly id: string;
  readonly kind: 'twin' | 'hardware';
  readonly family: string;
  readonly model: string;
  readonly gui: string;
  readonly profile: string;
  readonly firmware: string;
  readonly fault: string | undefined;
  readonly folder: string;
  /** When that run began, ms since the epoch. */
  readonly at: number;
}
export interface RequirementLine {
  readonly id: string;
  readonly kind: string;
  readonly section: string;
  readonly statement: string;
}
/** How one requirement ended on all DUTs of one run. */
export interface RecentTally {
  readonly requirement: string;
  readonly run: number;
  readonly pass: number;
  readonly fail: number;
  /** Neither. */
  readonly other: number;
}

const RESULT = `SELECT d.text AS dut, q.text AS requirement, f.text AS firmware, r.id AS run, r.folder, r.started AS at, x.verdict,
  x.domain, x.flaky, x.attempts, x.ms AS milliseconds, x.outcome, x.reason FROM results x JOIN runs r ON r.run = x.run
  JOIN names d ON d.id = x.dut JOIN names q ON q.id = x.requirement JOIN names f ON f.id = x.firmware`;

/** All results of one run, by DUT and requirement. @param folder of the run */
export function resultsOf({ db }: HistoryIndex, folder: string): readonly ResultLine[] {
  return rowsOf<ResultRow>(
    db,
    `${RESULT} WHERE x.run = (SELECT run FROM runs WHERE folder = ?) ORDER BY d.text, q.text`,
    folder,
  ).map(resultFrom);
}

/** What became of one requirement, newest run first. */
export function pastOf({ db }: HistoryIndex, requirement: string, limit: number): readonly ResultLine[] {
  return rowsOf<ResultRow>(
    db,
    `${RESULT} WHERE x.requirement = (SELECT id FROM names WHERE kind = 'requirement' AND text = ?)
     ORDER BY x.run DESC, d.text LIMIT ?`,
    requirement,
    limit,
  ).map(resultFrom);
}

/** How many pairs of DUT and requirement one run did not try, by why. */
export function notRunCounts(
  { db }: HistoryIndex,
  folder: string,
): readonly { readonly why: string; readonly count: number }[] {
  return rowsOf(
    db,
    'SELECT why, count(*) AS count FROM not_run WHERE run = (SELECT run FROM runs WHERE folder = ?) GROUP BY why ORDER BY why',
    folder,
  );
}

/** Every recorder that a run ever had, by id. */
export function recordersOf({ db }: HistoryIndex): readonly RecorderLine[] {
  return rowsOf<Omit<RecorderLine, 'fault'> & { readonly fault: string | null }>(
    db,
    `SELECT d.text AS id, x.kind, x.family, x.model, x.gui, x.profile, f.text AS firmware, x.fault, r.folder, r.started AS at,
       ${['pass', 'fail', 'inconc', 'error', 'none', 'flaky'].map((one) => `coalesce(sum(s.${one}), 0) AS ${one}`).join(', ')}
     FROM (SELECT dut, max(run) AS run FROM duts GROUP BY dut) newest
     JOIN duts x ON x.dut = newest.dut AND x.run = newest.run JOIN runs r ON r.run = x.run
     JOIN names d ON d.id = x.dut JOIN names f ON f.id = x.firmware
     LEFT JOIN shares s ON s.dut = x.dut AND s.run = x.run GROUP BY x.dut ORDER BY d.text`,
  ).map(({ fault, ...row }) => ({ ...row, fault: fault ?? undefined }));
}

/** Every requirement that a run ever had, by id. */
export function requirementsOf({ db }: HistoryIndex): readonly RequirementLine[] {
  return rowsOf(
    db,
    `SELECT n.text AS id, q.kind, q.section, q.statement FROM requirements q JOIN names n ON n.id = q.requirement ORDER BY n.text`,
  );
}

/** Every firmware that a run ever had, by name. */
export function firmwaresOf({ db }: HistoryIndex): readonly string[] {
  return rowsOf<{ text: string }>(
    db,
    "SELECT text FROM names WHERE kind = 'firmware' AND id IN (SELECT firmware FROM sums) ORDER BY text",
  ).map(({ text }) => text);
}

/** Each requirement in each of the last runs, oldest first. */
export function recentTallies({ db }: HistoryIndex, runs: number): readonly RecentTally[] {
  return rowsOf(
    db,
    `SELECT n.text AS requirement, t.run, sum(t.pass) AS pass, sum(t.fail) AS fail, sum(t.inconc + t.error + t.none) AS other
     FROM tallies t JOIN names n ON n.id = t.requirement WHERE t.run IN (SELECT run FROM runs ORDER BY run DESC LIMIT ?)
     GROUP BY t.requirement, t.run ORDER BY n.text, t.run`,
    runs,
  );
}

type ResultRow = Omit<ResultLine, 'domain' | 'flaky' | 'outcome' | 'reason'> & {
  readonly domain: FaultDomain | null;
  readonly flaky: number;
  readonly outcome: ExpectedOutcome | null;
  readonly reason: string | null;
};

function resultFrom({ domain, flaky, outcome, reason, ...row }: ResultRow): ResultLine {
  return {
    ...row,
    domain: domain ?? undefined,
    flaky: flaky === 1,
    outcome: outcome ?? undefined,
    reason: reason ?? undefined,
  };
}
