import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EvidenceRef, RunRecord } from '../terms/record.ts';
import { ctrfOf } from './ctrf.ts';
import { htmlOf } from './html.ts';
import { junitOf } from './junit.ts';
import { pdfOf } from './pdf.ts';
import { evidenceName } from './reading.ts';
import { sarifOf } from './sarif.ts';
import { markdownOf } from './summary-md.ts';
import { tapOf } from './tap.ts';

/** What became of one report. */
export interface WrittenReport {
  readonly file: string;
  readonly error?: Error;
}

/**
 * Writes `run.json`, `results.tap`, `junit.xml`, `ctrf.json`, `security.sarif`, `summary.md`, `report.pdf` and `index.html`
 * into a run's folder, each whole or not at all (a file beside it, then a rename). One that cannot be made does not stop
 * the others.
 *
 * @returns every report, in that order; those that failed with their error
 */
export async function writeReports(folder: string, record: RunRecord): Promise<readonly WrittenReport[]> {
  const evidence = (ref: EvidenceRef) =>
    readFile(join(folder, 'evidence', evidenceName(ref) ?? 'not-a-name'));
  return writeEach(folder, [
    ['run.json', () => `${JSON.stringify(record, undefined, 1)}\n`],
    ['results.tap', () => tapOf(record)],
    ['junit.xml', () => junitOf(record)],
    ['ctrf.json', () => ctrfOf(record)],
    ['security.sarif', () => sarifOf(record)],
    ['summary.md', () => markdownOf(record)],
    ['report.pdf', () => pdfOf(record, { evidence })],
    ['index.html', () => htmlOf(record, { evidence })],
  ]);
}

/** `writeReports` for any makers; for tests, and for reports that come later. */
export async function writeEach(
  folder: string,
  makers: readonly (readonly [
    file: string,
    make: () => string | Uint8Array | Promise<string | Uint8Array>,
  ])[],
): Promise<readonly WrittenReport[]> {
  const written: WrittenReport[] = [];
  for (const [file, make] of makers) {
    try {
      await mkdir(folder, { recursive: true });
      await replaceFile(join(folder, file), await make());
      written.push({ file });
    } catch (error) {
      written.push({ file, error: error instanceof Error ? error : new Error(String(error)) });
    }
  }
  return written;
}

async function replaceFile(path: string, text: string | Uint8Array): Promise<void> {
  const beside = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    await writeFile(beside, text);
    await rename(beside, path);
  } finally {
    await rm(beside, { force: true });
  }
}
