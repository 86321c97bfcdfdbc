// `npm run bench:report [-- --json]`: what reports cost. A run of 12 recorders and 80 requirements, as the tests of the
// reports have it, is rendered in all formats.
import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sampleRun } from '../../harness/report/sample.ts';
import { writeReports } from '../../harness/report/write.ts';

/** What it took to render one run in all formats, into files. */
export interface Rendered {
  /** Requirements times recorders. */
  readonly cases: number;
  readonly seconds: number;
  /** By file, bytes. */
  readonly bytes: Readonly<Record<string, number>>;
}

/**
 * Renders a run of 960 cases in all formats, once. The evidence lies in files, as it does beside a run.
 * @param frames screens a case
 * @throws the error of a report that could not be made
 */
export async function renderAll(frames = 6): Promise<Rendered> {
  const folder = await mkdtemp(join(tmpdir(), 'resetbench-reports-'));
  try {
    const { record, evidence } = await sampleRun({ frames });
    await mkdir(join(folder, 'evidence'));
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
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

if (import.meta.main) {
  const { cases, seconds, bytes } = await renderAll();
  if (process.argv.includes('--json'))
    console.log(JSON.stringify({ render_seconds: Number(seconds.toFixed(2)) }));
  else {
    console.log(`one run of ${cases} cases in all formats: ${seconds.toFixed(2)} s`);
    for (const [file, size] of Object.entries(bytes)) console.log(`  ${file}: ${(size / 1e6).toFixed(2)} MB`);
  }
}
