import { readdirSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readJournal } from '../evidence/journal.ts';
import { foldEvents } from '../terms/fold.ts';
import type { RunRecord } from '../terms/record.ts';

/** A folder that holds a run, and what its files looked like. */
export interface RunFolder {
  readonly name: string;
  /** Of sizes and times of `run.json` and `events.jsonl`; another stamp is another content. */
  readonly stamp: string;
  /** No `run.json` yet: the run is under way, or its process died. */
  readonly open: boolean;
}

/** Every folder of runs in `reports`, by name. */
export function runFolders(reports: string): readonly RunFolder[] {
  return readdirSync(reports, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() || entry.isSymbolicLink())
    .flatMap(({ name }) => {
      const record = stampOf(join(reports, name, 'run.json'));
      const journal = stampOf(join(reports, name, 'events.jsonl'));
      if (record === undefined && journal === undefined) return [];
      return [{ name, stamp: `${record ?? '-'} ${journal ?? '-'}`, open: record === undefined }];
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function stampOf(file: string): string | undefined {
  const stat = statSync(file, { bigint: true, throwIfNoEntry: false });
  return stat === undefined ? undefined : `${stat.size}:${stat.mtimeNs}`;
}

/** What a folder says of its run: the record, or why there is none. */
export async function recordOf(
  reports: string,
  { name, open }: Pick<RunFolder, 'name' | 'open'>,
): Promise<{ readonly record: RunRecord } | { readonly problem: string }> {
  const file = join(reports, name, open ? 'events.jsonl' : 'run.json');
  try {
    if (!open) return checked(JSON.parse(await readFile(file, 'utf8')), file);
    const { events, problem } = await readJournal(file);
    if (events.length === 0)
      return { problem: `${file} holds no event${problem === undefined ? '' : `: ${problem}`}` };
    return { record: foldEvents(events) };
  } catch (error) {
    return { problem: `${file}: ${error instanceof Error ? error.message : String(error)}` };
  }
}

/** Enough of the shape to index it; what else it says is for others to check. */
function checked(
  value: unknown,
  file: string,
): { readonly record: RunRecord } | { readonly problem: string } {
  const lists = ['duts', 'requirements', 'cases', 'notRun'] as const;
  if (typeof value !== 'object' || value === null) return { problem: `${file} is no record` };
  const record = value as Partial<RunRecord>;
  if (record.schema !== 1)
    return { problem: `${file} has schema ${String(record.schema)}, this program knows 1` };
  const missing = [
    ...lists.filter((key) => !Array.isArray(record[key])),
    ...(typeof record.id === 'string' ? [] : ['id']),
    ...(isTime(record.startedAt) ? [] : ['startedAt']),
    ...(isTime(record.endedAt) ? [] : ['endedAt']),
    ...(typeof record.verdict === 'string' ? [] : ['verdict']),
    ...(typeof record.ended === 'string' ? [] : ['ended']),
  ];
  return missing.length > 0
    ? { problem: `${file} is no record: ${missing.join(', ')} is missing` }
    : { record: record as RunRecord };
}

/** A time that a calendar has, ms since the epoch. */
function isTime(value: unknown): boolean {
  return typeof value === 'number' && !Number.isNaN(new Date(value).getTime());
}
