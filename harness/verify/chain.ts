import { type JournalReading, linesOf, NO_LINE, readLines } from '../terms/journal.ts';
import { type Bytes, sha256Hex, textOf, utf8 } from './bytes.ts';
import { type Check, checked, count } from './check.ts';
import { FILES } from './folder.ts';

/** A journal with the head of its chain. */
export interface Chain extends JournalReading {
  /** sha256 of the last whole line; 64 zeros where there is none. */
  readonly head: string;
  /** Whole lines. */
  readonly lines: number;
  /** The file is UTF-8. */
  readonly isText: boolean;
}

/** Reads `events.jsonl`. */
export async function readChain(bytes: Bytes): Promise<Chain> {
  const text = textOf(bytes);
  const read = linesOf(text);
  const hashes: string[] = [];
  for (const line of read.lines) hashes.push(await sha256Hex(utf8(line)));
  return {
    ...readLines(read, hashes),
    head: hashes.at(-1) ?? NO_LINE,
    lines: read.lines.length,
    isText: isUtf8(bytes),
  };
}

function isUtf8(bytes: Bytes): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

const CURE = 'take the file from where the run was made, or from a copy';

/** Whether each line holds the hash of the line before. */
export function checkChain({ intact, problem, lines, isText, events, head }: Chain): Check {
  const problems = [
    ...(intact ? [] : [{ place: FILES.events, what: problem ?? 'its chain is broken', cure: CURE }]),
    ...(isText ? [] : [{ place: FILES.events, what: 'holds bytes that are no UTF-8', cure: CURE }]),
    ...(events[0]?.type === 'run-start'
      ? []
      : [{ place: `${FILES.events} line 1`, what: 'is not the plan of a run', cure: CURE }]),
  ];
  const told =
    problems.length > 0
      ? `Of ${count(lines, 'line')}, ${count(events.length, 'line')} can be relied on.`
      : `${count(lines, 'line')}, each with the hash of the line before; the head is ${head}.`;
  return checked('chain', told, problems, { notes: intact && problem !== undefined ? [problem] : [] });
}
