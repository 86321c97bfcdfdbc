import type { Notification, ReportingDescriptor } from 'sarif';
import { expectedOutcome, expectedText } from '../terms/expected.ts';
import { oneLine } from '../terms/printable.ts';
import type { RunRecord } from '../terms/record.ts';
import { problemOf } from './problem.ts';
import { type Cell, endingOf, lastAttempt, STATE_NAMES } from './reading.ts';
import { isoTime } from './text.ts';

/** What happened to the run itself, and what was wrong with what it was told to do. */
interface Notices {
  readonly execution: readonly Notification[];
  readonly configuration: readonly Notification[];
}

/** The kinds of notices, as SARIF wants them described. */
export const DESCRIPTORS: readonly ReportingDescriptor[] = [
  described('run-not-complete', 'The run did not go to its end.'),
  described('bench-fault', "A bench failed; the rest of its recorder's cases were not reached."),
  described(
    'no-verdict',
    'A case came to no verdict on the recorder: its fault domain says whose fault that is.',
  ),
  described('flaky', 'A case needed more than one attempt.'),
  described('not-reached', 'A case of the plan was not reached.'),
  described('not-run', 'A requirement has no case here, or was not selected.'),
  described('expected-absent', 'A failure that was expected did not happen: the entry is to be removed.'),
  described('no-security-known', 'The record does not say which requirements are about security.'),
];

/** @param cells those of requirements about security */
export function notificationsOf(record: RunRecord, cells: readonly Cell[]): Notices {
  const ending = endingOf(record);
  const known = record.requirements.some(({ security }) => security !== undefined);
  return {
    execution: [
      ...(ending === undefined ? [] : [notice('run-not-complete', 'error', ending, { ended: record.ended })]),
      ...record.duts.flatMap(({ id, fault }) =>
        fault === undefined
          ? []
          : [
              notice('bench-fault', 'error', `${id}: ${fault.domain}: ${fault.rule}: ${fault.facts}`, {
                dut: id,
                faultDomain: fault.domain,
                fault,
              }),
            ],
      ),
      ...cells.flatMap(ofExecution),
    ],
    configuration: [
      ...(known
        ? []
        : [
            notice(
              'no-security-known',
              'error',
              'The record does not say which requirements are about security: it holds none of them, or an older harness wrote it. This file says nothing of the recorders.',
              {},
            ),
          ]),
      ...cells.flatMap(ofConfiguration),
    ],
  };
}

function ofExecution(cell: Cell): readonly Notification[] {
  const { dut, requirement, tested, state, reason } = cell;
  const about = `${requirement.id} on ${dut.id}`;
  if (state === 'not-reached')
    return [ruled(cell, notice('not-reached', 'error', `${about} was not reached: ${reason ?? ''}`, {}))];
  if (tested === undefined) return [];
  const last = lastAttempt(tested);
  const notices: Notification[] = [];
  if (tested.verdict === 'error' || tested.verdict === 'none') {
    const domain = last?.fault?.domain ?? 'unknown';
    const { message } = problemOf(tested.verdict, last?.fault, last);
    const text = `${about}: ${STATE_NAMES[tested.verdict]} (${domain}): ${message}. This says nothing of the recorder.`;
    notices.push(
      notice('no-verdict', 'error', text, {
        verdict: tested.verdict,
        faultDomain: domain,
        fault: last?.fault,
        attempts: tested.attempts.length,
        expected: tested.expected,
      }),
    );
  }
  if (tested.flaky)
    for (const [index, attempt] of tested.attempts.slice(0, -1).entries()) {
      const domain = attempt.fault?.domain ?? 'unknown';
      const text = `${about}: attempt ${index + 1} of ${tested.attempts.length}: ${STATE_NAMES[attempt.verdict]} (${domain}): ${problemOf(attempt.verdict, attempt.fault, attempt).message}`;
      notices.push(
        notice('flaky', 'warning', text, {
          verdict: attempt.verdict,
          faultDomain: domain,
          fault: attempt.fault,
        }),
      );
    }
  return notices.map((one) => ruled(cell, { ...one, timeUtc: isoTime(last?.at ?? 0) }));
}

function ofConfiguration(cell: Cell): readonly Notification[] {
  const { dut, requirement, tested, state, reason } = cell;
  if (state === 'no-case' || state === 'not-selected') {
    const text = `${requirement.id} was not run on ${dut.id}: ${STATE_NAMES[state]}: ${reason ?? ''}`;
    return [ruled(cell, notice('not-run', 'warning', text, { why: state }))];
  }
  if (tested?.expected === undefined || expectedOutcome(tested) !== 'absent') return [];
  const text = `${requirement.id} on ${dut.id}: ${expectedText(tested.verdict, tested.expected)}`;
  return [ruled(cell, notice('expected-absent', 'error', text, { expected: tested.expected }))];
}

function ruled(cell: Cell, one: Notification): Notification {
  return {
    ...one,
    associatedRule: { id: cell.requirement.id },
    properties: { dut: cell.dut.id, dutKind: cell.dut.kind, ...one.properties },
  };
}

function notice(
  id: string,
  level: 'error' | 'warning',
  text: string,
  properties: Record<string, unknown>,
): Notification {
  return { descriptor: { id }, level, message: { text: oneLine(text) }, properties };
}

function described(id: string, text: string): ReportingDescriptor {
  return { id, shortDescription: { text } };
}
