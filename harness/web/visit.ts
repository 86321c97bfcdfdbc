import { join } from 'node:path';
import type { Context } from 'hono';
import type { HistoryFilter } from '../history/filter.ts';
import { type RunLine, runsOf } from '../history/nights.ts';
import { HarnessError } from '../terms/error.ts';
import type { Visit } from './frame.ts';
import { type Env, pathOf } from './guard.ts';
import type { Watch } from './watch.ts';

/** Where a run lies. @param folder as the index names it */
export function folderPath(watch: Watch, folder: string): string {
  return join(watch.index.reports, folder);
}

/** What every page knows of a request. */
export function visitOf(c: Context<Env>, watch: Watch): Visit {
  return {
    session: c.get('session'),
    here: pathOf(c),
    problems: c.get('isStranger') ? [] : watch.problems(),
  };
}

/** The run of an address: only what stands in the index leads to a folder. */
export function runOf(watch: Watch, folder: string): RunLine | undefined {
  return runsOf(watch.index, {}, { folder, limit: 1 })[0];
}

/** A parameter of the address that is set. */
export function asked(c: Context<Env>, name: string): string | undefined {
  const value = c.req.query(name)?.trim();
  return value === '' ? undefined : value;
}

/** Longest name or pattern, and stars in it: more would only keep the server busy. */
const LONGEST = 100;
const STARS = 3;

/** A name or pattern. @throws HarnessError USAGE where it is none that could be meant */
export function pattern(c: Context<Env>, name: string): string | undefined {
  const value = asked(c, name);
  if (value === undefined) return undefined;
  if (value.length > LONGEST || value.split('*').length - 1 > STARS)
    throw new HarnessError(
      'USAGE',
      `${name} expects a name of at most ${LONGEST} characters with at most ${STARS} *`,
      {
        hint: 'Ask for less.',
      },
    );
  return value;
}

/** Midnight of a day, UTC, ms since the epoch. @throws HarnessError USAGE where it is no day */
export function day(c: Context<Env>, name: string): number | undefined {
  const value = asked(c, name);
  if (value === undefined) return undefined;
  const at = /^\d{4}-\d{2}-\d{2}$/.test(value) ? Date.parse(`${value}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(at))
    throw new HarnessError('USAGE', `${name} expects a day like 2026-11-01, found ${value.slice(0, 40)}`);
  return at;
}

const DAY_MS = 86_400_000;

/** Recorder, firmware and days that an address asks for. @throws HarnessError USAGE */
export function filterOf(c: Context<Env>): HistoryFilter {
  const dut = pattern(c, 'dut');
  const firmware = pattern(c, 'firmware');
  const since = day(c, 'since');
  const until = day(c, 'until');
  return {
    ...(dut !== undefined && { dut }),
    ...(firmware !== undefined && { firmware }),
    ...(since !== undefined && { since }),
    ...(until !== undefined && { before: until + DAY_MS }),
  };
}
