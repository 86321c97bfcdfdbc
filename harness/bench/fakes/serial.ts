import type { Clock } from '../../terms/clock.ts';
import { HarnessError } from '../../terms/error.ts';
import { loaderListens, SERIAL_COMMANDS, whyNotTyped } from '../../wire/console.ts';
import { watchText } from '../../wire/console-text.ts';
import type { Serial, SerialChunk } from '../ports/serial.ts';

export interface FakeSerial extends Serial {
  /** The recorder prints text, or bytes that may end within a character. */
  print(output: string | Uint8Array): void;
  /** What it prints for a command from now on; a command it does not know is echoed, and no prompt comes. */
  onCommand(name: string, answer: string): void;
  unplug(): void;
  replug(): void;
}

/**
 * A console in memory, with echo, at its prompt.
 * @param options.reopenMs how long it may be unplugged until it says so. Default 20,000
 */
export function fakeSerial(options: { readonly clock: Clock; readonly reopenMs?: number }): FakeSerial {
  const { clock, reopenMs = 20_000 } = options;
  let decoder = new TextDecoder();
  const chunks: SerialChunk[] = [];
  const answers = new Map<string, string>();
  const watch = watchText(115_200);
  let ended = new AbortController();
  let cable = new AbortController();
  let back = new AbortController();
  let unpluggedAt: number | undefined;
  let closed = false;
  let printed: (() => void)[] = [];
  let queue: Promise<unknown> = Promise.resolve();
  const wakeAll = () => {
    const wake = printed;
    printed = [];
    for (const one of wake) one();
  };

  function print(output: string | Uint8Array): void {
    const bytes = typeof output === 'string' ? new TextEncoder().encode(output) : output;
    if (unpluggedAt !== undefined) return;
    watch.add(bytes, clock.now());
    const text = decoder.decode(bytes, { stream: true });
    if (text === '') return;
    chunks.push({ at: clock.now(), text });
    wakeAll();
  }
  const textSince = (index: number) =>
    chunks
      .slice(index)
      .map((chunk) => (chunk.missedMs === undefined ? chunk.text : '\n\0\n'))
      .join('');
  function garbled(): HarnessError | undefined {
    const garbage = watch.garbage(clock.now());
    if (garbage === undefined) return undefined;
    const percent = Math.round(garbage.share * 100);
    return new HarnessError('PORT_PROTOCOL', `The console is garbled: ${percent} % is no text.`, {
      port: 'serial',
      hint: garbage.hint,
    });
  }

  async function until(
    find: (text: string) => string | undefined,
    options: {
      readonly since: number;
      readonly timeoutMs: number;
      readonly what: string;
      readonly hint?: string;
      /** Also ends the wait. */
      readonly signal?: AbortSignal;
    },
  ): Promise<string> {
    const { since, timeoutMs, what, hint, signal } = options;
    const over = new AbortController();
    const stop = AbortSignal.any([over.signal, ended.signal, ...(signal === undefined ? [] : [signal])]);
    let late = false;
    const deadline = clock.sleep(timeoutMs, stop).then(
      () => {
        late = true;
      },
      () => undefined,
    );
    try {
      for (;;) {
        stop.throwIfAborted();
        const found = find(textSince(since));
        if (found !== undefined) return found;
        if (late) throw garbled() ?? timeout(what, timeoutMs, textSince(0), hint);
        await Promise.race([new Promise<void>((resolve) => printed.push(resolve)), deadline]);
      }
    } finally {
      over.abort();
    }
  }

  async function run(name: string, timeoutMs: number): Promise<string> {
    const started = clock.monotonic();
    await until((text) => (unpluggedAt === undefined && !loaderListens(text) ? '' : undefined), {
      since: 0,
      timeoutMs,
      what: 'its prompt',
      hint: `Let it boot; "${name}" was not sent, as any key could stop its boot loader.`,
    });
    const since = chunks.length;
    const answer = answers.get(name);
    print(answer === undefined ? `${name}\r\n` : `${name}\r\n${answer}# `);
    const text = await until((seen) => (seen.endsWith('\n# ') ? seen : undefined), {
      since,
      timeoutMs: Math.max(0, timeoutMs - (clock.monotonic() - started)),
      what: `an answer to "${name}"`,
      signal: cable.signal,
    });
    return text
      .slice(name.length + 2, -3)
      .trimEnd()
      .replaceAll('\r\n', '\n');
  }

  return {
    transcript: () => chunks.slice(),
    trouble: () => (ended.signal.aborted ? (ended.signal.reason as HarnessError) : garbled()),
    async waitFor(pattern, { timeoutMs, since = chunks.length }) {
      const plain = new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, ''));
      return until((text) => plain.exec(text)?.[0], { since, timeoutMs, what: String(plain) });
    },
    async command(name, { timeoutMs }) {
      ended.signal.throwIfAborted();
      const why = whyNotTyped(name);
      if (why !== undefined)
        throw new HarnessError('CONFIG_INVALID', `${JSON.stringify(name)} ${why}.`, {
          port: 'serial',
          hint: `Use one of ${SERIAL_COMMANDS.join(', ')}.`,
        });
      const mine = queue.then(() => run(name, timeoutMs));
      queue = mine.catch(() => undefined);
      return mine;
    },
    print,
    onCommand: (name, answer) => void answers.set(name, answer),
    unplug() {
      if (unpluggedAt !== undefined) return;
      unpluggedAt = clock.now();
      cable.abort(gone('The serial port was unplugged.'));
      back = new AbortController();
      clock.sleep(reopenMs, back.signal).then(
        () => {
          if (!closed) ended.abort(gone('The serial port was unplugged, and did not come back.'));
        },
        () => undefined,
      );
    },
    replug() {
      if (unpluggedAt === undefined || closed) return;
      const missedMs = clock.now() - unpluggedAt;
      unpluggedAt = undefined;
      back.abort();
      cable = new AbortController();
      if (ended.signal.aborted) ended = new AbortController();
      decoder = new TextDecoder();
      watch.restart();
      chunks.push({
        at: clock.now(),
        text: `\n[${missedMs} ms were not heard: it was unplugged]\n`,
        missedMs,
      });
      wakeAll();
    },
    async [Symbol.asyncDispose]() {
      if (closed) return;
      closed = true;
      back.abort();
      const reason = new HarnessError('PORT_CLOSED', 'The serial port is closed.', { port: 'serial' });
      if (ended.signal.aborted) ended = new AbortController();
      ended.abort(reason);
      cable.abort(reason);
    },
  };
}

function gone(message: string): HarnessError {
  return new HarnessError('PORT_CLOSED', message, { port: 'serial', hint: 'Check the cable.' });
}

function timeout(what: string, timeoutMs: number, text: string, hint = 'Print it.'): HarnessError {
  const last = text.split(/[\r\n]+/).findLast((line) => line.trim() !== '') ?? '';
  return new HarnessError(
    'PORT_TIMEOUT',
    `The console did not print ${what} within ${timeoutMs} ms; last line seen: ${JSON.stringify(last)}.`,
    { port: 'serial', hint },
  );
}
