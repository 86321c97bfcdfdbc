import { writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { badgeOf, shieldsBadge, svgBadge } from '../report/badge.ts';
import { HarnessError } from '../terms/error.ts';
import { type Command, EXIT } from './args.ts';
import { readRun } from './render.ts';
import { runFolder } from './report.ts';
import { ROOT } from './root.ts';

const WRITERS = { '.svg': svgBadge, '.json': shieldsBadge } as const;

/** `resetbench badge`: what came of a run, as a small picture. */
export const badge: Command = {
  name: 'badge',
  summary: 'Make a badge of a run or of one recorder: a picture (SVG), or JSON for shields.io.',
  positionals: '[RUN]',
  options: {
    dut: { type: 'string', value: 'DUT', help: 'one recorder of the run (default: all of them)' },
    out: {
      type: 'string',
      value: 'FILE',
      help: 'FILE.svg, or FILE.json for an endpoint badge of shields.io',
    },
    reports: { type: 'string', value: 'FOLDER', help: 'where runs are kept (default: reports)' },
  },
  examples: [
    ['resetbench badge --out badge.svg', 'the newest run'],
    [
      'resetbench badge reports/2026-11-23T134500Z-1f2e --dut nvr-at --out nvr.json',
      'one recorder, for shields.io',
    ],
  ],
  async run(args) {
    const file = args.text('out') ?? '';
    const make = Object.entries(WRITERS).find(([ext]) => ext === extname(file))?.[1];
    if (make === undefined)
      throw new HarnessError('USAGE', '--out expects FILE.svg or FILE.json', {
        hint: 'see `resetbench badge --help`',
      });
    const { record, damage } = await readRun(
      runFolder(args.text('reports') ?? join(ROOT, 'reports'), args.positionals[0]),
    );
    const dut = args.text('dut');
    if (dut !== undefined && !record.duts.some(({ id }) => id === dut))
      throw new HarnessError('USAGE', `the run has no DUT "${dut}"`, {
        hint: `there are: ${record.duts.map(({ id }) => id).join(', ')}`,
      });
    const made = badgeOf(record, { damage, ...(dut === undefined ? {} : { dut }) });
    try {
      writeFileSync(file, make(made));
    } catch (cause) {
      throw new HarnessError('USAGE', `${file} cannot be written`, {
        hint: 'name a file in a folder that is there',
        cause,
      });
    }
    console.log(`${made.title}\n${file}`);
    return EXIT.conformant;
  },
};
