import { createHash } from 'node:crypto';
import type { Attachment, CTRFReport, Environment, RetryAttempt, Step, Test, TestStatus } from 'ctrf';
import { expectedOutcome } from '../terms/expected.ts';
import type { AttemptRecord, CaseRecord, EvidenceRef, RunRecord } from '../terms/record.ts';
import type { Verdict } from '../terms/verdict.ts';
import { benchTest, runTests } from './ctrf-run.ts';
import { problemOf } from './problem.ts';
import {
  type Cell,
  cellsOf,
  evidenceName,
  evidenceOf,
  expectedNote,
  lastAttempt,
  millisecondsOf,
  STATE_NAMES,
} from './reading.ts';
import { jsonText } from './text.ts';

/**
 * The run as CTRF 0.0 (https://github.com/ctrf-io/ctrf). `failed` is the recorder's fault, or an expected failure that
 * did not happen; `other` is error, inconclusive and no verdict, with the fault domain in tags, labels and `extra`;
 * `skipped` is what the plan left out and a failure that was expected; `pending` is what was not reached. Readers that
 * count `failed` alone would take a bench that failed for a pass: where any case came to no verdict on a recorder, or
 * the run did not go to its end, a test of the suite `run` fails and says so.
 */
export function ctrfOf(record: RunRecord): string {
  const cells = cellsOf(record);
  const tests = [
    ...record.duts.flatMap((dut) => [
      ...(cells.get(dut.id) ?? []).map((cell) => testOf(cell)),
      ...(dut.fault === undefined ? [] : [benchTest(dut, dut.fault)]),
    ]),
    ...runTests(record),
  ];
  const count = (status: TestStatus) => tests.filter((one) => one.status === status).length;
  const report: CTRFReport = {
    reportFormat: 'CTRF',
    specVersion: '0.0.0',
    reportId: uuidOf(`${record.id} ctrf`),
    runId: record.id,
    timestamp: new Date(record.endedAt).toISOString(),
    generatedBy: `resetbench ${record.harness.version}`,
    results: {
      tool: { name: 'resetbench', version: record.harness.version },
      summary: {
        tests: tests.length,
        passed: count('passed'),
        failed: count('failed'),
        skipped: count('skipped'),
        pending: count('pending'),
        other: count('other'),
        flaky: tests.filter(({ flaky }) => flaky === true).length,
        suites: new Set(tests.map(({ suite }) => JSON.stringify(suite))).size,
        start: record.startedAt,
        stop: record.endedAt,
        duration: record.endedAt - record.startedAt,
        extra: { verdict: record.verdict, ended: record.ended },
      },
      tests,
      environment: environmentOf(record),
    },
  };
  return jsonText(report);
}

function environmentOf(record: RunRecord): Environment {
  const kinds = new Set(record.duts.map(({ kind }) => kind));
  const { harness } = record;
  return {
    reportName: `Resetbench ${record.id}`,
    appName: 'password reset by reserved email',
    testEnvironment: [...kinds].sort().join(' and ') || 'no recorder',
    osPlatform: harness.platform,
    ...(harness.commit === undefined ? {} : { commit: harness.commit }),
    healthy: record.ended === 'complete' && record.duts.every(({ fault }) => fault === undefined),
    // Whole: what its captures did to pictures, whether passwords were brought back, and what ended a recorder's part.
    extra: { harness, duts: record.duts, requirements: record.requirements },
  };
}

function testOf(cell: Cell): Test {
  const { dut, requirement, tested } = cell;
  const about = {
    name: `${requirement.id} ${cell.title}`,
    testId: `${dut.id}/${requirement.id}`,
    suite: [dut.id, requirement.section],
    type: 'conformance',
    rawStatus: cell.state,
    device: `${dut.model} ${dut.firmware}`,
  };
  const tags = [requirement.kind, dut.kind, ...(requirement.security ?? [])];
  const labels = { requirement: requirement.id, dut: dut.id, source: requirement.source };
  if (tested === undefined)
    return {
      ...about,
      status: cell.state === 'not-reached' ? 'pending' : 'skipped',
      duration: 0,
      message: `${STATE_NAMES[cell.state]}: ${cell.reason ?? ''}`,
      tags,
      labels,
      extra: { notRun: { why: cell.state, reason: cell.reason ?? '' } },
    };
  const last = lastAttempt(tested);
  const fault = tested.verdict === 'pass' ? undefined : last?.fault;
  const outcome = expectedOutcome(tested);
  return {
    ...about,
    status: statusOf(tested),
    duration: millisecondsOf(tested),
    ...timesOf(tested),
    ...messageOf(cell, tested, last),
    tags: [...tags, ...(fault ? [`fault:${fault.domain}`] : []), ...(outcome ? [`expected:${outcome}`] : [])],
    labels: { ...labels, ...(fault ? { faultDomain: fault.domain } : {}) },
    retries: Math.max(0, tested.attempts.length - 1),
    ...(tested.attempts.length > 1 ? { retryAttempts: tested.attempts.slice(0, -1).map(retryOf) } : {}),
    ...(tested.flaky && tested.verdict === 'pass' ? { flaky: true } : {}),
    steps: last === undefined ? [] : stepsOf(last),
    attachments: last === undefined ? [] : attachmentsOf(last),
    extra: {
      verdict: tested.verdict,
      ...(tested.expected ? { expected: { ...tested.expected, outcome } } : {}),
      ...(last === undefined ? {} : attemptExtra(last)),
    },
  };
}

/** What became of a case, as CTRF counts. */
function statusOf(tested: CaseRecord): TestStatus {
  const outcome = expectedOutcome(tested);
  if (outcome === 'absent') return 'failed';
  if (outcome === 'happened') return 'skipped';
  return ofVerdict(tested.verdict);
}

function ofVerdict(verdict: Verdict): TestStatus {
  if (verdict === 'pass') return 'passed';
  return verdict === 'fail' ? 'failed' : 'other';
}

function messageOf(cell: Cell, tested: CaseRecord, last: AttemptRecord | undefined): Partial<Test> {
  const note = expectedNote(cell);
  if (tested.verdict === 'pass') return note === undefined ? {} : { message: note };
  const { message, lines } = problemOf(tested.verdict, last?.fault, last);
  const domain = last?.fault === undefined ? '' : ` (${last.fault.domain})`;
  return {
    message: `${STATE_NAMES[tested.verdict]}${domain}: ${message}${note === undefined ? '' : ` (${note})`}`,
    trace: lines.join('\n'),
  };
}

function timesOf({ attempts }: CaseRecord): Partial<Test> {
  const [first, last] = [attempts[0], attempts.at(-1)];
  return first === undefined || last === undefined
    ? {}
    : { start: first.at, stop: last.at + last.milliseconds };
}

function retryOf(attempt: AttemptRecord, index: number): RetryAttempt {
  const { message, lines } = problemOf(attempt.verdict, attempt.fault, attempt);
  return {
    attempt: index + 1,
    status: ofVerdict(attempt.verdict),
    duration: attempt.milliseconds,
    start: attempt.at,
    stop: attempt.at + attempt.milliseconds,
    message,
    trace: lines.join('\n'),
    attachments: attachmentsOf(attempt),
    extra: { verdict: attempt.verdict, ...attemptExtra(attempt), steps: stepsOf(attempt) },
  };
}

/** What CTRF has no field for, as the record has it. */
function attemptExtra({
  copy,
  fault,
  reason,
  measurements,
  prompts,
}: AttemptRecord): Record<string, unknown> {
  return {
    ...(copy === undefined ? {} : { copy }),
    ...(fault === undefined ? {} : { fault }),
    ...(reason === undefined ? {} : { reason }),
    ...(measurements.length === 0 ? {} : { measurements }),
    ...(prompts === undefined ? {} : { prompts }),
  };
}

/** Steps and expectations in the order of their times. */
function stepsOf(attempt: AttemptRecord): Step[] {
  const steps = attempt.steps.map(({ title, at, milliseconds, effect, error, evidence }) => ({
    at,
    step: {
      name: title,
      status: error === undefined ? 'passed' : 'other',
      extra: { kind: 'step', at, milliseconds, effect, error, evidence: evidence.flatMap(pathOf) },
    } satisfies Step,
  }));
  const expectations = attempt.expectations.map(({ title, verdict, at, expected, seen, evidence }) => ({
    at,
    step: {
      name: title,
      status: verdict === 'pass' ? 'passed' : 'failed',
      extra: { kind: 'expectation', at, expected, seen, evidence: evidence.flatMap(pathOf) },
    } satisfies Step,
  }));
  return [...steps, ...expectations].toSorted((a, b) => a.at - b.at).map(({ step }) => step);
}

function attachmentsOf(attempt: AttemptRecord): Attachment[] {
  return evidenceOf(attempt).flatMap((ref) =>
    pathOf(ref).map((path) => ({
      name: ref.title,
      contentType: CONTENT_TYPES[ref.ext],
      path,
      extra: {
        sha256: ref.sha256,
        kind: ref.kind,
        at: ref.at,
        ...(ref.screen ? { screen: ref.screen } : {}),
        ...(ref.needles ? { needles: ref.needles } : {}),
      },
    })),
  );
}

const CONTENT_TYPES: Readonly<Record<EvidenceRef['ext'], string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  txt: 'text/plain',
  json: 'application/json',
  eml: 'message/rfc822',
};

function pathOf(ref: EvidenceRef): readonly string[] {
  const name = evidenceName(ref);
  return name === undefined ? [] : [`evidence/${name}`];
}

/** A UUID that is the same for the same text (RFC 9562, version 8). */
function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
