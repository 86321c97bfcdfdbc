import type { Clock } from '../../../terms/clock.ts';
import { HarnessError } from '../../../terms/error.ts';
import { loaderListens, type SerialCommand, shellSeen } from '../../../wire/console.ts';
import { watchText } from '../../../wire/console-text.ts';
import type { Serial } from '../../ports/serial.ts';
import { answerOf, answerWithoutEcho, typed } from './command.ts';
import type { Connect, Line } from './line.ts';
import { newTranscript } from './transcript.ts';

/** How long a line that was lost is looked for until what waits is told, ms. */
const REOPEN_MS = 20_000;
/** Time between two tries: doubled each time, ms. */
const RETRY_MS = { first: 100, most: 5_000 };
/**
 * A line that was just opened, or is back, says nothing of what went before: it is listened to for so long before anything is
 * typed, as a boot loader that counts its seconds tells of each of them, ms. At most half of what a command may take.
 */
const LISTEN_MS = 1_200;
/** So many of the newest chunks tell whether a boot loader speaks. */
const RECENT_CHUNKS = 400;

export interface ConsoleOptions {
  readonly connect: Connect;
  /** What it is, for messages: `/dev/ttyUSB0`, `192.0.2.7:2001`. */
  readonly where: string;
  /** Bits per second. */
  readonly baudRate: number;
  readonly clock: Clock;
  /**
   * How long a line that was lost is looked for until what waits, and every later call, gets PORT_CLOSED; looking goes
   * on after that. 0: a lost line stays lost. Default 20,000 ms.
   */
  readonly reopenMs?: number;
}

/**
 * A recorder's console on a line, transcribed from open to close (4 MB; then the oldest goes), also across the loss of
 * the line: what could not be heard stands in the transcript as a gap. The transcript stays readable after close.
 * @throws HarnessError what `connect` throws, the first time
 */
export async function openConsole(options: ConsoleOptions): Promise<Serial> {
  const { where, clock, reopenMs = REOPEN_MS } = options;
  const transcript = newTranscript({ clock });
  const text = watchText(options.baudRate);
  const stopped = new AbortController();
  let line: Line | undefined;
  /** Ends what only this very line can answer. */
  let lineOver = new AbortController();
  /** When the line was last known to be there. */
  let knownAt = clock.now();
  /** When this line was opened, monotonic ms, and the chunk that came first over it. */
  let opened = { at: 0, chunk: 0 };
  /** Why every call fails, while it does. */
  let fault: HarnessError | undefined;
  let closing: Promise<void> | undefined;
  let queue: Promise<unknown> = Promise.resolve();

  const closed = (why: string) =>
    new HarnessError('PORT_CLOSED', `The serial port ${where} is gone: ${why}.`, {
      port: 'serial',
      hint: `Check the adapter and the cable at ${where}, or whether the twin still runs.`,
    });

  /** @param before is done when the line is there, before anything that came over it is heard */
  async function attach(before?: () => void): Promise<void> {
    let why: string | undefined;
    let early: Uint8Array[] | undefined = [];
    let attached: Line | undefined;
    const alive = () => {
      knownAt = clock.now();
    };
    const hear = (bytes: Uint8Array) => {
      alive();
      text.add(bytes, knownAt);
      transcript.add(bytes);
    };
    attached = await options.connect({
      bytes: (bytes) => {
        if (early === undefined) hear(bytes);
        else early.push(bytes);
      },
      flaw: text.flaw,
      alive,
      lost(reason) {
        why ??= reason;
        if (attached !== undefined && line === attached) lose(attached, reason);
      },
    });
    if (closing !== undefined || why !== undefined) {
      await attached.close();
      throw fault ?? closed(why ?? 'it is closed');
    }
    line = attached;
    lineOver = new AbortController();
    before?.();
    opened = { at: clock.monotonic(), chunk: transcript.chunks().length };
    alive();
    const held = early;
    early = undefined;
    for (const bytes of held) hear(bytes);
  }

  function lose(lost: Line, why: string): void {
    line = undefined;
    lineOver.abort(closed(`${why}; it is looked for`));
    if (reopenMs === 0) {
      fault = closed(why);
      transcript.end(fault);
    } else regain(lost, why, knownAt).catch(() => undefined);
    lost.close().catch(() => undefined);
  }

  /** Tries until the line is back, or the console is closed. */
  async function regain(lost: Line, why: string, from: number): Promise<void> {
    const found = new AbortController();
    clock.sleep(reopenMs, AbortSignal.any([found.signal, stopped.signal])).then(
      () => {
        fault = closed(`${why}, and did not come back within ${reopenMs} ms`);
        transcript.end(fault);
      },
      () => undefined,
    );
    await lost.close();
    for (let pause = RETRY_MS.first; ; pause = Math.min(pause * 2, RETRY_MS.most)) {
      await clock.sleep(pause, stopped.signal);
      try {
        await attach(() => {
          found.abort();
          fault = undefined;
          text.restart();
          transcript.resume();
          transcript.gap({ why, missedMs: clock.now() - from });
        });
        return;
      } catch {
        // It is not there yet.
      }
    }
  }

  /** A wait that ended in vain because the line delivers no text has another cause, and another cure. */
  function explained(error: unknown): unknown {
    if (!(error instanceof HarnessError) || error.code !== 'PORT_TIMEOUT') return error;
    return garbled(error) ?? error;
  }
  function garbled(cause?: unknown): HarnessError | undefined {
    const garbage = text.garbage(clock.now());
    if (garbage === undefined) return undefined;
    const percent = Math.round(garbage.share * 100);
    return new HarnessError(
      'PORT_PROTOCOL',
      `The console at ${where} is garbled: ${percent} % of its last ${garbage.characters} characters are no text.`,
      { port: 'serial', hint: garbage.hint, ...(cause === undefined ? {} : { cause }) },
    );
  }

  /** Waits until there is a line, and no boot loader at its other end that a key could stop. */
  async function readyToType(name: string, timeoutMs: number): Promise<Line> {
    const until = clock.monotonic() + timeoutMs;
    for (;;) {
      const lost = line === undefined;
      await transcript.until((text) => (line === undefined || loaderListens(text) ? undefined : ''), {
        since: Math.max(0, transcript.chunks().length - RECENT_CHUNKS),
        timeoutMs: Math.max(0, until - clock.monotonic()),
        what: lost ? 'anything since its line was lost' : 'the prompt of its shell after the boot loader',
        hint: lost
          ? `Check the adapter and the cable at ${where}; "${name}" was not sent.`
          : `Let the recorder boot; "${name}" was not sent, as any key could stop its boot loader.`,
      });
      if (line === undefined) throw fault ?? closed('it was lost');
      const left = opened.at + Math.min(LISTEN_MS, timeoutMs / 2) - clock.monotonic();
      if (left <= 0 || shellSeen(printedSince(opened.chunk))) return line;
      // A line that is lost meanwhile ends the command, as one that is lost while an answer is waited for.
      const over = AbortSignal.any([stopped.signal, lineOver.signal]);
      await clock.sleep(left, over).catch(() => undefined);
      over.throwIfAborted();
    }
  }
  const printedSince = (chunk: number) =>
    transcript
      .chunks()
      .slice(chunk)
      .map(({ text }) => text)
      .join('');

  async function run(name: SerialCommand, keys: string, timeoutMs: number): Promise<string> {
    if (fault !== undefined) throw fault;
    const until = clock.monotonic() + timeoutMs;
    const used = await readyToType(name, timeoutMs);
    const over = lineOver.signal;
    const from = transcript.chunks().length;
    const answer = transcript.until((printed) => answerOf(name, printed), {
      timeoutMs: Math.max(0, until - clock.monotonic()),
      what: `an answer to "${name}" and its prompt`,
      hint: 'Check that the recorder has booted, and that its console is at the prompt "# ".',
    });
    used.write(new TextEncoder().encode(keys));
    return orAborted(answer, over).catch((error: unknown) => {
      const printed = transcript.chunks().slice(from);
      const unechoed = answerWithoutEcho(printed.map(({ text }) => text).join(''));
      if (line === used && unechoed !== undefined) return unechoed;
      if (line === used && printed.length === 0) used.doubt?.(`"${name}" was sent, and nothing came back`);
      throw error;
    });
  }

  await attach();
  return {
    transcript: transcript.chunks,
    trouble: () => fault ?? garbled(),
    async waitFor(pattern, { timeoutMs, since }) {
      if (fault !== undefined) throw fault;
      const plain = new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, ''));
      return transcript
        .until((printed) => plain.exec(printed)?.[0], {
          timeoutMs,
          ...(since === undefined ? {} : { since }),
          what: `text that matches ${plain}`,
          hint: `Check the cable and the baud rate (${options.baudRate}) if the transcript is empty or garbled.`,
        })
        .catch((error: unknown) => Promise.reject(explained(error)));
    },
    async command(name, { timeoutMs }) {
      if (fault !== undefined) throw fault;
      const keys = typed(name);
      const mine = queue.then(() => run(name, keys, timeoutMs));
      queue = mine.catch(() => undefined);
      return mine.catch((error: unknown) => Promise.reject(explained(error)));
    },
    [Symbol.asyncDispose]() {
      if (closing !== undefined) return closing;
      fault = new HarnessError('PORT_CLOSED', `The serial port ${where} is closed.`, { port: 'serial' });
      closing = line?.close() ?? Promise.resolve();
      line = undefined;
      transcript.end(fault);
      stopped.abort(fault);
      lineOver.abort(fault);
      return closing;
    },
  };
}

/** The promise, or the reason of the signal, which comes first. */
async function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  promise.catch(() => undefined);
  const aborted = Promise.withResolvers<never>();
  const abort = () => aborted.reject(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([promise, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
