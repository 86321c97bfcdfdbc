import type { Verdict } from './verdict.ts';

/** One defect, and what the suite made of it. */
export interface DefectRecord {
  readonly id: string;
  /** What is wrong with the recorder, one sentence. */
  readonly what: string;
  /** Must catch it. */
  readonly requirement: string;
  readonly channel: string;
  readonly subtle: boolean;
  /** The recorder that was given the defect; undefined where none of the inventory can show it. */
  readonly dut: string | undefined;
  /** killed: the named requirement failed where the defect was met. */
  readonly outcome: 'killed' | 'survived' | 'not-met' | 'not-run';
  /** Of the named requirement's case. */
  readonly verdict: Verdict | undefined;
  /** Why it failed, or why not. */
  readonly facts: string;
  /** Other requirements that failed along. */
  readonly collateral: readonly string[];
  /** Other requirements that came to no verdict of their own. */
  readonly disturbed: readonly string[];
  /** Cases that were run with the defect. */
  readonly cases: number;
  readonly milliseconds: number;
}

/** A case of a healthy recorder that did not pass. */
export interface FalseBlame {
  readonly dut: string;
  readonly requirement: string;
  readonly verdict: Verdict;
  readonly facts: string;
}

/** What a proof of the suite found. */
export interface ProofRecord {
  readonly schema: 1;
  readonly id: string;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly ended: 'complete' | 'interrupted' | 'cut';
  readonly requirements: readonly { readonly id: string; readonly statement: string }[];
  readonly defects: readonly DefectRecord[];
  /** Cases run on healthy recorders. */
  readonly healthyCases: number;
  readonly blamed: readonly FalseBlame[];
}

/** The figures of a proof. */
export interface ProofFigures {
  readonly defects: number;
  /** Share of defects that anything caught, 0..1. */
  readonly kill_rate: number;
  /** Share caught by the named requirement. */
  readonly named_rate: number;
  /** Other requirements failing along, mean of the defects caught. */
  readonly collateral_mean: number;
  readonly prove_seconds: number;
}

/** @returns rates of 0 for a proof without defects */
export function figuresOf({ defects, startedAt, endedAt }: ProofRecord): ProofFigures {
  const caught = defects.filter(({ outcome, collateral }) => outcome === 'killed' || collateral.length > 0);
  const named = defects.filter(({ outcome }) => outcome === 'killed');
  const along = named.reduce((sum, { collateral }) => sum + collateral.length, 0);
  const share = (part: number) => (defects.length === 0 ? 0 : rounded(part / defects.length));
  return {
    defects: defects.length,
    kill_rate: share(caught.length),
    named_rate: share(named.length),
    collateral_mean: named.length === 0 ? 0 : rounded(along / named.length),
    prove_seconds: Math.round((endedAt - startedAt) / 100) / 10,
  };
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
