import type { RunEvent } from './record.ts';

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

/** What stands in an `events.jsonl`. */
export interface JournalReading {
  /** Up to the first line that is broken. */
  readonly events: readonly JournalEvent[];
  /** No line was altered, lost or added between others. A last line that was torn off while being written is intact. */
  readonly intact: boolean;
  /** What is wrong with which line (from 1). */
  readonly problem?: string;
}

/** `prev` of the first line. */
export const NO_LINE = '0'.repeat(64);

/** The lines of a journal, and what stands after the last line end: torn off while being written, or nothing. */
export function linesOf(text: string): { readonly lines: readonly string[]; readonly torn: string } {
  const lines = text.split('\n');
  const torn = lines.pop() ?? '';
  return { lines, torn };
}

/**
 * Reads the lines of a journal, and checks their chain.
 * @param hashes sha256 of each line, in hex
 */
export function readLines(
  { lines, torn }: ReturnType<typeof linesOf>,
  hashes: readonly string[],
): JournalReading {
  const events: JournalEvent[] = [];
  let prev = NO_LINE;
  for (const [index, line] of lines.entries()) {
    const event = parse(line);
    if (event === undefined) return broken(events, index + 1, 'is no event');
    if (event.seq !== index + 1) return broken(events, index + 1, `says that it is line ${event.seq}`);
    if (event.prev !== prev && index === 0) return broken([], 1, 'is not the first of its journal');
    if (event.prev !== prev)
      return broken(events.slice(0, -1), index, 'does not have the hash that the line after it tells');
    events.push(event);
    prev = hashes[index] ?? '';
  }
  if (torn === '') return { events, intact: true };
  const problem = `Line ${lines.length + 1} was torn off while it was written; it is left out.`;
  return { events, intact: true, problem };
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
