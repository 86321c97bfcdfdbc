import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type DutDifference, differenceOf, pairsOf } from '../report/diff.ts';
import { diffPage } from '../report/diff-page.ts';
import { jsonText } from '../report/text.ts';
import { HarnessError } from '../terms/error.ts';
import type { RunRecord } from '../terms/record.ts';
import { type Command, EXIT } from './args.ts';
import { type ComparedPictures, comparedPictures } from './diff-pictures.ts';
import { diffLines } from './diff-text.ts';
import { readRun } from './render.ts';
import { runFolder } from './report.ts';
import { ROOT } from './root.ts';

/** Pictures on the page of one recorder, where nothing else is said. */
const SHOWN = 24;

/** What differs between two recorders, with their pictures. */
export interface Compared {
  readonly difference: DutDifference;
  readonly pictures: ComparedPictures;
}

/** `resetbench diff`: two runs, or two recorders of one, side by side. */
export const diff: Command = {
  name: 'diff',
  summary: 'Compare two runs, firmware against firmware: verdicts, texts, times with their spread, screens.',
  positionals: 'RUN[:DUT] RUN[:DUT]',
  options: {
    html: {
      type: 'string',
      value: 'FILE',
      help: 'a page with the pictures side by side, and what differs in them',
    },
    pictures: {
      type: 'string',
      value: 'N',
      help: `most pictures a recorder on the page (default: ${SHOWN})`,
    },
    reports: { type: 'string', value: 'FOLDER', help: 'where runs are kept (default: reports)' },
    json: { type: 'boolean', help: 'one list with an object for each recorder' },
  },
  examples: [
    [
      'resetbench diff 2026-11-22T134500Z-03aa 2026-11-23T134500Z-1f2e',
      'recorders of one name in two runs; exit code 1: a verdict differs',
    ],
    ['resetbench diff RUN:nvr-at RUN:nvr-above --html diff.html', 'two firmwares of one run, as a page'],
  ],
  async run(args) {
    const [first, second, more] = args.positionals;
    if (first === undefined || second === undefined || more !== undefined)
      throw new HarnessError('USAGE', 'diff needs two runs', { hint: 'see `resetbench diff --help`' });
    const most = args.number('pictures', 1) ?? SHOWN;
    const base = args.text('reports') ?? join(ROOT, 'reports');
    const [before, after] = [await sideOf(base, first), await sideOf(base, second)];
    const pairs = pairsOf(before, after);
    if (pairs.length === 0)
      throw new HarnessError('USAGE', `${first} and ${second} have no recorder in common`, {
        hint: 'name one of each: RUN:DUT RUN:DUT',
      });
    const found: Compared[] = [];
    for (const pair of pairs)
      found.push({
        difference: differenceOf(pair.before, pair.after),
        pictures: await comparedPictures(
          { ...pair.before, folder: before.folder },
          { ...pair.after, folder: after.folder },
          args.text('html') === undefined ? 0 : most,
        ),
      });
    const file = args.text('html');
    if (file !== undefined)
      await writeFile(
        file,
        diffPage(
          `${first} → ${second}`,
          found.map(({ difference, pictures: { changed, shown, same, left } }) => ({
            ...{ difference, same, left, pictures: shown },
            notShown: changed.length - shown.length,
          })),
        ),
      );
    const notes = [...before.notes, ...after.notes];
    if (args.flag('json')) console.log(jsonText(found.map(plain)).trimEnd());
    else console.log([...diffLines(found), ...(file === undefined ? [] : ['', `page: ${file}`])].join('\n'));
    for (const note of notes) console.error(note);
    return found.some(({ difference }) => difference.verdicts.length > 0)
      ? EXIT.nonConformant
      : EXIT.conformant;
  },
};

interface NamedSide {
  readonly folder: string;
  readonly record: RunRecord;
  readonly dut?: string;
  /** What a reader should know before he trusts it. */
  readonly notes: readonly string[];
}

/** @throws HarnessError USAGE where there is no such run, or no such recorder in it */
async function sideOf(base: string, name: string): Promise<NamedSide> {
  const [, run = name, dut] = /^(.*):([^:/\\]+)$/.exec(name) ?? [];
  const folder = runFolder(base, run);
  const { record, damage } = await readRun(folder);
  if (dut !== undefined && !record.duts.some(({ id }) => id === dut))
    throw new HarnessError('USAGE', `run ${run} has no recorder ${dut}`, {
      hint: `it has: ${record.duts.map(({ id }) => id).join(', ')}`,
    });
  const notes = [
    ...(damage === undefined ? [] : [`The journal of ${run} is damaged: ${damage}`]),
    ...(record.ended === 'complete' ? [] : [`Run ${run} did not go to its end (${record.ended}).`]),
  ];
  return { folder, record, notes, ...(dut !== undefined && { dut }) };
}

/** Without pictures and whole records. */
function plain({ difference: { before, after, ...rest }, pictures: { changed, same, left } }: Compared) {
  const side = ({ record, dut }: typeof before) => ({
    run: record.id,
    dut: dut.id,
    model: dut.model,
    firmware: dut.firmware,
  });
  return {
    ...{ before: side(before), after: side(after), ...rest },
    pictures: {
      changed,
      ...{ same, left },
    },
  };
}
