import { join } from 'node:path';
import { readJournal } from '../evidence/journal.ts';
import { summaryOf } from '../report/summary.ts';
import { writeReports } from '../report/write.ts';
import { HarnessError } from '../terms/error.ts';
import { foldEvents } from '../terms/fold.ts';
import type { RunRecord } from '../terms/record.ts';

/** Makes a run's record and every report from its journal alone. */
export async function renderRun(folder: string): Promise<{
  readonly record: RunRecord;
  /** For a terminal. */
  readonly lines: readonly string[];
  /** A report could not be written. */
  readonly failed: boolean;
}> {
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
  const record = foldEvents(events);
  const written = await writeReports(folder, record);
  const errors = written.filter(({ error }) => error !== undefined);
  return {
    record,
    lines: [
      ...summaryOf(record).lines,
      ...(intact ? [] : [`The journal is damaged: ${problem ?? ''}; what stands before it is shown.`]),
      ...errors.map(({ file: name, error }) => `${name} could not be written: ${error?.message}`),
    ],
    failed: errors.length > 0,
  };
}
