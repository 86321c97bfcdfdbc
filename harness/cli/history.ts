import { join } from 'node:path';
import type { HistoryFilter } from '../history/filter.ts';
import { nightsOf, runsOf } from '../history/nights.ts';
import { standingOf } from '../history/standing.ts';
import { type HistoryIndex, openHistory } from '../history/store.ts';
import { trendsOf } from '../history/trends.ts';
import { type Updated, updateHistory } from '../history/update.ts';
import { jsonText } from '../report/text.ts';
import { HarnessError } from '../terms/error.ts';
import { oneLine } from '../terms/printable.ts';
import { type Args, type Command, EXIT } from './args.ts';
import { historyLines } from './history-text.ts';
import { ROOT } from './root.ts';

/** `resetbench history`: what became of requirements, DUTs and firmwares from run to run. */
export const history: Command = {
  name: 'history',
  summary: 'Show what changed from run to run: nights, failures new, known and fixed, flaky cases, trends.',
  positionals: '',
  options: {
    requirement: { type: 'string', value: 'ID', help: 'one requirement; `*` stands for anything' },
    dut: { type: 'string', value: 'DUT', help: 'one recorder, or a pattern' },
    firmware: {
      type: 'string',
      value: 'VERSION',
      help: 'a version, a pattern, or bounds like ">=V4.21.000 <V4.30.000"',
    },
    since: { type: 'string', value: 'DATE', help: 'runs of that day or later, YYYY-MM-DD (UTC)' },
    rebuild: { type: 'boolean', help: 'throw the index away and read every run again' },
    reports: { type: 'string', value: 'FOLDER', help: 'where runs are kept (default: reports)' },
    index: {
      type: 'string',
      value: 'FILE',
      help: 'where the index is (default: history.sqlite among the runs)',
    },
    json: { type: 'boolean', help: 'one object with all of it' },
  },
  examples: [
    ['resetbench history', 'the last nights, what is wrong now and since when'],
    ['resetbench history --requirement CR12', 'one requirement on every recorder'],
    ['resetbench history --firmware ">=V4.30.000" --since 2026-11-01', 'firmwares of a range since a day'],
    ['resetbench history --rebuild', 'the index read anew from the runs'],
  ],
  async run(args) {
    using index = openHistory(args.text('reports') ?? join(ROOT, 'reports'), args.text('index'));
    const from = performance.now();
    const updated = await updateHistory(index, { rebuild: args.flag('rebuild') });
    const seconds = (performance.now() - from) / 1000;
    const told = historyOf(index, filterOf(args));
    if (args.flag('json')) {
      const { read, gone, results, problems } = updated;
      console.log(jsonText({ index: { read, gone, results, seconds, problems }, ...told }).trimEnd());
      return EXIT.conformant;
    }
    if (index.renewed !== undefined) console.error(`The index was begun anew: ${index.renewed}.`);
    for (const line of noteLines(updated, seconds, args.flag('rebuild'))) console.error(line);
    console.log(historyLines(told).join('\n'));
    return EXIT.conformant;
  },
};

/** All that one screen of history tells. */
export function historyOf(index: HistoryIndex, filter: HistoryFilter) {
  const { since } = filter;
  return {
    filter,
    runs: runsOf(index, filter, { limit: 50 }),
    nights: nightsOf(index, since === undefined ? {} : { since }),
    standing: standingOf(index, filter),
    trends: {
      dut: trendsOf(index, 'dut', filter),
      requirement: trendsOf(index, 'requirement', filter),
      firmware: trendsOf(index, 'firmware', filter),
    },
  };
}

/** @throws HarnessError USAGE where `--since` is no day */
function filterOf(args: Args): HistoryFilter {
  const since = args.text('since');
  const at = since === undefined ? undefined : dayOf(since);
  const named = (['requirement', 'dut', 'firmware'] as const).flatMap((key) => {
    const text = args.text(key);
    return text === undefined ? [] : [[key, text] as const];
  });
  return { ...Object.fromEntries(named), ...(at !== undefined && { since: at }) };
}

function dayOf(text: string): number {
  const at = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(at))
    throw new HarnessError('USAGE', `--since expects a day like 2026-11-01, found ${text}`, {
      hint: 'see `resetbench history --help`',
    });
  return at;
}

function noteLines(
  { read, gone, results, problems }: Updated,
  seconds: number,
  isWhole: boolean,
): readonly string[] {
  const lost = gone === 0 ? '' : `, ${gone} gone`;
  return [
    ...(read + gone > 0 || isWhole
      ? [`index: ${read} runs with ${results} results read in ${seconds.toFixed(1)} s${lost}`]
      : []),
    ...problems.map(({ folder, problem }) => oneLine(`No run can be read in ${folder}: ${problem}`)),
  ];
}
