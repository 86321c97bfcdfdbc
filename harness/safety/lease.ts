import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../terms/clock.ts';
import { HarnessError } from '../terms/error.ts';
import { isMissing, makeFolder, placeFile, readIfThere, replaceFile, unusable } from './files.ts';
import { machineProcesses, type Processes, type ProcessId } from './processes.ts';

/** Who holds a recorder, or held it. */
export interface Holder extends ProcessId {
  /** What it does: `run`, `recover nvr-1`. */
  readonly what: string;
  /** ms since the epoch. */
  readonly since: number;
}

export interface LeaseOptions {
  /** Of the one recorder; made where it is not there. */
  readonly folder: string;
  /** The recorder, for messages. */
  readonly dut: string;
  readonly what: string;
  readonly clock: Clock;
  /** Default: those of this machine. */
  readonly processes?: Processes;
}

/** The right to touch one recorder. Dispose gives it back. */
export interface Lease extends AsyncDisposable {
  /** Grows with each grant: what carries a lower one is of the past. */
  readonly token: number;
  /** Where a dead holder's lease was taken over: a line that says so. */
  readonly tookOver: string | undefined;
  /** @throws HarnessError LEASE_LOST where it is this process's no more */
  check(): void;
}

interface Grant {
  readonly token: number;
  readonly holder: Holder;
  readonly returned: boolean;
}

/**
 * Takes the lease of a recorder. Grants are files with numbers, `lease-7.json`; the highest counts. A grant is never
 * changed by anybody but its holder, who returns it, and a dead process does not come back: so what was found of the
 * highest grant stays true, and whoever then makes the next number has it. A file is linked into place whole, which fails
 * where the number is taken: of two that try, one wins.
 * @throws HarnessError LEASE_HELD that names holder, since when, and the cure
 */
export function takeLease(options: LeaseOptions): Lease {
  const { folder, clock, processes = machineProcesses } = options;
  makeFolder(folder);
  for (;;) {
    const last = highest(folder);
    const tookOver = last === undefined || last.returned ? undefined : freed(last, options, processes);
    const token = (last?.token ?? 0) + 1;
    const holder = { ...processes.self(), what: options.what, since: clock.now() };
    const grant: Grant = { token, holder, returned: false };
    if (!placed(folder, grant)) continue;
    // One that was slow may have made a number that others had, and cleared away, before.
    if (highest(folder)?.token !== token) {
      rmSync(fileOf(folder, token), { force: true });
      continue;
    }
    clear(folder, token);
    return leaseOf(options, grant, tookOver);
  }
}

/** Who holds a recorder now; undefined where nobody alive does. */
export function holderOf(folder: string, processes: Processes = machineProcesses): Holder | undefined {
  const last = highest(folder);
  if (last === undefined || last.returned || processes.look(last.holder).is === 'gone') return undefined;
  return last.holder;
}

function leaseOf({ folder, dut, clock }: LeaseOptions, grant: Grant, tookOver: string | undefined): Lease {
  let returned = false;
  return {
    token: grant.token,
    tookOver,
    check() {
      const now = returned ? undefined : highest(folder);
      if (now?.token === grant.token && !now.returned) return;
      throw new HarnessError(
        'LEASE_LOST',
        `${dut} is no longer this run's${now === undefined || now.token === grant.token ? '' : `: ${told(now.holder, clock.now())} has it`}`,
        { hint: `start again once ${dut} is free; its passwords are kept: resetbench recover ${dut}` },
      );
    },
    async [Symbol.asyncDispose]() {
      if (returned) return;
      returned = true;
      if (highest(folder)?.token !== grant.token) return;
      replaceFile(fileOf(folder, grant.token), textOf({ ...grant, returned: true }));
    },
  };
}

/** A line that tells of a dead holder. @throws HarnessError LEASE_HELD of one that lives, or may */
function freed({ holder }: Grant, { folder, dut, clock }: LeaseOptions, processes: Processes): string {
  const life = processes.look(holder);
  const who = told(holder, clock.now());
  if (life.is === 'gone') return `took ${dut} over from ${who}: ${life.why}`;
  const doubt = life.is === 'unknown' ? `; whether it still runs cannot be seen from here: ${life.why}` : '';
  throw new HarnessError('LEASE_HELD', `${dut} is held by ${who}${doubt}`, {
    hint:
      life.is === 'unknown'
        ? `end it there; where it surely is gone, remove the files lease-*.json in ${folder}`
        : `wait for it to end, or end it: kill ${holder.pid}`,
  });
}

function told({ what, pid, host, since }: Holder, now: number): string {
  const minutes = Math.max(0, Math.floor((now - since) / 60_000));
  const ago = minutes === 0 ? 'just now' : `${minutes} min ago`;
  return `"${what}" (process ${pid} on ${host}, since ${new Date(since).toISOString()}, ${ago})`;
}

/** Lower grants are of the past. */
function clear(folder: string, token: number): void {
  for (const lower of tokens(folder)) if (lower < token) rmSync(fileOf(folder, lower), { force: true });
}

function highest(folder: string): Grant | undefined {
  for (;;) {
    const [token] = tokens(folder);
    if (token === undefined) return undefined;
    const text = readIfThere(fileOf(folder, token));
    // Cleared away meanwhile: then there is a higher one.
    if (text !== undefined) return grantOf(text, { file: fileOf(folder, token), token });
  }
}

/** Highest first. */
function tokens(folder: string): readonly number[] {
  return names(folder)
    .flatMap((name) => /^lease-(\d{1,15})\.json$/.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => b - a);
}

function names(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (isMissing(error)) return [];
    throw unusable(folder, error);
  }
}

/** @throws HarnessError CONFIG_INVALID where the folder takes no file */
function placed(folder: string, grant: Grant): boolean {
  return placeFile(fileOf(folder, grant.token), textOf(grant));
}

function fileOf(folder: string, token: number): string {
  return join(folder, `lease-${token}.json`);
}

function textOf(grant: Grant): string {
  return `${JSON.stringify(grant)}\n`;
}

/** Files are linked into place whole: one that cannot be read was not written by this program. */
function grantOf(text: string, { file, token }: { readonly file: string; readonly token: number }): Grant {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Told below.
  }
  // Another number than its file's would be counted on from, and never become the highest.
  if (isGrant(value) && value.token === token) return value;
  throw new HarnessError('RECORD_UNREADABLE', `${file} is no lease`, {
    hint: 'make sure that no run uses this recorder, and remove the file',
  });
}

function isGrant(value: unknown): value is Grant {
  if (typeof value !== 'object' || value === null) return false;
  const { token, holder, returned } = value as Readonly<Record<string, unknown>>;
  if (typeof token !== 'number' || typeof returned !== 'boolean') return false;
  if (typeof holder !== 'object' || holder === null) return false;
  const { pid, started, boot, host, space, what, since } = holder as Readonly<Record<string, unknown>>;
  return (
    Number.isSafeInteger(pid) &&
    Number(pid) > 0 &&
    // What is no time cannot be told.
    typeof since === 'number' &&
    Math.abs(since) <= 8.64e15 &&
    [started, boot, host, space, what].every((one) => typeof one === 'string')
  );
}
