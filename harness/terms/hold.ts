/*
 * The file by which people hold a run: an order a line, `case` or `step`, then the recorder where it is about that one
 * alone, then `by` and who holds it. A line that is none of these names who holds all recorders before their next cases, and so does
 * an empty file.
 */

/** Where a recorder can be held. `step` is within a case, which costs that case its verdict. */
export type HoldPoint = 'case' | 'step';

/** What a person asked for. */
export interface HoldOrder {
  readonly by: string;
  /** `step`: at whatever comes first, a step or a case. */
  readonly at: HoldPoint;
  /** Only this recorder; undefined: all of them. */
  readonly dut: string | undefined;
}

/** Characters that are looked at: anybody may have written it. */
const LONGEST = 10_000;
const LONGEST_NAME = 80;

/** What the text of such a file says. */
export function ordersOf(text: string): readonly HoldOrder[] {
  const lines = text
    .slice(0, LONGEST)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  if (lines.length === 0) return [{ by: 'somebody', at: 'case', dut: undefined }];
  return lines.map((line) => {
    const [, at, dut, by] = /^(case|step)(?: (?!by(?: |$))(\S+))?(?: by (.*))?$/.exec(line) ?? [];
    return at === undefined
      ? { by: line.slice(0, LONGEST_NAME), at: 'case', dut: undefined }
      : { by: by?.slice(0, LONGEST_NAME) ?? 'somebody', at: at === 'step' ? 'step' : 'case', dut };
  });
}

/** Orders as the text of their file. */
export function ordersText(orders: readonly HoldOrder[]): string {
  return orders
    .map(
      ({ by, at, dut }) =>
        `${at}${dut === undefined ? '' : ` ${dut}`} by ${by.replace(/\s+/g, ' ').trim()}\n`,
    )
    .join('');
}

/** The orders with one more: whoever holds a recorder is not released by who holds another. */
export function withOrder(orders: readonly HoldOrder[], order: HoldOrder): readonly HoldOrder[] {
  return [...orders.filter(({ dut }) => dut !== order.dut), order];
}

/** What holds a recorder at a point; undefined where it may go on. */
export function orderFor(orders: readonly HoldOrder[], dut: string, point: HoldPoint): HoldOrder | undefined {
  return orders.find(
    (order) => (order.dut === undefined || order.dut === dut) && (point === 'case' || order.at === 'step'),
  );
}
