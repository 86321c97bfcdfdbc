import type { JournalEvent } from '../terms/journal.ts';
import type { RunRecord } from '../terms/record.ts';
import { type Check, checked, count, type Problem } from './check.ts';
import { FILES } from './folder.ts';

const CURE = 'whoever made the run has to say how this record came to be';

/**
 * Whether every pair of a recorder and a requirement has exactly one verdict or one reason, and whether events come in an
 * order in which they can have happened.
 * @param record as the events make it
 */
export function checkCompleteness(events: readonly JournalEvent[], record: RunRecord): Check {
  const order = orderOf(events);
  const problems = [...pairProblems(record), ...order.problems];
  const pairs = record.duts.length * record.requirements.length;
  const told =
    problems.length > 0
      ? `Not every pair of a recorder and a requirement is accounted for, or events come in a wrong order.`
      : `${count(pairs, 'pair')} of a recorder and a requirement: ${count(record.cases.length, 'case')} with a verdict, ${record.notRun.length} with a reason why there is none.`;
  const notes = [
    ...(record.ended === 'complete'
      ? []
      : [`The run was ${record.ended}: what was not reached is told as such.`]),
    ...(order.late === 0
      ? []
      : [`${count(order.late, 'event')} of attempts that were stopped came after their end.`]),
  ];
  return checked('completeness', told, problems, { notes });
}

function pairProblems(record: RunRecord): readonly Problem[] {
  const key = (dut: string, requirement: string) => JSON.stringify([dut, requirement]);
  const seen = new Map<string, number>();
  for (const { dut, requirement } of [...record.cases, ...record.notRun])
    seen.set(key(dut, requirement), (seen.get(key(dut, requirement)) ?? 0) + 1);
  const problems: Problem[] = [];
  for (const dut of record.duts) {
    for (const { id } of record.requirements) {
      const times = seen.get(key(dut.id, id)) ?? 0;
      seen.delete(key(dut.id, id));
      if (times === 1) continue;
      const what = times === 0 ? 'has neither a verdict nor a reason' : `is accounted for ${times} times`;
      problems.push({ place: FILES.events, what: `${id} on ${dut.id} ${what}`, cure: CURE });
    }
  }
  for (const pair of seen.keys())
    problems.push({ place: FILES.events, what: `${pair} is no pair of the plan`, cure: CURE });
  return problems;
}

/** A case that is stopped may go on for a moment after its attempt was judged. */
export const STOPPED: readonly string[] = ['interrupted', 'case-timeout'];

interface Order {
  readonly problems: readonly Problem[];
  /** Events that came after the end of an attempt that was stopped. */
  readonly late: number;
}

/** An attempt begins before anything is told of it, ends once, and nothing comes after its end or that of the run. */
function orderOf(events: readonly JournalEvent[]): Order {
  const problems: Problem[] = [];
  /** By attempt: `open`, or the rule that ended it. */
  const states = new Map<string, string>();
  const numbers = new Map<string, number>();
  let over = false;
  let late = 0;
  for (const event of events) {
    const wrong = (what: string) =>
      problems.push({ place: `${FILES.events} line ${event.seq}`, what, cure: CURE });
    const name =
      'attempt' in event ? `attempt ${event.attempt} at ${event.requirement} on ${event.dut}` : undefined;
    const state = name === undefined ? undefined : states.get(name);
    if (state !== undefined && STOPPED.includes(state) && isTold(event)) {
      late += 1;
      continue;
    }
    if (over) wrong(`"${event.type}" comes after the end of the run`);
    if (event.type === 'run-end') over = true;
    if (event.type === 'run-start' && event.seq !== 1) wrong('a second plan');
    if (name === undefined || !('attempt' in event)) continue;
    if (event.type === 'case-start') {
      const pair = JSON.stringify([event.dut, event.requirement]);
      const next = (numbers.get(pair) ?? 0) + 1;
      if (event.attempt !== next) wrong(`${name} begins where attempt ${next} is due`);
      numbers.set(pair, event.attempt);
      states.set(name, 'open');
    } else if (state !== 'open')
      wrong(`"${event.type}" of ${name} ${state === undefined ? 'before its begin' : 'after its end'}`);
    if (event.type === 'case-end') states.set(name, event.fault?.rule ?? 'no fault');
  }
  return { problems, late };
}

/** What a case that is left running still tells. What it expects then judges nobody. */
function isTold({ type }: JournalEvent): boolean {
  return type === 'step' || type === 'measurement' || type === 'prompt' || type === 'expectation';
}
