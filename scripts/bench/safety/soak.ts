// `npm run soak -- --resets 500 --json`: resets in a row on one twin; does the harness grow, or leave anything behind?
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { openBenches } from '../../../harness/bench/open.ts';
import { randomPassword } from '../../../harness/kit/fresh.ts';
import { settleMemory } from '../../../harness/run/memory.ts';
import { systemClock as clock } from '../../../harness/terms/clock.ts';
import { held, heldAtRest, type Leak, leakedSince, ownMemory } from './held.ts';
import { resetting, soakedTwin } from './resets.ts';

/** Resets before memory is compared: code is compiled and caches are filled by then. */
const WARM = 50;
/** Samples of memory whose median is compared, one a reset. */
const SAMPLES = 10;
export interface SoakFigures {
  readonly resets: number;
  /** Of the harness's own memory after a forced collection of garbage, from the end of the warm-up to the end. */
  readonly rss_growth_percent: number;
  /** Handles, descriptors, processes and temporary files that were not there before. */
  readonly handles_leaked: number;
  readonly rss_mb: number;
  /** What JavaScript holds, its buffers included, grew by so much in the same time, MB. */
  readonly live_growth_mb: number;
  /** Own memory of the process with the twin, whose garbage is collected when it likes. */
  readonly twin_rss_growth_percent: number;
  readonly seconds_per_reset: number;
  /** Attempts that ended with a fault of the bench, and were made once more, as a run does. */
  readonly tried_again: number;
  readonly leaks: readonly Leak[];
}

/** So many resets on one twin, as a run does them, with all evidence. @param warm resets before the first comparison */
export async function soak(
  resets: number,
  {
    warm = Math.min(WARM, Math.floor(resets / 2)),
    say = () => undefined,
  }: { readonly warm?: number; readonly say?: (line: string) => void } = {},
): Promise<SoakFigures> {
  const usual = process.env.TMPDIR;
  // A temporary folder of its own: others use the machine too.
  const temporary = await mkdtemp(join(tmpdir(), 'resetbench-soak-'));
  process.env.TMPDIR = temporary;
  await using cleanup = new AsyncDisposableStack();
  cleanup.defer(async () => {
    if (usual === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = usual;
    await rm(temporary, { recursive: true, force: true });
  });
  // Node opens /dev/null with the first process that it starts, and keeps it.
  await once(spawn('true', { stdio: 'pipe' }), 'close');
  const before = held(temporary);
  const { samples, whileOpen, seconds, triedAgain } = await run(resets, { warm, say, temporary });
  const leaks = [...whileOpen, ...(await leakedSince(before, temporary))];
  const count = Math.min(SAMPLES, warm, resets - warm);
  const growth = (of: (sample: Sample) => number) => {
    const [from, to] = [samples.slice(warm - count, warm), samples.slice(-count)].map((some) =>
      median(some.flatMap((one) => (one === undefined ? [] : [of(one)]))),
    );
    return { from: from ?? Number.NaN, to: to ?? Number.NaN };
  };
  const [own, live, twin] = [growth((one) => one.own), growth((one) => one.live), growth((one) => one.twin)];
  return {
    resets,
    rss_growth_percent: percent(own),
    handles_leaked: leaks.reduce((sum, { more }) => sum + more, 0),
    rss_mb: Math.round(own.to / 1e6),
    live_growth_mb: Number(((live.to - live.from) / 1e6).toFixed(1)),
    twin_rss_growth_percent: percent(twin),
    seconds_per_reset: Number((seconds / resets).toFixed(2)),
    tried_again: triedAgain,
    leaks,
  };
}

/** Memory after one reset, bytes. */
interface Sample {
  /** The harness's own. */
  readonly own: number;
  /** What JavaScript holds, with its buffers. */
  readonly live: number;
  /** The own memory of the process with the twin. */
  readonly twin: number;
}

interface Run {
  /** One a reset; undefined where none was wanted. */
  readonly samples: readonly (Sample | undefined)[];
  /** What is held at the end, with the bench still open, beyond what was held after the warm-up. */
  readonly whileOpen: readonly Leak[];
  readonly seconds: number;
  readonly triedAgain: number;
}

/** Opens a bench, does the resets, and closes it. */
async function run(
  resets: number,
  {
    warm,
    say,
    temporary,
  }: { readonly warm: number; readonly say: (line: string) => void; readonly temporary: string },
): Promise<Run> {
  await using stack = new AsyncDisposableStack();
  const dut = soakedTwin();
  const folder = await mkdtemp(join(temporary, 'run-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const benches = stack.use(
    openBenches({
      devices: {
        version: 1,
        lab: { domains: ['lab.resetbench.example'], mailbox: { driver: 'embedded' }, plusAddress: false },
        duts: [dut.config],
      },
      duts: [dut],
      secret: () => undefined,
      folder,
      clock,
      freshPassword: () => randomPassword(12),
    }),
  );
  const bench = stack.use(await benches.open(dut.config.id));
  const one = resetting(dut, bench, folder);
  const samples: (Sample | undefined)[] = [];
  let atWarm = held(temporary);
  const from = performance.now();
  let [restedMs, triedAgain] = [0, 0];
  for (let count = 1; count <= resets; count += 1) {
    triedAgain += (await one()) - 1;
    const isCompared = (count > warm - SAMPLES && count <= warm) || count > resets - SAMPLES;
    const isTold = count % 50 === 0;
    const sample = isCompared || isTold ? sampled(benches.emulatorPid()) : undefined;
    samples.push(isCompared ? sample : undefined);
    if (isTold && sample !== undefined)
      say(
        `${count} resets: ${megabytes(sample.own)} MB, of which JavaScript holds ${megabytes(sample.live)}; the twin ${megabytes(sample.twin)}`,
      );
    if (count !== warm) continue;
    const rest = performance.now();
    atWarm = await heldAtRest(temporary);
    restedMs = performance.now() - rest;
  }
  const seconds = (performance.now() - from - restedMs) / 1000;
  return { samples, whileOpen: await leakedSince(atWarm, temporary), seconds, triedAgain };
}

setFlagsFromString('--expose-gc');
const collect: unknown = runInNewContext('gc');
/** Memory once garbage was collected, and what V8 keeps for later was given back. */
function sampled(twin: number | undefined): Sample {
  if (typeof collect === 'function') collect({ type: 'major', execution: 'sync', flavor: 'last-resort' });
  const { heapUsed, external } = process.memoryUsage();
  return {
    own: ownMemory(process.pid),
    live: heapUsed + external,
    twin: twin === undefined ? Number.NaN : ownMemory(twin),
  };
}

function percent({ from, to }: { readonly from: number; readonly to: number }): number {
  return Number((((to - from) / from) * 100).toFixed(1));
}
function megabytes(bytes: number): number {
  return Math.round(bytes / 1e6);
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

if (import.meta.main) {
  // As a run does.
  settleMemory();
  const { values } = parseArgs({ options: { resets: { type: 'string' }, json: { type: 'boolean' } } });
  const figures = await soak(Number(values.resets ?? 500), { say: (line) => console.log(line) });
  for (const { kind, more } of figures.leaks) console.log(`leaked: ${kind}, ${more} more than before`);
  console.log(
    `${figures.resets} resets, ${figures.seconds_per_reset} s each: memory of the harness grew by ${figures.rss_growth_percent} % to ${figures.rss_mb} MB (what JavaScript holds by ${figures.live_growth_mb} MB), of the twin by ${figures.twin_rss_growth_percent} %; ${figures.tried_again} attempts made once more; ${figures.handles_leaked} handles, processes and files leaked`,
  );
  if (values.json) console.log(JSON.stringify(figures));
  process.exitCode = figures.handles_leaked === 0 && figures.rss_growth_percent <= 10 ? 0 : 1;
}
