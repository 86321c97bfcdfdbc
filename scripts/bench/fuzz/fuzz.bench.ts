// `npm run fuzz -- [INPUTS] [--only TARGET,...] [--thin] [--seed S] [--path P] [--json]`: does any reader crash, hang, or fill the
// memory over what comes from outside, or fail without saying what is wrong where?
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { BROKEN, TARGETS } from './targets.bench.ts';
import { type Job, type Outcome, type Room, shownOf } from './worker.bench.ts';

export interface FuzzFigures {
  /** Of all targets. */
  readonly inputs: number;
  readonly failures: number;
  readonly targets: readonly TargetFigures[];
}
export interface TargetFigures extends Outcome {
  readonly target: string;
  readonly seconds: number;
  /** Most memory of the process beyond what it had before, MB. */
  readonly peakMb: number;
}

/** One input that takes more of the CPU hangs, ms. */
const HANG_CPU_MS = 30_000;
/** One input over which the thread waits longer hangs, ms in which this process was awake. */
const HANG_IDLE_MS = 60_000;
/** Most memory that one target may take beyond what was there before, MB. */
const MOST_MB = 1_500;
const LOOK_MS = 200;
const INPUT_BYTES = 256 * 1024;

export interface FuzzOptions {
  readonly only?: string | undefined;
  readonly seed?: number;
  /** Of a failure, as it was printed. */
  readonly path?: string | undefined;
  /** Targets whose inputs cost much get a part of the inputs, as their `oneIn` says. */
  readonly thin?: boolean;
  readonly say?: (line: string) => void;
}

/** @param inputs of each target */
export async function fuzz(inputs: number, options: FuzzOptions = {}): Promise<FuzzFigures> {
  const { only, seed = 1, path, thin = false, say = () => undefined } = options;
  const chosen =
    only === undefined ? TARGETS : [...TARGETS, BROKEN].filter(({ name }) => only.split(',').includes(name));
  if (chosen.length === 0)
    throw new Error(`no target ${only}; there are ${TARGETS.map(({ name }) => name).join(', ')}`);
  const targets: TargetFigures[] = [];
  for (const [group, members] of Map.groupBy(chosen, ({ group }) => group)) {
    await using room = openRoom(group);
    for (const { name, oneIn = 1 } of members) {
      const count = thin ? Math.max(2, Math.ceil(inputs / oneIn)) : inputs;
      const figures = await room.run({ target: name, inputs: count, seed, path });
      targets.push(figures);
      say(lineOf(figures));
    }
  }
  return {
    inputs: targets.reduce((sum, one) => sum + one.inputs, 0),
    failures: targets.filter(({ failure }) => failure !== undefined).length,
    targets,
  };
}

/** A thread for the targets of one file, which it loads once; after a failure the next one gets a fresh thread. */
function openRoom(group: string): AsyncDisposable & { run(job: Job): Promise<TargetFigures> } {
  const now = new SharedArrayBuffer(8 + INPUT_BYTES);
  let worker: Worker | undefined;
  const end = async () => {
    await worker?.terminate();
    worker = undefined;
  };
  return {
    async run(job) {
      worker ??= new Worker(new URL('./worker.bench.ts', import.meta.url), {
        workerData: { group, now } satisfies Room,
        resourceLimits: { maxOldGenerationSizeMb: 700 },
      });
      const figures = await fuzzOne(worker, job, now);
      if (figures.failure !== undefined) await end();
      return figures;
    },
    [Symbol.asyncDispose]: end,
  };
}

async function fuzzOne(worker: Worker, job: Job, now: SharedArrayBuffer): Promise<TargetFigures> {
  const head = new Int32Array(now, 0, 2);
  head.fill(0);
  const before = process.memoryUsage.rss();
  const started = performance.now();
  let peakMb = 0;
  const ended = Promise.withResolvers<Outcome>();
  const fail = (why: string) => {
    const bytes = new Uint8Array(now, 8, Math.min(INPUT_BYTES, Atomics.load(head, 0))).slice();
    const failure = [
      why,
      `  input ${Atomics.load(head, 1)}, not shrunk: ${shownOf(bytes)}`,
      `  again: npm run fuzz -- ${job.inputs} --only ${job.target} --seed ${job.seed}`,
    ].join('\n');
    const nothing = { values: 0, errors: 0, codes: {}, slowestMs: 0, heapGrowthMb: 0 };
    ended.resolve({ ...nothing, inputs: Atomics.load(head, 1), failure });
  };
  const broken = (error: unknown) =>
    fail(`the thread ended: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  const gone = () => fail('the thread ended without a word');
  worker.once('message', ended.resolve).once('error', broken).once('exit', gone);
  const hang = hangWatch(worker);
  const watch = setInterval(() => {
    peakMb = Math.max(peakMb, (process.memoryUsage.rss() - before) / 1e6);
    if (peakMb > MOST_MB) fail(`took ${Math.round(peakMb)} MB`);
    const why = hang(Atomics.load(head, 1));
    if (why !== undefined) fail(why);
  }, LOOK_MS);
  try {
    worker.postMessage(job);
    const outcome = await ended.promise;
    const seconds = Math.round((performance.now() - started) / 1_000);
    return { target: job.target, ...outcome, seconds, peakMb: Math.round(peakMb) };
  } finally {
    clearInterval(watch);
    worker.off('message', ended.resolve).off('error', broken).off('exit', gone);
  }
}

/**
 * Tells whether an input hangs, asked once a look. By what it computes, and by how long its thread waits for somebody: not by
 * the clock, since the machine may be busy with others, or this process be halted.
 */
function hangWatch(worker: Worker): (count: number) => string | undefined {
  let last = -1;
  let cpu = process.cpuUsage();
  let idle = 0;
  let waited = 0;
  return (count) => {
    const was = idle;
    idle = worker.performance.eventLoopUtilization().idle;
    waited += Math.min(idle - was, LOOK_MS);
    if (count !== last) {
      last = count;
      cpu = process.cpuUsage();
      waited = 0;
      return undefined;
    }
    const { user, system } = process.cpuUsage(cpu);
    if ((user + system) / 1_000 > HANG_CPU_MS) return `hangs: no end within ${HANG_CPU_MS} ms of the CPU`;
    return waited > HANG_IDLE_MS ? `hangs: waits longer than ${HANG_IDLE_MS} ms` : undefined;
  };
}

function lineOf(figures: TargetFigures): string {
  const { target, inputs, values, errors, slowestMs, heapGrowthMb, peakMb, seconds, codes, failure } =
    figures;
  const named = Object.entries(codes).map(([code, count]) => `${code} ${count}`);
  const line = `${failure === undefined ? 'ok' : 'FAILED'}  ${target}: ${inputs} inputs, ${values} values, ${errors} errors (${named.join(', ')}); slowest ${slowestMs} ms, heap +${heapGrowthMb} MB, peak +${peakMb} MB, ${seconds} s`;
  return failure === undefined ? line : `${line}\n  ${failure}`;
}

if (import.meta.main) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      only: { type: 'string' },
      seed: { type: 'string' },
      path: { type: 'string' },
      thin: { type: 'boolean' },
      json: { type: 'boolean' },
    },
  });
  const figures = await fuzz(Number(positionals[0] ?? 20_000), {
    only: values.only,
    seed: Number(values.seed ?? 1),
    path: values.path,
    thin: values.thin ?? false,
    say: (line) => console.log(line),
  });
  console.log(`${figures.inputs} inputs to ${figures.targets.length} targets: ${figures.failures} failures`);
  if (values.json) console.log(JSON.stringify(figures));
  process.exitCode = figures.failures === 0 ? 0 : 1;
}
