import type { DiffSide } from './diff.ts';
import { lastAttempt } from './reading.ts';

/** Several values of one kind. */
export interface Spread {
  readonly count: number;
  readonly median: number;
  readonly least: number;
  readonly most: number;
}
/** How long a step took, or what a case measured, before and after. */
export interface TimeDifference {
  readonly kind: 'step' | 'measurement';
  readonly name: string;
  readonly unit: string;
  readonly before: Spread;
  readonly after: Spread;
  /** The new median beside the old one, e.g. 1.2 for a fifth more; undefined where the old is 0. */
  readonly ratio: number | undefined;
  /**
   * `within`: each median lies between least and most of the other side, so that chance explains it; `beyond`: one does
   * not; `few`: fewer than three values on a side, so that no spread is known.
   */
  readonly spread: 'within' | 'beyond' | 'few';
}

/** Values from which on a spread says something. */
const ENOUGH = 3;

/**
 * Steps by their title and measurements by name, of cases that were decided on both sides: those beyond the spread first, the
 * largest change first.
 */
export function timeDifferences(before: DiffSide, after: DiffSide): readonly TimeDifference[] {
  const decided = (side: DiffSide) =>
    side.record.cases.filter(
      ({ dut, verdict }) => dut === side.dut.id && (verdict === 'pass' || verdict === 'fail'),
    );
  const [old, now] = [decided(before), decided(after)];
  const both = new Set(now.map(({ requirement }) => requirement));
  const shared = new Set(old.map(({ requirement }) => requirement).filter((id) => both.has(id)));
  const [a, b] = [old, now].map((cases) =>
    valuesOf(cases.filter(({ requirement }) => shared.has(requirement))),
  );
  const found = [...(a ?? [])].flatMap(([key, one]) => {
    const other = b?.get(key);
    if (other === undefined) return [];
    const [left, right] = [spreadOf(one.values), spreadOf(other.values)];
    const ratio = left.median === 0 ? undefined : right.median / left.median;
    const { kind, name, unit } = one;
    return [{ kind, name, unit, before: left, after: right, ratio, spread: judge(left, right) }];
  });
  const order = ['beyond', 'few', 'within'];
  return found.sort(
    (x, y) => order.indexOf(x.spread) - order.indexOf(y.spread) || sizeOf(y.ratio) - sizeOf(x.ratio),
  );
}

/** Half and twice are changes of one size. */
function sizeOf(ratio: number | undefined): number {
  return ratio === undefined || ratio <= 0 ? Number.MAX_VALUE : Math.abs(Math.log(ratio));
}

function judge(before: Spread, after: Spread): TimeDifference['spread'] {
  if (before.count < ENOUGH || after.count < ENOUGH) return 'few';
  const lies = (value: number, { least, most }: Spread) => value >= least && value <= most;
  return lies(after.median, before) && lies(before.median, after) ? 'within' : 'beyond';
}

interface Values {
  readonly kind: 'step' | 'measurement';
  readonly name: string;
  readonly unit: string;
  readonly values: number[];
}

function valuesOf(cases: DiffSide['record']['cases']): ReadonlyMap<string, Values> {
  const found = new Map<string, Values>();
  const add = (kind: Values['kind'], name: string, unit: string, value: number) => {
    const key = JSON.stringify([kind, name, unit]);
    const known = found.get(key) ?? { kind, name, unit, values: [] };
    known.values.push(value);
    found.set(key, known);
  };
  for (const one of cases) {
    const last = lastAttempt(one);
    for (const { title, milliseconds, error } of last?.steps ?? [])
      if (error === undefined) add('step', title, 'ms', milliseconds);
    for (const { name, value, unit } of last?.measurements ?? [])
      if (typeof value === 'number') add('measurement', name, unit, value);
  }
  return found;
}

/** @param values at least one */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const half = (sorted.length - 1) / 2;
  const [low = 0, high = 0] = [sorted[Math.floor(half)], sorted[Math.ceil(half)]];
  return { count: sorted.length, median: (low + high) / 2, least: sorted[0] ?? 0, most: sorted.at(-1) ?? 0 };
}
