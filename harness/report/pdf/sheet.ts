import PDFDocument from 'pdfkit';
import { fontFile, mainFont, piecesOf, type Weight } from './fonts.ts';

/** A PDF that is being written, page after page, with the structure that a screen reader follows. Lengths are points. */
export interface Sheet {
  readonly doc: PDFKit.PDFDocument;
  readonly root: Part;
}
/** A part of the structure: a heading, a paragraph, a table ... */
export type Part = ReturnType<PDFKit.PDFDocument['struct']>;

export interface TextStyle {
  /** Height of the letters; default 9.5. */
  readonly size?: number;
  readonly weight?: Weight;
  readonly color?: string;
  readonly align?: 'left' | 'right' | 'center';
}

/** Of the text on an A4 page. */
export const PAGE = { left: 48, width: 499, top: 66, bottom: 780 } as const;
export const INK = '#1a2530';
export const DIM = '#55636f';

/** @param at ms since the epoch; stands in the file as the time of its making, so that the same run gives the same file */
export function newSheet(title: string, at: number): Sheet {
  const date = new Date(at);
  const doc = new PDFDocument({
    size: 'A4',
    margins: { left: PAGE.left, right: PAGE.left, top: PAGE.top, bottom: 842 - PAGE.bottom },
    bufferPages: true,
    tagged: true,
    lang: 'en',
    displayTitle: true,
    pdfVersion: '1.7',
    font: fontFile(mainFont('regular')),
    info: { Title: title, Creator: 'Resetbench', Producer: 'Resetbench', CreationDate: date, ModDate: date },
  });
  const root = doc.struct('Document');
  doc.addStructure(root);
  return { doc, root };
}

/** The file; `stamp` stands at the top of each page. */
export async function bytesOf(sheet: Sheet, stamp: string, loud: boolean): Promise<Uint8Array> {
  const { doc, root } = sheet;
  root.end();
  const { start, count } = doc.bufferedPageRange();
  for (let index = start; index < start + count; index += 1) {
    doc.switchToPage(index);
    // Within the margins a text would begin a new page.
    doc.page.margins = { left: 0, right: 0, top: 0, bottom: 0 };
    doc.markContent('Artifact', { type: 'Pagination' });
    const color = loud ? '#b3261e' : DIM;
    draw(
      sheet,
      stamp,
      { x: PAGE.left, y: 34, width: PAGE.width },
      { size: 8, color, weight: loud ? 'bold' : 'regular' },
    );
    const page = `Page ${index + 1} of ${count}`;
    draw(sheet, page, { x: PAGE.left, y: 802, width: PAGE.width }, { size: 8, color: DIM, align: 'right' });
    doc.endMarkedContent();
  }
  const chunks: Buffer[] = [];
  const done = new Promise<void>((resolve, reject) => {
    doc.on('data', (chunk: Buffer) => chunks.push(chunk));
    doc.once('end', resolve);
    doc.once('error', reject);
  });
  doc.end();
  await done;
  return Buffer.concat(chunks);
}

/** A new page where less than `height` is left of this one. */
export function room({ doc }: Sheet, height: number): void {
  if (doc.y + height > PAGE.bottom) doc.addPage();
}

/** A heading, which stands in the outline too; never the last thing on a page. */
export function heading(sheet: Sheet, level: 1 | 2 | 3, text: string): void {
  const { doc, root } = sheet;
  const size = { 1: 22, 2: 15, 3: 11 }[level];
  room(sheet, size + 125);
  doc.y += level === 1 ? 0 : size * 0.9;
  if (level < 3) doc.outline.addItem(text.slice(0, 200));
  root.add(
    doc.struct(`H${level}`, {}, () => {
      flow(sheet, text, { size, weight: 'bold' });
    }),
  );
  doc.y += size * 0.35;
}

/** A paragraph, as wide as the page; it goes on on the next page where it must. */
export function paragraph(sheet: Sheet, text: string, style: TextStyle = {}): void {
  if (text.trim() === '') return;
  room(sheet, 28);
  sheet.root.add(
    sheet.doc.struct('P', {}, () => {
      flow(sheet, text, style);
    }),
  );
  sheet.doc.y += 4;
}

/** A box with a bar at its left, for what must not be overlooked. */
export function notice(sheet: Sheet, title: string, text: string, color: string): void {
  const { doc, root } = sheet;
  const width = PAGE.width - 28;
  const height = heightOf(sheet, title, width, BOLD) + heightOf(sheet, text, width, {}) + 16;
  room(sheet, height + 8);
  const top = doc.y + 2;
  artifact(sheet, () => {
    doc.rect(PAGE.left, top, PAGE.width, height).fillOpacity(0.08).fill(color).fillOpacity(1);
    doc.rect(PAGE.left, top, 4, height).fill(color);
  });
  root.add(
    doc.struct('P', {}, () => {
      draw(sheet, `${title}\n`, { x: PAGE.left + 16, y: top + 7, width }, { ...BOLD, color });
      draw(sheet, text, { x: PAGE.left + 16, y: doc.y, width }, {});
    }),
  );
  doc.y = top + height + 8;
}

const BOLD: TextStyle = { weight: 'bold' };

/** A picture with what it shows and where it lies. */
export function figure(
  sheet: Sheet,
  picture: Buffer,
  size: readonly [number, number],
  caption: string,
): void {
  const { doc, root } = sheet;
  const width = Math.min(250, size[0]);
  const height = (width * size[1]) / Math.max(1, size[0]);
  room(sheet, height + 26);
  const top = doc.y + 2;
  root.add(
    doc.struct('Figure', { alt: caption }, () => {
      doc.image(picture, PAGE.left, top, { width, height });
    }),
  );
  doc.y = top + height + 3;
  root.add(
    doc.struct('Caption', {}, () => {
      flow(sheet, caption, { size: 7.6, color: DIM });
    }),
  );
  doc.y += 6;
}

/** What no reader reads out: lines, backgrounds, what is repeated. */
export function artifact({ doc }: Sheet, paint: () => void): void {
  doc.markContent('Artifact', { type: 'Layout' });
  paint();
  doc.endMarkedContent();
}

/** Text from where the last one ended, as wide as the page. */
function flow(sheet: Sheet, text: string, style: TextStyle): void {
  draw(sheet, text, { x: PAGE.left, y: sheet.doc.y, width: PAGE.width }, style);
}

/** Text at a place; afterwards `doc.y` is below it. */
export function draw(
  sheet: Sheet,
  text: string,
  place: { readonly x: number; readonly y: number; readonly width: number },
  { size = 9.5, weight = 'regular', color = INK, align = 'left' }: TextStyle,
): void {
  const { doc } = sheet;
  const pieces = piecesOf(text, weight);
  doc.fillColor(color);
  for (const [index, piece] of pieces.entries()) {
    doc.font(fontFile(piece.font)).fontSize(size);
    const options = { width: place.width, align, lineGap: 1.5, continued: index < pieces.length - 1 };
    if (index === 0) doc.text(piece.text, place.x, place.y, options);
    else doc.text(piece.text, options);
  }
  doc.x = PAGE.left;
}

/** Characters of other scripts are about as wide as an `n`. */
export function heightOf(sheet: Sheet, text: string, width: number, style: TextStyle): number {
  const { size = 9.5, weight = 'regular' } = style;
  const main = mainFont(weight);
  const alike = piecesOf(text, weight)
    .map((piece) => (piece.font === main ? piece.text : piece.text.replace(/\S/g, 'n')))
    .join('');
  sheet.doc.font(fontFile(main)).fontSize(size);
  return sheet.doc.heightOfString(alike === '' ? ' ' : alike, { width, lineGap: 1.5 });
}
