import { decisiveFailure } from '../terms/expectation.ts';
import { type ExpectedOutcome, expectedOutcome } from '../terms/expected.ts';
import { oneLine } from '../terms/printable.ts';
import type { RunRecord } from '../terms/record.ts';
import {
  byVerdict,
  CELL_STATES,
  type Cell,
  cellsOf,
  countStates,
  endingOf,
  expectedCells,
  expectedNote,
  lastAttempt,
  needsAttention,
  STATE_NAMES,
} from './reading.ts';
import { counted, durationText } from './text.ts';

/** Counts of a run, and the same as plain lines for a terminal (no colour, no control characters). */
export interface Summary {
  readonly total: ReturnType<typeof countStates>;
  readonly duts: readonly { readonly id: string; readonly counts: ReturnType<typeof countStates> }[];
  readonly lines: readonly string[];
}

/** Verdicts counted in all and per DUT, and what needs attention, worst first (at most 20 lines of it). */
export function summaryOf(record: RunRecord): Summary {
  const cells = cellsOf(record);
  const all = [...cells.values()].flat();
  const total = countStates(all);
  const duts = record.duts.map((dut) => ({ id: dut.id, counts: countStates(cells.get(dut.id) ?? []) }));
  const attention = all.filter(needsAttention).sort(byVerdict);
  const width = Math.max(0, ...record.duts.map((dut) => oneLine(dut.id).length));
  const ending = endingOf(record);
  const twins = record.duts.filter((dut) => dut.kind === 'twin').length;
  const lines = [
    oneLine(
      `Run ${record.id}: ${STATE_NAMES[record.verdict]}, ${durationText(record.endedAt - record.startedAt)}, ${counted(twins, 'twin')}, ${counted(record.duts.length - twins, 'hardware recorder')}`,
    ),
    ...(ending ? [ending] : []),
    ...duts.map((dut, index) => {
      const { fault, password } = record.duts[index] ?? {};
      const kept = password?.restored ? `  (${oneLine(password.told)})` : '';
      return `  ${oneLine(dut.id).padEnd(width)}  ${countsText(dut.counts)}${fault ? `  (${fault.domain}: ${oneLine(fault.facts)})` : ''}${kept}`;
    }),
    `  ${'all'.padEnd(width)}  ${countsText(total)}`,
    ...expectedLines(all),
    ...attention.slice(0, LISTED).map(attentionLine),
    ...(attention.length > LISTED ? [`  ... and ${attention.length - LISTED} more`] : []),
  ];
  return { total, duts, lines };
}

const LISTED = 20;

/** How many failures were expected, and what became of them. */
function expectedLines(cells: readonly Cell[]): readonly string[] {
  const found = expectedCells(cells).flatMap(({ tested }) => (tested && expectedOutcome(tested)) ?? []);
  if (found.length === 0) return [];
  const parts = Object.entries(OUTCOMES).flatMap(([outcome, words]) => {
    const count = found.filter((one) => one === outcome).length;
    return count === 0 ? [] : [`${count} ${words}`];
  });
  return [`  expected failures: ${parts.join(', ')}`];
}

const OUTCOMES: Readonly<Record<ExpectedOutcome, string>> = {
  happened: 'happened and excused',
  past: 'past the date, not excused',
  absent: 'DID NOT HAPPEN',
  undecided: 'not decided',
};

function countsText(counts: ReturnType<typeof countStates>): string {
  const parts = CELL_STATES.filter((state) => counts[state] > 0).map(
    (state) => `${counts[state]} ${STATE_NAMES[state]}`,
  );
  return parts.join(', ') || 'nothing';
}

function attentionLine(cell: Cell): string {
  const last = cell.tested && lastAttempt(cell.tested);
  const failed = last && decisiveFailure(last);
  const what = failed
    ? `${failed.title}: expected ${failed.expected}, seen ${failed.seen}`
    : (last?.reason ?? cell.title);
  const note = expectedNote(cell);
  if (note !== undefined)
    return oneLine(
      `${STATE_NAMES[cell.state]}: ${cell.requirement.id} on ${cell.dut.id}: ${note}${failed ? ` (${what})` : ''}`,
    );
  const state = cell.state === 'pass' ? 'flaky' : STATE_NAMES[cell.state];
  return oneLine(
    `${state}${last?.fault && cell.state !== 'pass' ? ` (${last.fault.domain})` : ''}: ${cell.requirement.id} on ${cell.dut.id}: ${what}`,
  );
}
