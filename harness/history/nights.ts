import { conditionOf, type HistoryFilter } from './filter.ts';
import { type HistoryIndex, rowsOf } from './store.ts';
import type { Counts } from './trends.ts';

/** A run as the index has it. */
export interface RunLine extends Counts {
  readonly id: string;
  /** Its folder in the folder of runs. */
  readonly folder: string;
  readonly startedAt: number;
  readonly endedAt: number;
  /** `open`: it is under way, or its process died and no report was made since. */
  readonly ended: 'complete' | 'interrupted' | 'cut' | 'open';
  readonly verdict: string;
  readonly by: string | undefined;
  readonly commit: string | undefined;
  /** Cases of the plan that were not reached. */
  readonly notReached: number;
  readonly duts: readonly {
    readonly id: string;
    readonly firmware: string;
    readonly fault: string | undefined;
  }[];
}

/** All runs that began between one noon (UTC) and the next. */
export interface Night extends Counts {
  /** Of its evening, `YYYY-MM-DD`. */
  readonly date: string;
  readonly runs: readonly RunLine[];
  readonly duts: readonly string[];
  /** What it lacks, one sentence each; none of a night that is complete. */
  readonly gaps: readonly string[];
}

/** Which of the runs that fit a filter. */
export interface RunPage {
  readonly limit?: number;
  readonly offset?: number;
  /** Of the whole run. */
  readonly verdict?: string;
  /** The one run that lies there. */
  readonly folder?: string;
}

/** Runs, newest first. A filter by DUT or firmware asks for runs that had such a one. */
export function runsOf(
  { db }: HistoryIndex,
  filter: HistoryFilter = {},
  page: RunPage = {},
): readonly RunLine[] {
  const { since, before, ...named } = filter;
  const dut = conditionOf(db, named, ['dut', 'firmware']);
  const time = conditionOf(
    db,
    { ...(since !== undefined && { since }), ...(before !== undefined && { before }) },
    [],
  );
  const isAll = named.dut === undefined && named.firmware === undefined;
  const { verdict, folder } = page;
  const own = [
    ...(verdict === undefined ? [] : [['verdict', verdict] as const]),
    ...(folder === undefined ? [] : [['folder', folder] as const]),
  ];
  const rows = rowsOf<
    Omit<RunLine, 'duts' | 'by' | 'commit'> & { number: number; by: string | null; commit: string | null }
  >(
    db,
    `SELECT run AS number, id, folder, started AS startedAt, ended AS endedAt, ending AS ended, verdict, made_by AS "by", commit_id AS "commit",
       pass, fail, inconc, error, none, flaky, not_reached AS notReached FROM runs
     WHERE ${time.sql}${own.map(([column]) => ` AND ${column} = ?`).join('')}${isAll ? '' : ` AND run IN (SELECT run FROM duts WHERE ${dut.sql})`} ORDER BY run DESC LIMIT ? OFFSET ?`,
    ...time.values,
    ...own.map(([, value]) => value),
    ...(isAll ? [] : dut.values),
    page.limit ?? -1,
    page.offset ?? 0,
  );
  const duts = db.prepare(
    `SELECT d.text AS id, f.text AS firmware, x.fault FROM duts x JOIN names d ON d.id = x.dut JOIN names f ON f.id = x.firmware
     WHERE x.run = ? ORDER BY d.text`,
  );
  return rows.map(({ number, by, commit, ...row }) => ({
    ...row,
    by: by ?? undefined,
    commit: commit ?? undefined,
    duts: (
      duts.all(number) as unknown as readonly { id: string; firmware: string; fault: string | null }[]
    ).map(({ id, firmware, fault }) => ({ id, firmware, fault: fault ?? undefined })),
  }));
}

const NOON = 12 * 3_600_000;

/** The date of the night that a moment belongs to. @param at ms since the epoch */
export function nightOf(at: number): string {
  return new Date(at - NOON).toISOString().slice(0, 10);
}

/** The moment at which a night is over, ms since the epoch. @param date of its evening */
export function endOfNight(date: string): number {
  return Date.parse(`${date}T00:00:00Z`) + NOON + 86_400_000;
}

/** Nights, newest first. Runs of one DUT or firmware are no night, so only times narrow it. */
export function nightsOf(
  index: HistoryIndex,
  filter: Pick<HistoryFilter, 'since' | 'before'> = {},
  limit = 14,
): readonly Night[] {
  // Of each night the one before is needed, too; and what a time cuts off would look like a gap.
  const runs = runsOf(index, filter.before === undefined ? {} : { before: filter.before });
  const from = filter.since === undefined ? undefined : nightOf(filter.since);
  const all = [...Map.groupBy(runs, ({ startedAt }) => nightOf(startedAt))];
  return all
    .slice(0, limit)
    .filter(([date]) => from === undefined || date >= from)
    .map(([date, own], at) => nightFrom(date, own, all[at + 1]?.[1] ?? []));
}

function nightFrom(date: string, runs: readonly RunLine[], before: readonly RunLine[]): Night {
  const duts = [...new Set(runs.flatMap((run) => run.duts.map(({ id }) => id)))].sort();
  const missing = [...new Set(before.flatMap((run) => run.duts.map(({ id }) => id)))].filter(
    (id) => !duts.includes(id),
  );
  const sum = (key: keyof Counts) => runs.reduce((total, run) => total + run[key], 0);
  return {
    date,
    runs,
    duts,
    gaps: [
      ...missing.sort().map((id) => `${id} is missing; it was there the night before.`),
      ...runs.flatMap(gapsOf),
    ],
    ...{
      pass: sum('pass'),
      fail: sum('fail'),
      inconc: sum('inconc'),
      error: sum('error'),
      none: sum('none'),
    },
    flaky: sum('flaky'),
  };
}

const ENDINGS = {
  complete: undefined,
  interrupted: 'was interrupted',
  cut: 'was cut',
  open: 'is under way, or was cut and not reported',
} as const;

/** What a run lacks, one sentence each. */
export function gapsOf({ id, ended, notReached, duts }: RunLine): readonly string[] {
  const cases = notReached === 0 ? '' : `${notReached} ${notReached === 1 ? 'case' : 'cases'} not reached`;
  const how = ENDINGS[ended];
  return [
    ...(how === undefined && cases === ''
      ? []
      : [`Run ${id} ${[how, cases && (how ? cases : `has ${cases}`)].filter(Boolean).join(', ')}.`]),
    ...duts.flatMap((dut) =>
      dut.fault === undefined ? [] : [`The bench of ${dut.id} failed in run ${id}: ${dut.fault}`],
    ),
  ];
}
