import { blocks, expectedOutcome } from '../../terms/expected.ts';
import type { RunRecord } from '../../terms/record.ts';
import { type Cell, countStates, endingOf, isUndecided } from '../reading.ts';
import { counted, durationText, isoTime } from '../text.ts';
import { DIM, heading, notice, paragraph, type Sheet } from './sheet.ts';
import { COLORS } from './states.ts';
import { table } from './table.ts';

/** The first pages: the answer, whose run it was, what a twin is, how to read it, and a table of the recorders. */
export function writeFront(
  sheet: Sheet,
  record: RunRecord,
  cells: ReadonlyMap<string, readonly Cell[]>,
): void {
  const all = [...cells.values()].flat();
  heading(sheet, 1, 'Conformance report');
  paragraph(sheet, 'Password reset by reserved email, at the recorder’s local screen', {
    size: 11,
    color: DIM,
  });
  answer(sheet, record, all);
  table(sheet, PAIRS, factsOf(record));
  twinNotice(sheet, record);
  heading(sheet, 2, 'How to read this');
  for (const text of READING) paragraph(sheet, text);
  heading(sheet, 2, 'Recorders');
  table(sheet, COLUMNS, rowsOf(record, cells));
}

const PAIRS = [
  { title: 'Of the run', width: 110 },
  { title: '', width: 389 },
];

function answer(sheet: Sheet, record: RunRecord, cells: readonly Cell[]): void {
  const against = cells.filter(({ tested }) => tested !== undefined && blocks(tested)).length;
  const undecided = record.cases.filter(isUndecided).length;
  const benches = record.duts.filter(({ fault }) => fault !== undefined).length;
  const leftOut = countStates(cells)['not-selected'];
  const ending = endingOf(record);
  const open = `${counted(undecided, 'case')} came to no verdict on a recorder, ${counted(benches, 'bench', 'benches')} failed.`;
  if (ending !== undefined) notice(sheet, 'This report is incomplete', ending, COLORS.fail);
  if (against > 0)
    notice(
      sheet,
      'Not conformant',
      `${counted(against, 'case')} against it. ${undecided + benches > 0 ? open : ''}`,
      COLORS.fail,
    );
  else if (ending !== undefined || undecided + benches > 0)
    notice(
      sheet,
      'No answer',
      `Nothing was found against the recorders, but not all was decided. ${open}`,
      COLORS.inconc,
    );
  else if (record.cases.length === 0) notice(sheet, 'No answer', 'Nothing was tested.', COLORS.inconc);
  else if (leftOut > 0)
    notice(
      sheet,
      'Passed in part',
      `Every case that was selected passed, or failed as was agreed. ${counted(leftOut, 'case')} that ${leftOut === 1 ? 'applies was' : 'apply were'} left out: nothing is known of what they would have come to.`,
      COLORS.inconc,
    );
  else notice(sheet, 'Conformant', 'Every case that applies passed, or failed as was agreed.', COLORS.pass);
}

function factsOf(record: RunRecord): readonly (readonly string[])[] {
  const { harness } = record;
  const hardware = record.duts.filter(({ kind }) => kind === 'hardware').length;
  return [
    ['Run', record.id],
    ['Began', isoTime(record.startedAt)],
    ['Took', `${durationText(record.endedAt - record.startedAt)}; ended: ${record.ended}`],
    ['Recorders', `${hardware} of hardware, ${counted(record.duts.length - hardware, 'twin')}`],
    [
      'Requirements',
      `${record.requirements.length}, of them about security: ${record.requirements.filter(({ security }) => security).length}`,
    ],
    ['Harness', `Resetbench ${harness.version}, Node ${harness.node}, ${harness.platform}`],
    ...(harness.commit === undefined ? [] : [['Commit', harness.commit]]),
    ...(harness.by === undefined ? [] : [['Started by', harness.by]]),
  ];
}

function twinNotice(sheet: Sheet, record: RunRecord): void {
  const twins = record.duts.filter(({ kind }) => kind === 'twin').length;
  if (twins === 0) return;
  const which =
    twins === record.duts.length
      ? 'All recorders of this run are twins'
      : `${twins} of the ${record.duts.length} recorders are twins`;
  notice(
    sheet,
    which,
    'A twin is an emulated recorder. What is found on it proves the suite and the harness, and nothing of a product: a twin can never be certified, whatever this report says of it. Each twin is marked as such wherever it is named.',
    COLORS.inconc,
  );
}

const READING = [
  'Verdicts are those of TTCN-3. Only an expectation that does not hold makes a fail: then the recorder does not do what the requirement says. Inconclusive: a screen or state was not reached. Error: the bench, the suite, the configuration, an outside service or the operator was at fault, which the fault domain names; it says nothing of the recorder. No verdict: the run ended while the case was under way.',
  'A failure that was expected stays a fail. It does not count against the run until its last day; when it does not happen any more, it counts until its entry is removed. In a matrix “exp.” marks a case that was expected to fail, “flaky” one that needed more than one attempt.',
  'Documented requirements are the maker’s own words, policy ones follow from them or from good practice, measured ones report a figure.',
  'This document shows what did not pass, and a matrix of the rest. Every step, screen, mail and exchange lies in the folder of the run: index.html shows them, run.json holds them for programs, evidence/ keeps each under its SHA-256.',
];

const COLUMNS = [
  { title: 'Recorder', width: 131 },
  { title: 'Model and firmware', width: 104 },
  ...[
    ['pass', 32],
    ['fail', 28],
    ['expected', 46],
    ['error', 32],
    ['inconcl.', 42],
    ['none', 32],
    ['not run', 52],
  ].map(([title, width]) => ({ title: String(title), width: Number(width), align: 'right' as const })),
];

function rowsOf(
  record: RunRecord,
  cells: ReadonlyMap<string, readonly Cell[]>,
): readonly (readonly string[])[] {
  return record.duts.map((dut) => {
    const own = cells.get(dut.id) ?? [];
    const counts = countStates(own);
    const happened = own.filter(({ tested }) => tested && expectedOutcome(tested) === 'happened').length;
    const left = own.filter(({ tested }) => tested === undefined).length;
    const figures = [
      counts.pass,
      counts.fail - happened,
      happened,
      counts.error,
      counts.inconc,
      counts.none,
      left,
    ];
    return [
      `${dut.id}\n${dut.kind}${dut.fault === undefined ? '' : ', its bench failed'}`,
      `${dut.model}\n${dut.firmware}`,
      ...figures.map(String),
    ];
  });
}
