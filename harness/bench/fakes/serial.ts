import type { Clock } from '../../terms/clock.ts';
import { HarnessError } from '../../terms/error.ts';
import type { Serial, SerialChunk } from '../ports/serial.ts';

const COMMANDS: readonly string[] = ['help', 'prtHardInfo', 'getIp'];

export interface FakeSerial extends Serial {
  /** The recorder prints text, or bytes that may end within a character. */
  print(output: string | Uint8Array): void;
  /** What it prints for a command from now on; a command it does not know is echoed, and no prompt comes. */
  onCommand(name: string, answer: string): void;
  unplug(): void;
}

/** A console in memory, with echo, at its prompt. */
export function fakeSerial(options: { readonly clock: Clock }): FakeSerial {
  const { clock } = options;
  const decoder = new TextDecoder();
  const chunks: SerialChunk[] = [];
  const answers = new Map<string, string>();
  const ended = new AbortController();
  let printed: (() => void)[] = [];
  let queue: Promise<unknown> = Promise.resolve();

  function print(output: string | Uint8Array): void {
    const bytes = typeof output === 'string' ? new TextEncoder().encode(output) : output;
    const text = decoder.decode(bytes, { stream: true });
    if (text === '') return;
    chunks.push({ at: clock.now(), text });
    const wake = printed;
    printed = [];
    for (const one of wake) one();
  }
  const textSince = (index: number) =>
    chunks
      .slice(index)
      .map((chunk) => chunk.text)
      .join('');

  async function until(
    find: (text: string) => string | undefined,
    { since, timeoutMs, what }: { readonly since: number; readonly timeoutMs: number; readonly what: string },
  ): Promise<string> {
    const over = new AbortController();
    const stop = AbortSignal.any([over.signal, ended.signal]);
    let late = false;
    const deadline = clock.sleep(timeoutMs, stop).then(
      () => {
        late = true;
      },
      () => undefined,
    );
    try {
      for (;;) {
        ended.signal.throwIfAborted();
        const found = find(textSince(since));
        if (found !== undefined) return found;
        if (late) throw timeout(what, timeoutMs, textSince(0));
        await Promise.race([new Promise<void>((resolve) => printed.push(resolve)), deadline]);
      }
    } finally {
      over.abort();
    }
  }

  async function run(name: string, timeoutMs: number): Promise<string> {
    ended.signal.throwIfAborted();
    const since = chunks.length;
    const answer = answers.get(name);
    print(answer === undefined ? `${name}\r\n` : `${name}\r\n${answer}# `);
    const text = await until((seen) => (seen.endsWith('\n# ') ? seen : undefined), {
      since,
      timeoutMs,
      what: `an answer to "${name}"`,
    });
    return text
      .slice(name.length + 2, -3)
      .trimEnd()
      .replaceAll('\r\n', '\n');
  }

  return {
    transcript: () => chunks.slice(),
    async waitFor(pattern, { timeoutMs, since = chunks.length }) {
      const plain = new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, ''));
      return until((text) => plain.exec(text)?.[0], { since, timeoutMs, what: String(plain) });
    },
    async command(name, { timeoutMs }) {
      ended.signal.throwIfAborted();
      if (!COMMANDS.includes(name)) {
        throw new HarnessError('CONFIG_INVALID', `"${name}" is not on the allow-list of serial commands.`, {
          port: 'serial',
          hint: `Use one of ${COMMANDS.join(', ')}.`,
        });
      }
      const mine = queue.then(() => run(name, timeoutMs));
      queue = mine.catch(() => undefined);
      return mine;
    },
    print,
    onCommand: (name, answer) => void answers.set(name, answer),
    unplug: () =>
      ended.abort(
        new HarnessError('PORT_CLOSED', 'The serial port was unplugged.', {
          port: 'serial',
          hint: 'Check the cable.',
        }),
      ),
    async [Symbol.asyncDispose]() {
      ended.abort(new HarnessError('PORT_CLOSED', 'The serial port is closed.', { port: 'serial' }));
    },
  };
}

function timeout(what: string, timeoutMs: number, text: string): HarnessError {
  const last = text.split(/[\r\n]+/).findLast((line) => line.trim() !== '') ?? '';
  return new HarnessError(
    'PORT_TIMEOUT',
    `The console did not print ${what} within ${timeoutMs} ms; last line seen: ${JSON.stringify(last)}.`,
    { port: 'serial', hint: 'Print it.' },
  );
}
