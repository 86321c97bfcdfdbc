import { constants, openSync, readSync } from 'node:fs';
import { ReadStream } from 'node:tty';
import * as nodePty from '@lydell/node-pty';

/**
 * The kernel holds 4 KB for a reader that opens the path (opening discards them) and 60 KB behind those; when all is
 * full, writing blocks the whole process. So what nobody read is thrown away: beyond the soft limit after a quiet
 * moment, in which any reader would have read it, beyond the hard limit at once; and a burst faster than the line for
 * long loses its end. Bytes; ms.
 */
const SOFT_LIMIT = 3500;
const HARD_LIMIT = 40_000;
const BURST_LIMIT = 20_000;
const QUIET_MS = 100;
/** 115200 8N1. */
const BYTES_PER_MS = 11.52;

/** A pseudo terminal without a process: one end is a path that anybody may open as a serial port, the other is here. */
export interface Pty {
  readonly path: string;
  write(data: string | Uint8Array): void;
  onData(listener: (text: string) => void): void;
  onBytes(listener: (bytes: Uint8Array) => void): void;
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
  // Without a reader the other end must stay open, or reading here ends with EIO. node-pty's own stream would take the
  // bytes that are meant for the reader; this one never reads. Raw, so that what we write is not echoed back to us
  // before somebody opens the path with settings of their own; closing it would undo that.
  const fd = openSync(path, constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK);
  const keeper = new ReadStream(fd);
  slave.destroy();
  keeper.setRawMode(true);
  keeper.on('error', () => keeper.destroy());
  // Never call destroy() or kill() of the pair itself: without a child its pid is -1, which signals every process.
  master.on('error', () => master.destroy());
  let written = 0;
  let burst = 0;
  let last = 0;
  let again: NodeJS.Timeout | undefined;
  const discard = () => {
    if (drain(fd) > 0) again = setTimeout(discard, QUIET_MS / 5);
  };
  return {
    path,
    write(data) {
      const elapsed = performance.now() - last;
      last += elapsed;
      burst = Math.max(0, burst - elapsed * BYTES_PER_MS);
      if (master.destroyed || burst + data.length > BURST_LIMIT) return;
      if (written + data.length > (elapsed > QUIET_MS ? SOFT_LIMIT : HARD_LIMIT)) {
        clearTimeout(again);
        discard();
        written = 0;
      }
      written += data.length;
      burst += data.length;
      master.write(data);
    },
    onData(listener) {
      const decoder = new TextDecoder();
      master.on('data', (chunk: Buffer) => listener(decoder.decode(chunk, { stream: true })));
    },
    onBytes(listener) {
      master.on('data', listener);
    },
    close() {
      clearTimeout(again);
      master.destroy();
      keeper.destroy();
    },
  };
}

/** Takes what the kernel holds ready for a reader; answers how many bytes. */
function drain(descriptor: number): number {
  const sink = Buffer.alloc(4096);
  let total = 0;
  try {
    for (let count = 1; count > 0; total += count) count = readSync(descriptor, sink);
  } catch {
    // EAGAIN: empty.
  }
  return total;
}

function openPair(): PtyPair {
  if (!('open' in nodePty) || typeof nodePty.open !== 'function')
    throw new Error('this node-pty cannot open a pair');
  const pair: unknown = nodePty.open({ cols: 80, rows: 24, encoding: null });
  if (typeof pair !== 'object' || pair === null || !('master' in pair)) throw new Error('no pseudo terminal');
  return pair as PtyPair;
}
