import { constants, openSync } from 'node:fs';
import { ReadStream } from 'node:tty';
import * as nodePty from '@lydell/node-pty';
import type { Entry } from '../session/channels.ts';
import type { Clock } from '../terms/clock.ts';
import { HarnessError } from '../terms/error.ts';
import type { Position } from './position.ts';

type Printed = Extract<Entry, { topic: 'serial' }>;

/** The recorded console at a pseudo terminal. */
export interface ServedSerial extends Disposable {
  /** Anybody may open it as a serial port. */
  readonly path: string;
}

/** How often the console looks whether it is time to print, ms. */
const TICK_MS = 50;

/**
 * Prints what the console printed, when it did. A command that was sent in the recording is answered as it was then.
 * @throws HarnessError PORT_UNREACHABLE where this system has no pseudo terminals
 */
export function serveRecordedSerial(
  entries: readonly Printed[],
  { position, clock }: { readonly position: Position; readonly clock: Clock },
): ServedSerial {
  const { path, write, onText, close } = openTerminal();
  const over = new AbortController();
  const printed = entries.filter(({ value }) => value.direction === 'in' && value.missedMs === undefined);
  let next = 0;
  const rewind = () => {
    const at = position.now;
    const index = printed.findIndex((one) => one.at >= at);
    next = index < 0 ? printed.length : index;
  };
  rewind();
  const stop = position.onMoved(rewind);
  const print = async () => {
    for (;;) {
      const at = position.now;
      for (
        let one = printed[next];
        position.playing && one !== undefined && one.at <= at;
        one = printed[next]
      ) {
        write(one.value.text);
        next += 1;
      }
      await clock.sleep(TICK_MS, over.signal);
    }
  };
  print().catch(() => undefined);
  let line = '';
  onText((text) => {
    line = `${line}${text}`.slice(-200);
    for (let end = line.search(/[\r\n]/); end >= 0; end = line.search(/[\r\n]/)) {
      const answer = answerTo(entries, line.slice(0, end).trim());
      if (answer !== undefined) write(answer);
      line = line.slice(end + 1);
    }
  });
  return {
    path,
    [Symbol.dispose]() {
      over.abort();
      stop();
      close();
    },
  };
}

/** What was printed after a command, up to the next prompt or command; undefined where it was never sent. */
function answerTo(entries: readonly Printed[], command: string): string | undefined {
  const sent = entries.findIndex(
    ({ value }) => value.direction === 'out' && value.text.trim() === command && command !== '',
  );
  if (sent < 0) return undefined;
  let text = '';
  for (const { value } of entries.slice(sent + 1)) {
    if (value.direction === 'out') break;
    if (value.missedMs !== undefined) continue;
    text += value.text;
    if (/(?:^|\n)# ?$/.test(text)) break;
  }
  return text;
}

/** What `open` of node-pty answers; its type declarations leave it out. */
interface TerminalPair {
  readonly master: ReadStream;
  readonly slave: ReadStream;
  readonly _pty: string;
}

/**
 * A terminal without a process. The end that others open is kept open here too, without being read: else reading the
 * other one ends when they close it.
 */
function openTerminal() {
  const pair: unknown =
    'open' in nodePty && typeof nodePty.open === 'function'
      ? nodePty.open({ cols: 80, rows: 24, encoding: null })
      : undefined;
  if (typeof pair !== 'object' || pair === null || !('master' in pair))
    throw new HarnessError(
      'PORT_UNREACHABLE',
      'this system has no pseudo terminals for the recorded console',
      {
        port: 'serial',
        hint: 'the recording can be looked at with --list and --at all the same',
      },
    );
  const { master, slave, _pty: path } = pair as TerminalPair;
  const keeper = new ReadStream(openSync(path, constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK));
  slave.destroy();
  keeper.setRawMode(true);
  keeper.on('error', () => keeper.destroy());
  master.on('error', () => master.destroy());
  const decoder = new TextDecoder();
  return {
    path,
    write(text: string) {
      if (!master.destroyed) master.write(text);
    },
    onText: (listener: (text: string) => void) =>
      void master.on('data', (bytes: Buffer) => listener(decoder.decode(bytes, { stream: true }))),
    // Never destroy() or kill() the pair itself: without a child its pid is -1, which signals every process.
    close() {
      master.destroy();
      keeper.destroy();
    },
  };
}
