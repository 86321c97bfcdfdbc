import { endOfNight, gapsOf, nightOf, nightsOf, type RunLine, runsOf } from '../history/nights.ts';
import { type Standing, standingOf } from '../history/standing.ts';
import type { HistoryIndex } from '../history/store.ts';
import { counted } from '../report/text.ts';
import { HarnessError } from '../terms/error.ts';
import { oneLine } from '../terms/printable.ts';

/**
 * What a line of news is about:
 * - `new`: fails, and did not before
 * - `unexpected`: passes, though a failure was expected
 * - `undecided`: came to no verdict on the recorder
 * - `gap`: something is missing in the run or night
 * - `fixed`: passes, and failed before
 * - `known`: fails, as it did before
 */
export const NEWS = ['new', 'unexpected', 'undecided', 'gap', 'fixed', 'known'] as const;
export type NewsKind = (typeof NEWS)[number];

/** One change. */
export interface NewsLine {
  readonly kind: NewsKind;
  /** On one line, `printable`. */
  readonly text: string;
  readonly dut?: string;
  readonly requirement?: string;
  readonly firmware?: string;
}
/** What a run or a night changed. */
export interface News {
  readonly of: 'run' | 'night';
  /** Of its evening, `YYYY-MM-DD`, UTC. */
  readonly night: string;
  /** Ids, oldest first. */
  readonly runs: readonly string[];
  readonly recorders: readonly string[];
  /** Cases of the runs, and how many passed. */
  readonly cases: number;
  readonly passed: number;
  /** In the order of {@link NEWS}. */
  readonly lines: readonly NewsLine[];
  /** More than what is known. */
  readonly isNews: boolean;
}

/** Longest line, characters: what a recorder says could be a novel. */
const LONGEST = 240;

/**
 * What changed with a run, or with the night that it belongs to, against all that was before.
 * @param folder name of the run's folder in the index; what came after it does not count
 * @throws HarnessError USAGE where the index has no such run
 */
export function newsOf(index: HistoryIndex, folder: string, of: News['of']): News {
  const all = runsOf(index);
  const at = all.findIndex((run) => run.folder === folder);
  const last = all[at];
  if (last === undefined)
    throw new HarnessError('USAGE', `the history has no run ${folder}`, {
      hint: 'see `resetbench history`: it names what cannot be read',
    });
  const night = nightOf(last.startedAt);
  // Of a night all that is known of it counts, also what began later.
  const runs = of === 'run' ? [last] : all.filter(({ startedAt }) => nightOf(startedAt) === night);
  const first = runs.at(-1) ?? last;
  const ids = new Set(runs.map(({ id }) => id));
  const until = of === 'run' ? last.startedAt + 1 : endOfNight(night);
  const key = ({ dut, requirement }: Standing) => `${dut}\n${requirement}`;
  const before = new Map(
    standingOf(index, { before: first.startedAt }).map((one) => [key(one), one] as const),
  );
  // What a run under way is at has no verdict yet.
  const open = new Set(runs.filter(({ ended }) => ended === 'open').map(({ id }) => id));
  const own = standingOf(index, { before: until }).filter(
    ({ run, verdict }) => ids.has(run) && !(open.has(run) && verdict === 'none'),
  );
  const lines = [
    ...own.flatMap((one) => lineOf(one, before.get(key(one)))),
    ...gapsIn(index, { of, until, last }).map((text): NewsLine => ({ kind: 'gap', text: shortened(text) })),
  ].sort((a, b) => NEWS.indexOf(a.kind) - NEWS.indexOf(b.kind));
  return {
    of,
    night,
    runs: runs.map(({ id }) => id).toReversed(),
    recorders: [...new Set(runs.flatMap(({ duts }) => duts.map(({ id }) => id)))].sort(),
    cases: own.length,
    passed: own.filter(({ verdict }) => verdict === 'pass').length,
    lines,
    isNews: lines.some(({ kind }) => kind !== 'known'),
  };
}

function gapsIn(
  index: HistoryIndex,
  { of, until, last }: { readonly of: News['of']; readonly until: number; readonly last: RunLine },
): readonly string[] {
  return of === 'run' ? gapsOf(last) : (nightsOf(index, { before: until }, 1)[0]?.gaps ?? []);
}

/** A night may have a case several times: what it is beside what was before the night decides. */
function lineOf(now: Standing, before: Standing | undefined): readonly NewsLine[] {
  const { dut, requirement, firmware, verdict, outcome, domain, reason, failing } = now;
  const line = (kind: NewsKind, what: string): readonly NewsLine[] => [
    { kind, dut, requirement, firmware, text: shortened(`${requirement} on ${dut} (${firmware}): ${what}`) },
  ];
  const failed = before?.failing !== undefined;
  const expected =
    outcome === 'happened' ? ' (expected)' : outcome === 'past' ? ' (expected until a day that is past)' : '';
  if (verdict === 'pass') {
    if (outcome === 'absent') return line('unexpected', 'passes, though a failure was expected');
    return failed ? line('fixed', `passes; failed on ${before?.failing?.firmware}`) : [];
  }
  if (verdict !== 'fail')
    return line('undecided', `${domain === undefined ? verdict : `${verdict}, ${domain}`}${told(reason)}`);
  if (!failed)
    return line(
      'new',
      `fails${expected}${failing?.passedOn === undefined ? '' : `, passed on ${failing.passedOn}`}${told(reason)}`,
    );
  const since = new Date(failing?.at ?? now.at).toISOString().slice(0, 10);
  return line('known', `fails since ${since}${expected}${told(reason)}`);
}

function told(reason: string | undefined): string {
  return reason === undefined ? '' : `: ${reason}`;
}

function shortened(text: string): string {
  const line = oneLine(text);
  return line.length > LONGEST ? `${line.slice(0, LONGEST - 1).toWellFormed()}…` : line;
}

/** How each kind is called. */
export const NEWS_NAMES: Readonly<Record<NewsKind, string>> = {
  new: 'New failure',
  unexpected: 'Unexpected pass',
  undecided: 'Undecided',
  gap: 'Missing',
  fixed: 'Fixed',
  known: 'Known failure',
};

/** The news in one line: `Night of 2026-11-25: 2 new failures, 1 fixed; 310 of 312 cases pass on 4 recorders`. */
export function titleOf({ of, night, runs, lines, cases, passed, recorders }: News): string {
  const number = (kind: NewsKind) => lines.filter((line) => line.kind === kind).length;
  const parts = [
    [number('new'), counted(number('new'), 'new failure')],
    [number('unexpected'), counted(number('unexpected'), 'unexpected pass', 'unexpected passes')],
    [number('undecided'), `${number('undecided')} undecided`],
    [number('gap'), `INCOMPLETE`],
    [number('fixed'), `${number('fixed')} fixed`],
    [number('known'), `${number('known')} known`],
  ].flatMap(([count, text]) => (count === 0 ? [] : [text]));
  const what = of === 'night' ? `Night of ${night}` : `Run ${runs.at(-1)}`;
  return oneLine(
    `${what}: ${parts.join(', ') || 'nothing changed'}; ${passed} of ${counted(cases, 'case')} pass on ${counted(recorders.length, 'recorder')}`,
  );
}
