import { createHash } from 'node:crypto';
import { appendFileSync, closeSync, fsync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { Clock } from '../terms/clock.ts';
import { HarnessError } from '../terms/error.ts';
import { type JournalReading, linesOf, NO_LINE, readLines } from '../terms/journal.ts';
import type { RunEvent } from '../terms/record.ts';

/** `events.jsonl` while a run goes on. */
export interface Journal extends AsyncDisposable {
  /** Appends one event; it is with the operating system when this returns, so that a killed run leaves all of them. */
  write(event: RunEvent): void;
  /** Resolves when all that was written is on the disk. */
  flush(): Promise<void>;
}

/**
 * Begins a journal.
 * @throws HarnessError RECORD_UNREADABLE where the file is there already or cannot be made; by `write` after closing.
 */
export async function openJournal(file: string, clock: Clock): Promise<Journal> {
  const descriptor = create(file);
  let open = true;
  let seq = 0;
  let prev = NO_LINE;
  const flush = () =>
    new Promise<void>((resolve, reject) => {
      if (!open) return resolve();
      fsync(descriptor, (error) => (error === null ? resolve() : reject(error)));
    });
  return {
    write(event) {
      if (!open)
        throw new HarnessError('RECORD_UNREADABLE', `${file} is closed; "${event.type}" came after it.`);
      const at = 'at' in event ? event.at : clock.now();
      const line = JSON.stringify({ seq: seq + 1, at, prev, ...event });
      appendFileSync(descriptor, `${line}\n`);
      seq += 1;
      prev = hash(line);
    },
    flush,
    async [Symbol.asyncDispose]() {
      if (!open) return;
      await flush();
      open = false;
      closeSync(descriptor);
    },
  };
}

function create(file: string): number {
  try {
    return openSync(file, 'ax', 0o644);
  } catch (cause) {
    throw new HarnessError('RECORD_UNREADABLE', `${file} could not be begun.`, { cause });
  }
}

/**
 * Reads a journal and checks its chain.
 * @throws HarnessError RECORD_UNREADABLE where there is no such file.
 */
export async function readJournal(file: string): Promise<JournalReading> {
  const read = linesOf(await textOf(file));
  return readLines(read, read.lines.map(hash));
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new HarnessError('RECORD_UNREADABLE', `There is no journal ${file} that could be read.`, {
      hint: 'Name the folder of a run; it has an events.jsonl.',
      cause,
    });
  }
}

function hash(line: string): string {
  return createHash('sha256').update(line).digest('hex');
}
