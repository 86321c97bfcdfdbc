import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Clock } from '../../../terms/clock.ts';
import { HarnessError } from '../../../terms/error.ts';
import type { EmulatorPlan, EmulatorReady } from '../../../wire/emulator.ts';

/** Longest time from start to the ready line, ms. */
const READY_MS = 30_000;
/** After the end of its input the program may take so long before SIGTERM, and so long before SIGKILL, ms. */
const GRACE = { term: 2_000, kill: 5_000 };
/** What was still in the pipes at the end is read for so long, ms. */
const LAST_WORDS_MS = 250;
/** Lines kept of what it said last. */
const TAIL = 20;
/** Longest line that is heard, characters. */
const LINE = 4_000;

export interface LaunchOptions {
  readonly clock: Clock;
  /** Path of the emulator's `main.ts`. Default: the one of this checkout. */
  readonly program?: string;
  /** Hears each line the program says beside the ready line. */
  readonly onLog?: (line: string) => void;
  /** Default 30,000. */
  readonly readyMs?: number;
}
/** An emulator whose twins all listen. Dispose ends it: end of input, then SIGTERM after 2 s, SIGKILL after 5 s. */
export interface LaunchedEmulator extends AsyncDisposable {
  readonly ready: EmulatorReady;
  /** Resolves when the process is gone, however that came, with one sentence that says how. Never rejects. */
  readonly exited: Promise<string>;
}

/**
 * Starts the emulator as a process of its own, hands it the plan, and waits until every twin listens. The process
 * ends with its input, so none is left behind by a harness that is killed.
 * @throws HarnessError PORT_UNREACHABLE, with its last words, when it ends first or is not ready in time
 */
export async function launchEmulator(plan: EmulatorPlan, options: LaunchOptions): Promise<LaunchedEmulator> {
  const { clock } = options;
  const program = options.program ?? fileURLToPath(new URL('../../../emulator/main.ts', import.meta.url));
  // In a group of its own: a Ctrl-C at the terminal is the harness's to answer, which still needs the twins for that.
  const child = spawn(process.execPath, [program], { stdio: ['pipe', 'pipe', 'pipe'], detached: true });
  const tail: string[] = [];
  const hear = (line: string) => {
    tail.push(line.slice(0, LINE));
    if (tail.length > TAIL) tail.shift();
    options.onLog?.(line.slice(0, LINE));
  };
  const exited = exitOf(child, clock).then((how) => ({ how, lastWords: tail.join('\n') }));
  let disposing: Promise<void> | undefined;
  const end = () => {
    disposing ??= endProcess(child, exited, clock);
    return disposing;
  };

  // What it cannot take, because it has died, is told by `exited`.
  child.stdin.on('error', () => undefined);
  child.stdin.write(`${JSON.stringify(plan)}\n`);
  createInterface({ input: child.stderr }).on('line', hear);
  const readyLine = new Promise<EmulatorReady>((resolve) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const ready = readyOf(line);
      if (ready === undefined) hear(line);
      else resolve(ready);
    });
  });

  const over = new AbortController();
  const readyMs = options.readyMs ?? READY_MS;
  const tooLate = clock.sleep(readyMs, over.signal).then(
    () => `was not ready within ${readyMs} ms`,
    () => '',
  );
  const outcome = await Promise.race([readyLine, exited.then(({ how }) => `ended (${how})`), tooLate]);
  over.abort();
  if (typeof outcome === 'string') {
    await end();
    const words = (await exited).lastWords;
    throw new HarnessError(
      'PORT_UNREACHABLE',
      `The emulator ${outcome}; its last words: ${words === '' ? 'none' : words}`,
      {
        port: 'twin',
        hint: `Run "${process.execPath} ${program}" by hand with the plan on its input to see why.`,
      },
    );
  }
  return {
    ready: outcome,
    exited: exited.then(({ how, lastWords }) =>
      lastWords === '' ? how : `${how}; last words: ${lastWords}`,
    ),
    [Symbol.asyncDispose]: end,
  };
}

/** Resolves when the process has ended and what it said has been heard. */
function exitOf(child: ChildProcess, clock: Clock): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(`could not be started: ${error.message}`));
    child.once('exit', (code, signal) => {
      const how = signal === null ? `exit code ${code}` : `signal ${signal}`;
      const over = new AbortController();
      child.once('close', () => over.abort());
      // A grandchild may hold the pipes open.
      const done = () => resolve(how);
      clock.sleep(LAST_WORDS_MS, over.signal).then(done, done);
    });
  });
}

async function endProcess(child: ChildProcess, exited: Promise<unknown>, clock: Clock): Promise<void> {
  child.stdin?.end();
  const over = new AbortController();
  const after = (ms: number, signal: NodeJS.Signals) =>
    clock.sleep(ms, over.signal).then(
      () => {
        child.kill(signal);
      },
      () => undefined,
    );
  const timers = [after(GRACE.term, 'SIGTERM'), after(GRACE.kill, 'SIGKILL')];
  await exited;
  over.abort();
  await Promise.all(timers);
  child.stdout?.destroy();
  child.stderr?.destroy();
}

function readyOf(line: string): EmulatorReady | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const value = JSON.parse(line) as Partial<EmulatorReady>;
    const fits = value.ready === true && typeof value.relayUrl === 'string' && Array.isArray(value.recorders);
    return fits ? (value as EmulatorReady) : undefined;
  } catch {
    return undefined;
  }
}
