import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Hono } from 'hono';
import { openJournal } from '../evidence/journal.ts';
import { openStore } from '../evidence/store.ts';
import { smallRecord, writeRuns } from '../history/history.fixture.ts';
import { type HistoryIndex, openHistory } from '../history/store.ts';
import { HOSTILE } from '../report/sample.ts';
import { systemClock } from '../terms/clock.ts';
import type { EvidenceRef, RunEvent } from '../terms/record.ts';
import type { WebOptions } from './app.ts';
import { webApp } from './app.ts';
import type { BaselineDesk, Decided } from './baselines.ts';
import type { Env } from './guard.ts';
import { openWatch } from './watch.ts';

export const PASSWORD = 'correct horse battery';
/** Of programs, which only read. */
export const TOKEN = 'token-0123456789';
export const HOST = 'http://127.0.0.1:8490';
/** Nights of the lab, the newest last; each is the folder of a run. */
export const RUNS = [
  '2026-11-20T220000Z-0001',
  '2026-11-21T220000Z-0001',
  '2026-11-22T220000Z-0001',
] as const;
/** The run that is under way. */
export const LIVE = '2026-11-23T010000Z-beef';

/** A page of each kind that needs no more than a path. */
export const PAGES = [
  '/',
  '/recorders',
  '/runs',
  `/runs/${RUNS[2]}`,
  `/runs/${LIVE}`,
  '/requirements',
  '/requirements/CR02',
  '/prompts',
  '/sign-in',
] as const;

/** 1x1 px. */
const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

/** A lab of a few nights: a failure that is new, one that is known, one that is fixed; hostile texts among them. */
export async function writeLab(reports: string): Promise<void> {
  await writeRuns(
    reports,
    {
      day: '2026-11-20',
      cases: {
        'nvr-a': { CR01: 'pass', CR02: 'fail', CR03: 'pass', CR04: 'fail' },
        'dvr-b': { CR01: 'pass' },
      },
    },
    {
      day: '2026-11-21',
      cases: {
        'nvr-a': { CR01: 'pass', CR02: 'fail', CR03: 'pass', CR04: 'fail' },
        'dvr-b': { CR01: 'pass' },
      },
    },
    {
      day: '2026-11-22',
      firmware: 'V4.30.085',
      cases: { 'nvr-a': { CR01: 'fail', CR02: 'fail', CR03: 'error pass', CR04: 'pass' } },
      ended: 'interrupted',
      dut: { model: HOSTILE, fault: { domain: 'bench', rule: 'a port is gone', facts: HOSTILE } },
    },
  );
  const folder = join(reports, RUNS[2]);
  await mkdir(join(folder, 'evidence'));
  await writeFile(join(folder, 'evidence', `${'a'.repeat(64)}.png`), PIXEL);
  await writeFile(join(folder, 'evidence', `${'b'.repeat(64)}.jpg`), PIXEL);
  await writeFile(
    join(folder, 'index.html'),
    `<!doctype html><title>Report</title><h1>Report</h1><img src="evidence/${'a'.repeat(64)}.png" alt="Screen">`,
  );
  await mkdir(join(reports, 'torn'));
  await writeFile(join(reports, 'torn', 'run.json'), '{');
  await writeFile(join(folder, 'secret.txt'), 'nobody may see this');
}

/** A run under way: its journal, to which a test may write more. */
export async function beginRun(reports: string) {
  const folder = join(reports, LIVE);
  const store = await openStore(folder);
  // As a run makes it.
  await mkdir(join(folder, 'control'), { recursive: true });
  const journal = await openJournal(join(folder, 'events.jsonl'), {
    ...systemClock,
    now: () => Date.UTC(2026, 10, 23, 1),
  });
  const { duts, requirements, harness } = smallRecord({
    day: '2026-11-23',
    cases: { 'nvr-a': { CR05: 'pass', CR06: 'pass' }, 'dvr-b': { CR05: 'pass' } },
  });
  const put = async (kind: EvidenceRef['kind'], ext: EvidenceRef['ext'], bytes: Buffer, title: string) =>
    store.put({ kind, ext, title, at: Date.UTC(2026, 10, 23, 1), bytes });
  const ids = { dut: 'nvr-a', requirement: 'CR05', attempt: 1 } as const;
  const at = Date.UTC(2026, 10, 23, 1, 0, 5);
  journal.write({
    ...{ type: 'run-start', id: LIVE, harness, requirements, duts, notRun: [] },
    planned: [
      { dut: 'nvr-a', requirement: 'CR05', title: 'It keeps CR05' },
      { dut: 'nvr-a', requirement: 'CR06', title: 'It keeps CR06' },
    ],
  });
  journal.write({ type: 'dut-start', dut: 'nvr-a' });
  journal.write({ type: 'case-start', ...ids, title: HOSTILE });
  const step = async (title: string, screen: Buffer = PIXEL) =>
    journal.write({
      ...{ type: 'step', ...ids },
      step: {
        ...{ title, at, milliseconds: 40, effect: 'settled' },
        evidence: [
          await put('frame', 'png', screen, `after ${title}`),
          await put('serial', 'txt', Buffer.from(`U-Boot 2.0\n${HOSTILE}\n`), 'console'),
        ],
      },
    });
  return {
    folder,
    step,
    write: (event: RunEvent) => journal.write(event),
    end: () => journal[Symbol.asyncDispose](),
    ids,
    at,
  };
}

/** A desk that knows one picture and remembers what was decided. */
export function fakeDesk(decided: Decided[] = []): BaselineDesk {
  return {
    waiting: async (folder) =>
      folder !== RUNS[2] || decided.length > 0
        ? []
        : [
            {
              ...{ dut: 'nvr-a', screen: 'reset-qr', sha256: 'b'.repeat(64), state: 'differs by 1.200 %' },
              ...{ tone: 'fail', hasApproved: true, hasDifference: true },
            },
          ],
    picture: async (folder, dut, screen) =>
      folder === RUNS[2] && dut === 'nvr-a' && screen === 'reset-qr' ? PIXEL : undefined,
    decide: async (one) => {
      decided.push(one);
      return `${one.dut} ${one.screen} ${one.decision}`;
    },
  };
}

/** The morning after, whatever day the machine has. */
const clock = { ...systemClock, now: () => Date.UTC(2026, 10, 23, 9) };

export interface TestLab {
  readonly app: Hono<Env>;
  readonly index: HistoryIndex;
  readonly decided: Decided[];
  readonly problems: string[];
  readonly options: WebOptions;
}

/** The pages over a folder of runs, with nothing that listens. */
export async function openLab(reports: string, more: Partial<WebOptions> = {}): Promise<TestLab> {
  const index = openHistory(reports, ':memory:');
  const decided: Decided[] = [];
  const problems: string[] = [];
  const onProblem = (line: string) => void problems.push(line);
  const options: WebOptions = {
    watch: await openWatch(index, { clock, onProblem }),
    baselines: fakeDesk(decided),
    secrets: [PASSWORD, TOKEN],
    isOpen: false,
    names: ['lab.example'],
    clock,
    port: 8490,
    onProblem,
    onAct: () => undefined,
    ...more,
  };
  return { app: webApp(options), index, decided, problems, options };
}
