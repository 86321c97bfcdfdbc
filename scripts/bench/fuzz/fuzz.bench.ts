// `npm run fuzz -- [INPUTS] [--only TARGET] [--seed S] [--path P] [--json]`: does any reader crash, hang, or fill the
// memory over what comes from outside, or fail without saying what is wrong where?
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { BROKEN, TARGETS } from './targets.bench.ts';
import { type Job, type Outcome, shownOf } from './worker.bench.ts';

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

/** One input that takes longer hangs, ms. Generous: the machine may be busy with others. */
const HANG_MS = 120_000;
/** Most memory that one target may take beyond what was there before, MB. */
const MOST_MB = 1_500;
const LOOK_MS = 200;
const INPUT_BYTES = 256 * 1024;

export interface FuzzOptions {
  readonly only?: string | undefined;
  readonly seed?: number;
  /** Of a failure, as it was printed. */
  readonly path?: string | undefined;
  readonly say?: (line: string) => void;
}

/** @param inputs of each target; of those that cost much a part, as their `oneIn` says */
export async function fuzz(inputs: number, options: FuzzOptions = {}): Promise<FuzzFigures> {
  const { only, seed = 1, path, say = () => undefined } = options;
  const chosen =
    only === undefined ? TARGETS : [...TARGETS, BROKEN].filter(({ name }) => only.split(',').includes(name));
  if (chosen.length === 0)
    throw new Error(`no target ${only}; there are ${TARGETS.map(({ name }) => name).join(', ')}`);
  const targets: TargetFigures[] = [];
  for (const { name, group, oneIn = 1 } of chosen) {
    const figures = await fuzzOne({
      target: name,
      group,
      inputs: Math.max(2, Math.ceil(inputs / oneIn)),
      seed,
      path,
    });
    targets.push(figures);
    say(lineOf(figures));
  }
  return {
    inputs: targets.reduce((sum, one) => sum + one.inputs, 0),
    failures: targets.filter(({ failure }) => failure !== undefined).length,
    targets,
  };
}

async function fuzzOne(job: Omit<Job, 'now'>): Promise<TargetFigures> {
  const now = new SharedArrayBuffer(8 + INPUT_BYTES);
  const head = new Int32Array(now, 0, 2);
  const before = process.memoryUsage.rss();
  const started = performance.now();
  let peakMb = 0;
  const worker = new Worker(new URL('./worker.bench.ts', import.meta.url), {
    workerData: { ...job, now } satisfies Job,
    resourceLimits: { maxOldGenerationSizeMb: 700 },
  });
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
  worker.on('message', ended.resolve);
  worker.on('error', (error) =>
    fail(`the thread ended: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`),
  );
  worker.on('exit', () => fail('the thread ended without a word'));
  let count = -1;
  let since = performance.now();
  const watch = setInterval(() => {
    peakMb = Math.max(peakMb, (process.memoryUsage.rss() - before) / 1e6);
    if (peakMb > MOST_MB) fail(`took ${Math.round(peakMb)} MB`);
    const reached = Atomics.load(head, 1);
    if (reached !== count) {
      count = reached;
      since = performance.now();
    } else if (performance.now() - since > HANG_MS) fail(`hangs: no end within ${HANG_MS} ms`);
  }, LOOK_MS);
  try {
    const outcome = await ended.promise;
    const seconds = Math.round((performance.now() - started) / 1_000);
    return { target: job.target, ...outcome, seconds, peakMb: Math.round(peakMb) };
  } finally {
    clearInterval(watch);
    await worker.terminate();
  }
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
      json: { type: 'boolean' },
    },
  });
  const figures = await fuzz(Number(positionals[0] ?? 20_000), {
    only: values.only,
    seed: Number(values.seed ?? 1),
    path: values.path,
    say: (line) => console.log(line),
  });
  console.log(`${figures.inputs} inputs to ${figures.targets.length} targets: ${figures.failures} failures`);
  if (values.json) console.log(JSON.stringify(figures));
  process.exitCode = figures.failures === 0 ? 0 : 1;
}
