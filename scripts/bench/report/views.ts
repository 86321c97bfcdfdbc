import type { HistoryFilter } from '../../../harness/history/filter.ts';
import { nightsOf, runsOf } from '../../../harness/history/nights.ts';
import { standingOf } from '../../../harness/history/standing.ts';
import { openHistory } from '../../../harness/history/store.ts';
import { trendsOf } from '../../../harness/history/trends.ts';
import { updateHistory } from '../../../harness/history/update.ts';

/** What answers a page over a folder of runs, until it is closed. */
export interface Pages extends AsyncDisposable {
  /** The page with a filter, as HTML. */
  view(filter: HistoryFilter): Promise<string>;
}
/** Opens what answers pages; the index is up to date before that. */
export type OpenPages = (reports: string) => Promise<Pages>;

/**
 * What a page over the history costs at the least: the queries, and their answers as plain HTML. A web server can take its
 * place.
 */
export const plainPages: OpenPages = async (reports) => {
  const index = openHistory(reports);
  return {
    view: async (filter) => {
      const { since } = filter;
      return pageOf([
        runsOf(index, filter, { limit: 50 }),
        nightsOf(index, since === undefined ? {} : { since }),
        standingOf(index, filter),
        trendsOf(index, 'dut', filter),
        trendsOf(index, 'requirement', filter),
        trendsOf(index, 'firmware', filter),
      ]);
    },
    [Symbol.asyncDispose]: async () => index[Symbol.dispose](),
  };
};

function pageOf(tables: readonly (readonly object[])[]): string {
  const row = (one: object) =>
    `<tr>${Object.values(one)
      .map(
        (value) => `<td>${escaped(typeof value === 'object' ? JSON.stringify(value) : String(value))}</td>`,
      )
      .join('')}</tr>`;
  return `<!doctype html><title>History</title>${tables.map((rows) => `<table>${rows.map(row).join('\n')}</table>`).join('\n')}`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

/** What a history costs. */
export interface HistoryFigures {
  readonly runs: number;
  readonly results: number;
  /** Results a second, of the index made anew. */
  readonly indexPerSecond: number;
  /** From opening what answers until the first page is there; median, ms. */
  readonly firstViewMs: number;
  /** Of the slowest filter; median, ms. */
  readonly filterMs: number;
  /** By filter; median, ms. */
  readonly filters: Readonly<Record<string, number>>;
}

const DAY = 86_400_000;

/** Measures an index and the pages over it. @param reports a folder of runs */
export async function measureHistory(
  reports: string,
  { open = plainPages, times = 5 }: { readonly open?: OpenPages; readonly times?: number } = {},
): Promise<HistoryFigures> {
  const { filters, ...index } = await indexed(reports);
  const firsts: number[] = [];
  for (let count = 0; count < times; count += 1)
    firsts.push(
      await milliseconds(async () => {
        await using pages = await open(reports);
        await pages.view({});
      }),
    );
  await using pages = await open(reports);
  const byFilter: Record<string, number> = {};
  for (const filter of filters) {
    const all: number[] = [];
    for (let count = 0; count < times; count += 1) all.push(await milliseconds(() => pages.view(filter)));
    byFilter[JSON.stringify(filter)] = median(all);
  }
  return {
    ...index,
    firstViewMs: median(firsts),
    filterMs: Math.max(...Object.values(byFilter)),
    filters: byFilter,
  };
}

/** The index made anew, and filters of each kind, alone and together, for what is in it. */
async function indexed(reports: string) {
  using index = openHistory(reports);
  const began = performance.now();
  const { results, read, problems } = await updateHistory(index, { rebuild: true });
  const indexPerSecond = results / ((performance.now() - began) / 1000);
  const [problem] = problems;
  if (problem !== undefined) throw new Error(`${problem.folder}: ${problem.problem}`);
  const [newest] = runsOf(index, {}, { limit: 1 });
  const [one] = standingOf(index);
  if (newest === undefined || one === undefined) throw new Error(`${reports} holds no run with a case`);
  const { dut, requirement, firmware } = one;
  const since = newest.startedAt - 60 * DAY;
  const filters: readonly HistoryFilter[] = [
    { dut },
    { requirement },
    { firmware },
    { firmware: '>=V4.21.000 <V4.30.000' },
    { since },
    { before: since },
    { dut: `${dut.slice(0, 3)}*`, requirement: 'CR4*' },
    { dut, requirement, firmware, since },
  ];
  return { filters, runs: read, results, indexPerSecond };
}

async function milliseconds(act: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await act();
  return performance.now() - began;
}

/** The middle one of values, of which there is one at least; of two in the middle the larger. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
