import { HarnessError } from '../terms/error.ts';
import type { Fault, Verdict } from '../terms/verdict.ts';

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
}
export interface Judgement {
  readonly verdict: Verdict;
  readonly fault?: Fault;
  /** For inconc and error: one sentence. */
  readonly reason?: string;
}

/** The rules of who may say what: first match decides, and its name stands in every report. */
export function judge({ thrown, expectations, failed, evidence, lost }: Ending): Judgement {
  // What the recorder was found to do wrong stays found, whatever came after it.
  if (failed !== undefined)
    return { verdict: 'fail', fault: { domain: 'product', rule: 'expectation', facts: failed } };
  if (thrown === undefined && lost !== undefined) {
    const facts = `evidence could not be stored: ${lost}`;
    const cure = 'make room on the disk of the reports, and see that the folder may be written to';
    return {
      verdict: 'error',
      reason: facts,
      fault: { domain: 'bench', rule: 'evidence-lost', facts, cure },
    };
  }
  if (thrown === undefined) {
    if (expectations === 0)
      return fault('error', 'suite', 'case-empty', 'the case ended without expecting anything');
    if (evidence === 0)
      return fault('error', 'suite', 'no-evidence', 'the case left no evidence for its verdict');
    return { verdict: 'pass' };
  }
  if (!(thrown instanceof Error))
    return fault('error', 'suite', 'exception', `the case threw ${String(thrown)}`);
  if (!(thrown instanceof HarnessError))
    return fault('error', 'suite', 'exception', `${thrown.name}: ${thrown.message}${place(thrown)}`);
  const cure = thrown.hint === undefined ? {} : { cure: thrown.hint };
  if (thrown.code === 'INTERRUPTED')
    return {
      verdict: 'none',
      reason: thrown.message,
      fault: { domain: 'operator', rule: 'interrupted', facts: thrown.message, ...cure },
    };
  if (thrown.code === 'SCREEN_NOT_REACHED' || thrown.code === 'STATE_NOT_REACHED')
    return {
      verdict: 'inconc',
      reason: thrown.message,
      fault: { domain: thrown.domain, rule: 'state-not-reached', facts: thrown.message, ...cure },
    };
  return {
    verdict: 'error',
    reason: thrown.message,
    fault: {
      domain: thrown.domain,
      rule: thrown.code.toLowerCase().replaceAll('_', '-'),
      facts: thrown.message,
      ...cure,
    },
  };
}

function fault(verdict: Verdict, domain: Fault['domain'], rule: string, facts: string): Judgement {
  return { verdict, reason: facts, fault: { domain, rule, facts } };
}

/** Where in the suites it was thrown. */
function place(error: Error): string {
  const line = error.stack?.split('\n').find((text) => /\/(suites|harness)\//.test(text));
  const found = line === undefined ? null : /((?:suites|harness)\/[^():]+:\d+)/.exec(line);
  return found === null ? '' : ` (${found[1]})`;
}
