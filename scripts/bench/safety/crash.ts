// `npm run crash -- --kills 300 --json`: the harness is killed at random instants of whole resets; does `recover` bring
// the first password back each time?
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { dutFolder } from '../../../harness/safety/dut.ts';
import { seeded } from '../vision/random.ts';
import { openShelf, SHELF, type Shelf } from './shelf.ts';

const CLI = fileURLToPath(new URL('../../../harness/cli/main.ts', import.meta.url));
/** A case with a whole reset: code by mail, new password, logins with it. */
const CASE = 'CR59';
/** Lines that a whole run leaves in the journal of passwords: the first, two each of the reset's and of the restoring's ... */
const LINES = 9;
/** From such a line to the kill, ms at most. */
const AFTER_LINE_MS = 600;
/** How often the journal is looked at, ms. */
const LOOK_MS = 5;
/** The mail service sends so many mails an hour for one recorder; bringing a twin back makes it forget. */
const FORGET_EVERY = 25;

export interface CrashFigures {
  readonly kills: number;
  /** Recorders that did not have their first password after `recover`. */
  readonly lost: number;
  /** Kills that came when the run had already ended. */
  readonly late: number;
  /** What `recover` found: the first password in place, another one that it changed back, or nothing to do. */
  readonly held: number;
  readonly changed: number;
  readonly nothing: number;
}

interface Ended {
  readonly code: number | null;
  readonly output: string;
}

/** When a harness is killed: after so long, or so long after so many lines of the journal. */
interface Instant {
  readonly ms: number;
  readonly lines?: number;
}

/**
 * Kills a harness so many times, every second one at an instant drawn from one equal part of a run's length, the others a
 * moment after a line of the journal of passwords: how long a run takes to come there is the machine's affair.
 */
export async function crash(
  kills: number,
  { seed = 1, say = () => undefined }: { readonly seed?: number; readonly say?: (line: string) => void } = {},
): Promise<CrashFigures> {
  const folder = await mkdtemp(join(tmpdir(), 'resetbench-crash-'));
  try {
    await using shelf = await openShelf(folder);
    await shelf.hands.snapshot('start');
    const random = seeded(seed);
    const counts = { lost: 0, late: 0, held: 0, changed: 0, nothing: 0 };
    const from = performance.now();
    const whole = await harness(shelf, runArgs(shelf, folder));
    const lengthMs = performance.now() - from;
    if (whole.code !== 0)
      throw new Error(`a run that nobody killed ended with ${whole.code}:\n${whole.output}`);
    say(`a whole run takes ${Math.round(lengthMs)} ms`);
    for (let kill = 0; kill < kills; kill += 1) {
      if (kill > 0 && kill % FORGET_EVERY === 0) await forget(shelf);
      // The parts in a stirred order, so that a short series too comes by all of a run.
      const part = (kill * strideOf(kills)) % kills;
      const ms = ((part + random()) / kills) * lengthMs;
      const instant: Instant =
        kill % 2 === 0 ? { ms } : { lines: 1 + Math.floor(random() * LINES), ms: random() * AFTER_LINE_MS };
      const run = await harness(shelf, runArgs(shelf, folder), instant);
      if (run.code !== null) counts.late += 1;
      const recovered = await harness(shelf, ['recover', SHELF, '--devices', shelf.devices, '--wait']);
      const isHeld = recovered.code === 0 && (await holds(shelf));
      if (/nothing to recover/.test(recovered.output)) counts.nothing += 1;
      else if (/was restored/.test(recovered.output)) counts.changed += 1;
      else counts.held += 1;
      say(
        `kill ${kill + 1} ${toldOf(instant)}: ${isHeld ? (recovered.output.trim().split('\n').at(-1) ?? '') : 'LOST'}`,
      );
      if (isHeld) continue;
      counts.lost += 1;
      say(`${run.output}\n${recovered.output}`);
      await shelf.hands.restore('start');
      await rm(join(folder, 'state'), { recursive: true, force: true });
    }
    return { kills, ...counts };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function runArgs({ devices }: Shelf, folder: string): readonly string[] {
  return ['run', SHELF, '--devices', devices, '--requirements', CASE, '--reports', join(folder, 'reports')];
}

/** Runs the program as a user does, and kills it alone after a while; `code` is null where that ended it. */
async function harness(shelf: Shelf, args: readonly string[], kill?: Instant): Promise<Ended> {
  const child = spawn(process.execPath, [CLI, ...args], {
    env: shelf.env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (data) => {
      output += String(data);
    });
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  if (kill !== undefined) {
    await reached(shelf, child, kill);
    child.kill('SIGKILL');
  }
  return { code: await ended, output };
}

/** Waits for the instant, or for the end of the process. */
async function reached(shelf: Shelf, child: ChildProcess, { ms, lines }: Instant): Promise<void> {
  const over = new AbortController();
  child.once('exit', () => over.abort());
  const isOver = () => child.exitCode !== null;
  // A journal that an earlier run left is begun anew: only what is written from now on counts.
  const before = journalOf(shelf);
  while (lines !== undefined && !isOver()) {
    const now = journalOf(shelf);
    if (now.id !== before.id && now.lines >= lines) break;
    await sleep(LOOK_MS);
  }
  await sleep(ms, undefined, { signal: over.signal }).catch(() => undefined);
}

/** Which journal of passwords there is, and how many lines it has behind its header. */
function journalOf({ env, serialNumber }: Shelf): { readonly id: string; readonly lines: number } {
  try {
    const file = join(dutFolder(env.RESETBENCH_STATE ?? '', serialNumber), 'passwords.jsonl');
    const [id = '', ...rest] = readFileSync(file, 'utf8').split('\n');
    return { id, lines: rest.length - 1 };
  } catch {
    return { id: '', lines: 0 };
  }
}

function toldOf({ ms, lines }: Instant): string {
  return `${Math.round(ms)} ms after ${lines === undefined ? 'its start' : `line ${lines} of the journal`}`;
}

/** Asks the recorder itself. */
function holds({ recorder, first }: Shelf): Promise<boolean> {
  return recorder.accepts({ user: 'admin', password: first });
}

async function forget({ hands }: Shelf): Promise<void> {
  await hands.snapshot('now');
  await hands.restore('now');
}

/** A step that comes by all of `count` places. */
function strideOf(count: number): number {
  const common = (a: number, b: number): number => (b === 0 ? a : common(b, a % b));
  let stride = Math.max(1, Math.round(count * 0.38));
  while (common(stride, count) !== 1) stride += 1;
  return stride;
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: { kills: { type: 'string' }, seed: { type: 'string' }, json: { type: 'boolean' } },
  });
  const figures = await crash(Number(values.kills ?? 300), {
    seed: Number(values.seed ?? 1),
    say: (line) => console.log(line),
  });
  console.log(
    `${figures.kills} kills: ${figures.lost} lost; recover changed ${figures.changed} back, found ${figures.held} as they were and ${figures.nothing} untouched; ${figures.late} came late`,
  );
  if (values.json) console.log(JSON.stringify(figures));
  process.exitCode = figures.lost === 0 ? 0 : 1;
}
