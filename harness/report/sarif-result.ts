import { createHash } from 'node:crypto';
import type { Attachment, CodeFlow, Location, Result } from 'sarif';
import { type ExpectedOutcome, expectedOutcome, expectedText } from '../terms/expected.ts';
import { oneLine } from '../terms/printable.ts';
import type { AttemptRecord, CaseRecord } from '../terms/record.ts';
import { problemOf } from './problem.ts';
import { type Cell, evidenceName, evidenceOf, lastAttempt, STATE_NAMES } from './reading.ts';
import { isoTime } from './text.ts';

/**
 * What SARIF calls a result, of one requirement on one recorder; none where nothing is said of the recorder. `fail` and
 * `pass` are verdicts; `open`: the recorder's screens kept the case from being decided (inconclusive); `notApplicable`.
 * A failure that was expected is suppressed, as accepted; one past its date has a suppression that is rejected.
 */
export function resultOf(cell: Cell, ruleIndex: number): readonly Result[] {
  const { dut, requirement, tested, state } = cell;
  const about = {
    ruleId: requirement.id,
    ruleIndex,
    locations: [locationOf(cell)],
    partialFingerprints: { 'dutAndRequirement/v1': fingerprintOf(cell) },
  };
  const properties = { dut: dut.id, dutKind: dut.kind, model: dut.model, firmware: dut.firmware };
  if (state === 'not-applicable')
    return [
      {
        ...about,
        kind: 'notApplicable',
        level: 'none',
        message: { text: `${requirement.id} does not apply to ${dut.id}: ${oneLine(cell.reason ?? '')}` },
        properties: { ...properties, notRun: { why: state, reason: cell.reason ?? '' } },
      },
    ];
  const kind = KINDS[state];
  if (tested === undefined || kind === undefined) return [];
  const last = lastAttempt(tested);
  return [
    {
      ...about,
      kind,
      level: kind === 'fail' ? 'error' : 'none',
      message: { text: messageOf(cell, tested, last) },
      ...suppressionOf(tested),
      ...(last === undefined || kind === 'pass'
        ? {}
        : { attachments: attachmentsOf(last), codeFlows: flowOf(cell, last) }),
      properties: {
        ...properties,
        verdict: tested.verdict,
        flaky: tested.flaky,
        ...(tested.verdict === 'pass' || last?.fault === undefined
          ? {}
          : { faultDomain: last.fault.domain, fault: last.fault }),
        ...(tested.expected === undefined
          ? {}
          : { expected: { ...tested.expected, outcome: expectedOutcome(tested) } }),
        attempts: tested.attempts.map(attemptOf),
      },
    },
  ];
}

/** By verdict; what is not here says nothing of the recorder. */
const KINDS: Readonly<Partial<Record<Cell['state'], 'pass' | 'fail' | 'open'>>> = {
  pass: 'pass',
  fail: 'fail',
  inconc: 'open',
};

/** GitHub wants a file: the record, beside which everything lies. The recorder itself is a logical location. */
function locationOf({ dut, requirement }: Cell): Location {
  return {
    physicalLocation: { artifactLocation: { uri: 'run.json' }, region: { startLine: 1 } },
    logicalLocations: [
      {
        name: dut.id,
        fullyQualifiedName: `${dut.id}/${requirement.id}`,
        kind: dut.kind === 'twin' ? 'twin' : 'recorder',
      },
    ],
  };
}

function fingerprintOf({ dut, requirement }: Cell): string {
  return createHash('sha256')
    .update(JSON.stringify([dut.id, requirement.id]))
    .digest('hex');
}

function messageOf({ dut, requirement }: Cell, tested: CaseRecord, last: AttemptRecord | undefined): string {
  const where = `${requirement.id} on ${dut.id}${dut.kind === 'twin' ? ' (a twin)' : ''}, ${dut.model} ${dut.firmware}`;
  const what =
    tested.verdict === 'pass' ? requirement.statement : problemOf(tested.verdict, last?.fault, last).message;
  const cure = tested.verdict === 'pass' ? undefined : last?.fault?.cure;
  return oneLine(
    `${where}: ${STATE_NAMES[tested.verdict]}: ${what}${cure === undefined ? '' : ` What to do: ${cure}`}`,
  );
}

function suppressionOf(tested: CaseRecord): Pick<Result, 'suppressions'> {
  const status = STATUSES[expectedOutcome(tested) ?? 'absent'];
  if (tested.expected === undefined || status === undefined) return {};
  const justification = oneLine(expectedText(tested.verdict, tested.expected));
  return { suppressions: [{ kind: 'external', status, justification }] };
}

const STATUSES: Readonly<Partial<Record<ExpectedOutcome, 'accepted' | 'rejected' | 'underReview'>>> = {
  happened: 'accepted',
  past: 'rejected',
  undecided: 'underReview',
};

function attemptOf(attempt: AttemptRecord, index: number): Record<string, unknown> {
  const { verdict, at, milliseconds, copy, fault, reason, measurements, prompts, expectations } = attempt;
  return {
    ...{ attempt: index + 1, verdict, at, milliseconds, copy, fault, reason, prompts },
    ...(measurements.length === 0 ? {} : { measurements }),
    expectations: expectations.map(({ title, verdict: of, expected, seen }) => ({
      title,
      verdict: of,
      expected,
      seen,
    })),
  };
}

function attachmentsOf(attempt: AttemptRecord): Attachment[] {
  return evidenceOf(attempt).flatMap((ref) => {
    const name = evidenceName(ref);
    if (name === undefined) return [];
    return [
      {
        description: { text: `${ref.kind}: ${oneLine(ref.title)}` },
        artifactLocation: { uri: `evidence/${name}` },
        properties: { sha256: ref.sha256, kind: ref.kind, at: isoTime(ref.at) },
      },
    ];
  });
}

/** The steps of the attempt, so that a reader sees how the recorder came there. */
function flowOf(cell: Cell, attempt: AttemptRecord): CodeFlow[] {
  if (attempt.steps.length === 0) return [];
  const locations = attempt.steps.map(({ title, at, effect, error }) => ({
    location: { ...locationOf(cell), message: { text: oneLine(title) || 'a step without a name' } },
    executionTimeUtc: isoTime(at),
    ...(effect === undefined && error === undefined ? {} : { properties: { effect, error } }),
  }));
  return [{ threadFlows: [{ locations }] }];
}
