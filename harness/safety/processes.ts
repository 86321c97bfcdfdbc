import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** A process as nobody else ever was: numbers of processes come again, these five together do not. */
export interface ProcessId {
  readonly pid: number;
  /** When it began, in a form that only compares: ticks since the boot (Linux), else what `ps` writes; empty where unknown. */
  readonly started: string;
  /** Which boot of the machine; empty where that cannot be told. */
  readonly boot: string;
  readonly host: string;
  /** Where numbers of processes are counted apart (containers); empty where there is no such thing. */
  readonly space: string;
}

/** Whether a process still is: `unknown` where it cannot be looked at from here, with the reason. */
export type Life =
  | { readonly is: 'alive' }
  | { readonly is: 'gone'; readonly why: string }
  | { readonly is: 'unknown'; readonly why: string };

/** Looks processes up. */
export interface Processes {
  self(): ProcessId;
  look(process: ProcessId): Life;
}

/** The processes of this machine. On Linux by proc(5): boot id, state and start time; elsewhere by `kill(pid, 0)` and `ps`. */
export const machineProcesses: Processes = {
  self: () => ({
    pid: process.pid,
    started: begunOf(process.pid)?.started ?? '',
    boot: bootOf(),
    host: hostname(),
    space: spaceOf(),
  }),
  look: (one) => judge(one, { host: hostname(), boot: bootOf(), space: spaceOf() }, begunOf),
};

/** What is so here and now of a process with this number; undefined where there is none. */
type Begun = (pid: number) => { readonly started: string; readonly dead: boolean } | undefined;

/** The rules, on facts that are handed in. */
export function judge(one: ProcessId, here: Pick<ProcessId, 'host' | 'boot' | 'space'>, begun: Begun): Life {
  if (one.host !== here.host) return { is: 'unknown', why: `it runs on ${one.host}, this is ${here.host}` };
  if (one.boot !== here.boot) return { is: 'gone', why: 'the machine was started again since' };
  if (one.space !== here.space) return { is: 'unknown', why: 'it runs in another container' };
  const now = begun(one.pid);
  if (now === undefined) return { is: 'gone', why: `there is no process ${one.pid} any more` };
  if (now.dead) return { is: 'gone', why: `process ${one.pid} has ended` };
  if (now.started !== one.started) return { is: 'gone', why: `process ${one.pid} is another one now` };
  return { is: 'alive' };
}

function begunOf(pid: number): ReturnType<Begun> {
  if (process.platform === 'linux') {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      // The name stands in brackets and may hold anything; state is field 3, start time field 22 (proc(5)).
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return { started: fields[19] ?? '', dead: fields[0] === 'Z' || fields[0] === 'X' };
    } catch {
      return undefined;
    }
  }
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it is there, and another user's.
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return undefined;
  }
  return { started: psStart(pid), dead: false };
}

/** The time that `ps` tells, to the second; empty where there is no `ps` (Windows): then the number alone counts. */
function psStart(pid: number): string {
  try {
    const options = {
      encoding: 'utf8',
      timeout: 5000,
      env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
    } as const;
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], options).trim();
  } catch {
    return '';
  }
}

/** Linux tells each boot by a random id; `ps` elsewhere tells whole dates, which need none. */
export function bootOf(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return '';
  }
}

function spaceOf(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}
