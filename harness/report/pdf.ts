import type { RunRecord } from '../terms/record.ts';
import { writeCases } from './pdf/cases.ts';
import { writeFront } from './pdf/front.ts';
import { shotsOf } from './pdf/pictures.ts';
import { writeRecorders, writeRequirements } from './pdf/recorders.ts';
import { bytesOf, newSheet } from './pdf/sheet.ts';
import type { ReadEvidence } from './pictures.ts';
import { cellsOf, endingOf } from './reading.ts';

/**
 * The conformance report as a PDF on A4: the answer, what a twin is, a table of the recorders, each failure with the screen
 * on which it was seen, apart from them what says nothing of a recorder, and a matrix for each recorder; at
 * the end the requirements. Tagged, with an
 * outline; made without a browser. The same record gives the same bytes.
 */
export async function pdfOf(
  record: RunRecord,
  sources: { readonly evidence: ReadEvidence },
): Promise<Uint8Array> {
  const cells = cellsOf(record);
  const all = [...cells.values()].flat();
  const shots = await shotsOf(all, sources.evidence);
  const sheet = newSheet(`Conformance report ${record.id}`, record.endedAt);
  writeFront(sheet, record, cells);
  writeCases(sheet, all, shots);
  writeRecorders(sheet, record, cells);
  writeRequirements(sheet, record);
  const ending = endingOf(record);
  const twins = record.duts.length > 0 && record.duts.every(({ kind }) => kind === 'twin');
  const stamp = `Resetbench ${record.id}${ending === undefined ? '' : ` – INCOMPLETE: the run was ${record.ended}`}${twins ? ' – twins only, no certificate' : ''}`;
  return bytesOf(sheet, stamp, ending !== undefined);
}
