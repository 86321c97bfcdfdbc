/*
 * The file by which a person holds a run. Its lines: who holds it, and `case` or `step`, with a recorder behind it where
 * it is about that one alone; in any order, and none is needed.
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

/** What the text of such a file says. */
export function orderOf(text: string): HoldOrder {
  let by: string | undefined;
  let at: HoldPoint = 'case';
  let dut: string | undefined;
  for (const line of text.slice(0, LONGEST).split('\n')) {
    const order = /^(case|step)(?:\s+(\S+))?$/.exec(line.trim());
    if (order !== null) {
      at = order[1] === 'step' ? 'step' : 'case';
      dut = order[2];
    } else if (line.trim() !== '') by ??= line.trim().slice(0, 80);
  }
  return { by: by ?? 'somebody', at, dut };
}
/** Characters that are looked at: anybody may have written it. */
const LONGEST = 500;

/** An order as the text of its file. */
export function orderText({ by, at, dut }: HoldOrder): string {
  return `${by}\n${at}${dut === undefined ? '' : ` ${dut}`}\n`;
}
