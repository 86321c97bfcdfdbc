// `npm run bench [-- --json] [-- --only NAME]`: what the project promises, measured, two things side by side in one run.
import { measureReset } from './reset.ts';
import { measureRun } from './run.ts';
import { measureTwins } from './twins.ts';

/** What `npm start` runs. */
const CORE = ['--requirements', '@core'];
/** The recorder on which the whole suite is measured. */
const ONE = 'nvr-at';
/** Four recorders of three menus, and cases that are alike on each. */
const FOUR = [
  'dvr-k-at',
  'dvr-k-lite-above',
  'hghi-f-at',
  'nvr-at',
  '--requirements',
  'CR19,CR24,CR39,CR40,CR46',
];

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low = 0, high = 0] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return (low + high) / 2;
}
const round = (value: number, digits: number) => Number(value.toFixed(digits));

interface Part {
  readonly name: string;
  /** Prints what it measures, and answers the figures. */
  run(): Promise<Readonly<Record<string, number>>>;
}

const PARTS: readonly Part[] = [
  {
    name: 'reset',
    async run() {
      const reset = await measureReset();
      const [harness, bare] = [median(reset.harness), median(reset.bare)];
      console.log(
        `one reset, GUI 4.0, median of ${reset.bare.length}: harness with all evidence ${round(harness, 0)} ms, by hand ${round(bare, 0)} ms, ratio ${round(harness / bare, 2)}`,
      );
      return { reset_ratio: round(harness / bare, 2) };
    },
  },
  {
    name: 'twins',
    async run() {
      const twins = await measureTwins();
      console.log(`a twin: ready in ${twins.twin_ready_ms} ms, ${twins.twin_rss_mb} MB`);
      return { ...twins };
    },
  },
  {
    name: 'parallel',
    async run() {
      const seconds: number[] = [];
      for (const jobs of [1, 2, 4]) {
        const one = await measureRun([...FOUR, '--jobs', String(jobs)]);
        seconds.push(one.seconds);
        console.log(
          `4 recorders, ${jobs} at a time: ${round(one.seconds, 1)} s (${one.verdict}), speed-up ${round((seconds[0] ?? 0) / one.seconds, 2)}`,
        );
      }
      return { parallel_speedup_4: round((seconds[0] ?? 0) / (seconds[2] ?? 1), 2) };
    },
  },
  {
    name: 'suite',
    async run() {
      const one = await measureRun([ONE]);
      const all = await measureRun([]);
      console.log(
        `the whole suite: on one twin ${round(one.seconds, 0)} s (${one.verdict}), on the inventory ${round(all.seconds, 0)} s (${all.verdict}), ${round(all.seconds / one.seconds, 1)} times as long`,
      );
      return { suite_seconds_one: round(one.seconds, 1), suite_seconds_all: round(all.seconds, 1) };
    },
  },
  {
    name: 'core',
    async run() {
      const whole = await measureRun(CORE);
      console.log(
        `the core on the whole inventory: ${round(whole.seconds, 0)} s (${whole.verdict}), at most ${round(whole.memoryMb, 0)} MB`,
      );
      return { start_seconds: round(whole.seconds, 0), start_rss_mb: round(whole.memoryMb, 0) };
    },
  },
];

const only = process.argv.includes('--only') ? process.argv[process.argv.indexOf('--only') + 1] : undefined;
const figures: Record<string, number> = {};
for (const part of PARTS)
  if (only === undefined || part.name === only) Object.assign(figures, await part.run());
if (process.argv.includes('--json')) console.log(JSON.stringify(figures));
