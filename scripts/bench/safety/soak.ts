// `npm run soak -- --resets 500 --json`: resets in a row on one twin; does the harness grow, or leave anything behind?
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { openBenches } from '../../../harness/bench/open.ts';
import type { TwinConfig } from '../../../harness/config/devices.ts';
import { type Profile, parseProfile } from '../../../harness/config/profile.ts';
import { createRedactor } from '../../../harness/evidence/redactor.ts';
import { openStore } from '../../../harness/evidence/store.ts';
import { Strategy } from '../../../harness/flow/strategy.ts';
import type { CaseDefinition } from '../../../harness/kit/case.ts';
import { randomPassword } from '../../../harness/kit/fresh.ts';
import { reset } from '../../../harness/kit/steps.ts';
import { runAttempt } from '../../../harness/run/attempt.ts';
import { ledgerOf } from '../../../harness/run/ledger.ts';
import { systemClock as clock } from '../../../harness/terms/clock.ts';

const SUITES = fileURLToPath(new URL('../../../suites', import.meta.url));
/** Resets before memory is compared: code is compiled and caches are filled by then. */
const WARM = 50;
/** Samples of memory whose median is compared. */
const SAMPLES = 10;
/** The mail service sends so many mails an hour for one recorder; bringing a twin back makes it forget. */
const FORGET_EVERY = 40;
/** Evidence of so many resets lies on the disk at a time. */
const EVIDENCE_OF = 20;
/** What is on its way to be closed is waited for so often, ms apart. */
const REST = { times: 20, ms: 100 } as const;

export interface SoakFigures {
  readonly resets: number;
  /** Of the harness's resident memory, from the end of the warm-up to the end. */
  readonly rss_growth_percent: number;
  /** Handles, file descriptors, child processes, and files in the temporary folder that were not there before. */
  readonly handles_leaked: number;
  readonly rss_mb: number;
}

const RESET: CaseDefinition = {
  id: 'CR59',
  title: 'A whole reset',
  needs: 'reserved',
  test: async (context) => void (await reset(context)),
};
const CONFIG = {
  id: 'soak',
  kind: 'twin',
  profile: 'nvr',
  model: 'DS-7616NI-K2',
  firmware: 'V4.30.097',
  build: 'build 240401',
  start: 'active',
  resolution: '1280x720',
  language: 'en',
  digest: ['MD5'],
  namespace: 'hikvision',
  bootMs: 300,
  pace: 'usual',
  scanner: 'relay',
} satisfies TwinConfig;

/** So many resets on one twin, as a run does them, with all evidence. @param warm resets before the first comparison */
export async function soak(
  resets: number,
  {
    warm = Math.min(WARM, Math.floor(resets / 2)),
    say = () => undefined,
  }: { readonly warm?: number; readonly say?: (line: string) => void } = {},
): Promise<SoakFigures> {
  const usual = process.env.TMPDIR;
  // A temporary folder of its own: others use the machine too.
  const temporary = await mkdtemp(join(tmpdir(), 'resetbench-soak-'));
  process.env.TMPDIR = temporary;
  await using cleanup = new AsyncDisposableStack();
  cleanup.defer(async () => {
    if (usual === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = usual;
    await rm(temporary, { recursive: true, force: true });
  });
  const children = childrenOf(process.pid);
  const folder = await mkdtemp(join(temporary, 'run-'));
  const rss: number[] = [];
  let atWarm: Handles = { descriptors: 0, resources: 0, children: 0 };
  let atEnd = atWarm;
  try {
    const dut = { config: CONFIG, profile: profileOf(CONFIG.profile), cases: [] };
    await using benches = openBenches({
      devices: {
        version: 1,
        lab: { domains: ['lab.resetbench.example'], mailbox: { driver: 'embedded' }, plusAddress: false },
        duts: [CONFIG],
      },
      duts: [dut],
      secret: () => undefined,
      folder,
      clock,
      freshPassword: () => randomPassword(12),
    });
    await using bench = await benches.open(CONFIG.id);
    const { hands } = bench;
    const strategy = new Strategy(bench.initial, { tries: ledgerOf(dut.profile, clock), byHand: true });
    const signal = new AbortController().signal;
    let evidence = join(folder, 'evidence-0');
    let store = await openStore(evidence);
    for (let count = 1; count <= resets; count += 1) {
      if (count % EVIDENCE_OF === 0) {
        await rm(evidence, { recursive: true, force: true });
        evidence = join(folder, `evidence-${count}`);
        store = await openStore(evidence);
      }
      if (count % FORGET_EVERY === 0) {
        await hands?.snapshot('now');
        await hands?.restore('now');
      }
      const { verdict, reason } = await runAttempt({
        dut,
        definition: RESET,
        attempt: 1,
        bench,
        baseline: async () => undefined,
        strategy,
        redactor: createRedactor(),
        store,
        clock,
        signal,
        write: () => undefined,
        onStep: () => undefined,
        withPartner: (body) => body(),
        nextNumber: () => count,
      });
      if (verdict !== 'pass') throw new Error(`reset ${count}: ${verdict}: ${reason ?? ''}`);
      rss.push(memory());
      if (count === warm) atWarm = await atRest();
      if (count % 50 === 0) say(`${count} resets, ${Math.round((rss.at(-1) ?? 0) / 1e6)} MB`);
    }
    atEnd = await atRest();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  const left = { children: (await untilGone(children)).length, files: readdirSync(temporary).length };
  const grown = (key: keyof Handles) => Math.max(0, atEnd[key] - atWarm[key]);
  const samples = Math.min(SAMPLES, warm, resets - warm);
  const [from, to] = [median(rss.slice(warm - samples, warm)), median(rss.slice(-samples))];
  return {
    resets,
    rss_growth_percent: Number((((to - from) / from) * 100).toFixed(1)),
    handles_leaked:
      grown('descriptors') + grown('resources') + grown('children') + left.files + left.children,
    rss_mb: Math.round(to / 1e6),
  };
}

interface Handles {
  readonly descriptors: number;
  readonly resources: number;
  readonly children: number;
}

/** The fewest that are seen within a while: sockets and timers of the last reset go away by themselves. */
async function atRest(): Promise<Handles> {
  let least: Handles | undefined;
  for (let count = 0; count < REST.times; count += 1) {
    await sleep(REST.ms);
    const now = {
      descriptors: readdirSync('/proc/self/fd').length,
      resources: process.getActiveResourcesInfo().length,
      children: childrenOf(process.pid).length,
    };
    least = {
      descriptors: Math.min(now.descriptors, least?.descriptors ?? Number.POSITIVE_INFINITY),
      resources: Math.min(now.resources, least?.resources ?? Number.POSITIVE_INFINITY),
      children: Math.min(now.children, least?.children ?? Number.POSITIVE_INFINITY),
    };
  }
  return least ?? { descriptors: 0, resources: 0, children: 0 };
}

/** Children that were not there before, once those that are ending have ended. */
async function untilGone(known: readonly number[]): Promise<readonly number[]> {
  let left: readonly number[] = [];
  for (let count = 0; count < REST.times; count += 1) {
    left = childrenOf(process.pid).filter((pid) => !known.includes(pid));
    if (left.length === 0) break;
    await sleep(REST.ms);
  }
  return left;
}

/** Processes that a process has started itself (Linux: /proc). */
function childrenOf(pid: number): readonly number[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return Number(parent) === pid && state !== 'Z' ? [Number(name)] : [];
    } catch {
      return [];
    }
  });
}

setFlagsFromString('--expose-gc');
const collect: unknown = runInNewContext('gc');
/** Resident memory once garbage was collected, bytes. */
function memory(): number {
  if (typeof collect === 'function') collect();
  return process.memoryUsage.rss();
}

function profileOf(name: string): Profile {
  const { profile } = parseProfile(name, (one) =>
    readFileSync(join(SUITES, 'profiles', `${one}.yaml`), 'utf8'),
  );
  if (profile === undefined) throw new Error(`no profile ${name}`);
  return profile;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { resets: { type: 'string' }, json: { type: 'boolean' } } });
  const figures = await soak(Number(values.resets ?? 500), { say: (line) => console.log(line) });
  console.log(
    `${figures.resets} resets: memory grew by ${figures.rss_growth_percent} % to ${figures.rss_mb} MB, ${figures.handles_leaked} handles, processes and files leaked`,
  );
  if (values.json) console.log(JSON.stringify(figures));
  process.exitCode = figures.handles_leaked === 0 && figures.rss_growth_percent <= 10 ? 0 : 1;
}
