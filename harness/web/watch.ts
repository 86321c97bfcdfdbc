import { sep } from 'node:path';
import { type Night, nightsOf } from '../history/nights.ts';
import { type Standing, standingOf } from '../history/standing.ts';
import { type HistoryIndex, rowsOf } from '../history/store.ts';
import { updateHistory } from '../history/update.ts';
import type { Clock } from '../terms/clock.ts';

/** The index as the pages see it: kept up to date beside them, never in their way. */
export interface Watch {
  readonly index: HistoryIndex;
  /** Changes with whatever the index learned. */
  readonly version: () => number;
  /** Folders that hold no run that can be read. */
  readonly problems: () => readonly { readonly folder: string; readonly problem: string }[];
  /** Begins an update where the last one is old enough; does not wait for it. */
  readonly nudge: () => void;
  /** Resolves when an update that is under way is done. */
  readonly settled: () => Promise<void>;
  /** The newest nights, newest first. */
  readonly nights: () => readonly Night[];
  /** What stands of every requirement on every recorder. */
  readonly standing: () => readonly Standing[];
}

/** Ms between two updates, at least. */
const PAUSE_MS = 3_000;
/** An update may take this part of all time: the journal of a run under way is read whole each time. */
const SHARE = 10;
/** Nights that are kept at hand. */
const NIGHTS = 14;

/** A text about files of runs, without where on this machine they lie. */
export function withoutPlace(text: string, reports: string): string {
  return text.replaceAll(`${reports}${sep}`, '').replaceAll(reports, '');
}

/**
 * Brings the index up to date, and keeps it so whenever somebody looks.
 * @param onProblem hears why an update could not be made
 */
export async function openWatch(
  index: HistoryIndex,
  { clock, onProblem }: { readonly clock: Clock; readonly onProblem: (line: string) => void },
): Promise<Watch> {
  let version = 1;
  let problems: ReturnType<Watch['problems']> = [];
  let next = 0;
  let written: number | undefined;
  let running: Promise<void> | undefined;
  const update = async () => {
    const from = clock.monotonic();
    try {
      const updated = await updateHistory(index);
      // Another process may have written what this one would have read.
      const [row] = rowsOf<{ data_version: number }>(index.db, 'PRAGMA data_version');
      const isOther = row?.data_version !== written;
      written = row?.data_version;
      const before = JSON.stringify(problems);
      problems = updated.problems.map(({ folder, problem }) => ({
        folder,
        problem: withoutPlace(problem, index.reports),
      }));
      if (isOther || updated.read + updated.gone > 0 || JSON.stringify(problems) !== before) version += 1;
    } finally {
      const now = clock.monotonic();
      next = now + Math.max(PAUSE_MS, (now - from) * SHARE);
    }
  };
  await update();
  const kept = <T>(make: () => T): (() => T) => {
    let of = 0;
    let value: T | undefined;
    return () => {
      if (value === undefined || of !== version) {
        value = make();
        of = version;
      }
      return value;
    };
  };
  return {
    index,
    version: () => version,
    problems: () => problems,
    nudge() {
      if (running !== undefined || clock.monotonic() < next) return;
      running = update()
        .catch((error: unknown) => onProblem(`The index could not be updated: ${String(error)}`))
        .finally(() => {
          running = undefined;
        });
    },
    settled: async () => running,
    nights: kept(() => nightsOf(index, {}, NIGHTS)),
    standing: kept(() => standingOf(index)),
  };
}
