import type { Calibration } from './calibration.ts';
import type { ExpectedFailure } from './expected.ts';
import type { NeedlesOnFrame } from './needle.ts';
import type { Fault, Verdict } from './verdict.ts';

/** A picture or text kept as evidence: `evidence/<sha256>.<ext>`. */
export interface EvidenceRef {
  readonly sha256: string;
  readonly ext: 'png' | 'jpg' | 'txt' | 'json' | 'eml';
  readonly kind: 'frame' | 'qr' | 'mail' | 'http' | 'serial' | 'sadp' | 'difference' | 'screen' | 'export';
  readonly title: string;
  /** ms since the epoch. */
  readonly at: number;
  /** When what it holds began, where it covers a time, as a transcript does; ms since the epoch. */
  readonly from?: number;
  /** Of `kind` screen: a whole screen with what varies made transparent, so that it can be a baseline. */
  readonly screen?: ScreenFacts;
  /** Of `kind` frame: the needles looked for on it. */
  readonly needles?: NeedlesOnFrame;
}
export interface ScreenFacts {
  /** Of the screen, e.g. `disclaimer`. */
  readonly name: string;
  /** What the picture came through; pictures of another are not compared. */
  readonly source: string;
}
/** A named, timed act or observation. */
export interface StepRecord {
  readonly title: string;
  readonly at: number;
  readonly milliseconds: number;
  /** What the screen did, for acts: nothing, changed, settled. */
  readonly effect?: 'nothing' | 'changed' | 'settled';
  readonly error?: string;
  /** A person held the attempt here: what came after it is not judged. */
  readonly held?: true;
  readonly evidence: readonly EvidenceRef[];
}
/** One `expect` of a case. */
export interface ExpectationRecord {
  readonly title: string;
  readonly verdict: 'pass' | 'fail';
  readonly at: number;
  readonly expected: string;
  readonly seen: string;
  readonly evidence: readonly EvidenceRef[];
}
/** A figure that a case reports. */
export interface MeasurementRecord {
  readonly name: string;
  readonly value: number | string;
  readonly unit: string;
}
/** How a person, or who stands for one, answered. `script`: a program of the lab's; `recorded`: a file of answers. */
export type AnswerWay = 'terminal' | 'page' | 'script' | 'recorded';
/** What was answered, and by whom. */
export interface Answer {
  /** The value of an option, or the text. */
  readonly value: string;
  /** What was said beside it. */
  readonly note?: string;
  /** The name that the person gave, else that of the account; of a file the name in it. */
  readonly by: string;
  readonly way: AnswerWay;
}
/** What an operator was asked, and what came of it. */
export interface PromptRecord {
  /** Of the question, e.g. `scan-qr`. */
  readonly id: string;
  readonly title: string;
  readonly kind: 'options' | 'text' | 'picture';
  /** When it was asked, ms since the epoch, and how long it stood. */
  readonly at: number;
  readonly milliseconds: number;
  /** `withdrawn`: the run ended, or the bench was closed. */
  readonly outcome: 'answered' | 'unanswered' | 'withdrawn';
  readonly answer?: Answer;
  /** sha256 of the picture, or of the text of the QR, that was shown. */
  readonly shown?: string;
}
/** One try at one case. */
export interface AttemptRecord {
  /** Which of the copies of a twin, from 1, where its cases were shared out among several. */
  readonly copy?: number;
  readonly verdict: Verdict;
  readonly at: number;
  readonly milliseconds: number;
  readonly steps: readonly StepRecord[];
  readonly expectations: readonly ExpectationRecord[];
  readonly measurements: readonly MeasurementRecord[];
  /** What operators were asked; absent where nobody was. */
  readonly prompts?: readonly PromptRecord[];
  readonly fault?: Fault;
  /** For inconc and error: one sentence. */
  readonly reason?: string;
}
/** One requirement on one DUT. The verdict is that of the last attempt; more than one attempt = flaky. */
export interface CaseRecord {
  readonly dut: string;
  readonly requirement: string;
  readonly title: string;
  readonly verdict: Verdict;
  readonly flaky: boolean;
  /** A failure that was known of; the verdict says what happened all the same. */
  readonly expected?: ExpectedFailure;
  readonly attempts: readonly AttemptRecord[];
}
/** Why a requirement has no case on a DUT in this plan. */
export interface NotRunRecord {
  readonly dut: string;
  readonly requirement: string;
  readonly why: 'not-applicable' | 'no-case' | 'not-selected' | 'not-reached';
  /** The expression or fact that decided. */
  readonly reason: string;
  /** What the bench would have to have, where that alone is lacking: the requirement does apply to the recorder. */
  readonly lacks?: string;
}
export interface DutRecord {
  readonly id: string;
  readonly kind: 'twin' | 'hardware';
  readonly family: string;
  readonly model: string;
  readonly firmware: string;
  readonly gui: string;
  readonly serialNumber: string;
  readonly profile: string;
  readonly resolution: string;
  /** What the capture of a twin was set to, where it was. */
  readonly capture?: Readonly<Record<string, string | number | undefined>>;
  /** What its capture was found to do to pictures, where pixels alone were seen. */
  readonly calibration?: Calibration;
  /** Of hardware: whether it had its first password again in the end, and how that was seen. Absent where the run was cut. */
  readonly password?: { readonly restored: boolean; readonly told: string };
  /** From the whole bench: a fault that ended this DUT's part. */
  readonly fault?: Fault;
}
export interface RequirementRecord {
  readonly id: string;
  readonly statement: string;
  readonly source: string;
  readonly kind: 'documented' | 'policy' | 'measured';
  readonly section: string;
  /** Weaknesses that a recorder has which breaks it, e.g. `CWE-640`; absent where security is not touched. */
  readonly security?: readonly string[];
}
/** What made a run, and for whom. */
export interface HarnessFacts {
  readonly version: string;
  readonly node: string;
  readonly platform: string;
  /** Name of the account that started the run; not in runs of older harnesses. */
  readonly by?: string;
  /** Commit of harness and suites, `-dirty` behind it where files differed; where they lie in a git work tree. */
  readonly commit?: string;
  /** Merkle roots of the files of harness and suites, as they were when the run began; not in runs of older harnesses. */
  readonly digests?: { readonly harness: string; readonly suites: string };
}
/** The record of a run (`run.json`): the product. Every report is a pure reader of it. */
export interface RunRecord {
  readonly schema: 1;
  readonly id: string;
  readonly startedAt: number;
  readonly endedAt: number;
  /** `cut`: the process died; what stands here was reached. */
  readonly ended: 'complete' | 'interrupted' | 'cut';
  readonly verdict: Verdict;
  readonly harness: HarnessFacts;
  readonly duts: readonly DutRecord[];
  readonly requirements: readonly RequirementRecord[];
  readonly cases: readonly CaseRecord[];
  readonly notRun: readonly NotRunRecord[];
}

/** Lines of `events.jsonl`, in order; each line also carries `seq`, `at` and `prev` (sha256 of the line before). */
export type RunEvent =
  | {
      readonly type: 'run-start';
      readonly id: string;
      readonly harness: RunRecord['harness'];
      readonly requirements: readonly RequirementRecord[];
      readonly duts: readonly DutRecord[];
      readonly planned: readonly {
        readonly dut: string;
        readonly requirement: string;
        readonly title: string;
        readonly expected?: ExpectedFailure;
      }[];
      readonly notRun: readonly NotRunRecord[];
    }
  | { readonly type: 'dut-start'; readonly dut: string }
  | { readonly type: 'dut-calibration'; readonly dut: string; readonly calibration: Calibration }
  | {
      readonly type: 'dut-password';
      readonly dut: string;
      readonly restored: boolean;
      /** One sentence without any password. */
      readonly told: string;
    }
  | { readonly type: 'dut-fault'; readonly dut: string; readonly fault: Fault }
  | {
      readonly type: 'case-start';
      readonly dut: string;
      readonly requirement: string;
      readonly title: string;
      readonly attempt: number;
      readonly copy?: number;
    }
  | {
      readonly type: 'step';
      readonly dut: string;
      readonly requirement: string;
      readonly attempt: number;
      readonly step: StepRecord;
    }
  | {
      readonly type: 'expectation';
      readonly dut: string;
      readonly requirement: string;
      readonly attempt: number;
      readonly expectation: ExpectationRecord;
    }
  | {
      readonly type: 'measurement';
      readonly dut: string;
      readonly requirement: string;
      readonly attempt: number;
      readonly measurement: MeasurementRecord;
    }
  | {
      readonly type: 'prompt';
      readonly dut: string;
      readonly requirement: string;
      readonly attempt: number;
      readonly prompt: PromptRecord;
    }
  | {
      readonly type: 'case-end';
      readonly dut: string;
      readonly requirement: string;
      readonly attempt: number;
      readonly verdict: Verdict;
      readonly at: number;
      readonly milliseconds: number;
      readonly fault?: Fault;
      readonly reason?: string;
    }
  | { readonly type: 'dut-end'; readonly dut: string }
  | { readonly type: 'run-end'; readonly ended: 'complete' | 'interrupted' };
