import { holdsFor } from '../config/condition.ts';
import type { GatePolicy, Waiver } from '../config/gate.ts';
import { expectedOutcome, expectedText } from '../terms/expected.ts';
import { globs } from '../terms/globs.ts';
import type { CaseRecord, DutRecord, RunRecord } from '../terms/record.ts';
import type { Finding } from './finding.ts';
import type { GateFacts } from './judge.ts';

interface Looked {
  readonly policy: GatePolicy;
  readonly record: RunRecord;
  readonly facts: GateFacts;
}

/** What each case comes to: failures, expected ones, and waivers that excuse nothing. */
export function caseFindings(policy: GatePolicy, record: RunRecord, facts: GateFacts): readonly Finding[] {
  const looked = { policy, record, facts };
  return [...record.cases.flatMap((one) => findingsOf(looked, one)), ...idleWaivers(looked)];
}

function findingsOf(looked: Looked, one: CaseRecord): readonly Finding[] {
  const { policy } = looked;
  const { dut, requirement, expected } = one;
  if (expected !== undefined && expectedOutcome(one) === 'absent')
    return [
      {
        ...{
          effect: policy.expected.absent === 'block' ? 'block' : 'note',
          rule: 'expected-absent',
          dut,
          requirement,
        },
        text: expectedText(one.verdict, expected),
        cure: `${expected.owner}: remove ${expected.id} from the expectations, or narrow its condition`,
      },
    ];
  return one.verdict === 'fail' ? [failureFinding(looked, one)] : [];
}

/** Of several reasons to let a failure by, the one that a person signed for comes first. */
function failureFinding({ policy, record, facts }: Looked, one: CaseRecord): Finding {
  const { dut, requirement, expected } = one;
  const where = { dut, requirement } as const;
  const what = failureText(one);
  const about = record.requirements.find(({ id }) => id === requirement);
  // A requirement that the record does not describe is taken for one that blocks.
  const isBlocking =
    about === undefined ||
    (policy.block.kinds.includes(about.kind) &&
      policy.block.sections.some((one) => globs(one, about.section)));
  if (!isBlocking)
    return {
      effect: 'note',
      rule: 'not-blocking',
      ...where,
      text: `${what} (${about.kind}, section "${about.section}")`,
      cure: 'none: the policy does not block by it',
    };
  const waivers = waiversFor(policy, record, one);
  const valid = waivers.find((waiver) => !isPast(waiver, facts.now));
  if (valid !== undefined)
    return {
      ...{
        effect: 'note',
        rule: 'waived',
        ...where,
        text: `${what}; waived by ${valid.owner} until ${valid.until}: ${valid.reason} (${valid.id})`,
      },
      cure: `${valid.owner}: see to it before ${valid.until}`,
    };
  const [past] = waivers;
  if (past !== undefined)
    return {
      ...{
        effect: 'block',
        rule: 'waiver-past',
        ...where,
        text: `${what}; waiver ${past.id} is past its last day ${past.until} and lets nothing by`,
      },
      cure: `${past.owner}: mend the recorder, or agree on a new day`,
    };
  const outcome = expectedOutcome(one);
  const isOver = expected !== undefined && isPast(expected, facts.now);
  if (expected !== undefined && outcome === 'happened' && !isOver && policy.expected.happened === 'pass')
    return {
      effect: 'note',
      rule: 'expected',
      ...where,
      text: expectedText('fail', expected),
      cure: `${expected.owner}: see to it before ${expected.until}`,
    };
  if (expected !== undefined && (outcome === 'past' || isOver))
    return {
      effect: 'block',
      rule: 'expected-past',
      ...where,
      text: expectedText('fail', { ...expected, past: true }),
      cure: `${expected.owner}: mend the recorder, or agree on a new day`,
    };
  const before = facts.against?.cases.find((other) => other.dut === dut && other.requirement === requirement);
  if (before?.verdict === 'fail' && policy.known === 'pass')
    return {
      effect: 'note',
      rule: 'known',
      ...where,
      text: `${what}; known: run ${facts.against?.id} failed, too`,
      cure: 'none: the policy lets known failures by',
    };
  const age =
    facts.against === undefined
      ? ''
      : before?.verdict === 'fail'
        ? '; known, and known failures block'
        : '; new';
  return {
    effect: 'block',
    rule: 'failure',
    ...where,
    text: `${what}${age}`,
    cure: 'mend the firmware, or have the failure waived by who may',
  };
}

function failureText({ requirement, dut, attempts }: CaseRecord): string {
  const failed = attempts.at(-1)?.expectations.find(({ verdict }) => verdict === 'fail');
  const what =
    failed === undefined ? 'failed' : `${failed.title}: expected ${failed.expected}, seen ${failed.seen}`;
  return `${requirement} on ${dut}: ${what}`;
}

function waiversFor(
  policy: GatePolicy,
  record: RunRecord,
  one: Pick<CaseRecord, 'dut' | 'requirement'>,
): readonly Waiver[] {
  const dut = record.duts.find(({ id }) => id === one.dut);
  return policy.waivers.filter(
    (waiver) => waiver.requirements.includes(one.requirement) && isFor(waiver, dut),
  );
}

function isFor({ when }: Waiver, dut: DutRecord | undefined): boolean {
  return when === undefined || (dut !== undefined && holdsFor(when, dut));
}

function isPast({ until }: { readonly until: string }, now: number): boolean {
  return new Date(now).toISOString().slice(0, 10) > until;
}

/** Waivers of which no case failed: nobody would notice if they were wrong. */
function idleWaivers({ policy, record, facts }: Looked): readonly Finding[] {
  const failed = record.cases.filter(({ verdict }) => verdict === 'fail');
  const used = new Set(failed.flatMap((one) => waiversFor(policy, record, one)).map(({ id }) => id));
  return policy.waivers
    .filter(({ id }) => !used.has(id))
    .map((waiver) => ({
      ...({ effect: 'note', rule: 'waiver-idle' } as const),
      text: `waiver ${waiver.id} (${waiver.requirements.join(', ')}) let nothing by${isPast(waiver, facts.now) ? `, and is past its last day ${waiver.until}` : ''}`,
      cure: `${waiver.owner}: remove it if the recorder is mended`,
    }));
}
