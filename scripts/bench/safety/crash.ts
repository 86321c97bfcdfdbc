// `npm run crash -- --kills 300 --json`: the harness is killed at random instants of whole resets; does `recover` bring
// the first password back each time?
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  drawInstants,
  drawRecoverInstants,
  type Instant,
  type Lengths,
  newLengths,
  PHASES,
  type Phase,
  phaseOf,
  type RecoverInstant,
} from './instants.ts';
import { openShelf, SHELF, type Shelf } from './shelf.ts';
import { sizeOf } from './size.ts';
import { grown, harness } from './victim.ts';

/** A case with a whole reset: code by mail, new password, logins with it. */
const CASE = 'CR59';
/** The mail service sends so many mails an hour for one recorder; bringing a twin back makes it forget. */
const FORGET_EVERY = 25;
/** A machine that is too busy for the bench shows in runs that end by themselves: no more of them than kills, and these. */
const MORE_RUNS = 10;
/** How often a run that nobody kills is tried. */
const WHOLE_TRIES = 3;
/** How long `recover` takes, until one was seen, and from one line that it keeps to the next, ms. */
const RECOVER_MS = 3000;
const LINE_MS = 25;

export interface CrashFigures {
  /** Of runs. */
  readonly kills: number;
  /** Of `recover`, after a kill of a run; another one came after each. */
  readonly recover_kills: number;
  /** Recorders that did not have their first password after `recover`, or that it gave up on. */
  readonly lost: number;
  /** Where the kills fell. */
  readonly phases: Readonly<Record<Phase, number>>;
  /** What the last `recover` found, after the kills of runs where nothing was lost: the first password in place, another one that it changed back, or nothing to do. */
  readonly recovered: { readonly held: number; readonly changed: number; readonly nothing: number };
  /** Runs that had ended before their instant came; they are no kills, and their instants were drawn for another run. */
  readonly late: number;
  /** Those of them that ended with an error. */
  readonly failed: number;
  readonly seconds_per_kill: number;
  readonly jobs: number;
  readonly seed: number;
}

export interface CrashOptions {
  readonly seed?: number;
  /** Recorders side by side, each with a harness of its own. */
  readonly jobs?: number;
  readonly say?: (line: string) => void;
}

/** What all recorders share. */
interface Series {
  /** Instants that no kill has come to yet. */
  readonly waiting: Instant[];
  /** Instants of `recover` that no kill has come to yet. */
  readonly recovering: RecoverInstant[];
  /** How long a `recover` that restored a password took, ms. */
  recoverMs: number;
  readonly lengths: Lengths;
  readonly counts: {
    kills: number;
    recover_kills: number;
    lost: number;
    late: number;
    failed: number;
    readonly phases: Record<Phase, number>;
    readonly recovered: { held: number; changed: number; nothing: number };
  };
  readonly say: (line: string) => void;
  /** Most runs that may end by themselves. */
  readonly most: number;
}

/** One recorder, and the folder of all that belongs to it. */
interface Lane {
  readonly shelf: Shelf;
  readonly folder: string;
}

/**
 * Kills a harness so many times. After each kill the recorder itself is asked for its first password, by a login over HTTP:
 * before `recover`, to tell where the kill fell, and after it. The journal has no part in that.
 */
export async function crash(
  kills: number,
  { seed = 1, jobs = 1, say = () => undefined }: CrashOptions = {},
): Promise<CrashFigures> {
  const folder = await mkdtemp(join(tmpdir(), 'resetbench-crash-'));
  await using stack = new AsyncDisposableStack();
  stack.defer(() => rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 }));
  const lanes: Lane[] = [];
  for (let job = 1; job <= Math.min(jobs, kills); job += 1) {
    const own = join(folder, `recorder-${job}`);
    await mkdir(own);
    const shelf = stack.use(await openShelf(own));
    await shelf.hands.snapshot('start');
    lanes.push({ shelf, folder: own });
  }
  const series: Series = {
    waiting: [...drawInstants(kills, seed)],
    recovering: [...drawRecoverInstants(kills, seed)],
    recoverMs: RECOVER_MS,
    lengths: newLengths(),
    counts: {
      kills: 0,
      recover_kills: 0,
      lost: 0,
      late: 0,
      failed: 0,
      phases: { before: 0, begun: 0, kept: 0, changed: 0, restored: 0 },
      recovered: { held: 0, changed: 0, nothing: 0 },
    },
    say,
    most: kills + MORE_RUNS,
  };
  for (const lane of lanes.slice(0, 1)) await whole(lane, series);
  const from = performance.now();
  const ends = await Promise.allSettled(lanes.map((lane) => work(lane, series)));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  const seconds = (performance.now() - from) / 1000;
  return {
    ...series.counts,
    seconds_per_kill: Number((seconds / Math.max(1, series.counts.kills)).toFixed(1)),
    jobs: lanes.length,
    seed,
  };
}

/** A run that nobody kills: it passes, and tells how long each stage takes. A busy machine may spoil one. */
async function whole({ shelf, folder }: Lane, { lengths, say }: Series): Promise<void> {
  for (let tries = WHOLE_TRIES; ; tries -= 1) {
    const from = Date.now();
    const { code, output, at } = await harness(shelf, runArgs(shelf, folder), { lengths });
    if (code === 0) return say(`a whole run takes ${at - from} ms`);
    if (tries === 1) throw new Error(`a run that nobody killed ended with ${code}:\n${output}`);
    say(output);
  }
}

async function work(lane: Lane, series: Series): Promise<void> {
  const { waiting, counts, most } = series;
  try {
    for (let count = 1; ; count += 1) {
      const instant = waiting.shift();
      if (instant === undefined) return;
      if (count % FORGET_EVERY === 0) await forget(lane.shelf);
      if (!(await strike(lane, series, instant))) waiting.push(instant);
      if (counts.late > most) throw new Error(`${counts.late} runs ended before they could be killed`);
    }
  } catch (error) {
    // The others come to the end of the kill that they are at.
    waiting.length = 0;
    throw error;
  }
}

/** One run, its kill, and `recover`; whether it was a kill. */
async function strike({ shelf, folder }: Lane, series: Series, instant: Instant): Promise<boolean> {
  const { counts, lengths, say } = series;
  const run = await harness(shelf, runArgs(shelf, folder), { kill: instant, lengths });
  const phase = phaseOf(run.entered, await holds(shelf));
  // A journal that is not ended is what `recover` works on.
  if (run.isKilled && phase !== 'before' && !run.entered.has('ended')) await strikeRecover(shelf, series);
  const from = Date.now();
  const recovered = await harness(shelf, recoverArgs(shelf));
  if (/was restored/.test(recovered.output)) series.recoverMs = recovered.at - from;
  const isHeld = recovered.code === 0 && (await holds(shelf));
  if (run.isKilled) {
    counts.kills += 1;
    counts.phases[phase] += 1;
    if (isHeld) counts.recovered[foundBy(recovered.output)] += 1;
    say(
      `kill ${counts.kills}, ${toldOf(instant)}, ${TOLD[phase]}: ${isHeld ? lastLine(recovered.output) : 'LOST'}`,
    );
  } else {
    counts.late += 1;
    if (run.code !== 0) counts.failed += 1;
    say(`no kill, ${toldOf(instant)}: the run had ended with ${run.code}${isHeld ? '' : ', LOST'}`);
    if (run.code !== 0) say(run.output);
  }
  await rm(join(folder, 'reports'), { recursive: true, force: true });
  if (isHeld) return run.isKilled;
  counts.lost += 1;
  say(`${run.output}\n${recovered.output}`);
  await shelf.hands.restore('start');
  await rm(join(folder, 'state'), { recursive: true, force: true });
  return run.isKilled;
}

/** Kills the `recover` that would follow, where an instant of one waits; one that ends before was none. */
async function strikeRecover(shelf: Shelf, { recovering, counts, recoverMs, say }: Series): Promise<void> {
  const instant = recovering.shift();
  if (instant === undefined) return;
  const { lines, share } = instant;
  const thenMs = share * (lines === 0 ? recoverMs : LINE_MS);
  const cut = await harness(shelf, recoverArgs(shelf), {
    kill: (over) => grown(shelf.journal.file, { lines, thenMs }, over),
  });
  if (cut.isKilled) counts.recover_kills += 1;
  else recovering.push(instant);
  say(
    `${cut.isKilled ? `kill of recover ${counts.recover_kills}` : 'no kill of recover'}, ${Math.round(thenMs)} ms after ${lines} lines of its own`,
  );
}

/** What `recover` says that it found. */
function foundBy(output: string): keyof CrashFigures['recovered'] {
  if (/nothing to recover/.test(output)) return 'nothing';
  return /was restored/.test(output) ? 'changed' : 'held';
}

function recoverArgs({ devices }: Shelf): readonly string[] {
  return ['recover', SHELF, '--devices', devices, '--wait'];
}

const TOLD: Readonly<Record<Phase, string>> = {
  before: 'before the journal',
  begun: 'journal begun, no new password kept',
  kept: 'new password kept, recorder not changed',
  changed: 'recorder changed, not restored',
  restored: 'restored',
};

function runArgs({ devices }: Shelf, folder: string): readonly string[] {
  return ['run', SHELF, '--devices', devices, '--requirements', CASE, '--reports', join(folder, 'reports')];
}

function toldOf({ stage, share }: Instant): string {
  return `${Math.round(share * 100)} % of "${stage}"`;
}
function lastLine(output: string): string {
  return output.trim().split('\n').at(-1) ?? '';
}

/** Asks the recorder itself, by a login over HTTP. */
function holds({ recorder, first }: Shelf): Promise<boolean> {
  return recorder.accepts({ user: 'admin', password: first });
}

async function forget({ hands }: Shelf): Promise<void> {
  await hands.snapshot('now');
  await hands.restore('now');
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      kills: { type: 'string' },
      seed: { type: 'string' },
      jobs: { type: 'string' },
      json: { type: 'boolean' },
    },
  });
  let asked: { readonly kills: number; readonly seed: number; readonly jobs: number };
  try {
    asked = {
      kills: sizeOf('kills', values.kills, 300),
      seed: sizeOf('seed', values.seed, 1, 0),
      jobs: sizeOf('jobs', values.jobs, 2 * availableParallelism()),
    };
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(2);
  }
  const { seed, jobs } = asked;
  const figures = await crash(asked.kills, { seed, jobs, say: (line) => console.log(line) });
  const { kills, lost, phases, recovered, late, failed } = figures;
  for (const phase of PHASES)
    console.log(
      `${TOLD[phase].padEnd(42)}${String(phases[phase]).padStart(4)}${String(Math.round((100 * phases[phase]) / kills)).padStart(4)} %`,
    );
  console.log(
    `${kills} kills of runs and ${figures.recover_kills} of recover, ${lost} lost: recover changed ${recovered.changed} back, found ${recovered.held} as they were and ${recovered.nothing} untouched; ${late} runs ended before their instant, ${failed} of them with an error; ${figures.seconds_per_kill} s a kill, ${figures.jobs} side by side`,
  );
  if (values.json) console.log(JSON.stringify(figures));
  process.exitCode = lost === 0 && kills === asked.kills ? 0 : 1;
}
