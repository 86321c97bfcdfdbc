import { artifact, draw, heightOf, PAGE, type Part, room, type Sheet, type TextStyle } from './sheet.ts';

export interface Column {
  readonly title: string;
  readonly width: number;
  readonly align?: 'left' | 'right';
}

/** A table; its head comes again on each page. The first cell of a row is its head. No cell may be higher than a page. */
export function table(sheet: Sheet, columns: readonly Column[], rows: readonly (readonly string[])[]): void {
  const { doc, root } = sheet;
  const whole = doc.struct('Table');
  root.add(whole);
  const heads = columns.map(({ title }) => title);
  room(sheet, 60);
  const head = doc.struct('TR');
  whole.add(head);
  row(sheet, columns, heads, { part: head, head: true });
  head.end();
  for (const cells of rows) {
    if (doc.y + rowHeight(sheet, columns, cells, false) > PAGE.bottom) {
      doc.addPage();
      artifact(sheet, () => row(sheet, columns, heads, { head: true }));
    }
    const part = doc.struct('TR');
    whole.add(part);
    row(sheet, columns, cells, { part, head: false });
    part.end();
  }
  whole.end();
  doc.y += 6;
}

const LINE = '#d5dbe1';
const PAD = 4;
const SMALL: TextStyle = { size: 8.2 };

function rowHeight(
  sheet: Sheet,
  columns: readonly Column[],
  cells: readonly string[],
  head: boolean,
): number {
  const heights = columns.map(({ width }, index) =>
    heightOf(sheet, cells[index] ?? '', width - 2 * PAD, { ...SMALL, weight: head ? 'bold' : 'regular' }),
  );
  return Math.max(...heights) + 2 * PAD;
}

function row(
  sheet: Sheet,
  columns: readonly Column[],
  cells: readonly string[],
  { part, head }: { readonly part?: Part; readonly head: boolean },
): void {
  const { doc } = sheet;
  const height = rowHeight(sheet, columns, cells, head);
  const top = doc.y;
  const lines = () => {
    if (head) doc.rect(PAGE.left, top, PAGE.width, height).fill('#eef2f5');
    doc
      .moveTo(PAGE.left, top + height)
      .lineTo(PAGE.left + PAGE.width, top + height)
      .lineWidth(0.5)
      .stroke(LINE);
  };
  if (part === undefined) lines();
  else artifact(sheet, lines);
  let x: number = PAGE.left;
  for (const [index, { width, align = 'left' }] of columns.entries()) {
    const place = { x: x + PAD, y: top + PAD, width: width - 2 * PAD };
    const style = { ...SMALL, align, weight: head || index === 0 ? ('bold' as const) : ('regular' as const) };
    const write = () => draw(sheet, cells[index] ?? '', place, style);
    if (part === undefined) write();
    else part.add(doc.struct(head || index === 0 ? 'TH' : 'TD', {}, write));
    x += width;
  }
  doc.y = top + height;
  doc.x = PAGE.left;
}
