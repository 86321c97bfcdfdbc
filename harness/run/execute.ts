import type { Bench, Benches } from '../bench/open.ts';
import { createRedactor, type Redactor } from '../evidence/redactor.ts';
import type { EvidenceStore } from '../evidence/store.ts';
import { Strategy } from '../flow/strategy.ts';
import type { FindBaseline } from '../terms/baseline.ts';
import type { Clock } from '../terms/clock.ts';
import { HarnessError } from '../terms/error.ts';
import type { DutRecord, RunEvent, RunRecord } from '../terms/record.ts';
import type { Fault } from '../terms/verdict.ts';
import { runAttempt } from './attempt.ts';
import type { Judgement } from './judge.ts';
import type { Plan, PlannedDut } from './plan.ts';

export interface ExecuteOptions {
  readonly id: string;
  readonly plan: Plan;
  readonly benches: Benches;
  readonly store: EvidenceStore;
  /** Approved pictures of the screens of one recorder. */
  readonly baselines: (dut: PlannedDut) => FindBaseline;
  readonly clock: Clock;
  /** How many recorders are worked on at a time. */
  readonly jobs: number;
  readonly harness: RunRecord['harness'];
  /** Fires when a person stops the run. */
  readonly signal: AbortSignal;
  readonly write: (event: RunEvent) => void;
  readonly onStep?: (dut: string, title: string) => void;
}

/** Tries at one case when the bench is at fault. */
const MAX_ATTEMPTS = 2;

/** Runs the plan, several recorders at a time, one case at a time on each. All that happens goes to `write`. */
export async function execute(options: ExecuteOptions): Promise<'complete' | 'interrupted'> {
  const { plan, write, signal } = options;
  write({
    type: 'run-start',
    id: options.id,
    harness: options.harness,
    requirements: plan.requirements.map(({ id, statement, source, kind, section }) => ({
      id,
      statement,
      source,
      kind,
      section,
    })),
    duts: plan.duts.map(dutRecord),
    planned: plan.duts.flatMap(({ config, cases }) =>
      cases.map(({ definition }) => ({
        dut: config.id,
        requirement: definition.id,
        title: definition.title,
      })),
    ),
    notRun: plan.notRun,
  });
  const withPartner = mutex();
  let number = 0;
  const shared = { withPartner, nextNumber: () => (number += 1) };
  // The longest first: nobody waits at the end for one that began late.
  const waiting = [...plan.duts].sort((a, b) => b.cases.length - a.cases.length);
  const worker = async () => {
    for (let dut = waiting.shift(); dut !== undefined && !signal.aborted; dut = waiting.shift()) {
      const { id } = dut.config;
      // Whatever goes wrong around one recorder, the others go on.
      await runDut(dut, options, shared).catch((error: unknown) =>
        write({ type: 'dut-fault', dut: id, fault: benchFault(error) }),
      );
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, options.jobs) }, worker));
  const ended = signal.aborted ? 'interrupted' : 'complete';
  write({ type: 'run-end', ended });
  return ended;
}

interface Shared {
  readonly withPartner: <T>(body: () => Promise<T>) => Promise<T>;
  readonly nextNumber: () => number;
}

async function runDut(dut: PlannedDut, options: ExecuteOptions, shared: Shared): Promise<void> {
  const { write, signal, clock, store } = options;
  const id = dut.config.id;
  if (dut.cases.length === 0) return;
  write({ type: 'dut-start', dut: id });
  const onStep = (title: string) => options.onStep?.(id, title);
  onStep('Open the bench');
  let bench: Bench;
  try {
    bench = await options.benches.open(id);
  } catch (error) {
    write({ type: 'dut-fault', dut: id, fault: benchFault(error) });
    return write({ type: 'dut-end', dut: id });
  }
  try {
    const strategy = new Strategy(bench.initial);
    const baseline = options.baselines(dut);
    let faults = 0;
    for (const { definition } of dut.cases) {
      let judged: Judgement | undefined;
      for (let attempt = 1; attempt <= MAX_ATTEMPTS && !signal.aborted; attempt += 1) {
        judged = await runAttempt({
          dut,
          definition,
          attempt,
          bench,
          baseline,
          strategy,
          redactor: redactorFor(bench, strategy),
          store,
          clock,
          signal,
          write,
          onStep,
          ...shared,
        });
        if (judged.fault?.domain !== 'bench') break;
      }
      if (signal.aborted) break;
      faults = judged?.fault?.domain === 'bench' ? faults + 1 : 0;
      if (faults >= 2 && judged?.fault !== undefined) {
        write({
          type: 'dut-fault',
          dut: id,
          fault: {
            ...judged.fault,
            rule: 'two bench faults in a row',
            facts: redactorFor(bench, strategy).text(judged.fault.facts),
          },
        });
        break;
      }
    }
  } finally {
    onStep('Close the bench');
    try {
      await bench[Symbol.asyncDispose]();
    } finally {
      write({ type: 'dut-end', dut: id });
    }
  }
}

/** Knows what the recorder holds as an attempt begins; the attempt tells what comes up in it. */
function redactorFor(bench: Bench, strategy: Strategy): Redactor {
  const redactor = createRedactor();
  redactor.add('address', bench.homeAddress);
  for (const { password, address } of [bench.initial, ...strategy.allKnown()]) {
    if (password !== undefined) redactor.add('password', password);
    if (address !== undefined) redactor.add('address', address);
  }
  return redactor;
}

/** A bench that could not be opened. */
function benchFault(error: unknown): Fault {
  if (error instanceof HarnessError)
    return {
      domain: error.domain === 'unknown' ? 'bench' : error.domain,
      rule: error.code.toLowerCase().replaceAll('_', '-'),
      facts: error.message,
      ...(error.hint === undefined ? {} : { cure: error.hint }),
    };
  return {
    domain: 'bench',
    rule: 'exception',
    facts: error instanceof Error ? error.message : String(error),
  };
}

function dutRecord({ config, profile }: PlannedDut): DutRecord {
  return {
    id: config.id,
    kind: config.kind,
    family: profile.family,
    model: config.model,
    firmware: config.firmware,
    gui: profile.gui,
    serialNumber: config.kind === 'hardware' ? config.serialNumber : 'twin',
    profile: config.profile,
    resolution: config.resolution,
  };
}

/** One body at a time, in the order of asking. */
export function mutex(): <T>(body: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (body) => {
    const turn = last.then(body, body);
    last = turn.catch(() => undefined);
    return turn;
  };
}
