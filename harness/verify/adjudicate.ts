import { judgedAgain } from '../terms/expectation.ts';
import { decide, type EndingFacts, thrownBy } from '../terms/judge.ts';
import type { AttemptRecord, CaseRecord, RunRecord } from '../terms/record.ts';
import { type Check, checked, count, type Problem } from './check.ts';
import { STOPPED } from './complete.ts';
import { FILES } from './folder.ts';

const CURE = 'the verdict that was recomputed is the one that the record supports';
/** How `harness/run/trace.ts` tells of evidence that it could not keep. */
const NOT_KEPT = 'Keep evidence';

/** What was recomputed, and what could not be. */
interface Tally {
  readonly problems: Problem[];
  attempts: number;
  expectations: number;
  openExpectations: number;
  /** Attempts that ended by an error whose cause is not in the record. */
  openEndings: number;
}

/**
 * Judges every attempt again, by the rules that judged it first (`harness/terms/judge.ts`), from what the record tells of it;
 * and every expectation from what was expected and what was seen.
 * @param record as the events make it
 */
export function checkVerdicts(record: RunRecord): Check {
  const tally: Tally = { problems: [], attempts: 0, expectations: 0, openExpectations: 0, openEndings: 0 };
  for (const one of record.cases) {
    for (const [index, attempt] of one.attempts.entries()) judgeAttempt(one, index, attempt, tally);
    judgeTries(one, tally);
  }
  const { problems, attempts, expectations, openExpectations, openEndings } = tally;
  const told =
    problems.length > 0
      ? `${count(problems.length, 'verdict')} of the record ${problems.length === 1 ? 'is' : 'are'} not what its evidence comes to.`
      : `${count(attempts, 'attempt')} and ${count(expectations, 'expectation')} judged again, to the same verdicts.`;
  const notes = [
    ...(openExpectations === 0
      ? []
      : [
          `${count(openExpectations, 'expectation')} could not be judged again: what was expected or seen is redacted, or the two texts do not decide.`,
        ]),
    ...(openEndings === 0
      ? []
      : [
          `${count(openEndings, 'attempt')} ended by an error or was stopped: that it happened is taken from the record, whose fault it is was recomputed.`,
        ]),
    'What a picture shows, what a mail says and what a console printed was read by the harness as it came; that is not read again.',
  ];
  return checked('adjudication', told, problems, { notes });
}

function judgeAttempt(one: CaseRecord, index: number, attempt: AttemptRecord, tally: Tally): void {
  const place = `${FILES.events}: ${one.requirement} on ${one.dut}, attempt ${index + 1}`;
  const wrong = (what: string) => tally.problems.push({ place, what, cure: CURE });
  for (const { title, expected, seen, verdict } of attempt.expectations) {
    const again = judgedAgain(expected, seen);
    if (again === undefined) tally.openExpectations += 1;
    else tally.expectations += 1;
    if (again !== undefined && again !== verdict)
      wrong(`"${title}" is ${verdict} in the record; expected ${expected}, saw ${seen}: ${again}`);
  }
  const facts = factsOf(attempt);
  if (facts === undefined) {
    const { verdict, fault } = attempt;
    if (fault !== undefined) wrong(`${verdict} by the rule "${fault.rule}", which is no rule of a verdict`);
    tally.openEndings += 1;
    return;
  }
  tally.attempts += 1;
  if (facts.thrown !== undefined) tally.openEndings += 1;
  const again = decide(facts);
  if (again.verdict !== attempt.verdict)
    wrong(`the record says ${attempt.verdict}; the rules come to ${again.verdict}${ruleIn(again.fault)}`);
  else if (again.fault?.domain !== attempt.fault?.domain || again.fault?.rule !== attempt.fault?.rule)
    wrong(`the record blames ${blameOf(attempt.fault)}; the rules blame ${blameOf(again.fault)}`);
}

/**
 * How an attempt ended, from its record: expectations and evidence are counted, what was thrown is told by the rule that
 * decided. Undefined where the record does not say how it ended.
 */
function factsOf(attempt: AttemptRecord): EndingFacts | undefined {
  const { verdict, fault, reason, steps } = attempt;
  const held = steps.find((step) => step.held);
  const expectations = expectedInTime(attempt);
  // An attempt that has no end in the events has a reason instead of a fault.
  if (fault === undefined && (verdict === 'none' || (verdict === 'fail' && reason !== undefined)))
    return undefined;
  const failed = expectations.find(
    (one) => one.verdict === 'fail' && (held === undefined || one.at <= held.at),
  );
  const lost = steps.find(({ title, error }) => title === NOT_KEPT && error !== undefined)?.error;
  const thrown = fault === undefined ? 'nothing' : thrownBy(fault.rule);
  if (thrown === undefined) return undefined;
  return {
    expectations: expectations.length,
    evidence: [...steps, ...expectations].reduce((sum, { evidence }) => sum + evidence.length, 0),
    ...(failed === undefined
      ? {}
      : { failed: `${failed.title}: expected ${failed.expected}, saw ${failed.seen}` }),
    // A picture that could not be made is no evidence that was lost: only the record's own rule tells these apart.
    ...(lost === undefined || fault?.rule !== 'evidence-lost' ? {} : { lost }),
    ...(held === undefined ? {} : { held: held.title }),
    ...(thrown === 'nothing' ? {} : { thrown: { ...thrown, message: fault?.facts ?? '' } }),
  };
}

/** What a case that was stopped still expects after its end judges nobody. */
function expectedInTime({
  fault,
  expectations,
  at,
  milliseconds,
}: AttemptRecord): AttemptRecord['expectations'] {
  const isStopped = fault !== undefined && STOPPED.includes(fault.rule);
  return isStopped ? expectations.filter((one) => one.at <= at + milliseconds) : expectations;
}

/** Only a fault of the bench is tried again: a failure never turns into a pass by trying. */
function judgeTries(one: CaseRecord, { problems }: Tally): void {
  for (const [index, { verdict, fault }] of one.attempts.slice(0, -1).entries())
    if (fault?.domain !== 'bench')
      problems.push({
        place: `${FILES.events}: ${one.requirement} on ${one.dut}`,
        what: `was tried again after attempt ${index + 1} came to ${verdict}, which was no fault of the bench`,
        cure: `the verdict is that of attempt ${index + 1}`,
      });
}

function ruleIn(fault: AttemptRecord['fault']): string {
  return fault === undefined ? '' : ` (${fault.rule})`;
}

function blameOf(fault: AttemptRecord['fault']): string {
  return fault === undefined ? 'nobody' : `${fault.domain} (${fault.rule})`;
}
