import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { openJournal, readJournal } from '../evidence/journal.ts';
import { type EvidenceStore, openStore } from '../evidence/store.ts';
import { drawScreen } from '../report/sample-pictures.ts';
import { writeReports } from '../report/write.ts';
import type { Clock } from '../terms/clock.ts';
import { foldEvents } from '../terms/fold.ts';
import { decide, type EndingFacts } from '../terms/judge.ts';
import type { DutRecord, EvidenceRef, ExpectationRecord, RunEvent, RunRecord } from '../terms/record.ts';

/** What a run of the fixture is to be. */
export interface RunOptions {
  readonly kind?: DutRecord['kind'];
  /** Every planned case passes at once. */
  readonly clean?: boolean;
  /** What the run writes may be altered on its way into the journal. */
  readonly alter?: (event: RunEvent) => RunEvent;
  /** Kept as a frame that a capture gave as a JPEG, in place of one. */
  readonly jpeg?: Uint8Array;
  /** The process dies before the end. */
  readonly cut?: boolean;
}

const BEGIN = Date.UTC(2026, 10, 26, 1, 0, 0);
const DUT = 'nvr-1';

/** A clock that goes on by 5 ms each time it is asked. */
function ticking(): Clock {
  let now = BEGIN;
  return { now: () => (now += 5), monotonic: () => now, sleep: () => Promise.resolve() };
}

/**
 * A small run, through the writers of real ones: one recorder, four requirements (a pass, a pass at the second attempt, a
 * failure, one without a case), pictures and texts, and every report.
 * @returns the record that was written
 */
export async function writeRun(folder: string, options: RunOptions = {}): Promise<RunRecord> {
  const clock = ticking();
  await mkdir(folder, { recursive: true });
  const store = await openStore(folder);
  {
    await using journal = await openJournal(join(folder, 'events.jsonl'), clock);
    for (const event of await eventsOf(store, clock, options)) journal.write(options.alter?.(event) ?? event);
  }
  const { events } = await readJournal(join(folder, 'events.jsonl'));
  const record = foldEvents(events);
  const failed = (await writeReports(folder, record)).find(({ error }) => error !== undefined);
  if (failed?.error !== undefined) throw failed.error;
  return record;
}

async function eventsOf(
  store: EvidenceStore,
  clock: Clock,
  { kind = 'hardware', clean = false, cut = false, jpeg }: RunOptions,
): Promise<readonly RunEvent[]> {
  const put = (name: string, bytes: Uint8Array, of: Pick<EvidenceRef, 'kind' | 'ext'>) =>
    store.put({ ...of, title: name, at: clock.now(), bytes });
  const text = (name: string, content: string) =>
    put(name, new TextEncoder().encode(content), { kind: 'http', ext: 'txt' });
  const login = await put('Login', await drawScreen('800x600', 'Login', 1), { kind: 'frame', ext: 'png' });
  const grabbed = await sharp(await drawScreen('800x600', 'Reset', 2))
    .jpeg()
    .toBuffer();
  const dialog = {
    ...(await put('Reset', jpeg ?? grabbed, { kind: 'frame', ext: 'jpg' })),
    needles: { width: 800, height: 600, seen: [] },
  };
  const answer = await text('GET /ISAPI', 'HTTP/1.1 200 OK\n\n<status>200</status>\n');
  const console = await text('Serial console', '[ 1.204] gui: login -> forgot\n');
  const kept = { title: 'the dialog', expected: '"Verify by Reserved Email"' };
  const held: ExpectationRecord = {
    ...kept,
    verdict: 'pass',
    at: clock.now(),
    seen: kept.expected,
    evidence: [dialog],
  };
  const late: ExpectationRecord = {
    title: 'arrival of the mail',
    verdict: 'fail',
    at: clock.now(),
    expected: 'at most 300 s',
    seen: '412 s',
    evidence: [answer],
  };
  const gone: Partial<EndingFacts> = { thrown: { code: 'PORT_CLOSED', message: 'the serial port closed' } };
  const cases: readonly RunEvent[] = clean
    ? [
        ...attempt('CR01', 1, { evidence: [login, answer], expectations: [held] }),
        ...attempt('CR02', 1, { evidence: [console], expectations: [held] }),
        ...attempt('CR03', 1, { evidence: [dialog], expectations: [held] }),
      ]
    : [
        ...attempt('CR01', 1, { evidence: [login, answer], expectations: [held] }),
        ...attempt('CR02', 1, { evidence: [console], expectations: [], ending: gone }),
        ...attempt('CR02', 2, { evidence: [console], expectations: [held] }),
        ...attempt('CR03', 1, { evidence: [dialog], expectations: [held, late] }),
      ];
  const end: readonly RunEvent[] = [
    { type: 'dut-end', dut: DUT },
    { type: 'run-end', ended: 'complete' },
  ];
  return [planOf(kind, clean), { type: 'dut-start', dut: DUT }, ...cases, ...(cut ? [] : end)];
}

function planOf(kind: DutRecord['kind'], clean: boolean): Extract<RunEvent, { type: 'run-start' }> {
  const requirement = (id: string) => ({
    id,
    statement: `The recorder keeps ${id}`,
    source: 'FLY',
    kind: 'documented' as const,
    section: 'Reset',
  });
  const dut: DutRecord = {
    id: DUT,
    kind,
    family: 'nvr',
    model: 'NVR 32',
    firmware: 'V4.30.085',
    gui: '4.0',
    serialNumber: kind === 'twin' ? 'twin' : 'NVR320120260101CCRR100001WCVU',
    profile: 'nvr',
    resolution: '800x600',
  };
  return {
    type: 'run-start',
    id: '2026-11-26T010000Z-a7b1',
    harness: {
      version: '0.1.0',
      node: 'v24.21.0',
      platform: 'linux x64',
      by: 'lab2',
      commit: clean ? 'c0ffee00'.repeat(5) : `${'c0ffee00'.repeat(5)}-dirty`,
      digests: { harness: 'a'.repeat(64), suites: 'b'.repeat(64) },
    },
    requirements: ['CR01', 'CR02', 'CR03', 'CR04'].map(requirement),
    duts: [dut],
    planned: ['CR01', 'CR02', 'CR03'].map((id) => ({ dut: DUT, requirement: id, title: `Case of ${id}` })),
    notRun: [{ dut: DUT, requirement: 'CR04', why: 'no-case', reason: 'No case tests it yet.' }],
  };
}

/** What one attempt writes; its end is judged as that of any other. */
function attempt(
  requirement: string,
  number: number,
  {
    evidence,
    expectations,
    ending = {},
  }: {
    readonly evidence: readonly EvidenceRef[];
    readonly expectations: readonly ExpectationRecord[];
    readonly ending?: Partial<EndingFacts>;
  },
): readonly RunEvent[] {
  const ids = { dut: DUT, requirement, attempt: number };
  const failed = expectations.find(({ verdict }) => verdict === 'fail');
  const judged = decide({
    expectations: expectations.length,
    evidence: evidence.length,
    ...(failed === undefined
      ? {}
      : { failed: `${failed.title}: expected ${failed.expected}, saw ${failed.seen}` }),
    ...ending,
  });
  const at = BEGIN + number * 1000;
  return [
    { type: 'case-start', ...ids, title: `Case of ${requirement}` },
    { type: 'step', ...ids, step: { title: 'Open the login screen', at, milliseconds: 60, evidence } },
    ...expectations.map((expectation): RunEvent => ({ type: 'expectation', ...ids, expectation })),
    { type: 'measurement', ...ids, measurement: { name: 'mail arrival', value: 1.84, unit: 's' } },
    { type: 'case-end', ...ids, at, milliseconds: 900, ...judged },
  ];
}
