import { oneLine } from '../../terms/printable.ts';
import type { DutRecord, RunRecord } from '../../terms/record.ts';
import { calibrationText, settingText } from '../capture.ts';
import { CELL_STATES, type Cell, countStates, lastAttempt, STATE_NAMES } from '../reading.ts';
import {
  artifact,
  DIM,
  draw,
  heading,
  INK,
  notice,
  PAGE,
  type Part,
  paragraph,
  room,
  type Sheet,
} from './sheet.ts';
import { COLORS, SHORT } from './states.ts';
import { table } from './table.ts';

/** A chapter for each recorder: what it is, its matrix by section, what was measured, and what was not run, with the reason. */
export function writeRecorders(
  sheet: Sheet,
  record: RunRecord,
  cells: ReadonlyMap<string, readonly Cell[]>,
): void {
  for (const dut of record.duts) {
    const own = cells.get(dut.id) ?? [];
    sheet.doc.addPage();
    heading(sheet, 2, `${dut.id} (${dut.kind})`);
    about(sheet, dut, own);
    matrix(sheet, own);
    notRun(sheet, own);
    measured(sheet, own);
  }
}

function about(sheet: Sheet, dut: DutRecord, cells: readonly Cell[]): void {
  const { fault, calibration, capture, password } = dut;
  const what = `${dut.model}, firmware ${dut.firmware}, serial number ${dut.serialNumber}; family ${dut.family}, profile ${dut.profile}; GUI ${dut.gui}, ${dut.resolution}.`;
  paragraph(sheet, what);
  if (dut.kind === 'twin')
    paragraph(
      sheet,
      'An emulated recorder: nothing here is about a product, and none of it can be certified.',
      { weight: 'bold', color: COLORS.inconc },
    );
  if (calibration !== undefined) paragraph(sheet, `Capture: ${calibrationText(calibration)}.`);
  if (capture !== undefined) paragraph(sheet, `The capture was set to: ${settingText(capture)}.`);
  if (password !== undefined)
    paragraph(
      sheet,
      `First password ${password.restored ? 'restored' : 'NOT RESTORED'}: ${oneLine(password.told)}`,
    );
  if (fault !== undefined)
    notice(
      sheet,
      `The bench failed (${fault.domain})`,
      oneLine(
        `${fault.rule}: ${fault.facts}.${fault.cure === undefined ? '' : ` What to do: ${fault.cure}`}`,
      ),
      COLORS.error,
    );
  const counts = countStates(cells);
  const parts = CELL_STATES.filter((state) => counts[state] > 0).map(
    (state) => `${counts[state]} ${STATE_NAMES[state]}`,
  );
  paragraph(sheet, `${parts.join(', ')}.`, { weight: 'bold' });
}

/** Fields of a row, and their size. */
const FIELDS = 9;
const GAP = 3;
const FIELD = { width: (PAGE.width - GAP * (FIELDS - 1)) / FIELDS, height: 25 };

/** Fields by section: the id, and the verdict or why there is none in words; colour says nothing more. */
function matrix(sheet: Sheet, cells: readonly Cell[]): void {
  for (const [title, own] of Map.groupBy(cells, ({ requirement }) => requirement.section)) {
    const { doc, root } = sheet;
    room(sheet, 18 + FIELD.height + GAP);
    paragraph(sheet, title, { size: 8.6, weight: 'bold', color: DIM });
    const whole = doc.struct('Table', { title });
    root.add(whole);
    for (let from = 0; from < own.length; from += FIELDS) {
      room(sheet, FIELD.height + GAP);
      const line = doc.struct('TR');
      whole.add(line);
      const top = doc.y;
      for (const [index, cell] of own.slice(from, from + FIELDS).entries())
        field(sheet, line, cell, { x: PAGE.left + index * (FIELD.width + GAP), y: top });
      line.end();
      doc.y = top + FIELD.height + GAP;
    }
    whole.end();
    doc.y += 4;
  }
}

function field(
  sheet: Sheet,
  line: Part,
  cell: Cell,
  { x, y }: { readonly x: number; readonly y: number },
): void {
  const { doc } = sheet;
  const { state, tested, requirement } = cell;
  const color = COLORS[state];
  const loud = state === 'fail' || state === 'error' || state === 'inconc';
  artifact(sheet, () => {
    const shape = doc.roundedRect(x, y, FIELD.width, FIELD.height, 3);
    if (loud) shape.fill(color);
    else if (state === 'pass') shape.fill('#dcf1e4');
    else shape.lineWidth(0.6).stroke('#b9c3cc');
  });
  const ink = loud ? '#ffffff' : state === 'pass' ? COLORS.pass : DIM;
  const marks = `${tested?.flaky ? 'flaky ' : ''}${tested?.expected ? 'exp. ' : ''}`;
  line.add(
    doc.struct('TD', {}, () => {
      const place = { x: x + 4, y: y + 2.5, width: FIELD.width - 7 };
      const head = { size: 7.6, weight: 'bold', color: loud ? ink : INK } as const;
      draw(sheet, `${requirement.id} `, place, head);
      if (marks !== '') draw(sheet, marks, { ...place, y: y + 4 }, { size: 5.8, color: ink, align: 'right' });
      draw(sheet, `${SHORT[state]} `, { ...place, y: y + 12.5 }, { size: 7.2, color: ink });
    }),
  );
}

function measured(sheet: Sheet, cells: readonly Cell[]): void {
  const rows = cells.flatMap(({ requirement, tested }) =>
    ((tested && lastAttempt(tested)?.measurements) ?? []).map(({ name, value, unit }) => [
      requirement.id,
      oneLine(name).slice(0, 300),
      oneLine(`${typeof value === 'number' ? Number(value.toPrecision(6)) : value} ${unit}`).slice(0, 300),
    ]),
  );
  if (rows.length === 0) return;
  heading(sheet, 3, 'Measured');
  table(
    sheet,
    [
      { title: 'Requirement', width: 90 },
      { title: 'Figure', width: 250 },
      { title: 'Value', width: 159 },
    ],
    rows,
  );
}

/** By reason, so that forty alike are one row. */
function notRun(sheet: Sheet, cells: readonly Cell[]): void {
  const left = cells.filter(({ tested }) => tested === undefined);
  if (left.length === 0) return;
  const groups = Map.groupBy(left, ({ state, reason }) => JSON.stringify([state, reason]));
  const rows = [...groups.values()].map((group) => {
    const [first] = group;
    return [
      first === undefined ? '' : STATE_NAMES[first.state],
      oneLine(first?.reason ?? '').slice(0, 1_000),
      group
        .map(({ requirement }) => requirement.id)
        .join(', ')
        .slice(0, 2_000),
    ];
  });
  heading(sheet, 3, `Not run (${left.length})`);
  table(
    sheet,
    [
      { title: 'Why', width: 80 },
      { title: 'Reason', width: 219 },
      { title: 'Requirements', width: 200 },
    ],
    rows,
  );
}

/** What the ids of the matrices stand for. */
export function writeRequirements(sheet: Sheet, record: RunRecord): void {
  if (record.requirements.length === 0) return;
  sheet.doc.addPage();
  heading(sheet, 2, 'Requirements');
  const rows = record.requirements.map(({ id, statement, kind, source, security = [] }) => [
    id,
    oneLine(statement).slice(0, 1_000),
    [kind, ...security].join(', '),
    oneLine(source).slice(0, 500),
  ]);
  table(sheet, REQUIREMENTS, rows);
}

const REQUIREMENTS = [
  { title: 'Id', width: 40 },
  { title: 'Statement', width: 279 },
  { title: 'Kind, weaknesses', width: 90 },
  { title: 'Source', width: 90 },
];
