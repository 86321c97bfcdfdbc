import { coverFrame, secretBoxes } from '../evidence/cover.ts';
import { createRedactor, type Redactor } from '../evidence/redactor.ts';
import type { EvidenceStore } from '../evidence/store.ts';
import type { Trace } from '../flow/trace.ts';
import { type Finding, toldOf } from '../kit/expect.ts';
import type { Clock } from '../terms/clock.ts';
import { HarnessError } from '../terms/error.ts';
import type { Frame, Pixels, Reading } from '../terms/frame.ts';
import type { EvidenceRef, PromptRecord, RunEvent, ScreenFacts } from '../terms/record.ts';
import { cleared } from '../vision/compare.ts';
import { encodePng } from '../vision/png.ts';

/** Where one attempt's record goes. */
export interface TraceOptions {
  readonly dut: string;
  readonly requirement: string;
  readonly attempt: number;
  readonly clock: Clock;
  readonly store: EvidenceStore;
  /** Nothing is kept: frames need no covering. */
  readonly unkept?: true;
  readonly redactor: Redactor;
  readonly write: (event: RunEvent) => void;
  /** Hears what begins, for people who watch. */
  readonly onStep: (title: string) => void;
  /** Who holds the recorder now, if anybody does, and the end of that. */
  readonly hold?: {
    readonly asked: () => string | undefined;
    readonly free: () => Promise<void>;
  };
}

interface OpenStep {
  readonly title: string;
  readonly at: number;
  readonly started: number;
  readonly evidence: Promise<EvidenceRef | undefined>[];
  parts: number;
  effect?: 'nothing' | 'changed' | 'settled';
}

/** How many pieces of evidence may wait to be stored before the flow waits for them. */
const BACKLOG = 24;

/**
 * Keeps the steps of one attempt. Evidence is covered, hashed and stored beside the flow, not in its way; the record
 * keeps the order in which things happened all the same.
 */
export class AttemptTrace implements Trace {
  readonly #o: TraceOptions;
  #open: OpenStep | undefined;
  #tail: Promise<void> = Promise.resolve();
  #pending = 0;
  #recent: Promise<EvidenceRef | undefined>[] = [];
  readonly #told = new WeakSet<object>();
  /** Knows the payloads of the QRs that were read. */
  readonly payloads = createRedactor();
  evidenceCount = 0;
  expectations = 0;
  /** The first expectation that did not hold, in words. */
  failed: string | undefined;
  /** Why a piece of evidence could not be stored, the first one, in words. */
  lost: string | undefined;
  /** How the attempt was held for the first time, in words, and what had failed before that. */
  held: { readonly told: string; readonly failed: string | undefined } | undefined;
  constructor(options: TraceOptions) {
    this.#o = options;
  }

  async step<T>(title: string, body: () => Promise<T>): Promise<T> {
    if (this.#o.hold?.asked() !== undefined) await this.#wait(title);
    const parent = this.#open;
    const step: OpenStep = {
      title,
      at: this.#o.clock.now(),
      started: this.#o.clock.monotonic(),
      evidence: [],
      parts: 0,
    };
    this.#open = step;
    this.#o.onStep(title);
    let error: string | undefined;
    try {
      return await body();
    } catch (cause) {
      if (typeof cause === 'object' && cause !== null && !this.#told.has(cause)) {
        this.#told.add(cause);
        error = cause instanceof Error ? cause.message : String(cause);
      }
      throw cause;
    } finally {
      this.#open = parent;
      if (parent !== undefined) parent.parts += 1;
      // A step that only groups others says nothing of its own.
      if (step.parts === 0 || step.evidence.length > 0 || error !== undefined) this.#close(step, error);
      if (this.#pending > BACKLOG) await this.#tail;
    }
  }

  /** Waits until nobody holds the recorder, and records that somebody did. */
  async #wait(title: string): Promise<void> {
    const { hold, clock, write, dut, requirement, attempt, redactor, onStep } = this.#o;
    const by = hold?.asked();
    if (hold === undefined || by === undefined) return;
    const told = redactor.text(`held by ${by}, before "${title}"`);
    this.held ??= { told: `it was ${told}`, failed: this.failed };
    const at = clock.now();
    const since = clock.monotonic();
    onStep(told);
    // What came before it is in the record first, for whoever looks now.
    await this.#tail;
    const step = { title: `H${told.slice(1)}`, at, milliseconds: 0, held: true, evidence: [] } as const;
    write({ type: 'step', dut, requirement, attempt, step });
    await hold.free();
    this.measure('time held', Math.round(clock.monotonic() - since), 'ms');
  }

  #close(step: OpenStep, error: string | undefined): void {
    const milliseconds = Math.round(this.#o.clock.monotonic() - step.started);
    const { dut, requirement, attempt, redactor } = this.#o;
    this.#later(async () => {
      const evidence = (await Promise.all(step.evidence)).filter((ref) => ref !== undefined);
      this.#o.write({
        type: 'step',
        dut,
        requirement,
        attempt,
        step: {
          title: redactor.text(step.title),
          at: step.at,
          milliseconds,
          ...(step.effect === undefined ? {} : { effect: step.effect }),
          ...(error === undefined ? {} : { error: redactor.text(error) }),
          evidence,
        },
      });
    });
  }

  effect(effect: 'nothing' | 'changed' | 'settled'): void {
    if (this.#open !== undefined) this.#open.effect = effect;
  }

  frame(title: string, frame: Frame | Promise<Frame>, readings: readonly Reading[]): void {
    this.#keep(async () => {
      const grabbed = await frame;
      if (this.#o.unkept) return this.#put('frame', extOf(grabbed), title, grabbed.bytes, grabbed.grabbedAt);
      const covered = await coverFrame(grabbed, secretBoxes(readings, this.#o.redactor));
      return this.#put('frame', extOf(covered), title, covered.bytes, grabbed.grabbedAt, needlesOn(readings));
    });
  }
  picture(kind: 'qr' | 'difference', title: string, pixels: Pixels): void {
    const at = this.#o.clock.now();
    this.#keep(async () => this.#put(kind, 'png', title, await encodePng(pixels), at));
  }
  screen(facts: ScreenFacts, pixels: Pixels, readings: readonly Reading[]): void {
    const at = this.#o.clock.now();
    const title = `The screen "${facts.name}", to be compared`;
    this.#keep(async () => {
      const kept = cleared(pixels, secretBoxes(readings, this.#o.redactor));
      return this.#put('screen', 'png', title, await encodePng(kept), at, { screen: facts });
    });
  }
  text(
    kind: 'mail' | 'http' | 'serial' | 'sadp' | 'export',
    title: string,
    text: string,
    from?: number,
  ): void {
    const at = this.#o.clock.now();
    const since = from === undefined ? {} : { from };
    this.#keep(() =>
      this.#put(kind, 'txt', title, new TextEncoder().encode(this.#o.redactor.text(text)), at, since),
    );
  }
  measure(name: string, value: number | string, unit: string): void {
    const { dut, requirement, attempt, redactor } = this.#o;
    const told = typeof value === 'string' ? redactor.text(value) : value;
    this.#later(async () =>
      this.#o.write({
        type: 'measurement',
        dut,
        requirement,
        attempt,
        measurement: { name, value: told, unit },
      }),
    );
  }
  /** Records what an operator was asked, and what came of it. */
  prompt(over: PromptRecord): void {
    const { dut, requirement, attempt, redactor } = this.#o;
    const { answer } = over;
    const told =
      answer === undefined
        ? {}
        : {
            answer: {
              ...answer,
              value: redactor.text(answer.value),
              ...(answer.note === undefined ? {} : { note: redactor.text(answer.note) }),
            },
          };
    const prompt = { ...over, title: redactor.text(over.title), ...told };
    this.#later(async () => this.#o.write({ type: 'prompt', dut, requirement, attempt, prompt }));
  }
  secret(kind: 'code' | 'password' | 'address' | 'secret' | 'payload', value: string): void {
    if (kind === 'payload') this.payloads.add('secret', value);
    else this.#o.redactor.add(kind, value);
  }

  /** Records what an expectation found, with the evidence kept last. */
  finding(finding: Finding): void {
    this.expectations += 1;
    if (!finding.ok) this.failed ??= toldOf(finding);
    const at = this.#o.clock.now();
    const recent = this.#recent.slice(-2);
    const { dut, requirement, attempt, redactor } = this.#o;
    this.#later(async () =>
      this.#o.write({
        type: 'expectation',
        dut,
        requirement,
        attempt,
        expectation: {
          title: redactor.text(finding.title),
          verdict: finding.ok ? 'pass' : 'fail',
          at,
          expected: redactor.text(finding.expected),
          seen: redactor.text(finding.seen),
          evidence: (await Promise.all(recent)).filter((ref) => ref !== undefined),
        },
      }),
    );
  }

  /** Resolves when all that was kept so far is stored and recorded. */
  settled(): Promise<void> {
    return this.#tail;
  }

  async #put(
    kind: EvidenceRef['kind'],
    ext: EvidenceRef['ext'],
    title: string,
    bytes: Uint8Array,
    at: number,
    more: Pick<EvidenceRef, 'screen' | 'needles' | 'from'> = {},
  ): Promise<EvidenceRef> {
    const told = this.#o.redactor.text(title);
    try {
      const ref = await this.#o.store.put({ kind, ext, title: told, at, bytes, ...more });
      this.evidenceCount += 1;
      return ref;
    } catch (error) {
      this.lost ??= error instanceof Error ? error.message : String(error);
      throw error;
    }
  }

  /** Stores evidence for the running step. What cannot be stored is told in the record, and is no evidence. */
  #keep(make: () => Promise<EvidenceRef>): void {
    const stored = make().catch((cause: unknown) => {
      const { dut, requirement, attempt, redactor, clock } = this.#o;
      const message = cause instanceof HarnessError ? cause.message : String(cause);
      const step = { title: 'Keep evidence', at: clock.now(), milliseconds: 0, evidence: [] };
      this.#later(async () =>
        this.#o.write({
          type: 'step',
          dut,
          requirement,
          attempt,
          step: { ...step, error: redactor.text(message) },
        }),
      );
      return undefined;
    });
    this.#recent = [...this.#recent.slice(-2), stored];
    if (this.#open !== undefined) this.#open.evidence.push(stored);
    else this.#later(async () => void (await stored));
  }

  #later(job: () => Promise<void>): void {
    this.#pending += 1;
    this.#tail = this.#tail.then(job).finally(() => {
      this.#pending -= 1;
    });
  }
}

/** The needles looked for on a frame: those of the last of its readings that knows any. */
function needlesOn(readings: readonly Reading[]): Pick<EvidenceRef, 'needles'> {
  const reading = readings.findLast(({ needles = [] }) => needles.length > 0);
  if (reading === undefined) return {};
  const { width, height, needles: seen = [] } = reading;
  return { needles: { width, height, seen } };
}

/** A frame is kept as it was grabbed. */
function extOf({ format }: Frame): EvidenceRef['ext'] {
  return format === 'jpeg' ? 'jpg' : 'png';
}
