import { join } from 'node:path';
import { readJournal } from '../evidence/journal.ts';
import { summaryOf } from '../report/summary.ts';
import { writeReports } from '../report/write.ts';
import { HarnessError } from '../terms/error.ts';
import { foldEvents } from '../terms/fold.ts';
import type { RunRecord } from '../terms/record.ts';

/** Reads a run's record from its journal; `damage` tells where the journal breaks off. */
export async function readRun(
  folder: string,
): Promise<{ readonly record: RunRecord; readonly damage: string | undefined }> {
  const file = join(folder, 'events.jsonl');
  const { events, intact, problem } = await readJournal(file);
  if (events.length === 0 || events[0]?.type !== 'run-start')
    throw new HarnessError(
      'RECORD_UNREADABLE',
      `${file} holds no run${problem === undefined ? '' : `: ${problem}`}`,
      {
        hint: 'name the folder of a run, e.g. reports/<run-id>',
      },
    );
  let record: RunRecord;
  try {
    record = foldEvents(events);
  } catch (cause) {
    throw new HarnessError('RECORD_UNREADABLE', `${file} holds events that are not of the form of a run`, {
      hint: 'read it with the version of Resetbench that wrote it',
      cause,
    });
  }
  return { record, damage: intact ? undefined : (problem ?? 'its chain is broken') };
}

/** Makes a run's record and every report from its journal alone. */
export async function renderRun(folder: string): Promise<{
  readonly record: RunRecord;
  /** For a terminal. */
  readonly lines: readonly string[];
  /** A report could not be written. */
  readonly failed: boolean;
}> {
  const { record, damage } = await readRun(folder);
  const written = await writeReports(folder, record);
  const errors = written.filter(({ error }) => error !== undefined);
  return {
    record,
    lines: [
      ...summaryOf(record).lines,
      ...(damage === undefined ? [] : [`The journal is damaged: ${damage}; what stands before it is shown.`]),
      ...errors.map(({ file: name, error }) => `${name} could not be written: ${error?.message}`),
    ],
    failed: errors.length > 0,
  };
}
