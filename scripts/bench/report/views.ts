import { nightsOf, runsOf } from '../../../harness/history/nights.ts';
import { standingOf } from '../../../harness/history/standing.ts';
import { openHistory } from '../../../harness/history/store.ts';
import { updateHistory } from '../../../harness/history/update.ts';
import { systemClock } from '../../../harness/terms/clock.ts';
import type { BaselineDesk } from '../../../harness/web/baselines.ts';
import { serveWeb } from '../../../harness/web/serve.ts';
import { openWatch } from '../../../harness/web/watch.ts';

/** What answers pages over a folder of runs, until it is closed. */
export interface Pages extends AsyncDisposable {
  /** A page, whole. @throws Error where it is refused */
  page(path: string): Promise<string>;
}
/** Opens what answers pages; the index is up to date then. */
export type OpenPages = (reports: string) => Promise<Pages>;

/** None of the pages that are measured shows pictures to approve. */
const NOTHING: BaselineDesk = {
  waiting: async () => [],
  picture: async () => undefined,
  decide: async () => 'nothing',
};

/** The server of `resetbench serve`, asked over loopback. */
export const served: OpenPages = async (reports) => {
  const index = openHistory(reports);
  const onProblem = (line: string) => {
    throw new Error(line);
  };
  const web = await serveWeb({
    ...{ host: '127.0.0.1', port: 0, names: [], secrets: ['not asked for'] },
    watch: await openWatch(index, { clock: systemClock, onProblem }),
    baselines: NOTHING,
    clock: systemClock,
    ...{ onProblem, onAct: () => undefined },
  });
  return {
    async page(path) {
      const answer = await fetch(new URL(path, web.url));
      const text = await answer.text();
      if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
      return text;
    },
    async [Symbol.asyncDispose]() {
      await web[Symbol.asyncDispose]();
      index[Symbol.dispose]();
    },
  };
};

/** What a history costs. */
export interface HistoryFigures {
  readonly runs: number;
  readonly results: number;
  /** Results a second, of the index made anew. */
  readonly indexPerSecond: number;
  /** Until the server answers, over an index that is up to date; median, ms. */
  readonly startMs: number;
  /** The first page that a server is asked for, whole; median, ms. */
  readonly firstViewMs: number;
  /** Of the slowest filter; median, ms. */
  readonly filterMs: number;
  /** By path; median, ms. */
  readonly filters: Readonly<Record<string, number>>;
}

const DAY = 86_400_000;

/** Measures an index and the pages over it. @param reports a folder of runs */
export async function measureHistory(
  reports: string,
  { open = served, times = 5 }: { readonly open?: OpenPages; readonly times?: number } = {},
): Promise<HistoryFigures> {
  const { paths, ...index } = await indexed(reports);
  const starts: number[] = [];
  const firsts: number[] = [];
  for (let count = 0; count < times; count += 1) {
    const began = performance.now();
    await using pages = await open(reports);
    starts.push(performance.now() - began);
    firsts.push(await milliseconds(() => pages.page('/')));
  }
  await using pages = await open(reports);
  const filters: Record<string, number> = {};
  for (const path of paths) {
    const all: number[] = [];
    for (let count = 0; count < times; count += 1) all.push(await milliseconds(() => pages.page(path)));
    filters[path] = median(all);
  }
  return {
    ...index,
    startMs: median(starts),
    firstViewMs: median(firsts),
    filterMs: Math.max(...Object.values(filters)),
    filters,
  };
}

/** The index made anew, and pages with each filter, alone and together, for what is in it. */
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
  const nights = nightsOf(index).map(({ date }) => date);
  const { dut, requirement, firmware } = one;
  const since = new Date(newest.startedAt - 60 * DAY).toISOString().slice(0, 10);
  const asked = (path: string, words: Readonly<Record<string, string>>) =>
    `${path}?${new URLSearchParams(words)}`;
  const range = '>=V4.21.000 <V4.30.000';
  const alike = `${dut.slice(0, 3)}*`;
  const paths = [
    ...nights.slice(1, 2).map((night) => asked('/', { night })),
    '/recorders',
    '/runs',
    asked('/runs', { dut }),
    asked('/runs', { dut: alike }),
    asked('/runs', { firmware }),
    asked('/runs', { firmware: range }),
    asked('/runs', { verdict: 'fail' }),
    asked('/runs', { since }),
    asked('/runs', { until: since }),
    asked('/runs', { dut, firmware, verdict: 'fail', since }),
    asked(`/runs/${newest.folder}`, { dut }),
    asked(`/runs/${newest.folder}`, { verdict: 'fail' }),
    '/requirements',
    asked('/requirements', { text: 'code' }),
    asked('/requirements', { dut }),
    asked('/requirements', { dut: alike }),
    asked('/requirements', { firmware: range }),
    asked('/requirements', { state: 'failing' }),
    asked('/requirements', { dut, firmware, text: requirement }),
    `/requirements/${requirement}`,
  ];
  return { paths, runs: read, results, indexPerSecond };
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
