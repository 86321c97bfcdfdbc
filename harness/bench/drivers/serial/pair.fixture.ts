import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { systemClock as clock } from '../../../terms/clock.ts';
import type { Serial } from '../../ports/serial.ts';

/** Why tests of ptys are skipped; false where they run: socat is there, or CI, where it must be. */
export function socatMissing(): string | false {
  return programMissing('socat', ['-V']);
}

/** Why tests by a program are skipped; false where they run: it is there, or CI, where it must be. */
export function programMissing(program: string, args: readonly string[]): string | false {
  if (spawnSync(program, args, { stdio: 'ignore' }).error === undefined) return false;
  if (process.env.CI) throw new Error(`${program} is not on this machine: npm run setup -- --for-tests`);
  return `${program} is not installed`;
}

/** A pty that serves as an adapter; the recorder's end of it is here. */
export interface Pair extends AsyncDisposable {
  readonly path: string;
  print(bytes: Uint8Array): Promise<void>;
  onTyped(listener: (bytes: Uint8Array) => void): void;
  /** The other end vanishes, without a word. */
  unplug(): Promise<void>;
  /** It is there again, under the same path. */
  replug(): Promise<void>;
}

type Socat = ChildProcessByStdio<Writable, Readable, Readable>;

/** A pty that socat makes; the recorder's end is socat's standard input and output. */
export async function openPair(): Promise<Pair> {
  const folder = await mkdtemp(join(tmpdir(), 'resetbench-tty-'));
  const path = join(folder, 'tty');
  const listeners: ((bytes: Uint8Array) => void)[] = [];
  const start = async (): Promise<Socat> => {
    const socat = spawn('socat', ['-d', '-d', `pty,raw,echo=0,link=${path}`, '-'], {
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    socat.stdin.on('error', () => undefined);
    socat.stdout.on('data', (bytes: Buffer) => {
      for (const listener of listeners) listener(bytes);
    });
    await new Promise<void>((resolve) => {
      let said = '';
      socat.stderr.on('data', (text) => {
        said += text;
        if (said.includes('starting data transfer loop')) resolve();
      });
    });
    return socat;
  };
  const end = async (socat: Socat) => {
    if (socat.exitCode !== null || socat.signalCode !== null) return;
    const gone = new Promise<void>((resolve) => socat.once('exit', () => resolve()));
    socat.kill('SIGKILL');
    await gone;
    await rm(path, { force: true });
  };
  let socat = await start();
  return {
    path,
    print: (bytes) => new Promise((resolve) => socat.stdin.write(bytes, () => resolve())),
    onTyped: (listener) => void listeners.push(listener),
    unplug: () => end(socat),
    async replug() {
      socat = await start();
    },
    async [Symbol.asyncDispose]() {
      await end(socat);
      await rm(folder, { recursive: true });
    },
  };
}

/** The recorder's end as a shell: echoes a line and answers it. */
export function answerLines(pair: Pair): (name: string, answer: string) => void {
  const answers = new Map<string, string>();
  let typed = '';
  pair.onTyped((bytes) => {
    typed += Buffer.from(bytes).toString('utf8');
    for (let end = typed.indexOf('\r'); end >= 0; end = typed.indexOf('\r')) {
      const line = typed.slice(0, end);
      typed = typed.slice(end + 1);
      const answer = answers.get(line);
      pair
        .print(Buffer.from(answer === undefined ? `${line}\r\n` : `${line}\r\n${answer}# `))
        .catch(() => undefined);
    }
  });
  return (name, answer) => void answers.set(name, answer);
}

/** Resolves when one more gap stands in the transcript than before `plug`. */
export async function nextGap(serial: Serial, plug: () => Promise<void>): Promise<void> {
  const gaps = () => serial.transcript().filter(({ missedMs }) => missedMs !== undefined).length;
  const before = gaps();
  await plug();
  while (gaps() === before) await clock.sleep(10);
}
