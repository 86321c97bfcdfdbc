// Runs as a laboratory gathers them, made by the writers that write real ones: `generate.ts FOLDER [RUNS] [DUTS] [REQUIREMENTS]`.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openJournal } from '../../../harness/evidence/journal.ts';
import { sampleRun } from '../../../harness/report/sample.ts';
import { writeEach } from '../../../harness/report/write.ts';
import { systemClock } from '../../../harness/terms/clock.ts';
import { foldEvents } from '../../../harness/terms/fold.ts';
import type { DutRecord, RequirementRecord, RunEvent } from '../../../harness/terms/record.ts';
import type { Verdict } from '../../../harness/terms/verdict.ts';

/** How much history, and of what kind. */
export interface HistorySize {
  readonly runs: number;
  readonly duts: number;
  readonly requirements: number;
  /** Of the drawn verdicts; the same draws the same. */
  readonly seed?: number;
}
type Timed = RunEvent & { readonly at: number };

const DAY = 86_400_000;
const FIRST = Date.UTC(2024, 0, 1, 22, 0, 0);
const CASE_MS = 1_200;

/**
 * Writes a run a night into `folder`, each with its journal and `run.json`. DUTs change their firmware every 50 nights;
 * of the cases some break with a firmware and are mended with a later one, some are flaky, one night in 40 was cut.
 * @returns the ids of the runs, oldest first
 */
export async function generateRuns(folder: string, size: HistorySize): Promise<readonly string[]> {
  const { record } = await sampleRun({ duts: size.duts, requirements: size.requirements, frames: 0 });
  const ids: string[] = [];
  for (let night = 0; night < size.runs; night += 1) {
    const at = FIRST + night * DAY;
    const id = `${new Date(at).toISOString().slice(0, 19).replaceAll(':', '')}Z-${night.toString(16).padStart(4, '0')}`;
    const duts = record.duts.map(({ fault: _, ...dut }): DutRecord => {
      return { ...dut, firmware: `V4.${20 + Math.floor(night / 50)}.000` };
    });
    const events = [
      ...eventsOf({ id, at, night, duts, requirements: record.requirements, seed: size.seed ?? 1 }),
    ];
    const own = join(folder, id);
    await mkdir(own, { recursive: true });
    await using journal = await openJournal(join(own, 'events.jsonl'), { ...systemClock, now: () => at });
    for (const event of events) journal.write(event);
    const [written] = await writeEach(own, [
      ['run.json', () => `${JSON.stringify(foldEvents(events), undefined, 1)}\n`],
    ]);
    if (written?.error !== undefined) throw written.error;
    ids.push(id);
  }
  return ids;
}

interface NightPlan {
  readonly id: string;
  readonly at: number;
  readonly night: number;
  readonly duts: readonly DutRecord[];
  readonly requirements: readonly RequirementRecord[];
  readonly seed: number;
}

function* eventsOf({ id, at, night, duts, requirements, seed }: NightPlan): Generator<Timed> {
  const pairs = duts.flatMap((dut, d) =>
    requirements.map((requirement, r) => ({ dut: dut.id, d, requirement, r })),
  );
  yield {
    type: 'run-start',
    ...{ id, at, duts, requirements, notRun: [] },
    harness: { version: '0.1.0', node: process.version, platform: 'linux x64', by: 'lab' },
    planned: pairs.map(({ dut, requirement }) => ({
      dut,
      requirement: requirement.id,
      title: requirement.statement,
    })),
  };
  const cutAt = night % 40 === 39 ? Math.floor(pairs.length * 0.8) : pairs.length;
  for (const [index, { dut, d, requirement, r }] of pairs.slice(0, cutAt).entries()) {
    const drawn = draw(seed, d, r, night);
    const verdicts: readonly Verdict[] =
      drawn < 0.004 ? ['error', 'pass'] : [verdictOf(drawn, { d, r, night })];
    for (const [count, verdict] of verdicts.entries())
      yield* attemptOf({ dut, requirement, verdict, number: count + 1, at: at + index * CASE_MS });
  }
  if (cutAt === pairs.length) yield { type: 'run-end', ended: 'complete', at: at + pairs.length * CASE_MS };
}

/** One case in 40 is broken by every other firmware; the others fail once in a while. */
function verdictOf(
  drawn: number,
  { d, r, night }: { readonly d: number; readonly r: number; readonly night: number },
): Verdict {
  if ((d * 7 + r) % 40 === 3 && Math.floor(night / 50) % 2 === 1) return 'fail';
  if ((d * 11 + r) % 97 === 5) return drawn < 0.4 ? 'fail' : 'pass';
  return drawn > 0.998 ? 'inconc' : drawn > 0.997 ? 'fail' : 'pass';
}

interface AttemptPlan {
  readonly dut: string;
  readonly requirement: RequirementRecord;
  readonly verdict: Verdict;
  /** From 1. */
  readonly number: number;
  readonly at: number;
}

function* attemptOf({ dut, requirement, verdict, number, at }: AttemptPlan): Generator<Timed> {
  const one = { dut, requirement: requirement.id, attempt: number, at } as const;
  yield { type: 'case-start', ...one, title: requirement.statement };
  yield {
    type: 'step',
    ...one,
    step: { title: 'Open the login screen', at, milliseconds: 240, evidence: [] },
  };
  if (verdict === 'pass' || verdict === 'fail')
    yield {
      type: 'expectation',
      ...one,
      expectation: {
        title: 'the dialog is shown',
        verdict,
        at: at + 300,
        expected: 'shown',
        seen: verdict === 'pass' ? 'shown' : 'not shown',
        evidence: [],
      },
    };
  yield {
    type: 'case-end',
    ...{ ...one, verdict, milliseconds: 900 },
    ...(verdict === 'error' && {
      fault: { domain: 'bench', rule: 'a port is gone', facts: 'serial: disconnected' } as const,
      reason: 'The serial port closed.',
    }),
    ...(verdict === 'inconc' && {
      fault: { domain: 'unknown', rule: 'a screen was not reached', facts: 'nothing seen' } as const,
      reason: 'The screen was not reached in 5.0 s.',
    }),
    ...(verdict === 'fail' && {
      fault: { domain: 'product', rule: 'an expectation does not hold', facts: 'not shown' } as const,
    }),
  };
}

/** A number 0..1 for a place: the finalizer of MurmurHash3 by Austin Appleby (public domain). */
function draw(...place: readonly number[]): number {
  let hash = 0x9e3779b9;
  for (const part of place) {
    hash = Math.imul(hash ^ (part + 0x7f4a7c15), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    hash ^= hash >>> 16;
  }
  return (hash >>> 0) / 0x1_0000_0000;
}

const [target, ...numbers] = process.argv.slice(2);
if (import.meta.main && target !== undefined) {
  const [runs = 20, duts = 12, requirements = 80] = numbers.map(Number);
  const ids = await generateRuns(target, { runs, duts, requirements });
  console.log(`${ids.length} runs in ${target}`);
}
