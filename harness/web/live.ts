import type { EvidenceRef, RunEvent } from '../terms/record.ts';
import type { Verdict } from '../terms/verdict.ts';

/** What a run is at, as far as its journal tells. */
export interface LiveRun {
  planned: number;
  /** Of cases that ended; of those tried again the last attempt. */
  readonly verdicts: Map<string, Verdict>;
  readonly benches: Map<string, LiveBench>;
  /** The newest first. */
  readonly feed: LiveLine[];
  ended: 'complete' | 'interrupted' | undefined;
  /** When the last event was, ms since the epoch. */
  at: number;
  /** Lines that are no event. */
  unread: number;
}
/** One recorder. */
export interface LiveBench {
  readonly dut: string;
  readonly about: string;
  state: 'waiting' | 'running' | 'done' | 'fault';
  fault: string | undefined;
  /** By requirement; a twin with copies has several. */
  readonly open: Map<string, OpenCase>;
  screen: Shown | undefined;
  serial: Shown | undefined;
}
export interface OpenCase {
  readonly requirement: string;
  readonly title: string;
  readonly attempt: number;
  /** The last that ended. */
  step: string | undefined;
}
/** A piece of evidence, by the hash that is its name. */
export interface Shown {
  readonly sha256: string;
  readonly ext: string;
  readonly title: string;
  readonly at: number;
}
export interface LiveLine {
  readonly at: number;
  readonly dut: string;
  readonly requirement: string;
  readonly verdict: Verdict | undefined;
  readonly text: string;
}

/** Lines of the feed that are kept. */
const FEED = 60;

export function emptyLive(): LiveRun {
  return {
    planned: 0,
    verdicts: new Map(),
    benches: new Map(),
    feed: [],
    ended: undefined,
    at: 0,
    unread: 0,
  };
}

/** Lets an event change what the run is at. @throws what a line of another shape leads to */
export function applyEvent(run: LiveRun, event: RunEvent & { readonly at: number }): void {
  run.at = Math.max(run.at, event.at);
  if (event.type === 'run-start') {
    run.planned = event.planned.length;
    for (const { id, model, firmware } of event.duts)
      run.benches.set(id, {
        ...{ dut: id, about: `${model} ${firmware}`, state: 'waiting', fault: undefined },
        ...{ open: new Map(), screen: undefined, serial: undefined },
      });
    return;
  }
  if (event.type === 'run-end') {
    run.ended = event.ended;
    return;
  }
  const bench = run.benches.get(event.dut);
  if (bench !== undefined) applyTo(run, bench, event);
}

function applyTo(
  run: LiveRun,
  bench: LiveBench,
  event: Exclude<RunEvent, { readonly type: 'run-start' | 'run-end' }> & { readonly at: number },
): void {
  const tell = (requirement: string, verdict: Verdict | undefined, text: string, after = 0) => {
    run.feed.unshift({ at: event.at + after, dut: bench.dut, requirement, verdict, text });
    run.feed.splice(FEED);
  };
  switch (event.type) {
    case 'dut-start':
      bench.state = 'running';
      break;
    case 'dut-end':
      if (bench.state !== 'fault') bench.state = 'done';
      break;
    case 'dut-fault':
      bench.state = 'fault';
      bench.fault = `${event.fault.rule}: ${event.fault.facts}`;
      tell('', 'error', `bench fault: ${bench.fault}`);
      break;
    case 'case-start': {
      const { requirement, title, attempt } = event;
      bench.open.set(requirement, { requirement, title, attempt, step: undefined });
      break;
    }
    case 'step': {
      const open = bench.open.get(event.requirement);
      if (open !== undefined) open.step = event.step.title;
      for (const ref of event.step.evidence) showOn(bench, ref);
      break;
    }
    case 'expectation':
      for (const ref of event.expectation.evidence) showOn(bench, ref);
      if (event.expectation.verdict === 'fail')
        tell(
          event.requirement,
          undefined,
          `${event.expectation.title}: expected ${event.expectation.expected}, seen ${event.expectation.seen}`,
        );
      break;
    case 'case-end':
      bench.open.delete(event.requirement);
      run.verdicts.set(`${bench.dut} ${event.requirement}`, event.verdict);
      // Its line has the time of its begin.
      run.at = Math.max(run.at, event.at + event.milliseconds);
      tell(event.requirement, event.verdict, event.reason ?? event.fault?.facts ?? '', event.milliseconds);
      break;
    case 'prompt':
      tell(
        event.requirement,
        undefined,
        `an operator was asked: ${event.prompt.title} (${event.prompt.outcome})`,
      );
      break;
  }
}

function showOn(bench: LiveBench, { sha256, ext, title, at, kind }: EvidenceRef): void {
  if (!/^[0-9a-f]{64}$/.test(sha256)) return;
  if (kind === 'frame') bench.screen = { sha256, ext, title, at };
  if (kind === 'serial') bench.serial = { sha256, ext, title, at };
}
