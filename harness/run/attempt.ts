import type { Bench } from '../bench/open.ts';
import type { SerialChunk } from '../bench/ports/serial.ts';
import { leaksIn } from '../evidence/leak-watch.ts';
import type { Redactor } from '../evidence/redactor.ts';
import type { EvidenceStore } from '../evidence/store.ts';
import type { Strategy } from '../flow/strategy.ts';
import type { CaseDefinition } from '../kit/case.ts';
import { ExpectationFailed } from '../kit/expect.ts';
import type { FindBaseline } from '../terms/baseline.ts';
import type { Clock } from '../terms/clock.ts';
import { HarnessError } from '../terms/error.ts';
import type { Judgement } from '../terms/judge.ts';
import type { RunEvent } from '../terms/record.ts';
import { openContext } from './context.ts';
import type { Hold } from './hold.ts';
import { judge } from './judge.ts';
import type { PlannedDut } from './plan.ts';
import { AttemptTrace } from './trace.ts';

export interface AttemptOptions {
  readonly dut: PlannedDut;
  readonly definition: CaseDefinition;
  readonly attempt: number;
  /** Which copy of the twin, from 1; undefined where there are no copies. */
  readonly copy?: number | undefined;
  readonly bench: Bench;
  readonly baseline: FindBaseline;
  readonly strategy: Strategy;
  readonly redactor: Redactor;
  readonly store: EvidenceStore;
  /** Nothing is kept: frames need no covering. */
  readonly unkept?: true;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly write: (event: RunEvent) => void;
  readonly onStep: (title: string) => void;
  readonly withPartner: <T>(body: () => Promise<T>) => Promise<T>;
  readonly nextNumber: () => number;
  readonly hold?: Hold;
}

/** Longest time for one attempt, ms: beyond it something hangs that no port noticed. */
const LIMIT_MS = 15 * 60_000;

/** One try at one case: bring the recorder to where it starts, run it, judge, record. */
export async function runAttempt(options: AttemptOptions): Promise<Judgement> {
  const { dut, definition, attempt, bench, clock, redactor, store, strategy, write } = options;
  const ids = { dut: dut.config.id, requirement: definition.id };
  const at = clock.now();
  const started = clock.monotonic();
  const copy = options.copy === undefined ? {} : { copy: options.copy };
  write({ type: 'case-start', ...ids, title: definition.title, attempt, ...copy });
  const trace = new AttemptTrace({
    ...ids,
    attempt,
    clock,
    store,
    redactor,
    write,
    onStep: options.onStep,
    ...(options.unkept === undefined ? {} : { unkept: true }),
    ...(options.hold === undefined ? {} : { hold: { asked, free } }),
  });
  const late = new AbortController();
  const limited = () =>
    setTimeout(
      () =>
        late.abort(
          new HarnessError('CASE_TIMEOUT', `the case did not end within ${LIMIT_MS / 60_000} minutes`),
        ),
      LIMIT_MS,
    );
  let timer = limited();
  const signal = AbortSignal.any([options.signal, late.signal]);
  const { tools, context } = openContext({ ...options, trace, signal });
  const lines = bench.serial?.transcript().length ?? 0;
  const unwatch = bench.operator?.watch((over) => trace.prompt(over));
  let thrown: unknown;
  let over = false;
  try {
    await orAborted(signal, async () => {
      const known = await strategy.bring(definition.needs, tools);
      strategy.tries.begin(definition.locks ?? []);
      await definition.test(context(known));
    });
  } catch (error) {
    over = true;
    thrown = signal.aborted ? signal.reason : error;
    if (error instanceof HarnessError) await keepSeen(trace, error);
    if (!(thrown instanceof ExpectationFailed) && !signal.aborted) await lastLook(trace, bench);
    else if (thrown instanceof ExpectationFailed)
      await tools.owner.gui.photograph('The screen when the expectation failed').catch(() => undefined);
  } finally {
    over = true;
    clearTimeout(timer);
    unwatch?.();
  }
  const heard = bench.serial?.transcript().slice(lines) ?? [];
  if (heard.length > 0)
    await trace.step('Serial console meanwhile', async () => {
      trace.text('serial', 'Serial console', timedText(heard, at), heard[0]?.at);
      tellOfConsole(heard, trace, redactor);
    });
  await trace.settled();
  const failed = trace.held === undefined ? trace.failed : trace.held.failed;
  const judged = judge({
    ...(thrown === undefined ? {} : { thrown }),
    expectations: trace.expectations,
    ...(failed === undefined ? {} : { failed }),
    ...(trace.held === undefined ? {} : { held: trace.held.told }),
    evidence: trace.evidenceCount,
    ...(trace.lost === undefined ? {} : { lost: trace.lost }),
  });
  const milliseconds = Math.round(clock.monotonic() - started);
  const { fault, reason } = judged;
  write({
    type: 'case-end',
    ...ids,
    attempt,
    verdict: judged.verdict,
    at,
    milliseconds,
    ...(fault === undefined ? {} : { fault: { ...fault, facts: redactor.text(fault.facts) } }),
    ...(reason === undefined ? {} : { reason: redactor.text(reason) }),
  });
  return judged;

  function asked(): string | undefined {
    return over ? undefined : options.hold?.asked(ids.dut, 'step')?.by;
  }

  /** While a person holds the case its time does not run. */
  async function free(): Promise<void> {
    clearTimeout(timer);
    await options.hold?.free(ids.dut, 'step', signal);
    if (!over) timer = limited();
  }
}

/** What an error saw where it came up, as a phone that shows another screen. */
async function keepSeen(trace: AttemptTrace, { frame, port = 'port' }: HarnessError): Promise<void> {
  if (frame === undefined) return;
  const title = `What the ${port} showed`;
  await trace.step(title, async () => trace.frame(title, frame, []));
}

/** A frame of where an attempt got stuck, if there is one to have. */
async function lastLook(trace: AttemptTrace, bench: Bench): Promise<void> {
  await trace
    .step('The screen at the end', async () => {
      const reading = await bench.display.read?.();
      const frame = await bench.display.frame();
      trace.frame('The screen at the end', frame, reading === undefined ? [] : [reading]);
    })
    .catch(() => undefined);
}

/** Rejects when the signal fires, after the body had a moment to come to its end. */
async function orAborted<T>(signal: AbortSignal, body: () => Promise<T>): Promise<T> {
  signal.throwIfAborted();
  let stop: () => void = () => undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => setTimeout(() => reject(signal.reason), 2000).unref();
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([body(), aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** What a console printed, each line with the seconds since `since` (ms since the epoch) at which it began. */
export function timedText(heard: readonly SerialChunk[], since: number): string {
  let begun = false;
  let told = '';
  for (const { at, text } of heard)
    for (const part of text.split(/(?<=\n)/)) {
      if (part === '') continue;
      told += begun ? part : `+${((at - since) / 1000).toFixed(3)} s  ${part}`;
      begun = !part.endsWith('\n');
    }
  return told;
}

/** Reports secrets that the console printed, whatever the case was about, and what of it was not heard. */
function tellOfConsole(heard: readonly SerialChunk[], trace: AttemptTrace, redactor: Redactor): void {
  const labels = [
    ...leaksIn(heard, [redactor]).map(({ label }) => label),
    ...leaksIn(heard, [trace.payloads]).map(() => 'payload of a QR'),
  ];
  if (labels.length > 0)
    trace.measure('secrets that the console printed', [...new Set(labels)].join(', '), '');
  const missed = heard.reduce((sum, { missedMs = 0 }) => sum + missedMs, 0);
  if (missed > 0) trace.measure('time in which the console was not heard', missed, 'ms');
}
