import { HarnessError } from '../terms/error.ts';
import { decide, type Judgement, type Thrown } from '../terms/judge.ts';

/** How an attempt ended. */
export interface Ending {
  /** What the case threw; undefined when it ran to its end. */
  readonly thrown?: unknown;
  readonly expectations: number;
  /** The first expectation that did not hold, in words, whether or not the case went on after it. */
  readonly failed?: string;
  readonly evidence: number;
  /** Why a piece of evidence could not be stored, in words, where one could not. */
  readonly lost?: string;
  /** How a person held the attempt in its middle, in words; what failed after that is not in `failed`. */
  readonly held?: string;
}

/** What an attempt came to, by the rules that `harness/terms/judge.ts` holds. */
export function judge({ thrown, ...facts }: Ending): Judgement {
  return decide(thrown === undefined ? facts : { ...facts, thrown: thrownAs(thrown) });
}

function thrownAs(thrown: unknown): Thrown {
  if (!(thrown instanceof Error)) return { message: `the case threw ${String(thrown)}` };
  if (!(thrown instanceof HarnessError))
    return { message: `${thrown.name}: ${thrown.message}${place(thrown)}` };
  const { code, message, hint } = thrown;
  return { code, message, ...(hint === undefined ? {} : { hint }) };
}

/** Where in the suites it was thrown. */
function place(error: Error): string {
  const line = error.stack?.split('\n').find((text) => /\/(suites|harness)\//.test(text));
  const found = line === undefined ? null : /((?:suites|harness)\/[^():]+:\d+)/.exec(line);
  return found === null ? '' : ` (${found[1]})`;
}
