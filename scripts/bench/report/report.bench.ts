// `npm run bench:report [-- --json] [--only render,history,tampering] [--runs N] [--duts N] [--requirements N] [--frames N]
// [--tamperings N] [--history FOLDER]`: what reports cost, and what verification finds.
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { sizeOf } from '../safety/size.ts';
import { generateRuns } from './generate.ts';
import { openReport } from './open.ts';
import { renderAll } from './render.ts';
import { measureTampering } from './tampering.bench.ts';
import { measureHistory, median } from './views.ts';

/** How much is measured. */
export interface ReportBench {
  /** Of the history. */
  readonly runs: number;
  readonly duts: number;
  readonly requirements: number;
  /** Screens a case, of the run that is rendered. */
  readonly frames: number;
  readonly tamperings: number;
  /** A folder of runs that is there already; without it runs are generated. */
  readonly history?: string | undefined;
  /** Parts; default: all. */
  readonly only?: readonly string[] | undefined;
  /** Told what is measured, a line each. */
  readonly say?: (line: string) => void;
}
type Figures = Readonly<Record<string, number>>;
type Part = (folder: string, size: ReportBench, say: (line: string) => void) => Promise<Figures>;

const OPENINGS = 5;

const PARTS: Readonly<Record<string, Part>> = {
  async render(folder, size, say) {
    const { cases, seconds, bytes } = await renderAll(folder, size);
    say(`one run of ${cases} cases in all formats: ${seconds.toFixed(2)} s`);
    for (const [file, count] of Object.entries(bytes)) say(`  ${file}: ${(count / 1e6).toFixed(2)} MB`);
    const opened = await openReport(join(folder, 'index.html'), 'CR01', OPENINGS);
    say(`index.html opened until it can be searched: ${opened.map((ms) => ms.toFixed(0)).join(', ')} ms`);
    return {
      render_seconds: rounded(seconds, 2),
      open_ms: rounded(median(opened), 0),
      report_mb: rounded((bytes['index.html'] ?? Number.NaN) / 1e6, 2),
    };
  },
  async history(folder, size, say) {
    const reports = size.history ?? folder;
    if (size.history === undefined) await generateRuns(reports, size);
    const figures = await measureHistory(reports);
    say(
      `a history of ${figures.runs} runs with ${figures.results} results: ${figures.indexPerSecond.toFixed(0)} results a second`,
    );
    say(`its server answers after ${figures.startMs.toFixed(0)} ms`);
    say(`pages over HTTP: the first ${figures.firstViewMs.toFixed(0)} ms`);
    for (const [filter, ms] of Object.entries(figures.filters)) say(`  ${filter}: ${ms.toFixed(0)} ms`);
    return {
      index_per_second: rounded(figures.indexPerSecond, 0),
      first_view_ms: rounded(figures.firstViewMs, 1),
      filter_ms: rounded(figures.filterMs, 1),
    };
  },
  async tampering(folder, size, say) {
    const { tampered, found, missed } = await measureTampering(folder, size.tamperings);
    say(`${found} of ${tampered} tamperings found`);
    for (const one of missed) say(`  NOT FOUND: ${one}`);
    return { tampered, tamper_found: found };
  },
};

/** Measures the parts in turn. @returns figures by id */
export async function measureReports(size: ReportBench): Promise<Figures> {
  const names = size.only ?? Object.keys(PARTS);
  const unknown = names.find((name) => PARTS[name] === undefined);
  if (unknown !== undefined)
    throw new Error(`no part "${unknown}"; there are ${Object.keys(PARTS).join(', ')}`);
  const base = await mkdtemp(join(tmpdir(), 'resetbench-reports-'));
  try {
    const figures: Record<string, number> = {};
    for (const name of names) {
      const folder = join(base, name);
      await mkdir(folder);
      Object.assign(figures, await PARTS[name]?.(folder, size, size.say ?? (() => undefined)));
    }
    return figures;
  } finally {
    await rm(base, { recursive: true, force: true });
  }
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

/** @throws Error that names what is wrong */
function sizeFrom(argv: readonly string[]): ReportBench & { readonly json: boolean } {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...argv],
    options: {
      json: { type: 'boolean', default: false },
      ...{
        only: text,
        runs: text,
        duts: text,
        requirements: text,
        frames: text,
        tamperings: text,
        history: text,
      },
    },
  });
  return {
    json: values.json,
    runs: sizeOf('runs', values.runs, 1_000),
    duts: sizeOf('duts', values.duts, 12),
    requirements: sizeOf('requirements', values.requirements, 80),
    frames: sizeOf('frames', values.frames, 6),
    tamperings: sizeOf('tamperings', values.tamperings, 1_000),
    history: values.history,
    only: values.only?.split(','),
  };
}

if (import.meta.main) {
  try {
    const { json, ...size } = sizeFrom(process.argv.slice(2));
    // Whoever asks for JSON reads the last line.
    const figures = await measureReports({ ...size, say: (line) => console.log(line) });
    if (json) console.log(JSON.stringify(figures));
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 2;
  }
}
