import type { CaseRecord } from './record.ts';
import type { Verdict } from './verdict.ts';

/** A failure that a laboratory knows of, as the run found it when it began. */
export interface ExpectedFailure {
  /** Of the entry in the file. */
  readonly id: string;
  readonly reason: string;
  readonly owner: string;
  /** Last day on which it counts, `YYYY-MM-DD`, UTC. */
  readonly until: string;
  /** Where it is followed up. */
  readonly link?: string;
  /** The run began after that day. */
  readonly past: boolean;
}

/**
 * What became of an expected failure:
 * - `happened`: the case failed, in time; known, and no reason to stop a release
 * - `past`: it failed, but the entry is past its date: it counts as any other
 * - `absent`: the case passed, so the entry is wrong or the firmware mended; counts against the run until it is removed
 * - `undecided`: no verdict on the recorder was reached
 */
export type ExpectedOutcome = 'happened' | 'past' | 'absent' | 'undecided';

/** What became of an expected failure, by the verdict of its case. */
export function outcomeOf(verdict: Verdict, expected: ExpectedFailure): ExpectedOutcome {
  if (verdict === 'pass') return 'absent';
  if (verdict !== 'fail') return 'undecided';
  return expected.past ? 'past' : 'happened';
}

/** What became of a case's expected failure; undefined where none was expected. */
export function expectedOutcome({ expected, verdict }: Judged): ExpectedOutcome | undefined {
  return expected === undefined ? undefined : outcomeOf(verdict, expected);
}

/** Whether a case speaks against the recorder, or against what is written of it. */
export function blocks(one: Judged): boolean {
  const outcome = expectedOutcome(one);
  return outcome === 'absent' || (one.verdict === 'fail' && outcome !== 'happened');
}

/** One sentence on an expected failure and what became of it. */
export function expectedText(verdict: Verdict, expected: ExpectedFailure): string {
  const { id, owner, until, reason } = expected;
  const outcome = outcomeOf(verdict, expected);
  switch (outcome) {
    case 'happened':
      return `expected failure ${id} (${owner}, until ${until}): ${reason}`;
    case 'past':
      return `expected failure ${id} (${owner}) is past its date ${until} and excuses nothing: mend the recorder or agree on a new date. It said: ${reason}`;
    case 'absent':
      return `expected failure ${id} (${owner}, until ${until}) did not happen: remove the entry or narrow its condition. It said: ${reason}`;
    case 'undecided':
      return `expected failure ${id} (${owner}, until ${until}) was not decided. It says: ${reason}`;
    default:
      return outcome satisfies never;
  }
}

type Judged = Pick<CaseRecord, 'verdict' | 'expected'>;
