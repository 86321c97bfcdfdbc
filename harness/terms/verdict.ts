/** Verdicts of ISO/IEC 9646 and TTCN-3, mildest first. */
export const VERDICTS = ['none', 'pass', 'inconc', 'fail', 'error'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** Whose fault a verdict other than pass is. */
export const FAULT_DOMAINS = [
  'product',
  'bench',
  'suite',
  'configuration',
  'outside-service',
  'operator',
  'unknown',
] as const;
export type FaultDomain = (typeof FAULT_DOMAINS)[number];

/** The rule that chose the fault domain, and the facts it looked at. */
export interface Fault {
  readonly domain: FaultDomain;
  readonly rule: string;
  readonly facts: string;
  /** What a person should do now. */
  readonly cure?: string;
}

/** The worse of two verdicts; a worse one is never replaced by a better. */
export function worse(a: Verdict, b: Verdict): Verdict {
  return VERDICTS.indexOf(a) >= VERDICTS.indexOf(b) ? a : b;
}

/** The worst of many; `none` of no verdict at all. */
export function worst(verdicts: Iterable<Verdict>): Verdict {
  let result: Verdict = 'none';
  for (const verdict of verdicts) result = worse(result, verdict);
  return result;
}
