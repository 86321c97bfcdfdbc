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

/** One act of a sequence, as a person at the recorder would do it. */
export interface PlayedMove {
  readonly name: string;
  readonly tells: string;
}
/** Sequences that a model drew, and played on one twin. */
export interface SequenceRecord {
  /** The twin was given it, so that the sequences had something to find. */
  readonly defect?: string;
  readonly dut: string;
  /** From which they were drawn; the same draws the same. */
  readonly seed: number;
  /** Sequences that were drawn and played. */
  readonly drawn: number;
  /** The same, with those that were tried to make a violation shorter. */
  readonly played: number;
  /** Made in all of them. */
  readonly moves: number;
  /** The shortest sequence found after which the recorder did what the model forbids. */
  readonly violation?: { readonly moves: readonly PlayedMove[]; readonly facts: string };
  /** Sequences that came to no verdict. */
  readonly undecided: readonly { readonly moves: readonly PlayedMove[]; readonly facts: string }[];
  readonly milliseconds: number;
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
  /** Of the model beside the cases. */
  readonly sequences?: readonly SequenceRecord[];
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

/** The figures of the model beside the cases. */
export interface SequenceFigures {
  /** Sequences on healthy twins. */
  readonly sequences: number;
  /** Of these: what the model forbids, and what came to no verdict. */
  readonly sequence_violations: number;
  readonly sequence_undecided: number;
  /** Defects that sequences had to find, and those that they found. */
  readonly sequence_defects: number;
  readonly sequence_found: number;
}

export function sequenceFiguresOf({ sequences = [] }: Pick<ProofRecord, 'sequences'>): SequenceFigures {
  const healthy = sequences.filter(({ defect }) => defect === undefined);
  const defective = sequences.filter(({ defect }) => defect !== undefined);
  const found = (records: readonly SequenceRecord[]) =>
    records.filter(({ violation }) => violation !== undefined).length;
  return {
    sequences: healthy.reduce((sum, { drawn }) => sum + drawn, 0),
    sequence_violations: found(healthy),
    sequence_undecided: healthy.reduce((sum, { undecided }) => sum + undecided.length, 0),
    sequence_defects: defective.length,
    sequence_found: found(defective),
  };
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
