import type { Test } from 'ctrf';
import type { DutRecord, RunRecord } from '../terms/record.ts';
import { FAULT_DOMAINS, type Fault } from '../terms/verdict.ts';
import { problemOf } from './problem.ts';
import { endingOf, isUndecided, lastAttempt } from './reading.ts';

/** A bench that failed, as a test of its own: `other`, as it says nothing of the recorder. */
export function benchTest(dut: DutRecord, fault: Fault): Test {
  const { message, lines } = problemOf('error', fault, undefined);
  return {
    name: 'the bench worked to the end',
    testId: `${dut.id}/bench`,
    suite: [dut.id, 'Bench'],
    type: 'bench',
    status: 'other',
    rawStatus: 'error',
    duration: 0,
    message: `error (${fault.domain}): ${message}`,
    trace: lines.join('\n'),
    tags: [dut.kind, `fault:${fault.domain}`],
    labels: { dut: dut.id, faultDomain: fault.domain },
    extra: { verdict: 'error', fault },
  };
}

/** So that a reader which counts `failed` alone sees that the run has no end, or no verdict on all recorders. */
export function runTests(record: RunRecord): readonly Test[] {
  const run = (name: string, message: string, extra: Record<string, unknown>): Test => ({
    ...{ name, message, extra, testId: `run/${name}`, suite: ['run'], type: 'run', duration: 0 },
    ...{ status: 'failed', rawStatus: 'error', tags: ['not-about-a-recorder'] },
  });
  const ending = endingOf(record);
  const undecided = record.cases.filter(isUndecided);
  const faults = record.duts.flatMap(({ fault }) => fault ?? []);
  const domains = [
    ...undecided.map((one) => lastAttempt(one)?.fault?.domain ?? 'unknown'),
    ...faults.map(({ domain }) => domain),
  ];
  const counts = FAULT_DOMAINS.flatMap((domain) => {
    const count = domains.filter((one) => one === domain).length;
    return count === 0 ? [] : [`${count} ${domain}`];
  });
  return [
    ...(ending === undefined ? [] : [run('the run went to its end', ending, { ended: record.ended })]),
    ...(domains.length === 0
      ? []
      : [
          run(
            'every case came to a verdict on its recorder',
            `${undecided.length} cases came to none, ${faults.length} benches failed; by fault domain: ${counts.join(', ')}. See the tests with the status "other".`,
            { faultDomains: domains },
          ),
        ]),
  ];
}
