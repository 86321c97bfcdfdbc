import { ERROR_CODES, type ErrorCode } from './error.ts';
import type { Fault, Verdict } from './verdict.ts';

/** What a case threw: an error that the harness throws on purpose has a code; any other is a fault of the suite. */
export interface Thrown {
  readonly code?: ErrorCode;
  readonly message: string;
  readonly hint?: string;
}
/** How an attempt ended, as far as its verdict goes. */
export interface EndingFacts {
  /** Absent where the case ran to its end. */
  readonly thrown?: Thrown;
  readonly expectations: number;
  /** The first expectation that did not hold, in words, whether or not the case went on after it. */
  readonly failed?: string;
  readonly evidence: number;
  /** Why a piece of evidence could not be stored, in words, where one could not. */
  readonly lost?: string;
  /** How a person held the attempt in its middle, in words; what failed after that is not in `failed`. */
  readonly held?: string;
}
export interface Judgement {
  readonly verdict: Verdict;
  readonly fault?: Fault;
  /** For inconc and error: one sentence. */
  readonly reason?: string;
}

const HELD_RULE = 'held';

/** The rules of who may say what: first match decides, and its name stands in every report. */
export function decide({ thrown, expectations, failed, evidence, lost, held }: EndingFacts): Judgement {
  // What the recorder was found to do wrong stays found, whatever came after it.
  if (failed !== undefined)
    return { verdict: 'fail', fault: { domain: 'product', rule: 'expectation', facts: failed } };
  // Whoever holds a recorder may touch it, and its codes and times run on: what came after says nothing of it.
  if (held !== undefined && thrown?.code !== 'INTERRUPTED')
    return {
      verdict: 'inconc',
      reason: held,
      fault: { domain: 'operator', rule: HELD_RULE, facts: held, cure: 'run the case again' },
    };
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
  const { code, message, hint } = thrown;
  if (code === undefined) return fault('error', 'suite', 'exception', message);
  const cure = hint === undefined ? {} : { cure: hint };
  if (code === 'INTERRUPTED')
    return {
      verdict: 'none',
      reason: message,
      fault: { domain: 'operator', rule: 'interrupted', facts: message, ...cure },
    };
  if (code === 'SCREEN_NOT_REACHED' || code === 'STATE_NOT_REACHED')
    return {
      verdict: 'inconc',
      reason: message,
      fault: { domain: ERROR_CODES[code], rule: 'state-not-reached', facts: message, ...cure },
    };
  return {
    verdict: 'error',
    reason: message,
    fault: { domain: ERROR_CODES[code], rule: ruleOf(code), facts: message, ...cure },
  };
}

/** The rule of an error code, as reports name it: `port-closed` of `PORT_CLOSED`. */
function ruleOf(code: ErrorCode): string {
  return code.toLowerCase().replaceAll('_', '-');
}

/** What was thrown where a rule decided; `nothing` where none is needed, undefined of a rule that nobody knows. */
export function thrownBy(rule: string): Pick<Thrown, 'code'> | 'nothing' | undefined {
  if (['expectation', 'evidence-lost', 'case-empty', 'no-evidence', HELD_RULE].includes(rule))
    return 'nothing';
  if (rule === 'exception') return {};
  const codes = Object.keys(ERROR_CODES) as ErrorCode[];
  const code = codes.find((one) => ruleOf(one) === rule);
  return code === undefined ? undefined : { code };
}

function fault(verdict: Verdict, domain: Fault['domain'], rule: string, facts: string): Judgement {
  return { verdict, reason: facts, fault: { domain, rule, facts } };
}
