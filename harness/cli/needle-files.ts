import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { HarnessError } from '../terms/error.ts';
import { parseNeedle } from '../vision/needle/format.ts';
import { type Needle, needleOf } from '../vision/needle/needle.ts';
import { decodePicture } from '../vision/png.ts';
import { ROOT } from './load.ts';

/** Where the needles of all profiles lie. */
export const NEEDLES = join(ROOT, 'suites', 'needles');

/** Where the needles of a profile at a resolution lie. */
export function needleFolder(
  { profile, resolution }: { readonly profile: string; readonly resolution: string },
  base = NEEDLES,
): string {
  return join(base, profile, resolution);
}

/**
 * Reads a needle in openQA's format: `NAME.json`, and `NAME.png` beside it.
 * @throws HarnessError CONFIG_INVALID for a file that is no needle; CONFIG_MISSING where one of the two is not there
 */
export async function loadNeedle(file: string): Promise<Needle> {
  const told = relative(process.cwd(), file) || file;
  const picture = file.replace(/\.json$/, '.png');
  if (picture === file)
    throw new HarnessError('CONFIG_INVALID', `${told}: a needle is named by its .json file`);
  const parsed = parseNeedle((await bytesOf(file)).toString('utf8'), told);
  const bytes = await bytesOf(picture);
  try {
    return needleOf(parsed, await decodePicture(bytes));
  } catch (cause) {
    if (cause instanceof HarnessError && cause.code === 'FRAME_UNUSABLE')
      throw new HarnessError('CONFIG_INVALID', `${relative(process.cwd(), picture)}: ${cause.message}`, {
        cause,
      });
    throw cause;
  }
}

/**
 * Reads all needles of a folder, by name. A folder that is not there holds none.
 * @throws HarnessError CONFIG_INVALID with the problems of every file
 */
export async function loadNeedles(folder: string): Promise<readonly Needle[]> {
  if (!existsSync(folder)) return [];
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();
  const problems: string[] = [];
  const needles: Needle[] = [];
  for (const name of names)
    try {
      needles.push(await loadNeedle(join(folder, name)));
    } catch (error) {
      if (!(error instanceof HarnessError)) throw error;
      problems.push(error.message);
    }
  if (problems.length > 0)
    throw new HarnessError('CONFIG_INVALID', problems.join('\n'), {
      hint: 'docs/needles.md tells what a needle is made of',
    });
  return needles;
}

async function bytesOf(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new HarnessError('CONFIG_MISSING', `${relative(process.cwd(), file)} cannot be read`, {
      cause,
      hint: 'a needle is two files of one name: NAME.json and NAME.png',
    });
  }
}
