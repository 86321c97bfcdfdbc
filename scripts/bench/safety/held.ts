// What a process holds that a leak would add to, and how much memory is its own (Linux: /proc).
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** How many of each kind: descriptors by what they lead to, resources of the event loop, processes, temporary files. */
export type Held = ReadonlyMap<string, number>;

/** Sockets that are kept for the next request are closed within 5 s (default of Node's servers, keepAliveTimeout), ms. */
const REST_MS = 6000;
/** What is on its way to be closed has so long, ms. */
const PATIENCE_MS = 30_000;
/** How often it is looked at, ms. */
const LOOK_MS = 100;

/** What this process holds now. @param temporary its folder for temporary files */
export function held(temporary: string): Held {
  const kinds = [
    ...readdirSync('/proc/self/fd').flatMap(descriptorOf),
    ...process.getActiveResourcesInfo().map((kind) => `resource ${kind}`),
    ...descendantsOf(process.pid).map(({ name }) => `process ${name}`),
    ...readdirSync(temporary).map(() => 'temporary file'),
  ];
  const counts = new Map<string, number>();
  for (const kind of kinds) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return counts;
}

/** The fewest of each kind that are seen within a while: sockets and timers of what is over go away by themselves. */
export async function heldAtRest(temporary: string, restMs = REST_MS): Promise<Held> {
  let least = held(temporary);
  for (const until = performance.now() + restMs; performance.now() < until; ) {
    await sleep(LOOK_MS);
    least = fewer(least, held(temporary));
  }
  return least;
}

/**
 * What is held beyond what was held before, once all had its time to go away: one line a kind, as `socket: 2 more`. Empty
 * where nothing is.
 */
export async function leakedSince(
  before: Held,
  temporary: string,
  patienceMs = PATIENCE_MS,
): Promise<readonly Leak[]> {
  let least = held(temporary);
  for (const until = performance.now() + patienceMs; ; ) {
    const leaks = [...least].flatMap(([kind, count]) => {
      const more = count - (before.get(kind) ?? 0);
      return more > 0 ? [{ kind, more }] : [];
    });
    if (leaks.length === 0 || performance.now() > until) return leaks;
    await sleep(LOOK_MS);
    least = fewer(least, held(temporary));
  }
}

export interface Leak {
  readonly kind: string;
  readonly more: number;
}

/**
 * Memory that is a process's own, bytes: resident and swapped out, without the pages of program files, which come and go as
 * the kernel likes (proc(5): RssAnon, VmSwap).
 */
export function ownMemory(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const kilobytes = (name: string) =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0);
  return 1024 * (kilobytes('RssAnon') + kilobytes('VmSwap'));
}

function fewer(a: Held, b: Held): Held {
  return new Map(
    [...a].flatMap(([kind, count]) => {
      const least = Math.min(count, b.get(kind) ?? 0);
      return least > 0 ? [[kind, least] as const] : [];
    }),
  );
}

/** `socket`, `pipe`, or a path; none where it was closed meanwhile, as the one that lists the folder. */
function descriptorOf(number: string): readonly string[] {
  try {
    return [`descriptor ${readlinkSync(`/proc/self/fd/${number}`).replace(/:\[\d+\]$/, '')}`];
  } catch {
    return [];
  }
}

/** Processes that a process has started, and those that these have. */
function descendantsOf(ancestor: number): readonly { readonly pid: number; readonly name: string }[] {
  const all = readdirSync('/proc').flatMap((pid) => (/^\d+$/.test(pid) ? processOf(Number(pid)) : []));
  const found = new Map<number, string>();
  const parents = [ancestor];
  for (let parent = parents.pop(); parent !== undefined; parent = parents.pop())
    for (const one of all) {
      if (one.parent !== parent || found.has(one.pid)) continue;
      found.set(one.pid, one.name);
      parents.push(one.pid);
    }
  return [...found].map(([pid, name]) => ({ pid, name }));
}

/** None where it has ended meanwhile. */
function processOf(
  pid: number,
): readonly { readonly pid: number; readonly parent: number; readonly name: string }[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
    return state === 'Z' ? [] : [{ pid, parent: Number(parent), name }];
  } catch {
    return [];
  }
}
