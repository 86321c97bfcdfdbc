import type { DatabaseSync } from 'node:sqlite';
import { decisiveFailure } from '../terms/expectation.ts';
import { expectedOutcome } from '../terms/expected.ts';
import type { CaseRecord, RunRecord } from '../terms/record.ts';
import { type RunFolder, recordOf, runFolders } from './read.ts';
import { alone, emptyHistory, type HistoryIndex, rowsOf } from './store.ts';

/** What an update did. */
export interface Updated {
  /** Runs read, new or changed. */
  readonly read: number;
  /** Runs whose folder is gone. */
  readonly gone: number;
  readonly results: number;
  /** Folders that hold no run that can be read, all that are known. */
  readonly problems: readonly { readonly folder: string; readonly problem: string }[];
}

/**
 * Brings the index to what stands in its folder: reads runs that are new or changed, forgets those that are gone. Each
 * run is written whole or not at all; another process may do the same at the same time.
 * @param options.rebuild throws the index away first
 */
export async function updateHistory(
  { db, reports }: HistoryIndex,
  options: { readonly rebuild?: boolean } = {},
): Promise<Updated> {
  if (options.rebuild === true) emptyHistory(db);
  const folders = runFolders(reports);
  const known = new Map(
    rowsOf<{ name: string; stamp: string }>(db, 'SELECT name, stamp FROM folders').map((one) => [
      one.name,
      one.stamp,
    ]),
  );
  const there = new Set(folders.map(({ name }) => name));
  const gone = [...known.keys()].filter((name) => !there.has(name));
  if (gone.length > 0)
    alone(db, () => {
      for (const name of gone) forget(db, name);
    });
  const stale = folders.filter(({ name, stamp }) => known.get(name) !== stamp);
  let results = 0;
  let read = 0;
  for (const folder of stale) {
    const found = await recordOf(reports, folder);
    alone(db, () => {
      const [now] = rowsOf<{ stamp: string }>(db, 'SELECT stamp FROM folders WHERE name = ?', folder.name);
      // Another process was quicker.
      if (now?.stamp === folder.stamp) return;
      forget(db, folder.name);
      const problem = 'problem' in found ? found.problem : twinOf(db, found.record);
      if ('problem' in found || problem !== undefined) return note(db, folder, null, problem ?? '');
      try {
        note(db, folder, inserted(db, folder, found.record), null);
        results += found.record.cases.length;
        read += 1;
      } catch (error) {
        // One run of an odd form must not keep the others out.
        const what = error instanceof Error ? error.message : String(error);
        note(db, folder, null, `${folder.name} is not of the form of a run: ${what}`);
      }
    });
  }
  const problems = rowsOf<{ folder: string; problem: string }>(
    db,
    'SELECT name AS folder, problem FROM folders WHERE problem IS NOT NULL ORDER BY name',
  );
  return { read, gone: gone.length, results, problems };
}

/** A run is counted once, however many folders it lies in. */
function twinOf(db: DatabaseSync, { id, startedAt }: RunRecord): string | undefined {
  const [other] = rowsOf<{ folder: string }>(
    db,
    'SELECT folder FROM runs WHERE id = ? AND started = ? LIMIT 1',
    id,
    startedAt,
  );
  return other === undefined ? undefined : sameAs(other.folder);
}

function sameAs(folder: string): string {
  return `holds the same run as ${folder}, which is counted`;
}

/** Writes a run whole, or not at all. */
function inserted(db: DatabaseSync, folder: RunFolder, record: RunRecord): number {
  db.exec('SAVEPOINT one_run');
  try {
    const run = insert(db, folder, record);
    db.exec('RELEASE one_run');
    return run;
  } catch (error) {
    db.exec('ROLLBACK TO one_run; RELEASE one_run');
    throw error;
  }
}

function note(
  db: DatabaseSync,
  { name, stamp }: RunFolder,
  run: number | null,
  problem: string | null,
): void {
  db.prepare('INSERT INTO folders (name, stamp, run, problem) VALUES (?, ?, ?, ?)').run(
    name,
    stamp,
    run,
    problem,
  );
}

/** Takes a run out, and finds what is the newest of its cells now. */
function forget(db: DatabaseSync, folder: string): void {
  const [row] = rowsOf<{ run: number | null }>(db, 'SELECT run FROM folders WHERE name = ?', folder);
  db.prepare('DELETE FROM folders WHERE name = ?').run(folder);
  // A copy of it takes its place with the next update.
  db.prepare('DELETE FROM folders WHERE problem = ?').run(sameAs(folder));
  const run = row?.run;
  if (run === undefined || run === null) return;
  addToSums(db, run, -1);
  db.prepare('DELETE FROM sums WHERE pass + fail + inconc + error + none = 0').run();
  for (const table of ['runs', 'duts', 'results', 'not_run', 'tallies', 'shares'])
    db.prepare(`DELETE FROM ${table} WHERE run = ?`).run(run);
  const cells = rowsOf<{ dut: number; requirement: number }>(
    db,
    'SELECT dut, requirement FROM cells WHERE run = ?',
    run,
  );
  const newest = db.prepare('SELECT max(run) AS run FROM results WHERE dut = ? AND requirement = ?');
  for (const { dut, requirement } of cells) {
    const left = newest.get(dut, requirement)?.run;
    db.prepare('DELETE FROM cells WHERE dut = ? AND requirement = ?').run(dut, requirement);
    if (typeof left === 'number')
      db.prepare('INSERT INTO cells VALUES (?, ?, ?)').run(dut, requirement, left);
  }
}

/** Longest reason that is kept, characters. */
const LONGEST = 300;

function insert(db: DatabaseSync, folder: RunFolder, record: RunRecord): number {
  const run = freeNumber(db, record.startedAt);
  const name = namer(db);
  const of = (verdict: CaseRecord['verdict']) => record.cases.filter((one) => one.verdict === verdict).length;
  db.prepare('INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)').run(
    run,
    record.id,
    folder.name,
    record.startedAt,
    record.endedAt,
    folder.open ? 'open' : record.ended,
    record.verdict,
    record.harness?.by ?? null,
    record.harness?.commit ?? null,
    of('pass'),
    of('fail'),
    of('inconc'),
    of('error'),
    of('none'),
    record.cases.filter(({ flaky }) => flaky).length,
    record.notRun.filter(({ why }) => why === 'not-reached').length,
  );
  const firmwares = new Map(record.duts.map((dut) => [dut.id, name('firmware', dut.firmware)]));
  const dut = db.prepare('INSERT OR REPLACE INTO duts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
  for (const one of record.duts)
    dut.run(
      ...[run, name('dut', one.id), name('firmware', one.firmware), one.kind, one.family, one.model, one.gui],
      ...[
        one.profile,
        one.fault?.domain ?? null,
        one.fault === undefined ? null : cut(`${one.fault.rule}: ${one.fault.facts}`),
      ],
    );
  // An old run that is read again does not bring its wording back.
  const isNewest = rowsOf<{ last: number }>(db, 'SELECT max(run) AS last FROM runs')[0]?.last === run;
  const requirement = db.prepare(
    `INSERT OR ${isNewest ? 'REPLACE' : 'IGNORE'} INTO requirements VALUES (?, ?, ?, ?)`,
  );
  for (const one of record.requirements)
    requirement.run(name('requirement', one.id), one.kind, one.section, one.statement);
  const result = db.prepare('INSERT OR REPLACE INTO results VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
  for (const one of record.cases)
    result.run(
      ...[name('dut', one.dut), name('requirement', one.requirement), run],
      ...[
        firmwares.get(one.dut) ?? name('firmware', ''),
        one.verdict,
        one.attempts.at(-1)?.fault?.domain ?? null,
      ],
      ...[
        one.flaky ? 1 : 0,
        one.attempts.length,
        one.attempts.reduce((sum, { milliseconds }) => sum + milliseconds, 0),
      ],
      ...[expectedOutcome(one) ?? null, reasonOf(one) ?? null],
    );
  const notRun = db.prepare('INSERT OR REPLACE INTO not_run VALUES (?, ?, ?, ?, ?)');
  for (const one of record.notRun)
    notRun.run(run, name('dut', one.dut), name('requirement', one.requirement), one.why, cut(one.reason));
  addUp(db, run);
  return run;
}

function addUp(db: DatabaseSync, run: number): void {
  addToSums(db, run, 1);
  const counts = ['pass', 'fail', 'inconc', 'error', 'none']
    .map((verdict) => `sum(verdict = '${verdict}')`)
    .join(', ');
  for (const [table, by] of [
    ['tallies', 'requirement'],
    ['shares', 'dut'],
  ])
    db.prepare(
      `INSERT INTO ${table} SELECT ${by}, firmware, run, ${counts}, sum(flaky) FROM results WHERE run = ? GROUP BY ${by}, firmware`,
    ).run(run);
  db.prepare(
    'INSERT INTO cells SELECT dut, requirement, run FROM results WHERE run = ? ON CONFLICT DO UPDATE SET run = max(run, excluded.run)',
  ).run(run);
}

/** Adds a run's results to the sums over all runs, or takes them out. @param sign 1 or -1 */
function addToSums(db: DatabaseSync, run: number, sign: 1 | -1): void {
  const names = ['pass', 'fail', 'inconc', 'error', 'none'];
  const counts = names.map((verdict) => `${sign} * (verdict = '${verdict}')`).join(', ');
  const added = [...names, 'flaky'].map((name) => `${name} = ${name} + excluded.${name}`).join(', ');
  db.prepare(
    `INSERT INTO sums SELECT dut, requirement, firmware, ${counts}, ${sign} * flaky FROM results WHERE run = ? ON CONFLICT DO UPDATE SET ${added}`,
  ).run(run);
}

/** Runs that began in the same ms are parted by a number. */
function freeNumber(db: DatabaseSync, startedAt: number): number {
  const first = Math.trunc(startedAt) * 1000;
  const [row] = rowsOf<{ last: number | null }>(
    db,
    'SELECT max(run) AS last FROM runs WHERE run >= ? AND run < ?',
    first,
    first + 1000,
  );
  return row?.last === null || row?.last === undefined ? first : row.last + 1;
}

/** Finds the number of a name, or gives it one. */
function namer(db: DatabaseSync): (kind: 'dut' | 'requirement' | 'firmware', text: string) => number {
  const known = new Map(
    rowsOf<{ id: number; kind: string; text: string }>(db, 'SELECT id, kind, text FROM names').map((one) => [
      `${one.kind} ${one.text}`,
      one.id,
    ]),
  );
  const add = db.prepare('INSERT INTO names (kind, text) VALUES (?, ?)');
  return (kind, text) => {
    const key = `${kind} ${text}`;
    const id = known.get(key) ?? Number(add.run(kind, text).lastInsertRowid);
    known.set(key, id);
    return id;
  };
}

/** Why a case did not pass, or what did not hold, in one line. */
function reasonOf(one: CaseRecord): string | undefined {
  const last = one.attempts.at(-1);
  if (one.verdict === 'pass' || last === undefined) return undefined;
  const failed = decisiveFailure(last);
  const text =
    failed === undefined
      ? (last.reason ?? last.fault?.facts)
      : `${failed.title}: expected ${failed.expected}, seen ${failed.seen}`;
  return text === undefined ? undefined : cut(text);
}

function cut(text: string): string {
  const line = text.slice(0, LONGEST * 4).replace(/\s+/g, ' ');
  return line.length > LONGEST ? `${line.slice(0, LONGEST - 1)}…` : line;
}
