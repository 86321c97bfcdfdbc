import { decisiveFailure } from '../terms/expectation.ts';
import type { AttemptRecord } from '../terms/record.ts';
import type { Fault, Verdict } from '../terms/verdict.ts';
import { STATE_NAMES } from './reading.ts';

/** Why something did not pass: one sentence, and all that is known in lines. Device text; the format makes it safe. */
export interface Problem {
  readonly message: string;
  readonly lines: readonly string[];
}

/** The expectations that failed, the reason and the fault, of an attempt or of a bench. */
export function problemOf(
  verdict: Verdict,
  fault: Fault | undefined,
  attempt: AttemptRecord | undefined,
): Problem {
  const failed = attempt?.expectations.filter((one) => one.verdict === 'fail') ?? [];
  const first = attempt && decisiveFailure(attempt);
  const message = first
    ? `${first.title}: expected ${first.expected}, seen ${first.seen}`
    : (attempt?.reason ?? fault?.facts ?? STATE_NAMES[verdict]);
  const lines = [
    `verdict: ${verdict}`,
    ...(attempt?.reason === undefined ? [] : [`reason: ${attempt.reason}`]),
    ...failed.flatMap((one) => [
      `expectation: ${one.title}`,
      `  expected: ${one.expected}`,
      `  seen: ${one.seen}`,
    ]),
    ...(fault ? [`fault domain: ${fault.domain}`, `rule: ${fault.rule}`, `facts: ${fault.facts}`] : []),
    ...(fault?.cure === undefined ? [] : [`cure: ${fault.cure}`]),
  ];
  return { message, lines };
}
