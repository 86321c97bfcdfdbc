import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunEvent } from '../terms/record.ts';
import { applyEvent, emptyLive, type LiveRun } from './live.ts';

/** A journal that is read as it grows. */
export interface Follower {
  readonly run: LiveRun;
  /** Reads what was written since. @returns whether there was anything */
  more(): Promise<boolean>;
}

/** Read at once, bytes. */
const CHUNK = 1 << 20;

/** Follows the journal of a run from its beginning. Its chain is not checked here: reports are made from it, not from this. */
export function followRun(folder: string): Follower {
  const file = join(folder, 'events.jsonl');
  const run = emptyLive();
  let offset = 0;
  // Bytes, since a chunk may end within a character.
  let rest = Buffer.alloc(0);
  return {
    run,
    async more() {
      const handle = await open(file, 'r');
      let grew = false;
      try {
        for (;;) {
          const { bytesRead, buffer } = await handle.read(Buffer.alloc(CHUNK), 0, CHUNK, offset);
          if (bytesRead === 0) return grew;
          grew = true;
          offset += bytesRead;
          const all = Buffer.concat([rest, buffer.subarray(0, bytesRead)]);
          const end = all.lastIndexOf(0x0a) + 1;
          rest = all.subarray(end);
          for (const line of all.subarray(0, end).toString('utf8').split('\n')) take(run, line);
        }
      } finally {
        await handle.close();
      }
    },
  };
}

function take(run: LiveRun, line: string): void {
  if (line === '') return;
  try {
    applyEvent(run, JSON.parse(line) as RunEvent & { readonly at: number });
  } catch {
    // A line that is none of a journal's; reports tell where it is broken.
    run.unread += 1;
  }
}
