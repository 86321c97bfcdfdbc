import type { Bench, Benches } from '../bench/open.ts';
import { createRedactor, type Redactor } from '../evidence/redactor.ts';
import type { EvidenceStore } from '../evidence/store.ts';
import { Strategy } from '../flow/strategy.ts';
import type { FindBaseline } from '../terms/baseline.ts';
import type { Clock } from '../terms/clock.ts';
import { HarnessError } from '../terms/error.ts';
import type { Judgement } from '../terms/judge.ts';
import type { RunEvent } from '../terms/record.ts';
import type { Fault } from '../terms/verdict.ts';
import { runAttempt } from './attempt.ts';
import { calibrator } from './capture.ts';
import type { Hold } from './hold.ts';
import { ledgerOf } from './ledger.ts';
import type { PlannedDut } from './plan.ts';
import type { Recording } from './recorded.ts';
import { restoreFirst } from './restore.ts';

export interface ShiftOptions {
  readonly benches: Benches;
  readonly store: EvidenceStore;
  /** Approved pictures of the screens of one recorder. */
  readonly baselines: (dut: PlannedDut) => FindBaseline;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly write: (event: RunEvent) => void;
  readonly onStep: (dut: string, title: string) => void;
  readonly withPartner: <T>(body: () => Promise<T>) => Promise<T>;
  readonly nextNumber: () => number;
  /** Twins are brought back as hardware is, without snapshots. */
  readonly byHand?: boolean;
  /** Waited for before each case, and before each step where that is asked for. */
  readonly hold?: Hold;
  /** Begins the recording of a bench that was opened. */
  readonly record?: (
    bench: Bench,
    of: { readonly dut: PlannedDut; readonly copy: number },
  ) => Promise<Recording>;
}

type Planned = PlannedDut['cases'][number];
/** What tells what is secret of a recorder, and who must hear of it. */
interface Knowing {
  readonly strategy: Strategy;
  readonly recording: Recording | undefined;
}

/** Tries at one case when the bench is at fault. */
const MAX_ATTEMPTS = 2;
/** Cases that must wait for each copy at work before one more is opened: a copy has to be brought to its states first. */
const WORTH_A_COPY = 5;
/** How long a recorder may take to show its first screen, ms: hardware boots for minutes. */
const SCREEN_MS = 300_000;

/**
 * The cases of one DUT, and the copies of it that work on them: one of hardware, several of a twin. A copy takes one
 * case at a time from those that wait. What goes wrong with the bench of one copy ends the work of all.
 */
export class Shift {
  readonly #dut: PlannedDut;
  readonly #o: ShiftOptions;
  readonly #waiting: Planned[];
  /** Copies at work, by number; the first is 1. */
  readonly #copies = new Set<number>();
  readonly #calibrator: ReturnType<typeof calibrator>;
  #began = false;
  #stopped = false;

  constructor(dut: PlannedDut, options: ShiftOptions) {
    this.#dut = dut;
    this.#o = options;
    this.#waiting = [...dut.cases];
    const { clock, signal, write, onStep } = options;
    const { id } = dut.config;
    this.#calibrator = calibrator({
      clock,
      signal,
      withinMs: SCREEN_MS,
      resolution: dut.config.resolution,
      baseline: options.baselines(dut),
      onBegin: () => onStep(id, 'Calibrate the capture'),
      onMeasured: (calibration) => write({ type: 'dut-calibration', dut: id, calibration }),
    });
    // Nobody waits at the end for a long one that began late.
    if (this.#most > 1)
      this.#waiting.sort((a, b) => Number(b.definition.long ?? false) - Number(a.definition.long ?? false));
  }

  /** Cases that nobody has taken yet. */
  get waiting(): number {
    return this.#stopped ? 0 : this.#waiting.length;
  }
  /** Whether anybody has begun. */
  get began(): boolean {
    return this.#began;
  }
  /** Cases that wait, for each copy when one more comes; 0 where none may come. */
  get need(): number {
    const copies = this.#copies.size;
    if (copies >= this.#most || this.waiting < WORTH_A_COPY * (copies + 1)) return 0;
    return this.waiting / (copies + 1);
  }
  get #most(): number {
    return this.#o.benches.copies(this.#dut.config.id);
  }

  /** Opens a copy, and works until no case waits. Never rejects: what went wrong is written. */
  async work(): Promise<void> {
    const { write, onStep, benches } = this.#o;
    const dut = this.#dut.config.id;
    const copy = this.#join();
    if (!this.#began) write({ type: 'dut-start', dut });
    this.#began = true;
    onStep(dut, 'Open the bench');
    try {
      await using stack = new AsyncDisposableStack();
      const opened = await benches.open(dut, copy);
      stack.defer(async () => {
        if (this.#copies.size === 1) onStep(dut, 'Close the bench');
        await opened[Symbol.asyncDispose]();
      });
      const strategy = new Strategy(opened.initial, {
        tries: ledgerOf(this.#dut.profile, this.#o.clock, opened.safety.tries),
        byHand: this.#o.byHand ?? false,
      });
      let recording: Recording | undefined;
      // How its password is given back is part of the recording.
      stack.defer(async () => void (await recording?.close()));
      // Before anything is done to the recorder: whatever comes, it gets its password back.
      stack.defer(() => this.#giveBack(recording?.bench ?? opened, { strategy, recording }));
      recording = await this.#o.record?.(opened, { dut: this.#dut, copy });
      const bench = recording?.bench ?? opened;
      await this.#calibrate(bench);
      await this.#cases(bench, { copy, strategy, recording });
    } catch (error) {
      this.#fault(benchFault(error));
    }
    this.#copies.delete(copy);
    if (this.#copies.size === 0) write({ type: 'dut-end', dut });
  }

  /** @throws HarnessError where the capture is unfit */
  async #calibrate({ display }: Bench): Promise<void> {
    try {
      await this.#calibrator(display);
    } catch (error) {
      // Whoever stops a run says nothing of its bench.
      if (!this.#o.signal.aborted) throw error;
    }
  }

  #join(): number {
    let copy = 1;
    while (this.#copies.has(copy)) copy += 1;
    this.#copies.add(copy);
    return copy;
  }

  #fault(fault: Fault): void {
    this.#stopped = true;
    this.#o.write({ type: 'dut-fault', dut: this.#dut.config.id, fault });
  }

  /** The next case: the long ones first, then those that begin in the state in which this copy was brought back last. */
  #take(state: string | undefined): Planned | undefined {
    if (this.waiting === 0 || this.#o.signal.aborted) return undefined;
    const alike = this.#waiting.findIndex(({ definition }) => definition.needs === state);
    const at = this.#most === 1 || this.#waiting[0]?.definition.long || alike < 0 ? 0 : alike;
    return this.#waiting.splice(at, 1)[0];
  }

  /**
   * A recorder that outlives the run has, in the end, the password that it began with. Nobody waits here for a lock: what
   * is not restored is told, and `resetbench recover` does it.
   */
  async #giveBack(bench: Bench, known: Knowing): Promise<void> {
    if (bench.safety.lease === undefined) return;
    const dut = this.#dut.config.id;
    try {
      const told = await restoreFirst(this.#dut, bench, {
        tries: known.strategy.tries,
        clock: this.#o.clock,
        onStep: (title) => this.#o.onStep(dut, title),
      });
      this.#o.write({ type: 'dut-password', dut, restored: true, told });
    } catch (error) {
      const fault = benchFault(error);
      const facts = redactorFor(bench, known).text(fault.facts);
      this.#o.write({ type: 'dut-password', dut, restored: false, told: facts });
      this.#fault({
        ...fault,
        rule: 'password-not-restored',
        facts: `its first password was not restored: ${facts}`,
        cure: `resetbench recover ${dut}`,
      });
    }
  }

  async #cases(
    bench: Bench,
    { copy, strategy, recording }: Knowing & { readonly copy: number },
  ): Promise<void> {
    const baseline = this.#o.baselines(this.#dut);
    let faults = 0;
    let state: string | undefined;
    for (let next = this.#take(state); next !== undefined; next = this.#take(state)) {
      state = next.definition.needs;
      await this.#o.hold?.free(this.#dut.config.id, 'case', this.#o.signal);
      // Nothing more is done to a recorder that somebody else has meanwhile.
      bench.safety.lease?.check();
      const { fault } = await this.#attempts(next, { bench, copy, strategy, baseline, recording });
      faults = fault?.domain === 'bench' ? faults + 1 : 0;
      if (faults < 2 || fault === undefined || this.#o.signal.aborted) continue;
      const facts = redactorFor(bench, { strategy, recording }).text(fault.facts);
      this.#fault({ ...fault, rule: 'two bench faults in a row', facts });
    }
  }

  async #attempts(
    { definition }: Planned,
    {
      recording,
      ...on
    }: {
      bench: Bench;
      copy: number;
      strategy: Strategy;
      baseline: FindBaseline;
      recording: Recording | undefined;
    },
  ): Promise<Pick<Judgement, 'fault'>> {
    let judged: Pick<Judgement, 'fault'> = {};
    for (let attempt = 1; attempt <= MAX_ATTEMPTS && !this.#o.signal.aborted; attempt += 1) {
      judged = await runAttempt({
        ...this.#o,
        ...on,
        dut: this.#dut,
        definition,
        attempt,
        ...(this.#most === 1 ? { copy: undefined } : {}),
        store: recording?.store(this.#o.store) ?? this.#o.store,
        write: recording?.events(this.#o.write) ?? this.#o.write,
        redactor: redactorFor(on.bench, { strategy: on.strategy, recording }),
        onStep: (title) => this.#o.onStep(this.#dut.config.id, title),
      });
      if (judged.fault?.domain !== 'bench') break;
    }
    return judged;
  }
}

/** Knows what the recorder holds as an attempt begins; the attempt tells what comes up in it. */
function redactorFor(bench: Bench, { strategy, recording }: Knowing): Redactor {
  const own = createRedactor();
  const redactor = recording?.redactor(own) ?? own;
  redactor.add('address', bench.homeAddress);
  for (const { password, address } of [bench.initial, ...strategy.allKnown()]) {
    if (password !== undefined) redactor.add('password', password);
    if (address !== undefined) redactor.add('address', address);
  }
  return redactor;
}

/** What ended the work at a bench; where closing it failed too, the first thing that went wrong. */
export function benchFault(thrown: unknown): Fault {
  let error = thrown;
  while (error instanceof SuppressedError) error = error.suppressed;
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
