// When a harness is killed, and where the kill fell: the stages of a run, as its journal of passwords tells them.
import type { PasswordFact } from '../../../harness/safety/candidates.ts';
import { seeded } from '../vision/random.ts';

/**
 * What a run comes to, in order, each until the next: it starts; its journal begins; a new password is kept, is keyed in, is
 * seen to be taken; the first one is kept to be restored; the journal ends, and the reports are written.
 */
export const STAGES = ['start', 'begun', 'kept', 'keyed', 'taken', 'restoring', 'ended'] as const;
export type Stage = (typeof STAGES)[number];

/** When a run came to its stages, ms since the epoch; those that it did not come to are absent. */
export type Entered = ReadonlyMap<Stage, number>;

/** A moment of a run: a share of the length of one stage, 0 <= x < 1, after it was entered. */
export interface Instant {
  readonly stage: Stage;
  readonly share: number;
}

/** What the recorder and its journal had come to when the harness died. */
export const PHASES = ['before', 'begun', 'kept', 'changed', 'restored'] as const;
export type Phase = (typeof PHASES)[number];

/** A short series comes first by what a crash can harm most. */
const BY_HARM: readonly Stage[] = ['keyed', 'taken', 'kept', 'restoring', 'begun', 'start', 'ended'];
/** How many lengths of a stage the median is taken of: the machine may be busier now than it was. */
const NEWEST = 9;

/**
 * Instants over the whole life of a run. The stages have very different lengths, and the short ones are the dangerous ones:
 * each gets as many, each of these from an equal part of its length; then their order is stirred.
 */
export function drawInstants(count: number, seed: number): readonly Instant[] {
  const random = seeded(seed);
  const stages = BY_HARM.length;
  const drawn = BY_HARM.flatMap((stage, place) => {
    const of = Math.ceil((count - place) / stages);
    return Array.from({ length: Math.max(0, of) }, (_, part) => ({ stage, share: (part + random()) / of }));
  });
  for (let last = drawn.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    const [a, b] = [drawn[last], drawn[other]];
    if (a !== undefined && b !== undefined) [drawn[last], drawn[other]] = [b, a];
  }
  return drawn;
}

/** A moment of `recover`: some while after it has added so many lines to the journal. */
export interface RecoverInstant {
  readonly lines: number;
  /** Of the usual time from there to the next line, or to the first, 0 <= x < 1. */
  readonly share: number;
}
/** Where it restores a password `recover` adds: which one was found; the first one intended, keyed, confirmed; the end. */
const RECOVER_LINES = 4;

/** One instant for so many kills of a run; each number of lines comes as often. */
export function drawRecoverInstants(kills: number, seed: number): readonly RecoverInstant[] {
  const random = seeded(seed + 1);
  const count = Math.ceil(kills / RUNS_PER_RECOVER);
  return Array.from({ length: count }, (_, at) => ({
    // The request that changes the password goes out after the third.
    lines: (at + 3) % (RECOVER_LINES + 1),
    share: random(),
  }));
}
const RUNS_PER_RECOVER = 5;

/** What a journal of passwords tells of a run; of the start it knows nothing. @param first the password that is restored */
export function enteredBy(facts: readonly PasswordFact[], first: string): Entered {
  const entered = new Map<Stage, number>();
  const fresh = new Set<number>();
  const come = (stage: Stage, { at }: PasswordFact) => {
    if (!entered.has(stage)) entered.set(stage, at);
  };
  for (const fact of facts) {
    switch (fact.kind) {
      case 'first':
        come('begun', fact);
        break;
      case 'intended':
        if (fact.password !== first) fresh.add(fact.seq);
        come(fact.password === first ? 'restoring' : 'kept', fact);
        break;
      case 'keyed':
        if (fresh.has(fact.of)) come('keyed', fact);
        break;
      case 'confirmed':
        if (fresh.has(fact.of)) come('taken', fact);
        break;
      case 'ended':
        come('ended', fact);
        break;
      case 'abandoned':
      case 'held':
        break;
      default:
        fact satisfies never;
    }
  }
  return entered;
}

/**
 * Where a kill fell.
 * @param entered what the journal on the disk tells of the run; empty where it began none
 * @param holdsFirst whether the recorder took its first password right after the kill: it decides
 */
export function phaseOf(entered: Entered, holdsFirst: boolean): Phase {
  if (!holdsFirst) return 'changed';
  if (entered.has('restoring') || entered.has('ended')) return 'restored';
  if (entered.has('kept')) return 'kept';
  return entered.has('begun') ? 'begun' : 'before';
}

/** Learns how long each stage takes here and now. */
export interface Lengths {
  /** @param end when the process ended by itself; absent where it was killed in its last stage */
  add(entered: Entered, end?: number): void;
  /** Median of the newest, ms; 0 where none was seen. */
  of(stage: Stage): number;
}

export function newLengths(): Lengths {
  const seen = new Map<Stage, number[]>();
  return {
    add(entered, end) {
      const came = STAGES.flatMap((stage) => {
        const at = entered.get(stage);
        return at === undefined ? [] : [{ stage, at }];
      });
      for (const [place, { stage, at }] of came.entries()) {
        const next = came[place + 1]?.at ?? end;
        if (next !== undefined) seen.set(stage, [...(seen.get(stage) ?? []), next - at].slice(-NEWEST));
      }
    },
    of(stage) {
      const sorted = (seen.get(stage) ?? []).toSorted((a, b) => a - b);
      return sorted[Math.floor(sorted.length / 2)] ?? 0;
    },
  };
}
