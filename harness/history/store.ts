import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { HarnessError } from '../terms/error.ts';

/** An opened index over a folder of runs. Only what stands in the folder is true; the index can be thrown away. */
export interface HistoryIndex extends Disposable {
  /** The folder of runs. */
  readonly reports: string;
  readonly db: DatabaseSync;
  /** Why it was begun anew, where an older one could not be used. */
  readonly renewed: string | undefined;
}

/** Name of the index in its folder of runs. */
export const HISTORY_FILE = 'history.sqlite';

/** Of the tables below; an index of another is begun anew. */
const VERSION = 2;
/** How long one process waits while another writes, ms. A run is written in much less. */
const PATIENCE = 20_000;

/**
 * `run` is when the run began, ms since the epoch, times 1000, and a number where several began at once: so that order
 * of numbers is order of time. DUTs, requirements and firmwares are numbers of `names`.
 */
const TABLES = `
CREATE TABLE names (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, text TEXT NOT NULL, UNIQUE (kind, text));
CREATE TABLE folders (name TEXT PRIMARY KEY, stamp TEXT NOT NULL, run INTEGER, problem TEXT) WITHOUT ROWID;
CREATE TABLE runs (
  run INTEGER PRIMARY KEY, id TEXT NOT NULL, folder TEXT NOT NULL UNIQUE, started INTEGER NOT NULL, ended INTEGER NOT NULL,
  ending TEXT NOT NULL, verdict TEXT NOT NULL, made_by TEXT, commit_id TEXT,
  pass INTEGER NOT NULL, fail INTEGER NOT NULL, inconc INTEGER NOT NULL, error INTEGER NOT NULL, none INTEGER NOT NULL,
  flaky INTEGER NOT NULL, not_reached INTEGER NOT NULL);
CREATE TABLE duts (
  run INTEGER NOT NULL, dut INTEGER NOT NULL, firmware INTEGER NOT NULL, kind TEXT NOT NULL, family TEXT NOT NULL,
  model TEXT NOT NULL, gui TEXT NOT NULL, profile TEXT NOT NULL, fault_domain TEXT, fault TEXT,
  PRIMARY KEY (run, dut)) WITHOUT ROWID;
CREATE TABLE requirements (requirement INTEGER PRIMARY KEY, kind TEXT NOT NULL, section TEXT NOT NULL, statement TEXT NOT NULL);
CREATE TABLE results (
  dut INTEGER NOT NULL, requirement INTEGER NOT NULL, run INTEGER NOT NULL, firmware INTEGER NOT NULL, verdict TEXT NOT NULL,
  domain TEXT, flaky INTEGER NOT NULL, attempts INTEGER NOT NULL, ms REAL NOT NULL, outcome TEXT, reason TEXT,
  PRIMARY KEY (dut, requirement, run)) WITHOUT ROWID;
CREATE INDEX results_of_run ON results (run);
CREATE INDEX results_of_requirement ON results (requirement, run);
CREATE TABLE not_run (
  run INTEGER NOT NULL, dut INTEGER NOT NULL, requirement INTEGER NOT NULL, why TEXT NOT NULL, reason TEXT NOT NULL,
  PRIMARY KEY (run, dut, requirement)) WITHOUT ROWID;
-- What a trend over all DUTs adds up, so that it need not read every result.
CREATE TABLE tallies (
  requirement INTEGER NOT NULL, firmware INTEGER NOT NULL, run INTEGER NOT NULL,
  pass INTEGER NOT NULL, fail INTEGER NOT NULL, inconc INTEGER NOT NULL, error INTEGER NOT NULL, none INTEGER NOT NULL,
  flaky INTEGER NOT NULL, PRIMARY KEY (requirement, firmware, run)) WITHOUT ROWID;
CREATE INDEX tallies_of_run ON tallies (run);
CREATE TABLE shares (
  dut INTEGER NOT NULL, firmware INTEGER NOT NULL, run INTEGER NOT NULL,
  pass INTEGER NOT NULL, fail INTEGER NOT NULL, inconc INTEGER NOT NULL, error INTEGER NOT NULL, none INTEGER NOT NULL,
  flaky INTEGER NOT NULL, PRIMARY KEY (dut, firmware, run)) WITHOUT ROWID;
CREATE INDEX shares_of_run ON shares (run);
-- Over all runs.
CREATE TABLE sums (
  dut INTEGER NOT NULL, requirement INTEGER NOT NULL, firmware INTEGER NOT NULL,
  pass INTEGER NOT NULL, fail INTEGER NOT NULL, inconc INTEGER NOT NULL, error INTEGER NOT NULL, none INTEGER NOT NULL,
  flaky INTEGER NOT NULL, PRIMARY KEY (dut, requirement, firmware)) WITHOUT ROWID;
-- The newest result of each requirement on each DUT.
CREATE TABLE cells (dut INTEGER NOT NULL, requirement INTEGER NOT NULL, run INTEGER NOT NULL, PRIMARY KEY (dut, requirement)) WITHOUT ROWID;
PRAGMA user_version = ${VERSION};
`;

/**
 * Opens the index of a folder of runs, or begins it; what stands in it may be old until `updateHistory`. Several
 * processes may have it open and write.
 * @param file default: `history.sqlite` in the folder; `:memory:` for one that nobody else sees
 * @throws HarnessError USAGE where there is no such folder; RECORD_UNREADABLE where the file can neither be read nor made
 */
export function openHistory(reports: string, file: string = join(reports, HISTORY_FILE)): HistoryIndex {
  if (statSync(reports, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new HarnessError('USAGE', `there is no folder of runs ${reports}`, {
      hint: 'make a run with `resetbench run`, or name another folder with --reports',
    });
  try {
    return { reports, ...begun(file, undefined), ...closing };
  } catch (error) {
    if (file === ':memory:' || !isDamage(error)) throw unreadable(file, error);
    // It holds nothing that the runs do not: another is made.
    for (const tail of ['', '-wal', '-shm']) rmSync(`${file}${tail}`, { force: true });
    try {
      return { reports, ...begun(file, `it was damaged (${textOf(error)})`), ...closing };
    } catch (again) {
      throw unreadable(file, again);
    }
  }
}

const closing = {
  [Symbol.dispose](this: Pick<HistoryIndex, 'db'>) {
    if (this.db.isOpen) this.db.close();
  },
};

/** Does something in one transaction, alone among all processes that write. */
export function alone<T>(db: DatabaseSync, act: () => T): T {
  db.exec('BEGIN IMMEDIATE');
  try {
    const result = act();
    db.exec('COMMIT');
    return result;
  } catch (error) {
    db.exec('ROLLBACK');
    throw error;
  }
}

/** Throws away all that the index holds. */
export function emptyHistory(db: DatabaseSync): void {
  const tables = rowsOf<{ name: string }>(db, "SELECT name FROM sqlite_schema WHERE type = 'table'");
  alone(db, () => {
    for (const { name } of tables) db.exec(`DROP TABLE IF EXISTS ${name}`);
    db.exec(TABLES);
  });
}

/** The rows of a query, which names its columns as `T` has them. */
export function rowsOf<T extends object>(
  db: DatabaseSync,
  sql: string,
  ...values: readonly SQLInputValue[]
): readonly T[] {
  // Each query of this room stands beside the type of its rows.
  return db.prepare(sql).all(...values) as unknown as readonly T[];
}

function begun(file: string, damage: string | undefined): Pick<HistoryIndex, 'db' | 'renewed'> {
  const db = new DatabaseSync(file, { timeout: PATIENCE });
  try {
    readAhead(db);
    const { version, tables } = stateOf(db);
    if (version === VERSION) return { db, renewed: damage };
    alone(db, () => {
      // Another process may have made them since.
      if (stateOf(db).version === VERSION) return;
      for (const { name } of rowsOf<{ name: string }>(
        db,
        "SELECT name FROM sqlite_schema WHERE type = 'table'",
      ))
        db.exec(`DROP TABLE IF EXISTS ${name}`);
      db.exec(TABLES);
    });
    return { db, renewed: damage ?? (tables === 0 ? undefined : 'it was made by another version') };
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Readers go on while one process writes. Two that begin at once: SQLite lets neither wait for the other here. */
function readAhead(db: DatabaseSync): void {
  const until = Date.now() + PATIENCE;
  for (;;) {
    try {
      db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
      return;
    } catch (error) {
      if (!/locked|busy/i.test(textOf(error)) || Date.now() > until) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    }
  }
}

function stateOf(db: DatabaseSync): { readonly version: number; readonly tables: number } {
  const [row] = rowsOf<{ version: number; tables: number }>(
    db,
    'SELECT (SELECT user_version FROM pragma_user_version) AS version, (SELECT count(*) FROM sqlite_schema) AS tables',
  );
  return row ?? { version: 0, tables: 0 };
}

/** https://sqlite.org/rescode.html: SQLITE_CORRUPT 11, SQLITE_NOTADB 26; extended codes have them in their lowest byte. */
function isDamage(error: unknown): boolean {
  const code = error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : 0;
  return code === 11 || code === 26;
}

function unreadable(file: string, cause: unknown): HarnessError {
  return new HarnessError('RECORD_UNREADABLE', `The index ${file} cannot be opened: ${textOf(cause)}`, {
    hint: 'see that the folder can be written, or name another place with --index FILE',
    cause,
  });
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
