import type { CaseRecord, DutRecord, RunRecord } from '../terms/record.ts';
import { base64Of, sha256Hex, utf8 } from './bytes.ts';
import type { Digests } from './folder.ts';
import {
  CONFORMANCE,
  type Conformance,
  type MatrixField,
  RECORDER,
  type Resource,
  type SignerFacts,
  STATEMENT,
  type Statement,
  TEST_RESULT,
  type TestResult,
} from './statement.ts';

/** What statements are made of. */
export interface Sources {
  readonly record: RunRecord;
  readonly digests: Digests;
  readonly chain: { readonly events: number; readonly head: string };
  readonly signer: SignerFacts;
  /** ISO 8601, UTC. */
  readonly attestedAt: string;
}

/**
 * What is signed of a run: one conformance statement of the whole, then one test result a recorder, in the order of the
 * record. The same sources give the same statements, so that a verifier makes them again and compares.
 */
export async function statementsOf(
  sources: Sources,
): Promise<readonly [Statement<Conformance>, ...Statement<TestResult>[]]> {
  const { record } = sources;
  const subjects = await Promise.all(record.duts.map(subjectOf));
  const requirements = await sha256Hex(utf8(JSON.stringify(record.requirements)));
  const conformance: Statement<Conformance> = {
    _type: STATEMENT,
    subject: subjects,
    predicateType: CONFORMANCE,
    predicate: conformanceOf(sources, requirements),
  };
  const results = record.duts.map(
    (dut, index): Statement<TestResult> => ({
      _type: STATEMENT,
      subject: subjects.slice(index, index + 1),
      predicateType: TEST_RESULT,
      predicate: testResultOf(record, dut, requirements),
    }),
  );
  return [conformance, ...results];
}

/** A recorder as a subject: what its digest is made of is its description, which goes with it. */
async function subjectOf({ id, kind, model, firmware, serialNumber }: DutRecord): Promise<Resource> {
  const content = utf8(JSON.stringify({ kind, model, firmware, serialNumber }));
  return {
    name: id,
    digest: { sha256: await sha256Hex(content) },
    content: base64Of(content),
    mediaType: RECORDER,
    annotations: { kind, model, firmware, serialNumber },
  };
}

function conformanceOf(
  { record, digests, chain, signer, attestedAt }: Sources,
  requirements: string,
): Conformance {
  const { harness } = record;
  return {
    attestedAt,
    signer,
    run: {
      id: record.id,
      startedAt: timeOf(record.startedAt),
      endedAt: timeOf(record.endedAt),
      ended: record.ended,
      verdict: record.verdict,
    },
    harness,
    suite: {
      version: harness.version,
      ...(harness.commit === undefined ? {} : { commit: harness.commit }),
      ...(harness.digests === undefined ? {} : { digest: harness.digests.suites }),
      requirements,
    },
    recorders: record.duts,
    calibrations: Object.fromEntries(
      record.duts.flatMap(({ id, calibration }) => (calibration === undefined ? [] : [[id, calibration]])),
    ),
    matrix: matrixOf(record),
    record: {
      'run.json': digests.all.get('run.json') ?? '',
      'events.jsonl': digests.all.get('events.jsonl') ?? '',
      ...chain,
    },
    evidence: { ...digests.evidence, tree: 'RFC 6962, SHA-256; entries: path, line feed, sha256 in hex' },
    files: digests.others,
  };
}

/** Every pair of a recorder and a requirement that the record knows of: cases first, then those without one. */
function matrixOf(record: RunRecord): readonly MatrixField[] {
  const cases = record.cases.map((one): MatrixField => {
    const { fault, reason } = one.attempts.at(-1) ?? {};
    const { expected } = one;
    return {
      dut: one.dut,
      requirement: one.requirement,
      state: one.verdict,
      attempts: one.attempts.length,
      ...(fault === undefined ? {} : { fault: { domain: fault.domain, rule: fault.rule } }),
      ...(expected === undefined ? {} : { expected: { id: expected.id, until: expected.until } }),
      ...(reason === undefined ? {} : { reason }),
    };
  });
  return [
    ...cases,
    ...record.notRun.map(
      ({ dut, requirement, why, reason }): MatrixField => ({ dut, requirement, state: why, reason }),
    ),
  ];
}

function testResultOf(record: RunRecord, dut: DutRecord, requirements: string): TestResult {
  const own = record.cases.filter((one) => one.dut === dut.id);
  const passed = own.filter(({ verdict }) => verdict === 'pass');
  const warned = passed.filter(isWarned);
  const failed = [
    ...own.filter(({ verdict }) => verdict !== 'pass'),
    ...record.notRun.filter((one) => one.dut === dut.id && one.why === 'not-reached'),
  ];
  const names = (all: readonly { readonly requirement: string }[]) =>
    all.map(({ requirement }) => requirement).sort();
  const bad =
    failed.length > 0 || passed.length === 0 || dut.fault !== undefined || record.ended !== 'complete';
  return {
    result: bad ? 'FAILED' : warned.length > 0 ? 'WARNED' : 'PASSED',
    configuration: configurationOf(record, dut, requirements),
    passedTests: names(passed.filter((one) => !isWarned(one))),
    warnedTests: names(warned),
    failedTests: names(failed),
  };
}

function isWarned({ flaky, expected }: CaseRecord): boolean {
  return flaky || expected !== undefined;
}

function configurationOf({ harness }: RunRecord, dut: DutRecord, requirements: string): readonly Resource[] {
  const { digests, commit } = harness;
  const plain = /^[0-9a-f]{40}$/.test(commit ?? '') ? commit : undefined;
  return [
    { name: 'requirements', digest: { sha256: requirements } },
    { name: 'profile', content: base64Of(utf8(dut.profile)), mediaType: 'text/plain' },
    ...(digests === undefined
      ? []
      : [
          { name: 'harness', digest: { sha256: digests.harness } },
          { name: 'suites', digest: { sha256: digests.suites } },
        ]),
    ...(plain === undefined ? [] : [{ name: 'commit', digest: { gitCommit: plain } }]),
  ];
}

/** ISO 8601; a number that is no time stays a number. */
function timeOf(at: number): string {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? String(at) : date.toISOString();
}
