import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { LEARNED, NeedleSchool } from '../flow/needle-school.ts';
import type { LabelBook } from '../flow/screens.ts';
import type { Pupil } from '../flow/taught.ts';
import { writeNeedle } from '../vision/needle/format.ts';
import type { MadeNeedle } from '../vision/needle/make.ts';
import { needleFolder, readNeedles } from './needle-files.ts';

/** What is learned of the needles of some profiles, each at its resolutions. */
export interface NeedleLessons {
  /** A pupil that learns needles beside what another one learns. */
  beside(pupil: Pupil, dut: Lesson): Pupil;
  /** Writes those of the folders of which every DUT was walked through; answers a line for each. */
  write(walked: ReadonlySet<string>): Promise<readonly string[]>;
}
interface Lesson {
  readonly config: { readonly id: string; readonly profile: string; readonly resolution: string };
  readonly profile: { readonly labels: LabelBook };
}

/** @param base folder of all needles; default `suites/needles` */
export function needleLessons(base?: string): NeedleLessons {
  const schools = new Map<string, { readonly school: NeedleSchool; readonly duts: Set<string> }>();
  return {
    beside(pupil, { config, profile }) {
      const folder = needleFolder(config, base);
      const known = schools.get(folder) ?? { school: new NeedleSchool(profile.labels), duts: new Set() };
      schools.set(folder, known);
      known.duts.add(config.id);
      const { school } = known;
      return {
        isNew: (reading) => pupil.isNew(reading),
        async show(frame, reading) {
          if (pupil.isNew(reading)) await school.show(frame, reading);
          await pupil.show(frame, reading);
        },
      };
    },
    async write(walked) {
      const lines: string[] = [];
      for (const [folder, { school, duts }] of schools) {
        const missing = unfinished(relative(process.cwd(), folder), duts, walked);
        lines.push(
          ...(missing === undefined ? await writeLearned(folder, school.needles(), 'all') : [missing]),
        );
      }
      return lines;
    },
  };
}

/** A line for what is left as it was, since some of its DUTs were not walked through; undefined where all were. */
export function unfinished(
  told: string,
  duts: ReadonlySet<string>,
  walked: ReadonlySet<string>,
): string | undefined {
  const missing = [...duts].filter((id) => !walked.has(id));
  return missing.length === 0
    ? undefined
    : `${told}: left as it was, the walk through ${missing.join(', ')} was interrupted`;
}

/**
 * Writes learned needles into a folder. They replace those that were learned before, `all` or those of the `same` names;
 * what people put there stays, also where it has the same name.
 */
export async function writeLearned(
  folder: string,
  made: readonly MadeNeedle[],
  replaced: 'all' | 'same',
): Promise<readonly string[]> {
  if (made.length === 0) return [];
  await mkdir(folder, { recursive: true });
  const names = new Set(made.map(({ needle }) => needle.name));
  const { needles } = await readNeedles(folder);
  // What lies in folders below, people put there.
  for (const { name, file } of needles.filter((one) => !one.name.includes('/')))
    if (file.properties.some(isLearned) && (replaced === 'all' || names.has(name)))
      await Promise.all(['json', 'png'].map((ext) => rm(join(folder, `${name}.${ext}`), { force: true })));
  const taken = new Set(await readdir(folder));
  const free = made.filter(({ needle }) => !taken.has(`${needle.name}.json`));
  for (const { needle, png } of free) {
    await writeFile(join(folder, `${needle.name}.png`), png);
    await writeFile(join(folder, `${needle.name}.json`), writeNeedle(needle.file));
  }
  const kept = made.length - free.length;
  const told = relative(process.cwd(), folder);
  return [
    `${told}: ${free.length} needles${kept === 0 ? '' : `, ${kept} not written over those that people put there`}`,
  ];
}

function isLearned(property: unknown): boolean {
  return typeof property === 'object' && property !== null && 'name' in property && property.name === LEARNED;
}
