import { expectedOutcome } from '../../terms/expected.ts';
import { oneLine } from '../../terms/printable.ts';
import { type Problem, problemOf } from '../problem.ts';
import { type Cell, evidenceName, expectedNote, isUndecided, lastAttempt, STATE_NAMES } from '../reading.ts';
import { durationText, isoTime } from '../text.ts';
import type { Shot } from './pictures.ts';
import { DIM, figure, heading, paragraph, type Sheet } from './sheet.ts';
import { table } from './table.ts';

/** Each case that did not simply pass: failures of recorders, what was expected, what came to no verdict, what was flaky. */
export function writeCases(sheet: Sheet, cells: readonly Cell[], shots: ReadonlyMap<Cell, Shot>): void {
  const tested = cells.filter((cell) => cell.tested !== undefined);
  const outcome = (cell: Cell) => cell.tested && expectedOutcome(cell.tested);
  const failures = tested.filter((cell) => cell.state === 'fail' && outcome(cell) !== 'happened');
  const expected = tested.filter((cell) => outcome(cell) === 'happened' || outcome(cell) === 'absent');
  const undecided = tested.filter((cell) => cell.tested && isUndecided(cell.tested));
  section(
    sheet,
    'Failures of recorders',
    failures,
    shots,
    'No recorder failed a requirement, but for failures that were expected.',
  );
  section(sheet, 'Expected failures', expected, shots, undefined);
  section(sheet, 'Without a verdict: this says nothing of a recorder', undecided, shots, undefined);
  flaky(
    sheet,
    tested.filter((cell) => cell.tested?.flaky === true),
  );
}

function section(
  sheet: Sheet,
  title: string,
  cells: readonly Cell[],
  shots: ReadonlyMap<Cell, Shot>,
  none: string | undefined,
): void {
  if (cells.length === 0 && none === undefined) return;
  heading(sheet, 2, cells.length === 0 ? title : `${title} (${cells.length})`);
  if (cells.length === 0 && none !== undefined) paragraph(sheet, none);
  for (const cell of cells.slice(0, DETAILED)) writeCase(sheet, cell, shots.get(cell));
  const more = cells.slice(DETAILED);
  if (more.length === 0) return;
  heading(sheet, 3, `${more.length} more, in short; index.html has all of them`);
  table(sheet, SHORTLY, more.map(shortRow));
}

/** Cases of a section that are told at length: nobody reads hundreds of pages. */
const DETAILED = 60;
const SHORTLY = [
  { title: 'Case', width: 150 },
  { title: 'Verdict', width: 70 },
  { title: 'Fault domain and reason', width: 279 },
];

function shortRow(cell: Cell): readonly string[] {
  const { requirement, dut, tested, state } = cell;
  const last = tested && lastAttempt(tested);
  const { message } = problemOf(tested?.verdict ?? 'none', last?.fault, last);
  const twin = dut.kind === 'twin' ? ' (twin)' : '';
  const domain = state === 'pass' ? '' : `${last?.fault?.domain ?? 'unknown'}: `;
  const about = oneLine(`${domain}${expectedNote(cell) ?? message}`);
  const shown = about.length > 200 ? `${about.slice(0, 200).toWellFormed()}…` : about;
  return [`${requirement.id} on ${dut.id}${twin}`, STATE_NAMES[state], shown];
}

function writeCase(sheet: Sheet, cell: Cell, shot: Shot | undefined): void {
  const { requirement, dut, tested } = cell;
  const twin = dut.kind === 'twin' ? ' (twin)' : '';
  heading(sheet, 3, `${requirement.id} on ${dut.id}${twin}: ${STATE_NAMES[cell.state]}`);
  paragraph(sheet, requirement.statement);
  if (cell.title !== requirement.statement) paragraph(sheet, `Case: ${oneLine(cell.title)}`);
  const security = requirement.security === undefined ? '' : `; security: ${requirement.security.join(', ')}`;
  const about = `${dut.model} ${dut.firmware}; ${requirement.kind}; source: ${requirement.source}${security}`;
  paragraph(sheet, about, { size: 8.2, color: DIM });
  if (tested !== undefined) table(sheet, PAIRS, factsOf(cell));
  if (shot !== undefined) writeShot(sheet, shot);
}

const PAIRS = [
  { title: 'What was found', width: 96 },
  { title: '', width: 403 },
];
/** Characters: a row must fit on a page. */
const LONGEST = 1_200;

function factsOf(cell: Cell): readonly (readonly string[])[] {
  const { tested } = cell;
  const last = tested && lastAttempt(tested);
  const failed = last?.expectations.filter(({ verdict }) => verdict === 'fail') ?? [];
  const fault = tested?.verdict === 'pass' ? undefined : last?.fault;
  const note = expectedNote(cell);
  const link = tested?.expected?.link;
  const rows: (readonly [string, string])[] = [
    ...failed.flatMap(({ title, expected, seen }): [string, string][] => [
      ['Expectation', title],
      ['Expected', expected],
      ['Seen', seen],
    ]),
    ...(tested?.verdict === 'pass'
      ? []
      : reasonOf(failed.length > 0, problemOf(tested?.verdict ?? 'none', fault, last), last?.reason)),
    ...(tested?.verdict === 'pass'
      ? []
      : [['Fault domain', fault === undefined ? 'unknown' : `${fault.domain}: ${fault.rule}`] as const]),
    ...(fault === undefined ? [] : [['Facts', fault.facts] as const]),
    ...(fault?.cure === undefined ? [] : [['What to do', fault.cure] as const]),
    ...(note === undefined
      ? []
      : [['Expected failure', link === undefined ? note : `${note} (${link})`] as const]),
    ...(last === undefined
      ? []
      : [
          [
            'When',
            `${isoTime(last.at)}, ${durationText(last.milliseconds)}${last.copy === undefined ? '' : `, on copy ${last.copy} of the twin`}`,
          ] as const,
        ]),
  ];
  return rows.map(([name, text]) => [name, shortened(text)]);
}

/** The reason that was given; where no expectation explains the case, else what comes nearest to one. */
function reasonOf(
  explained: boolean,
  { message }: Problem,
  reason: string | undefined,
): readonly (readonly [string, string])[] {
  const text = reason ?? (explained ? undefined : message);
  return text === undefined ? [] : [['Reason', text]];
}

function shortened(text: string): string {
  const line = oneLine(text);
  return line.length > LONGEST
    ? `${line.slice(0, LONGEST).toWellFormed()}… (${line.length - LONGEST} more characters in run.json)`
    : line;
}

function writeShot(sheet: Sheet, shot: Shot): void {
  const name = evidenceName(shot.ref) ?? 'a file that cannot be';
  const caption = `${oneLine(shot.ref.title)}, ${isoTime(shot.ref.at)}. Evidence: ${name}`;
  if (shot.state === 'picture') {
    figure(sheet, shot.jpeg, shot.size, caption);
    return;
  }
  const why =
    shot.state === 'missing'
      ? 'The screen is missing in evidence/'
      : 'The screen is not shown, as there are many';
  paragraph(sheet, `${why}: ${caption}`, { size: 8.2, color: DIM });
}

function flaky(sheet: Sheet, cells: readonly Cell[]): void {
  if (cells.length === 0) return;
  heading(sheet, 2, `Flaky: needed more than one attempt (${cells.length})`);
  paragraph(sheet, 'The verdict is that of the last attempt. A failure of a recorder is never tried again.');
  const rows = cells.flatMap(({ requirement, dut, tested }) =>
    (tested?.attempts ?? []).map((attempt, index) => [
      `${requirement.id} on ${dut.id}`,
      `${index + 1}`,
      STATE_NAMES[attempt.verdict],
      shortened(
        attempt.verdict === 'pass'
          ? ''
          : `${attempt.fault?.domain ?? 'unknown'}: ${problemOf(attempt.verdict, attempt.fault, attempt).message}`,
      ),
    ]),
  );
  table(sheet, ATTEMPTS, rows);
}

const ATTEMPTS = [
  { title: 'Case', width: 150 },
  { title: 'Attempt', width: 46 },
  { title: 'Verdict', width: 70 },
  { title: 'Fault domain and reason', width: 233 },
];
