// Targets in a thread of their own, so that one that hangs can be ended.
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { parentPort, workerData } from 'node:worker_threads';
import fc from 'fast-check';
import { HarnessError } from '../../../harness/terms/error.ts';
import { type Input, inputsFor } from './input.bench.ts';
import { describe, objectionTo, type Reader, type Target } from './target.ts';

/** What the thread is for. */
export interface Room {
  /** The file in `targets` whose targets it runs. */
  readonly group: string;
  /** The input that is being read: its length, how many were begun, and then its bytes. */
  readonly now: SharedArrayBuffer;
}
/** What it is to do next; it answers with an outcome. */
export interface Job {
  readonly target: string;
  readonly inputs: number;
  readonly seed: number;
  readonly path?: string | undefined;
}
export interface Outcome {
  readonly inputs: number;
  /** How many were read to a value, and how many to a classified error. */
  readonly values: number;
  readonly errors: number;
  /** By code. */
  readonly codes: Readonly<Record<string, number>>;
  /** Of one input, ms of this thread's CPU. */
  readonly slowestMs: number;
  /** Between a tenth of the inputs and the last, MB. */
  readonly heapGrowthMb: number;
  readonly failure?: string;
}

/** CPU of one input, ms. */
const DEADLINE_MS = 3_000;
/** Buffers that one input may bring into being, bytes. */
const MOST_BYTES = 400 * 1024 * 1024;
/** MB that are left behind by all inputs. */
const MOST_GROWTH = 48;

/** How often a sample is read again that was too late. */
const SAMPLE_TRIES = 50;

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');
/** Buffers that nobody holds are freed beside the collection that finds them: it is their next one that counts them off. */
const COLLECTIONS = 3;
const heapMb = async () => {
  for (let time = 0; time < COLLECTIONS; time += 1) {
    collect();
    await new Promise((resolve) => setImmediate(resolve));
  }
  const { used_heap_size: heap, external_memory: external } = getHeapStatistics();
  return (heap + external) / 1e6;
};

async function run({ group, now }: Room, { target: name, inputs, seed, path }: Job): Promise<Outcome> {
  const module: Readonly<Record<string, Target | readonly Target[]>> = await import(
    `./targets/${group}.bench.ts`
  );
  const target = Object.values(module)
    .flat()
    .find((one) => one.name === name);
  if (target === undefined) throw new Error(`there is no target ${name}`);
  const reader = await target.open();
  const counts = { inputs: 0, values: 0, errors: 0 };
  const codes: Record<string, number> = Object.create(null);
  let slowestMs = 0;
  let from = 0;
  const tell = teller(now);
  const property = fc.asyncProperty(inputsFor(target.samples), async (input) => {
    tell(input.bytes);
    const before = getHeapStatistics().external_memory;
    const cpu = process.threadCpuUsage();
    const error = await outcomeOf(reader, input);
    const { user, system } = process.threadCpuUsage(cpu);
    const ms = (user + system) / 1_000;
    slowestMs = Math.max(slowestMs, ms);
    counts.inputs += 1;
    if (counts.inputs === Math.ceil(inputs / 10)) from = await heapMb();
    if (ms > DEADLINE_MS) throw new Error(`took ${Math.round(ms)} ms for ${input.bytes.length} bytes`);
    const grown = getHeapStatistics().external_memory - before;
    if (grown > MOST_BYTES) throw new Error(`made buffers of ${Math.round(grown / 1e6)} MB`);
    // Tried anew for each input, so that a polluted prototype is laid at the right door.
    if ('polluted' in {}) throw new Error('Object.prototype was polluted');
    if (error === undefined) counts.values += 1;
    else {
      const objection = objectionTo(error, target.place);
      if (objection !== undefined) throw new Error(objection);
      counts.errors += 1;
      if (error instanceof HarnessError) codes[error.code] = (codes[error.code] ?? 0) + 1;
    }
  });
  try {
    await readSamples(target, reader);
    const result = await fc.check(property, {
      seed,
      numRuns: inputs,
      ...(path === undefined ? {} : { path }),
      // Each step of shrinking reads an input: of a slow one there are not to be many.
      interruptAfterTimeLimit: 3_600_000,
    });
    const heapGrowthMb = from === 0 ? 0 : Math.max(0, (await heapMb()) - from);
    const rest = {
      ...counts,
      codes,
      slowestMs: Math.round(slowestMs),
      heapGrowthMb: Math.round(heapGrowthMb),
    };
    if (result.failed && result.counterexample !== null) return { ...rest, failure: told(result, target) };
    if (heapGrowthMb > MOST_GROWTH)
      return { ...rest, failure: `${Math.round(heapGrowthMb)} MB of ${inputs} inputs are left behind` };
    return rest;
  } finally {
    await reader.close?.();
  }
}

/** What a reader threw; undefined where it came to a value. Whoever watches the thread ends one that waits for ever. */
async function outcomeOf(reader: Reader, { bytes, dice }: Input): Promise<unknown> {
  try {
    const read = reader.read(bytes, dice);
    if (read instanceof Promise) await read;
    return undefined;
  } catch (error) {
    return error ?? new Error('nothing was thrown');
  }
}

/** A target whose samples are refused would read nothing. */
async function readSamples(target: Target, reader: Reader): Promise<void> {
  for (const [at, sample] of target.samples.entries()) {
    let error = await outcomeOf(reader, { bytes: sample, dice: at });
    // On a busy machine an answer may miss a deadline of the quick clock.
    for (let more = SAMPLE_TRIES; isLate(error) && more > 0; more -= 1)
      error = await outcomeOf(reader, { bytes: sample, dice: at });
    if (error !== undefined) throw new Error(`sample ${at} of ${target.name} is refused: ${describe(error)}`);
  }
}

function isLate(error: unknown): boolean {
  return error instanceof HarnessError && error.code === 'PORT_TIMEOUT';
}

function teller(now: SharedArrayBuffer): (bytes: Uint8Array) => void {
  const head = new Int32Array(now, 0, 2);
  const body = new Uint8Array(now, 8);
  return (bytes) => {
    body.set(bytes.subarray(0, body.length));
    Atomics.store(head, 0, bytes.length);
    Atomics.add(head, 1, 1);
  };
}

function told(result: fc.RunDetails<[Input]>, target: Target): string {
  const [input] = result.counterexample ?? [];
  const shown = input === undefined ? '' : shownOf(input.bytes);
  const why =
    result.errorInstance instanceof Error ? result.errorInstance.message : String(result.errorInstance);
  return [
    why,
    `  input, shrunk ${result.numShrinks} times: ${shown}, dice ${input?.dice ?? 0}`,
    `  again: npm run fuzz -- --only ${target.name} --seed ${result.seed} --path ${result.counterexamplePath ?? ''}`,
  ].join('\n');
}

/** An input for people: text where it is text, the begin of it where it is long. */
export function shownOf(bytes: Uint8Array): string {
  const begin = Buffer.from(bytes.subarray(0, 600));
  const text = begin.toString('utf8');
  const shown = text.includes('\ufffd') ? `hex ${begin.toString('hex')}` : JSON.stringify(text);
  return `${bytes.length} bytes, ${shown}${bytes.length > begin.length ? ' ...' : ''}`;
}

if (parentPort !== null) {
  const port = parentPort;
  // One after another: the next is asked for when this one is told.
  port.on('message', async (job: Job) => port.postMessage(await run(workerData as Room, job)));
}
