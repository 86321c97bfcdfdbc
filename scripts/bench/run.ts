// The main job as a user starts it: how long, how much memory, and what it gains from working on several at a time.
import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const CLI = fileURLToPath(new URL('../../harness/cli/main.ts', import.meta.url));

export interface RunCosts {
  readonly seconds: number;
  /** Highest sum over all its processes of the memory they hold, each shared page counted once, MB (10^6 bytes). */
  readonly memoryMb: number;
  readonly verdict: string;
}

/** Runs `resetbench run` with arguments. Linux only: reads /proc. */
export async function measureRun(args: readonly string[]): Promise<RunCosts> {
  const reports = await mkdtemp(join(tmpdir(), 'resetbench-bench-'));
  try {
    const from = performance.now();
    const child = spawn(process.execPath, [CLI, 'run', '--reports', reports, '--json', ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.on('data', (data) => {
      output += data;
    });
    let over = false;
    const closed = new Promise<void>((resolve) => child.once('close', () => resolve())).then(() => {
      over = true;
    });
    let memoryMb = 0;
    while (!over && child.pid !== undefined) {
      memoryMb = Math.max(memoryMb, await memoryOf(child.pid));
      await Promise.race([closed, sleep(2000)]);
    }
    const seconds = (performance.now() - from) / 1000;
    const last = output.trim().split('\n').at(-1) ?? '';
    const { verdict } = JSON.parse(last) as { readonly verdict: string };
    return { seconds, memoryMb, verdict };
  } finally {
    await rm(reports, { recursive: true, force: true });
  }
}

/** Proportional set size of a process and all its descendants, MB. */
async function memoryOf(root: number): Promise<number> {
  const parents = new Map<number, number>();
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '');
    const parent = /\) \S (\d+)/.exec(stat)?.[1];
    if (parent !== undefined) parents.set(Number(name), Number(parent));
  }
  const own = (pid: number): boolean => pid === root || (parents.has(pid) && own(parents.get(pid) ?? 0));
  let kb = 0;
  for (const pid of parents.keys()) {
    if (!own(pid)) continue;
    const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '');
    kb += Number(/^Pss:\s+(\d+) kB/m.exec(rollup)?.[1] ?? 0);
  }
  return (kb * 1024) / 1e6;
}
