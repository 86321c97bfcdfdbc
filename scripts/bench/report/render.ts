import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sampleRun } from '../../../harness/report/sample.ts';
import { writeReports } from '../../../harness/report/write.ts';

/** How large the run is that is rendered. */
export interface RunSize {
  readonly duts: number;
  readonly requirements: number;
  /** Screens a case. */
  readonly frames: number;
}
/** What it took to render one run in all formats, into files. */
export interface Rendered {
  /** Requirements times recorders. */
  readonly cases: number;
  readonly seconds: number;
  /** By file, bytes. */
  readonly bytes: Readonly<Record<string, number>>;
}

/**
 * Renders a run in all formats, once, into a folder. The evidence lies in files, as it does beside a run.
 * @throws the error of a report that could not be made
 */
export async function renderAll(folder: string, size: RunSize): Promise<Rendered> {
  const { record, evidence } = await sampleRun(size);
  await mkdir(join(folder, 'evidence'), { recursive: true });
  for (const [name, bytes] of evidence) await writeFile(join(folder, 'evidence', name), bytes);
  const began = performance.now();
  const written = await writeReports(folder, record);
  const seconds = (performance.now() - began) / 1000;
  const bytes: Record<string, number> = {};
  for (const { file, error } of written) {
    if (error !== undefined) throw error;
    bytes[file] = (await stat(join(folder, file))).size;
  }
  return { cases: record.duts.length * record.requirements.length, seconds, bytes };
}
