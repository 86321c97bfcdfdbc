import { createHash } from 'node:crypto';
import { appendFileSync, closeSync, fsync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { Clock } from '../terms/clock.ts';
import { HarnessError } from '../terms/error.ts';
import type { RunEvent } from '../terms/record.ts';

/** What each line of `events.jsonl` has beside its event. */
export interface LineFields {
  /** 1, 2, 3, … */
  readonly seq: number;
  /** ms since the epoch: the event's own time if it has one, else when it was written. */
  readonly at: number;
  /** sha256 of the line before, without its line end; 64 zeros in the first line. */
  readonly prev: string;
}
export type JournalEvent = RunEvent & LineFields;

/** `events.jsonl` while a run goes on. */
export interface Journal extends AsyncDisposable {
  /** Appends one event; it is with the operating system when this returns, so that a killed run leaves all of them. */
  write(event: RunEvent): void;
  /** Resolves when all that was written is on the disk. */
  flush(): Promise<void>;
}

/** What stands in an `events.jsonl`. */
export interface JournalReading {
  /** Up to the first line that is broken. */
  readonly events: readonly JournalEvent[];
  /** No line was altered, lost or added between others. A last line that was torn off while being written is intact. */
  readonly intact: boolean;
  /** What is wrong with which line (from 1). */
  readonly problem?: string;
}

const NOTHING = '0'.repeat(64);

/**
 * Begins a journal.
 * @throws HarnessError RECORD_UNREADABLE where the file is there already or cannot be made; by `write` after closing.
 */
export async function openJournal(file: string, clock: Clock): Promise<Journal> {
  const descriptor = create(file);
  let open = true;
  let seq = 0;
  let prev = NOTHING;
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
  const lines = (await read(file)).split('\n');
  // What stands after the last line end was torn off while being written: nothing at all if nothing was.
  const torn = lines.pop() ?? '';
  const events: JournalEvent[] = [];
  let prev = NOTHING;
  for (const [index, line] of lines.entries()) {
    const event = parse(line);
    if (event === undefined) return broken(events, index + 1, 'is no event');
    if (event.seq !== index + 1) return broken(events, index + 1, `says that it is line ${event.seq}`);
    if (event.prev !== prev && index === 0) return broken([], 1, 'is not the first of its journal');
    if (event.prev !== prev)
      return broken(events.slice(0, -1), index, 'does not have the hash that the line after it tells');
    events.push(event);
    prev = hash(line);
  }
  if (torn === '') return { events, intact: true };
  const problem = `Line ${lines.length + 1} was torn off while it was written; it is left out.`;
  return { events, intact: true, problem };
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new HarnessError('RECORD_UNREADABLE', `There is no journal ${file} that could be read.`, {
      hint: 'Name the folder of a run; it has an events.jsonl.',
      cause,
    });
  }
}

function broken(events: readonly JournalEvent[], line: number, what: string): JournalReading {
  return { events, intact: false, problem: `Line ${line} ${what}; it and all after it are left out.` };
}

const TYPES = {
  'run-start': true,
  'dut-start': true,
  'dut-calibration': true,
  'dut-password': true,
  'dut-fault': true,
  'case-start': true,
  step: true,
  expectation: true,
  measurement: true,
  prompt: true,
  'case-end': true,
  'dut-end': true,
  'run-end': true,
} as const satisfies Record<RunEvent['type'], true>;

/** The event of a line; its fields are those that the journal wrote, as the chain vouches for. */
function parse(line: string): JournalEvent | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  return isEvent(value) ? value : undefined;
}

function isEvent(value: unknown): value is JournalEvent {
  if (typeof value !== 'object' || value === null) return false;
  const { type, seq, at, prev } = value as Readonly<Record<string, unknown>>;
  return (
    typeof type === 'string' &&
    Object.hasOwn(TYPES, type) &&
    typeof seq === 'number' &&
    typeof at === 'number' &&
    typeof prev === 'string'
  );
}

function hash(line: string): string {
  return createHash('sha256').update(line).digest('hex');
}
