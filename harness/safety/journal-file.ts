import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, ftruncateSync, openSync, truncateSync } from 'node:fs';
import { HarnessError } from '../terms/error.ts';
import { placeFile, readIfThere, writeAll } from './files.ts';
import { freshSalt, type KeySource, type Seal, sealFor } from './seal.ts';

/** The first line of a journal. */
export interface JournalHeader {
  readonly resetbench: 'passwords';
  readonly version: 1;
  readonly dut: string;
  readonly serialNumber: string;
  readonly salt: string;
}
/** One line that was kept; `text` is what was sealed. */
export interface JournalLine {
  readonly seq: number;
  /** ms since the epoch. */
  readonly at: number;
  readonly text: string;
}

/** What stands in a sealed journal. */
export interface SealedReading {
  readonly header: JournalHeader;
  readonly lines: readonly JournalLine[];
  /** Sentences about what is not as it was written: a torn last line, or worse. */
  readonly told: readonly string[];
  /** A line was changed, lost or put in: nothing may be added behind it. */
  readonly damaged: boolean;
}

/** A journal to which is added. */
export interface SealedFile {
  /** Returns when the line is on the disk. @throws HarnessError RECORD_UNREADABLE where it cannot be */
  add(text: string, at: number): number;
  close(): void;
}

/** Sealed in the header, to tell a wrong key from a changed file. */
const CHECK = 'this is the key';
/** Of lines that are wrong, so many are named. */
const MOST_TOLD = 5;

/**
 * Begins a journal: a header in clear, then lines that are sealed one by one. Each line carries the hash of the one
 * before, which is bound to what it seals: none can be changed, dropped from the middle, or put elsewhere unnoticed.
 * Lines cut off at the end are not noticed.
 */
export function beginSealed(
  file: string,
  unit: { readonly dut: string; readonly serialNumber: string },
  { source, sync }: { readonly source: KeySource; readonly sync: boolean },
): SealedFile {
  const salt = freshSalt();
  const header: JournalHeader = { resetbench: 'passwords', version: 1, ...unit, salt };
  const seal = sealFor(source, salt);
  const line = JSON.stringify({ ...header, check: seal.close(CHECK, salt) });
  if (!placeFile(file, `${line}\n`, sync))
    throw new HarnessError('RECORD_UNREADABLE', `${file} is there already`);
  return appender(file, seal, { seq: 0, prev: hash(line), sync });
}

/** Goes on with a journal that was read. @throws HarnessError RECORD_UNREADABLE where it is damaged */
export function continueSealed(
  file: string,
  { source, sync }: { readonly source: KeySource; readonly sync: boolean },
): SealedFile {
  const { seal, seq, prev, bytes, reading } = parse(file, source);
  if (reading.damaged)
    throw new HarnessError('RECORD_UNREADABLE', `${file} is damaged: ${reading.told.join(' ')}`, {
      hint: 'nothing is added to it; `resetbench recover` still reads what can be read',
    });
  // A line that was torn off while it was written was never acted on.
  truncateSync(file, bytes);
  return appender(file, seal, { seq, prev, sync });
}

/**
 * Reads a journal.
 * @throws HarnessError RECORD_UNREADABLE where it is none, CREDENTIALS_REFUSED where the key is another one's, CONFIG_MISSING
 * and CONFIG_INVALID as {@link sealFor}
 */
export function readSealed(file: string, source: KeySource): SealedReading {
  return parse(file, source).reading;
}

function appender(
  file: string,
  seal: Seal,
  from: { readonly seq: number; readonly prev: string; readonly sync: boolean },
): SealedFile {
  const descriptor = openSync(file, 'a');
  let { seq, prev } = from;
  let bytes = Buffer.byteLength(readIfThere(file) ?? '');
  return {
    add(text, at) {
      const next = seq + 1;
      const line = JSON.stringify({ seq: next, at, prev, sealed: seal.close(text, `${next} ${at} ${prev}`) });
      try {
        writeAll(descriptor, `${line}\n`);
        if (from.sync) fsyncSync(descriptor);
      } catch (cause) {
        // Half a line must not stand before the next one.
        ftruncateSync(descriptor, bytes);
        throw new HarnessError('RECORD_UNREADABLE', `${file} takes no more lines`, {
          cause,
          hint: 'make room on its disk; no new password is keyed in before it is kept',
        });
      }
      seq = next;
      prev = hash(line);
      bytes += Buffer.byteLength(line) + 1;
      return next;
    },
    close: () => closeSync(descriptor),
  };
}

function parse(
  file: string,
  source: KeySource,
): {
  readonly seal: Seal;
  readonly seq: number;
  readonly prev: string;
  /** Length of what is whole. */
  readonly bytes: number;
  readonly reading: SealedReading;
} {
  const parts = (readIfThere(file) ?? '').split('\n');
  const told: string[] = [];
  if (parts.pop() !== '') told.push('The last line was torn off while it was written; it is left out.');
  const [first = '', ...rest] = parts;
  const header = headerOf(first, file);
  const seal = sealFor(source, header.salt);
  if (seal.open(header.check, header.salt) !== CHECK)
    throw new HarnessError('CREDENTIALS_REFUSED', `${file} was sealed with another key`, {
      hint: 'give the key of then: RESETBENCH_KEY or RESETBENCH_KEY_FILE',
    });
  const lines: JournalLine[] = [];
  let [seq, prev, bytes] = [0, hash(first), Buffer.byteLength(first) + 1];
  const wrong: number[] = [];
  for (const [at, text] of rest.entries()) {
    const line = lineOf(text, seal);
    if (line === undefined || line.prev !== prev || line.seq !== seq + 1) wrong.push(at + 2);
    if (line === undefined) continue;
    lines.push({ seq: line.seq, at: line.at, text: line.text });
    [seq, prev, bytes] = [line.seq, hash(text), bytes + Buffer.byteLength(text) + 1];
  }
  for (const number of wrong.slice(0, MOST_TOLD))
    told.push(`Line ${number} is not as it was written, or does not follow the line before.`);
  if (wrong.length > MOST_TOLD) told.push(`Nor are ${wrong.length - MOST_TOLD} more lines behind it.`);
  const damaged = wrong.length > 0;
  const { check: _, ...plain } = header;
  return { seal, seq, prev, bytes, reading: { header: plain, lines, told, damaged } };
}

function headerOf(line: string, file: string): JournalHeader & { readonly check: string } {
  const value = jsonOf(line);
  const { resetbench, version, dut, serialNumber, salt, check } = value ?? {};
  if (
    resetbench !== 'passwords' ||
    version !== 1 ||
    typeof dut !== 'string' ||
    typeof serialNumber !== 'string' ||
    typeof salt !== 'string' ||
    typeof check !== 'string'
  )
    throw new HarnessError('RECORD_UNREADABLE', `${file} is no journal of passwords`, {
      hint: 'restore it from a copy, or, where the password of the recorder is known for sure, move it away',
    });
  return { resetbench, version, dut, serialNumber, salt, check };
}

/** A line as it was sealed; undefined where it was changed. */
function lineOf(text: string, seal: Seal): (JournalLine & { readonly prev: string }) | undefined {
  const { seq, at, prev, sealed } = jsonOf(text) ?? {};
  if (typeof seq !== 'number' || typeof at !== 'number') return undefined;
  if (typeof prev !== 'string' || typeof sealed !== 'string') return undefined;
  const opened = seal.open(sealed, `${seq} ${at} ${prev}`);
  return opened === undefined ? undefined : { seq, at, prev, text: opened };
}

function jsonOf(text: string): Readonly<Record<string, unknown>> | undefined {
  // As each line was written. A journal may have grown by thousands of empty ones, and to fail costs much more than this look.
  if (!text.startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
function hash(line: string): string {
  return createHash('sha256').update(line).digest('hex');
}
