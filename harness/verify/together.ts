import type { Problem } from './check.ts';
import { differences } from './difference.ts';
import { type Envelope, isObject } from './envelope.ts';
import { FILES } from './folder.ts';
import { type Conformance, type Statement, TEST_RESULT } from './statement.ts';

const CURE = 'take the attestation as it was made: all of its lines, and none of another run';

/**
 * Statements that are not of one run, where the folder is not at hand: after the first comes one for each recorder, of the
 * same subject, with the tests that the matrix of the first has.
 */
export function strangers(
  envelopes: readonly Envelope[],
  conformance: Statement<Conformance>,
): readonly Problem[] {
  const { recorders, matrix } = conformance.predicate;
  const problems: Problem[] = [];
  const wrong = (line: number, what: string) =>
    problems.push({ place: `${FILES.attestation} line ${line}`, what, cure: CURE });
  if (envelopes.length !== recorders.length + 1)
    wrong(
      envelopes.length,
      `is the last of ${envelopes.length}; a run of ${recorders.length} has ${recorders.length + 1}`,
    );
  for (const [index, { id }] of recorders.entries()) {
    const there = envelopes[index + 1]?.statement;
    if (there === undefined) continue;
    const line = index + 2;
    if (there.predicateType !== TEST_RESULT) {
      wrong(line, `is no test result (${TEST_RESULT})`);
      continue;
    }
    const subject = conformance.subject.slice(index, index + 1);
    if (differences(there.subject, subject).length > 0)
      wrong(line, `is not about ${id}, as the first line is`);
    const told = isObject(there.predicate) ? testsOf(there.predicate) : { passed: '', others: '' };
    const own = matrix.filter(({ dut }) => dut === id);
    const of = (wanted: (state: string) => boolean) =>
      own
        .flatMap(({ requirement, state }) => (wanted(state) ? [requirement] : []))
        .sort()
        .join();
    const isPlanned = (state: string) => !['not-applicable', 'no-case', 'not-selected'].includes(state);
    if (
      told.passed !== of((state) => state === 'pass') ||
      told.others !== of((state) => isPlanned(state) && state !== 'pass')
    )
      wrong(line, `does not have the tests of ${id} that the first line has`);
  }
  return problems;
}

/** What passed, at whichever attempt, and what else was planned. */
function testsOf(predicate: Readonly<Record<string, unknown>>): {
  readonly passed: string;
  readonly others: string;
} {
  const list = (name: string): readonly unknown[] => {
    const value = predicate[name];
    return Array.isArray(value) ? value : [];
  };
  return {
    passed: [...list('passedTests'), ...list('warnedTests')].map(String).sort().join(),
    others: list('failedTests').map(String).sort().join(),
  };
}
