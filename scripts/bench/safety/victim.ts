// A harness as a user starts it, which is killed at an instant of its run.
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { readPasswords } from '../../../harness/safety/passwords.ts';
import { type Entered, enteredBy, type Instant, type Lengths, STAGES } from './instants.ts';
import type { Shelf } from './shelf.ts';

const CLI = fileURLToPath(new URL('../../../harness/cli/main.ts', import.meta.url));
/** How often the journal is looked at, ms. */
const LOOK_MS = 5;
/** No run, and no `recover`, takes so long, ms. */
const DEADLINE_MS = 600_000;

/** How the program ended. */
export interface Ended {
  readonly code: number | null;
  readonly isKilled: boolean;
  readonly output: string;
  /** What the run came to, as its journal on the disk tells, and when it was started. */
  readonly entered: Entered;
  /** ms since the epoch. */
  readonly at: number;
}

/**
 * Runs the program, and where an instant is given kills it there, by SIGKILL, and nothing else of what it started.
 * @param kill of a run; or, of another program, what returns when the instant has come
 * @param lengths how long the stages take; it learns from what is seen of this run
 * @throws Error where it does not end
 */
export async function harness(
  shelf: Shelf,
  args: readonly string[],
  {
    kill,
    lengths,
  }: {
    readonly kill?: Instant | ((over: AbortSignal) => Promise<void>);
    readonly lengths?: Lengths;
  } = {},
): Promise<Ended> {
  const look = lookAt(shelf);
  const child = spawn(process.execPath, [CLI, ...args], {
    // Hundreds are started: what Node has compiled once it need not compile again.
    env: { ...shelf.env, NODE_COMPILE_CACHE: join(dirname(shelf.devices), 'compiled') },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: DEADLINE_MS,
    killSignal: 'SIGKILL',
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (data) => {
      output += String(data);
    });
  const ended = new Promise<{ readonly code: number | null; readonly signal: string | null; at: number }>(
    (resolve) => child.once('exit', (code, signal) => resolve({ code, signal, at: Date.now() })),
  );
  let isStruck = false;
  if (typeof kill === 'function') {
    await kill(overWith(child));
    isStruck = child.kill('SIGKILL');
  } else if (kill !== undefined && lengths !== undefined) {
    await reached(overWith(child), look, kill, lengths);
    isStruck = child.kill('SIGKILL');
  }
  const { code, signal, at } = await ended;
  const isKilled = signal === 'SIGKILL';
  if (isKilled && !isStruck)
    throw new Error(`resetbench ${args[0] ?? ''} did not end within ${DEADLINE_MS / 1000} s:\n${output}`);
  const entered = look();
  lengths?.add(entered, isKilled ? undefined : at);
  return { code, isKilled, output, entered, at };
}

/**
 * Waits until a journal has grown by so many lines, and a while more, or for the end of the process.
 */
export async function grown(
  file: string,
  { lines, thenMs }: { readonly lines: number; readonly thenMs: number },
  over: AbortSignal,
): Promise<void> {
  const count = () => readFileSync(file, 'utf8').split('\n').length;
  const before = count();
  while (lines > 0 && count() < before + lines && !over.aborted) await sleep(LOOK_MS);
  await sleep(thenMs, undefined, { signal: over }).catch(() => undefined);
}

function overWith(child: ChildProcess): AbortSignal {
  const over = new AbortController();
  child.once('exit', () => over.abort());
  return over.signal;
}

/** Waits for the instant, or for the end of the process. */
async function reached(
  over: AbortSignal,
  look: () => Entered,
  { stage, share }: Instant,
  lengths: Lengths,
): Promise<void> {
  // Not every run comes by every stage: then the next one will do.
  const wanted = STAGES.slice(STAGES.indexOf(stage));
  for (;;) {
    if (over.aborted) return;
    const entered = look();
    const at = wanted.flatMap((one) => entered.get(one) ?? [])[0];
    if (at === undefined) {
      await sleep(LOOK_MS);
      continue;
    }
    const left = at + share * lengths.of(stage) - Date.now();
    if (left > 0) await sleep(left, undefined, { signal: over }).catch(() => undefined);
    return;
  }
}

/** Tells, as often as it is asked, what the run that starts now has come to. */
function lookAt({ journal: { file, source }, first }: Shelf): () => Entered {
  const from = Date.now();
  // A journal that an earlier run left is put away when the next one begins: a file of another number.
  const before = marksOf(file);
  let [seen, entered]: [string, Entered] = ['', new Map([['start', from]])];
  return () => {
    const now = marksOf(file);
    const mark = `${now?.ino} ${now?.size}`;
    if (now === undefined || now.ino === before?.ino || mark === seen) return entered;
    seen = mark;
    entered = new Map([['start', from], ...enteredBy(readPasswords(file, source), first)]);
    return entered;
  };
}

function marksOf(file: string): { readonly ino: number; readonly size: number } | undefined {
  const stat = statSync(file, { throwIfNoEntry: false });
  return stat === undefined ? undefined : { ino: stat.ino, size: stat.size };
}
