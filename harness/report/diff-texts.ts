import type { AttemptRecord, CaseRecord } from '../terms/record.ts';
import type { DiffSide } from './diff.ts';
import { lastAttempt } from './reading.ts';

/** Something that was read or done otherwise; undefined where a side has nothing of it. */
export interface TextDifference {
  readonly requirement: string;
  /** `seen`: what an expectation saw; `step`: what was done, which names the labels; `measurement`: a text. */
  readonly kind: 'seen' | 'step' | 'measurement';
  readonly title: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/**
 * Texts of cases that ran on both sides and are not the same, also where all pass. Digits do not count: times, counters
 * and serial numbers differ from run to run. What is missing in the cases that came to no end is not told.
 */
export function textDifferences(before: DiffSide, after: DiffSide): readonly TextDifference[] {
  const of = ({ record, dut }: DiffSide) => record.cases.filter((one) => one.dut === dut.id);
  const now = new Map(of(after).map((one) => [one.requirement, one]));
  return of(before).flatMap((one) => {
    const other = now.get(one.requirement);
    return other === undefined ? [] : ofCase(one, other);
  });
}

function ofCase(one: CaseRecord, other: CaseRecord): readonly TextDifference[] {
  const [a, b] = [lastAttempt(one), lastAttempt(other)];
  if (a === undefined || b === undefined) return [];
  const isWhole = [one, other].every(({ verdict }) => verdict === 'pass' || verdict === 'fail');
  const texts = (attempt: AttemptRecord) => [
    ...attempt.expectations.map(({ title, seen }) => ['seen', title, seen] as const),
    ...attempt.measurements.flatMap(({ name, value }) =>
      typeof value === 'string' ? [['measurement', name, value] as const] : [],
    ),
  ];
  const counted = (list: ReturnType<typeof texts>) => {
    const times = new Map<string, number>();
    return new Map(
      list.map(([kind, title, text]) => {
        const count = (times.get(`${kind} ${title}`) ?? 0) + 1;
        times.set(`${kind} ${title}`, count);
        return [`${kind} ${title} ${count}`, { kind, title, text }];
      }),
    );
  };
  const [old, now] = [counted(texts(a)), counted(texts(b))];
  const changed = [...old].flatMap(([key, { kind, title, text }]): readonly TextDifference[] => {
    const found = now.get(key)?.text;
    if (found === undefined || bare(found) === bare(text)) return [];
    return [{ requirement: one.requirement, kind, title, before: text, after: found }];
  });
  return isWhole ? [...changed, ...stepDifferences(one.requirement, a, b)] : changed;
}

function stepDifferences(requirement: string, a: AttemptRecord, b: AttemptRecord): readonly TextDifference[] {
  const titles = ({ steps }: AttemptRecord) => new Map(steps.map(({ title }) => [bare(title), title]));
  const [old, now] = [titles(a), titles(b)];
  const kind = 'step';
  return [
    ...[...old]
      .filter(([key]) => !now.has(key))
      .map(([, title]) => ({ requirement, kind, title, before: title, after: undefined }) as const),
    ...[...now]
      .filter(([key]) => !old.has(key))
      .map(([, title]) => ({ requirement, kind, title, before: undefined, after: title }) as const),
  ];
}

function bare(text: string): string {
  return text.replace(/\d+/g, '0').replace(/\s+/g, ' ').trim();
}
