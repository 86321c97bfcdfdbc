// What a twin costs in an emulator process: time until it is ready, and memory. Prints JSON when run directly.
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** What a twin costs in a process with many: medians of several processes, each an upper bound. */
export interface TwinCosts {
  /** Wall time from the plan until all twins listen on all their ports, by the number of twins, ms. */
  readonly twin_ready_ms: number;
  /** Growth of resident memory by the number of twins, with garbage and all, MB (10^6 bytes). */
  readonly twin_rss_mb: number;
}

const PROGRAM = fileURLToPath(new URL('../../harness/emulator/main.ts', import.meta.url));
const ROUNDS = 5;
/** A process is at rest when it used no more than a hundredth of a second of CPU in so long, ms. */
const REST_MS = 400;
const REST_TRIES = 50;
const KINDS = [
  { family: 'nvr', model: 'DS-7616NI-K2', firmware: 'V4.30.097', gui: '4.0', resolution: '1920x1080' },
  { family: 'hghi-f', model: 'DS-7216HGHI-F2', firmware: 'V3.5.10', gui: '3.0', resolution: '1280x720' },
  { family: 'dvr-k', model: 'DS-7104HGHI-K1', firmware: 'V4.21.150', gui: 'lite', resolution: '1024x768' },
];

/** The members of the ready line that are used here. */
interface Ready {
  readonly recorders: readonly { readonly httpUrl: string; readonly displayUrl: string }[];
}

/**
 * Starts emulators one after the other, each with `count` twins of all three menus, uses every twin (HTTP asked,
 * display watched), and compares with the same process before it had its plan: loaded, and without a twin. A
 * process with one twin is no better to compare with: what twelve more cost is less than two equal processes differ
 * by. Linux only: reads /proc.
 */
export async function measureTwins(count = 12): Promise<TwinCosts> {
  const samples: Sample[] = [];
  for (let round = 0; round < ROUNDS; round++) samples.push(await sample(count));
  const each = (of: (sample: Sample) => number) => Number((median(samples.map(of)) / count).toFixed(2));
  return { twin_ready_ms: each(({ readyMs }) => readyMs), twin_rss_mb: each(({ rssMb }) => rssMb) };
}

interface Sample {
  readonly readyMs: number;
  readonly rssMb: number;
}

async function sample(twins: number): Promise<Sample> {
  const child = spawn(process.execPath, [PROGRAM]);
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  try {
    const { pid } = child;
    if (pid === undefined) throw new Error('the emulator could not be started');
    await rest(pid);
    const empty = rssOf(pid);
    const from = performance.now();
    const { recorders } = await ready(child, planOf(twins));
    const readyMs = performance.now() - from;
    if (recorders.length !== twins) throw new Error(`${recorders.length} of ${twins} twins are there`);
    const watched = await Promise.all(
      recorders.map(async ({ httpUrl, displayUrl }) => {
        await (await fetch(`${httpUrl}/ISAPI/System/deviceInfo`)).arrayBuffer();
        await (await fetch(displayUrl)).arrayBuffer();
        return watch(displayUrl);
      }),
    );
    await rest(pid);
    const rssMb = rssOf(pid) - empty;
    for (const socket of watched) socket.close();
    return { readyMs, rssMb };
  } finally {
    child.stdin.end();
    await closed;
  }
}

function planOf(twins: number): string {
  const recorders = Array.from({ length: twins }, (_, at) => ({
    id: `twin-${at}`,
    ...KINDS[at % KINDS.length],
    build: 'build 200922',
    language: 'en',
    adminPassword: 'Harbour-77',
    reservedEmail: 'owner@lab.example',
  }));
  return JSON.stringify({ smtp: { host: '127.0.0.1', port: 25 }, recorders });
}

function ready(child: ChildProcessWithoutNullStreams, plan: string): Promise<Ready> {
  return new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', (line) => resolve(JSON.parse(line) as Ready));
    child.stderr.once('data', (chunk: Buffer) => reject(new Error(chunk.toString())));
    child.once('exit', () => reject(new Error('the emulator ended before its twins were ready')));
    child.stdin.write(`${plan}\n`);
  });
}

/** A page that shows the display; resolves with its first picture. */
function watch(displayUrl: string): Promise<WebSocket> {
  const socket = new WebSocket(displayUrl.replace('http', 'ws'));
  return new Promise((resolve, reject) => {
    socket.addEventListener('message', () => resolve(socket), { once: true });
    socket.addEventListener('error', () => reject(new Error(`no picture from ${displayUrl}`)));
  });
}

/** Waits until a process has nothing more to do. */
async function rest(pid: number): Promise<void> {
  let before = -REST_TRIES;
  for (let tries = 0; tries < REST_TRIES; tries++) {
    const now = cpuTicks(pid);
    if (now > 0 && now - before <= 1) return;
    before = now;
    await sleep(REST_MS);
  }
  throw new Error(`process ${pid} does not come to rest`);
}

/** User and system time so far, in hundredths of a second (proc(5), fields 14 and 15). */
function cpuTicks(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}

function rssOf(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  if (kilobytes === undefined) throw new Error(`no VmRSS of process ${pid}`);
  return (Number(kilobytes) * 1024) / 1e6;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

if (import.meta.main) console.log(JSON.stringify(await measureTwins()));
