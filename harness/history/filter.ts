import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { globs } from '../terms/globs.ts';
import { inRange, parseRange } from '../terms/range.ts';
import { parseFirmware } from '../terms/version.ts';
import { rowsOf } from './store.ts';

/** Which results are asked for; what is not named is not narrowed. */
export interface HistoryFilter {
  /** An id, or a pattern in which `*` stands for anything. */
  readonly requirement?: string;
  readonly dut?: string;
  /** A version, a pattern, or bounds like `>=V4.21.000 <V4.30.000`. */
  readonly firmware?: string;
  /** Runs that began then or later, ms since the epoch. */
  readonly since?: number;
  /** Runs that began before, ms since the epoch. */
  readonly before?: number;
}

/** A condition for a query, and its values. */
export interface Condition {
  readonly sql: string;
  readonly values: readonly SQLInputValue[];
}

/** A filter over columns `dut`, `requirement`, `firmware`, `run` of a table. */
export function conditionOf(
  db: DatabaseSync,
  filter: HistoryFilter,
  columns: readonly ('dut' | 'requirement' | 'firmware')[],
  /** Before each column, e.g. `r.`. */
  table = '',
): Condition {
  const parts: string[] = [];
  const values: SQLInputValue[] = [];
  for (const column of columns) {
    const wanted = filter[column];
    if (wanted === undefined) continue;
    const { ids } = idsOf(db, column, wanted);
    parts.push(`${table}${column} IN (${ids.map(() => '?').join(', ')})`);
    values.push(...ids);
  }
  if (filter.since !== undefined) {
    parts.push(`${table}run >= ?`);
    values.push(filter.since * 1000);
  }
  if (filter.before !== undefined) {
    parts.push(`${table}run < ?`);
    values.push(filter.before * 1000);
  }
  return { sql: parts.length === 0 ? '1' : parts.join(' AND '), values };
}

/** The filter without patterns that all names fit: these narrow nothing, but a smaller table can answer without them. */
export function narrowing(db: DatabaseSync, filter: HistoryFilter): HistoryFilter {
  const { requirement, dut, firmware, ...times } = filter;
  const named = Object.entries({ requirement, dut, firmware }).filter(
    ([column, wanted]) => wanted !== undefined && !idsOf(db, column, wanted).all,
  );
  return { ...times, ...Object.fromEntries(named) };
}

function idsOf(
  db: DatabaseSync,
  kind: string,
  wanted: string,
): { readonly ids: readonly number[]; readonly all: boolean } {
  const range = kind === 'firmware' && /[<>=]/.test(wanted) ? parseRange(wanted) : undefined;
  const names = rowsOf<{ id: number; text: string }>(db, 'SELECT id, text FROM names WHERE kind = ?', kind);
  const fit = names.filter(({ text }) => {
    if (range === undefined) return globs(wanted, text);
    const version = parseFirmware(text);
    return version !== undefined && inRange(version, range);
  });
  return { ids: fit.map(({ id }) => id), all: names.length > 0 && fit.length === names.length };
}
