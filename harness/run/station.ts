import type { Bench } from '../bench/open.ts';
import type { Hands } from '../bench/ports/hands.ts';
import { createRedactor } from '../evidence/redactor.ts';
import type { EvidenceItem, EvidenceStore } from '../evidence/store.ts';
import { type DutState, Strategy } from '../flow/strategy.ts';
import type { CaseDefinition } from '../kit/case.ts';
import type { Clock } from '../terms/clock.ts';
import { HarnessError } from '../terms/error.ts';
import type { Judgement } from '../terms/judge.ts';
import type { EvidenceRef, RunEvent } from '../terms/record.ts';
import { runAttempt } from './attempt.ts';
import { calibrator } from './capture.ts';
import { ledgerOf } from './ledger.ts';
import type { PlannedDut } from './plan.ts';

/** What one case came to on a twin with or without a defect. */
export interface Tried extends Judgement {
  /** Defects, active or not, at whose place the twin came by. */
  readonly met: readonly string[];
  /** Covered and in order, where it is kept. */
  readonly evidence: readonly EvidenceItem[];
}

export interface StationOptions {
  readonly dut: PlannedDut;
  readonly bench: Bench;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly onStep: (title: string) => void;
  readonly withPartner: <T>(body: () => Promise<T>) => Promise<T>;
  readonly nextNumber: () => number;
  /** Keeps the evidence of a case until its verdict is told. */
  readonly keep?: boolean;
}

/** How long a twin may take to show something, ms. */
const SCREEN_MS = 20_000;

const STATES: readonly DutState[] = ['inactive', 'active', 'reserved'];

/** One twin on which cases are tried, healthy and defective in turns; nothing is stored of it. */
export class Station {
  readonly #o: StationOptions;
  readonly #hands: Hands;
  readonly #strategy: Strategy;
  constructor(options: StationOptions) {
    this.#o = options;
    const { hands } = options.bench;
    if (hands === undefined)
      throw new HarnessError(
        'USAGE',
        `${options.dut.config.id} is no twin: only a twin can be made defective`,
      );
    this.#hands = hands;
    this.#strategy = new Strategy(options.bench.initial, {
      tries: ledgerOf(options.dut.profile, options.clock),
    });
  }

  /**
   * Reaches every state once on the healthy twin, so that later ones are brought back and not reached. Where pixels alone
   * are read, their capture is calibrated first.
   */
  async warmUp(): Promise<void> {
    await this.#hands.setDefects([]);
    const { bench, clock, signal, dut } = this.#o;
    const { resolution } = dut.config;
    await calibrator({ clock, signal, withinMs: SCREEN_MS, resolution })(bench.display);
    for (const needs of STATES) {
      if (!this.#o.dut.cases.some(({ definition }) => definition.needs === needs)) continue;
      const { verdict, fault } = await this.#attempt({
        id: 'CR00',
        title: `the state "${needs}"`,
        needs,
        test: async ({ gui, expect }) => {
          await gui.photograph('As it stands');
          expect(true, 'the state').toBe(true);
        },
      });
      if (verdict !== 'pass')
        throw new HarnessError(
          'STATE_NOT_REACHED',
          `the healthy twin did not reach ${needs}: ${fault?.facts ?? ''}`,
        );
    }
  }

  /** Runs one case on the twin with these defects, from a state that a healthy one reached. */
  async run(definition: CaseDefinition, defects: readonly string[]): Promise<Tried> {
    await this.#hands.setDefects(defects);
    const evidence: EvidenceItem[] = [];
    const keep = this.#o.keep === true ? evidence : undefined;
    const log: RunEvent[] = [];
    const judged = await this.#attempt(definition, (event) => log.push(event), keep);
    evidence.sort((a, b) => a.at - b.at);
    if (keep !== undefined) evidence.unshift(logOf(log));
    return { ...judged, met: await this.#hands.metDefects(), evidence };
  }

  async #attempt(
    definition: CaseDefinition,
    write: (event: RunEvent) => void = () => undefined,
    keep?: EvidenceItem[],
  ): Promise<Judgement> {
    const { dut, bench, clock, signal, onStep, withPartner, nextNumber } = this.#o;
    return runAttempt({
      dut,
      definition,
      attempt: 1,
      bench,
      baseline: async () => undefined,
      strategy: this.#strategy,
      redactor: createRedactor(),
      ...(keep === undefined ? { store: FORGETFUL, unkept: true } : { store: keeping(keep) }),
      clock,
      signal,
      write,
      onStep,
      withPartner,
      nextNumber,
    });
  }
}

/** What was done, a line each: when, how long it took, and what the screen did. */
function logOf(events: readonly RunEvent[]): EvidenceItem {
  const lines = events.flatMap((event) => {
    if (event.type === 'step') {
      const { at, milliseconds, title, effect, error } = event.step;
      return [
        [new Date(at).toISOString(), `${milliseconds} ms`, title, effect ?? '', error ?? ''].join('\t'),
      ];
    }
    if (event.type !== 'expectation') return [];
    const { at, title, verdict, expected, seen } = event.expectation;
    return [[new Date(at).toISOString(), verdict, title, `expected ${expected}`, `saw ${seen}`].join('\t')];
  });
  const bytes = Buffer.from(`${lines.join('\n')}\n`);
  return { kind: 'export', ext: 'txt', title: 'What was done', at: 0, bytes };
}

/** Keeps evidence in a list. */
function keeping(list: EvidenceItem[]): EvidenceStore {
  return {
    async put(item) {
      list.push(item);
      return FORGETFUL.put(item);
    },
  };
}

/** Takes evidence and keeps none. */
const FORGETFUL: EvidenceStore = {
  put: async ({ bytes: _, ...facts }): Promise<EvidenceRef> => ({ sha256: '', ...facts }),
};
