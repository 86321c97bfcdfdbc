/** What a policy found in a run, and what comes of it. */
export interface Finding {
  /** `block`: speaks against the release; `hold`: keeps the run from being judged; `note`: is told, and lets by. */
  readonly effect: 'block' | 'hold' | 'note';
  readonly rule: GateRule;
  readonly dut?: string;
  readonly requirement?: string;
  /** One sentence. */
  readonly text: string;
  /** What to do about it, one sentence. */
  readonly cure: string;
}

/** The rules of the gate, in the order in which their findings are told. */
export const GATE_RULES = [
  'failure',
  'waiver-past',
  'expected-past',
  'expected-absent',
  'flaky',
  'dut-missing',
  'firmware',
  'requirement-missing',
  'missing-case',
  'run-missing',
  'run-incomplete',
  'bench',
  'undecided',
  'waived',
  'expected',
  'known',
  'not-blocking',
  'waiver-idle',
  'against',
] as const;
export type GateRule = (typeof GATE_RULES)[number];

/** `open`: may be released; `blocked`: may not; `not-judged`: the run does not say, and nobody's firmware is blamed for it. */
export type Decision = 'open' | 'blocked' | 'not-judged';

/** What a gate answers. */
export interface GateAnswer {
  readonly decision: Decision;
  readonly policy: string;
  readonly run: string;
  /** The run that failures were compared with. */
  readonly against?: string;
  /** In the order of `GATE_RULES`, what blocks first. */
  readonly findings: readonly Finding[];
}
