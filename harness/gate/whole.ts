import { isWithin } from '../config/condition.ts';
import type { GatePolicy } from '../config/gate.ts';
import { globs } from '../terms/globs.ts';
import type { CaseRecord, NotRunRecord, RunRecord } from '../terms/record.ts';
import type { Finding } from './finding.ts';
import type { GateFacts } from './judge.ts';

const RERUN = 'mend what is named, then run it again';

/** What the run as a whole comes to: whether it is whole, who and what it lacks, and how steady it was. */
export function wholeFindings(policy: GatePolicy, record: RunRecord, facts: GateFacts): readonly Finding[] {
  return [
    ...missingRun(policy, record, facts),
    ...completeness(record, facts),
    ...benches(record),
    ...undecided(policy, record),
    ...flaky(policy, record),
    ...required(policy, record),
    ...missing(policy, record),
    ...comparedWith(policy, facts),
  ];
}

/** A night that did not take place leaves the run of the night before as the newest. */
function missingRun(
  { require: { withinHours } }: GatePolicy,
  { endedAt }: RunRecord,
  { now }: GateFacts,
): readonly Finding[] {
  const hours = (now - endedAt) / 3_600_000;
  if (withinHours === undefined || hours <= withinHours) return [];
  return [
    {
      ...{ effect: 'hold', rule: 'run-missing' },
      text: `The run ended ${Math.floor(hours)} hours ago, the policy wants one of the last ${withinHours}: a later one did not take place, or is not here.`,
      cure: 'see why the suite was not run, then run it',
    },
  ];
}

function completeness({ ended, cases }: RunRecord, { damage }: GateFacts): readonly Finding[] {
  const hold = (text: string, cure: string): Finding => ({
    effect: 'hold',
    rule: 'run-incomplete',
    text,
    cure,
  });
  return [
    ...(ended === 'complete'
      ? []
      : [
          hold(
            `The run ${ended === 'cut' ? 'was cut, or is still under way' : 'was interrupted'}.`,
            'run it again to its end',
          ),
        ]),
    ...(damage === undefined
      ? []
      : [
          hold(
            `The journal of the run is damaged: ${damage}`,
            'take it from where it was made, or run it again',
          ),
        ]),
    ...(cases.length > 0 ? [] : [hold('The run tested nothing.', 'see `resetbench plan` for why')]),
  ];
}

function benches({ duts }: RunRecord): readonly Finding[] {
  return duts.flatMap(({ id, fault }) =>
    fault === undefined
      ? []
      : [
          {
            effect: 'hold',
            rule: 'bench',
            dut: id,
            text: `The part of ${id} ended by a fault (${fault.domain}): ${fault.rule}: ${fault.facts}`,
            cure: fault.cure ?? RERUN,
          } as const,
        ],
  );
}

/** Never a pass, never the fault of the firmware. */
function undecided({ undecided: { most } }: GatePolicy, { cases }: RunRecord): readonly Finding[] {
  const open = cases.filter(({ verdict }) => verdict !== 'pass' && verdict !== 'fail');
  const allowed = limitOf(most, cases.length);
  const isLetBy = open.length <= allowed;
  return open.map(({ dut, requirement, verdict, attempts }): Finding => {
    const last = attempts.at(-1);
    const fault = last?.fault;
    const text = `${requirement} on ${dut}: ${verdict} (${fault?.domain ?? 'unknown'}): ${last?.reason ?? fault?.facts ?? 'no reason is recorded'}`;
    return {
      ...{ effect: isLetBy ? 'note' : 'hold', rule: 'undecided', dut, requirement },
      text: isLetBy ? `${text}; let by, as at most ${allowed} may be undecided` : text,
      cure: fault?.cure ?? RERUN,
    };
  });
}

function flaky({ flaky: { most } }: GatePolicy, { cases }: RunRecord): readonly Finding[] {
  const passed = cases.filter(({ verdict }) => verdict === 'pass');
  const again = passed.filter((one) => one.flaky);
  const allowed = limitOf(most, passed.length);
  if (again.length === 0) return [];
  return [
    {
      ...{ effect: again.length > allowed ? 'hold' : 'note', rule: 'flaky' },
      text: `${again.length} of ${passed.length} that passed needed another attempt, at most ${allowed} may: ${listed(again)}`,
      cure: 'see in the report what their first attempts met: benches that fail make no steady verdict',
    },
  ];
}

function required(
  { require: { duts = [], firmwares = [], requirements = [] } }: GatePolicy,
  record: RunRecord,
): readonly Finding[] {
  const named = (pattern: string) => record.duts.filter(({ id }) => globs(pattern, id));
  const decided = record.cases.filter(({ verdict }) => verdict === 'pass' || verdict === 'fail');
  const known = [
    ...new Set([
      ...record.requirements.map(({ id }) => id),
      ...record.cases.map(({ requirement }) => requirement),
    ]),
  ];
  return [
    ...duts
      .filter((pattern) => named(pattern).length === 0)
      .map(
        (pattern): Finding => ({
          effect: 'block',
          rule: 'dut-missing',
          text: `No recorder ${pattern} was in the run.`,
          cure: 'run the suite on it, too',
        }),
      ),
    ...firmwares.flatMap(({ dut, firmware }): readonly Finding[] => {
      const there = named(dut);
      if (there.length === 0)
        return [
          {
            effect: 'block',
            rule: 'firmware',
            text: `No recorder ${dut} with firmware ${firmware} was in the run.`,
            cure: 'run the suite on one',
          },
        ];
      return there
        .filter((one) => !isWithin(one.firmware, firmware))
        .map(
          (one) =>
            ({
              effect: 'block',
              rule: 'firmware',
              dut: one.id,
              text: `${one.id} had firmware ${one.firmware}, wanted is ${firmware}.`,
              cure: 'bring the firmware onto it that is to be released, and run it again',
            }) as const,
        );
    }),
    ...requirements.flatMap((pattern): readonly Finding[] => {
      const ids = known.filter((id) => globs(pattern, id));
      const open = ids.filter((id) => !decided.some(({ requirement }) => requirement === id));
      if (ids.length > 0 && open.length === 0) return [];
      return [
        {
          effect: 'block',
          rule: 'requirement-missing',
          text:
            ids.length === 0
              ? `The run knows no requirement ${pattern}.`
              : `On no recorder was decided: ${open.join(', ')}.`,
          cure: 'run these, too',
        },
      ];
    }),
  ];
}

const EFFECTS = { block: 'block', 'not-judged': 'hold', pass: 'note' } as const;

/** One finding for each why: of hundreds of lines nobody reads any. What passes is not told. */
function missing({ missing: effects }: GatePolicy, { notRun }: RunRecord): readonly Finding[] {
  return [...Map.groupBy(notRun, ({ why }) => why)].flatMap(([why, ones]) => {
    const effect = EFFECTS[effects[why]];
    if (effect === 'note') return [];
    return [
      {
        effect,
        rule: 'missing-case',
        text: `${ones.length} ${why.replace('-', ' ')}: ${listed(ones)}: ${ones[0]?.reason}`,
        cure: CURES[why],
      } as const,
    ];
  });
}

const CURES: Readonly<Record<NotRunRecord['why'], string>> = {
  'not-reached': 'mend what ended the run there, then run it again',
  'not-selected': 'run the whole suite, or let the policy say that these are not wanted',
  'no-case': 'write a case, or let the policy say that it is not wanted',
  'not-applicable': 'see the condition in suites/requirements.yaml',
};

function comparedWith({ known }: GatePolicy, { against }: GateFacts): readonly Finding[] {
  if (against === undefined || against.ended === 'complete' || known === 'block') return [];
  return [
    {
      effect: 'note',
      rule: 'against',
      text: `Run ${against.id}, whose failures are known, did not go to its end: what it did not reach counts as new.`,
      cure: 'compare with one that did',
    },
  ];
}

/** How many may be, of so many. */
function limitOf(most: number | string, of: number): number {
  return typeof most === 'number' ? most : Math.floor((Number.parseFloat(most) / 100) * of);
}

function listed(ones: readonly Pick<CaseRecord, 'dut' | 'requirement'>[]): string {
  const first = ones.slice(0, 5).map(({ dut, requirement }) => `${requirement} on ${dut}`);
  return `${first.join(', ')}${ones.length > 5 ? ` and ${ones.length - 5} more` : ''}`;
}
