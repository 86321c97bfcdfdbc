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
/**
 * What is there at some time of so long is there, ms: between two beats of what beats once a second there is no timer, and
 * whether a look falls between them is chance.
 */
const BEAT_MS = 1300;

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

/** The fewest of each kind that are held within a while: sockets and timers of what is over go away by themselves. */
export async function heldAtRest(temporary: string, restMs = REST_MS): Promise<Held> {
  const until = performance.now() + restMs;
  let least = await heldForABeat(temporary);
  while (performance.now() < until) least = each(Math.min, least, await heldForABeat(temporary));
  return least;
}

async function heldForABeat(temporary: string): Promise<Held> {
  let most = held(temporary);
  for (const until = performance.now() + BEAT_MS; performance.now() < until; ) {
    await sleep(LOOK_MS);
    most = each(Math.max, most, held(temporary));
  }
  return most;
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
  const until = performance.now() + patienceMs;
  let least = await heldForABeat(temporary);
  for (;;) {
    const leaks = [...least].flatMap(([kind, count]) => {
      const more = count - (before.get(kind) ?? 0);
      return more > 0 ? [{ kind, more }] : [];
    });
    if (leaks.length === 0 || performance.now() > until) return leaks;
    least = each(Math.min, least, await heldForABeat(temporary));
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

/** Of each kind what two counts come to. */
function each(of: (a: number, b: number) => number, a: Held, b: Held): Held {
  const kinds = new Set([...a.keys(), ...b.keys()]);
  return new Map([...kinds].map((kind) => [kind, of(a.get(kind) ?? 0, b.get(kind) ?? 0)]));
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
