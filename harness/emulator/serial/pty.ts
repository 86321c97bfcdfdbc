import { close, openSync } from 'node:fs';
import type { ReadStream } from 'node:tty';
import * as nodePty from '@lydell/node-pty';

/** Output that waits for a reader beyond the kernel's buffer, bytes; more is lost, as on a line nobody listens to. */
const BACKLOG = 4096;

/** A pseudo terminal without a process: one end is a path that anybody may open as a serial port, the other is here. */
export interface Pty {
  readonly path: string;
  write(text: string): void;
  onData(listener: (text: string) => void): void;
  close(): void;
}

/** What `open` of node-pty answers; its type declarations leave it out. */
interface PtyPair {
  readonly master: ReadStream;
  readonly slave: ReadStream;
  readonly _pty: string;
}

/** @throws Error when the system has no pseudo terminals. */
export function openPty(): Pty {
  const { master, slave, _pty: path } = openPair();
  // Raw, so that what we write is not echoed back before somebody opens the path with settings of their own.
  slave.setRawMode(true);
  // Without a reader the other end must stay open, or reading here ends with EIO: a plain descriptor keeps it, since
  // node-pty's stream would take the bytes that are meant for the reader. O_RDWR | O_NOCTTY.
  const keeper = openSync(path, 0o2 | 0o400);
  slave.destroy();
  // Never call destroy() or kill() of the pair itself: without a child its pid is -1, which signals every process.
  master.on('error', () => master.destroy());
  return {
    path,
    write(text) {
      if (!master.destroyed && master.writableLength <= BACKLOG) master.write(text);
    },
    onData(listener) {
      master.on('data', (chunk: string | Buffer) => listener(chunk.toString()));
    },
    close() {
      master.destroy();
      close(keeper, () => undefined);
    },
  };
}

function openPair(): PtyPair {
  if (!('open' in nodePty) || typeof nodePty.open !== 'function')
    throw new Error('this node-pty cannot open a pair');
  const pair: unknown = nodePty.open({ cols: 80, rows: 24 });
  if (typeof pair !== 'object' || pair === null || !('master' in pair)) throw new Error('no pseudo terminal');
  return pair as PtyPair;
}
