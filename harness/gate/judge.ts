import type { GatePolicy } from '../config/gate.ts';
import type { RunRecord } from '../terms/record.ts';
import { caseFindings } from './cases.ts';
import { type Finding, GATE_RULES, type GateAnswer } from './finding.ts';
import { wholeFindings } from './whole.ts';

/** What a gate looks at beside policy and run. */
export interface GateFacts {
  /** ms since the epoch: waivers end by it. */
  readonly now: number;
  /** The run whose failures are known. */
  readonly against?: RunRecord;
  /** What is wrong with the journal of the run; it is not judged then. */
  readonly damage?: string;
}

/** Judges a run by a policy. Whatever keeps the run from being judged never counts as a pass, and never as a failure. */
export function judgeRun(policy: GatePolicy, record: RunRecord, facts: GateFacts): GateAnswer {
  const found = [...caseFindings(policy, record, facts), ...wholeFindings(policy, record, facts)];
  const findings = found.sort((a, b) => orderOf(a) - orderOf(b));
  const has = (effect: Finding['effect']) => findings.some((one) => one.effect === effect);
  return {
    decision: has('block') ? 'blocked' : has('hold') ? 'not-judged' : 'open',
    policy: policy.name,
    run: record.id,
    ...(facts.against === undefined ? {} : { against: facts.against.id }),
    findings,
  };
}

function orderOf({ effect, rule }: Finding): number {
  return ['block', 'hold', 'note'].indexOf(effect) * GATE_RULES.length + GATE_RULES.indexOf(rule);
}
