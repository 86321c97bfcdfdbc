import type { Calibration } from '../terms/calibration.ts';
import type { HarnessFacts, RunRecord } from '../terms/record.ts';
import type { FaultDomain, Verdict } from '../terms/verdict.ts';
import type { Leaf } from './merkle.ts';

/** in-toto's descriptor of a resource, as far as it is used here (in-toto Attestation Framework v1). */
export interface Resource {
  readonly name: string;
  readonly digest?: Readonly<Record<string, string>>;
  /** Base64. */
  readonly content?: string;
  readonly mediaType?: string;
  readonly annotations?: Readonly<Record<string, string | boolean>>;
}
/** in-toto Statement v1. */
export interface Statement<P = unknown> {
  readonly _type: typeof STATEMENT;
  readonly subject: readonly Resource[];
  readonly predicateType: string;
  readonly predicate: P;
}
export const STATEMENT = 'https://in-toto.io/Statement/v1';
/** `payloadType` of its envelope. */
export const PAYLOAD = 'application/vnd.in-toto+json';
export const TEST_RESULT = 'https://in-toto.io/attestation/test-result/v0.1';
export const CONFORMANCE = 'urn:resetbench:conformance:v1';
/** Of the description of a recorder that a subject holds: what its digest is made of. */
export const RECORDER = 'application/vnd.resetbench.recorder+json';

/** Predicate `https://in-toto.io/attestation/test-result/v0.1`, of one recorder. */
export interface TestResult {
  readonly result: 'PASSED' | 'WARNED' | 'FAILED';
  readonly configuration: readonly Resource[];
  /** Passed at the first attempt. */
  readonly passedTests: readonly string[];
  /** Passed at a later attempt, or though a failure was expected. */
  readonly warnedTests: readonly string[];
  /** All others that were planned: the predicate has no place for what was not decided. */
  readonly failedTests: readonly string[];
}

/** One field of the matrix. */
export interface MatrixField {
  readonly dut: string;
  readonly requirement: string;
  /** A verdict, or why there is none. */
  readonly state: Verdict | 'not-applicable' | 'no-case' | 'not-selected' | 'not-reached';
  readonly attempts?: number;
  readonly fault?: { readonly domain: FaultDomain; readonly rule: string };
  readonly expected?: { readonly id: string; readonly until: string };
  readonly reason?: string;
}
/** Who signed. A key is named by its public half; without a key the certificate of the bundle names an identity. */
export type SignerFacts =
  | { readonly by: 'key'; readonly id: string; readonly publicKey: string }
  | { readonly by: 'sigstore' };

/** Predicate `urn:resetbench:conformance:v1`: a whole run. docs/attestation.md describes it. */
export interface Conformance {
  /** ISO 8601, UTC, by the clock of who signed. */
  readonly attestedAt: string;
  readonly signer: SignerFacts;
  readonly run: Pick<RunRecord, 'id' | 'ended' | 'verdict'> & {
    readonly startedAt: string;
    readonly endedAt: string;
  };
  readonly harness: HarnessFacts;
  readonly suite: {
    readonly version: string;
    readonly commit?: string;
    /** Merkle root of the files of `suites`, as they were when the run began. */
    readonly digest?: string;
    /** sha256 of the requirements as `run.json` has them, in compact JSON. */
    readonly requirements: string;
  };
  readonly recorders: RunRecord['duts'];
  /** What captures were found to do to pictures, by recorder. */
  readonly calibrations: Readonly<Record<string, Calibration>>;
  readonly matrix: readonly MatrixField[];
  readonly record: {
    /** sha256 of the files. */
    readonly 'run.json': string;
    readonly 'events.jsonl': string;
    readonly events: number;
    /** sha256 of the last line: the head of the chain. */
    readonly head: string;
  };
  readonly evidence: {
    readonly count: number;
    readonly root: string;
    readonly tree: 'RFC 6962, SHA-256; entries: path, line feed, sha256 in hex';
  };
  /** Reports and recordings that lay beside it. */
  readonly files: readonly Leaf[];
}
