import { readdirSync, statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { HarnessError } from '../terms/error.ts';
import { type Command, EXIT } from './args.ts';
import { exitCode } from './exit-code.ts';
import { renderRun } from './render.ts';
import { ROOT } from './root.ts';

/** `resetbench report`: the reports of a run, made again from its journal. */
export const report: Command = {
  name: 'report',
  summary: 'Write the reports of a run again from its journal, also of one that was cut off.',
  positionals: '[RUN]',
  options: {
    reports: { type: 'string', value: 'FOLDER', help: 'where runs are kept (default: reports)' },
  },
  examples: [
    ['resetbench report', 'the newest run'],
    ['resetbench report reports/2026-11-23T134500Z-1f2e', 'one run'],
  ],
  async run(args) {
    const folder = runFolder(args.text('reports') ?? join(ROOT, 'reports'), args.positionals[0]);
    const { record, lines, failed } = await renderRun(folder);
    console.log(`${lines.join('\n')}\n\nreport: ${relative(process.cwd(), join(folder, 'index.html'))}`);
    return failed ? EXIT.bench : exitCode(record);
  },
};

/** The folder of a run by its name or path; the newest in `base` without one. @throws HarnessError USAGE */
export function runFolder(base: string, name: string | undefined): string {
  return name === undefined ? newest(base) : find(base, name);
}

function find(base: string, name: string): string {
  for (const folder of [resolve(name), join(base, name)]) {
    if (exists(join(folder, 'events.jsonl'))) return folder;
  }
  throw new HarnessError('USAGE', `no run "${name}"`, {
    hint: `expected a folder with events.jsonl, here or in ${base}`,
  });
}

function newest(base: string): string {
  const runs = exists(base)
    ? readdirSync(base).filter((name) => exists(join(base, name, 'events.jsonl')))
    : [];
  // A copy under a name of its own is nobody's newest run.
  const own = runs.filter((name) => RUN_ID.test(name));
  const last = (own.length > 0 ? own : runs).sort().at(-1);
  if (last === undefined)
    throw new HarnessError('USAGE', `no run in ${base}`, { hint: 'make one with `resetbench run`' });
  return join(base, last);
}

/** Names of runs begin with when they began. */
const RUN_ID = /^\d{4}-\d{2}-\d{2}T\d{6}Z-/;

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}
