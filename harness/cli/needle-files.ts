import { existsSync } from 'node:fs';
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import { HarnessError } from '../terms/error.ts';
import { parseNeedle } from '../vision/needle/format.ts';
import { type Needle, needleOf } from '../vision/needle/needle.ts';
import { decodePicture } from '../vision/png.ts';
import { ROOT } from './root.ts';

/** Where the needles of all profiles lie. */
export const NEEDLES = join(ROOT, 'suites', 'needles');

/** Where the needles of a profile at a resolution lie. */
export function needleFolder(
  { profile, resolution }: { readonly profile: string; readonly resolution: string },
  base = NEEDLES,
): string {
  return join(base, profile, resolution);
}

/** What of a folder is no needle of use. */
export interface LeftOut {
  /** The file, or the folder that cannot be looked into. */
  readonly file: string;
  /** Every problem of it, with its place in the file. */
  readonly reason: string;
  readonly cure: string;
}
/** What lies in a folder, by name. */
export interface NeedleFolder {
  readonly needles: readonly Needle[];
  readonly leftOut: readonly LeftOut[];
}

const TWO_FILES = 'a needle is two files of one name: NAME.json and NAME.png';

/**
 * Reads a needle in openQA's format: `NAME.json`, and `NAME.png` beside it; the endings may be in capitals.
 * @param name what it is called, if not as the file
 * @throws HarnessError CONFIG_INVALID for a file that is no needle; CONFIG_MISSING where one of the two is not there
 */
export async function loadNeedle(file: string, name?: string): Promise<Needle> {
  const told = toldPath(file);
  if (!/\.json$/i.test(file))
    throw new HarnessError('CONFIG_INVALID', `${told}: a needle is named by its .json file`, {
      hint: TWO_FILES,
    });
  const parsed = parseNeedle((await bytesOf(file)).toString('utf8'), told);
  const picture = await pictureBeside(file);
  const bytes = await bytesOf(picture);
  try {
    return needleOf({ ...parsed, name: name ?? parsed.name }, await decodePicture(bytes));
  } catch (cause) {
    if (cause instanceof HarnessError && cause.code === 'FRAME_UNUSABLE')
      throw new HarnessError('CONFIG_INVALID', `${toldPath(picture)}: ${cause.message}`, {
        cause,
        hint: 'save the screen that the needle was cut from as a PNG once more',
      });
    throw cause;
  }
}

/**
 * Reads all needles of a folder and of the folders below, as os-autoinst does: links are followed, but what is hidden
 * (`.git`) is not looked into. What cannot be used is left out, and told. Below, a name begins with its folder: `sub/login`.
 * A folder that is not there holds none.
 */
export async function readNeedles(folder: string): Promise<NeedleFolder> {
  if (!existsSync(folder)) return { needles: [], leftOut: [] };
  const walk: Walk = { files: [], leftOut: [], seen: new Set() };
  await walkThrough(folder, walk);
  const needles = new Map<string, Needle>();
  const leftOut = [...walk.leftOut];
  for (const file of walk.files) {
    const name = relative(folder, file)
      .replace(/\.json$/i, '')
      .split(sep)
      .join('/');
    try {
      if (needles.has(name))
        throw new HarnessError('CONFIG_INVALID', 'there is another needle of this name', {
          hint: 'give it a name of its own',
        });
      needles.set(name, await loadNeedle(file, name));
    } catch (error) {
      if (!(error instanceof HarnessError)) throw error;
      leftOut.push({ file: toldPath(file), reason: reasonOf(error), cure: error.hint ?? TWO_FILES });
    }
  }
  return { needles: [...needles.values()], leftOut };
}

/**
 * The same, where a folder of which nothing can be used is an error.
 * @throws HarnessError CONFIG_INVALID with the problems of every file
 */
export async function loadNeedles(folder: string): Promise<NeedleFolder> {
  const read = await readNeedles(folder);
  const { needles, leftOut } = read;
  if (needles.length > 0 || leftOut.length === 0) return read;
  const problems = leftOut.map(({ file, reason }) => `${file}: ${reason}`);
  throw new HarnessError(
    'CONFIG_INVALID',
    [`no needle of ${toldPath(folder)} can be used`, ...inBounds(problems)].join('\n'),
    { hint: [...new Set(leftOut.map(({ cure }) => cure))].join('; ') },
  );
}

/** A line for each that was left out, for people; of very many the first ones. */
export function leftOutLines(leftOut: readonly LeftOut[]): readonly string[] {
  return inBounds(leftOut.map(({ file, reason, cure }) => `left out: ${file}: ${reason} => ${cure}`));
}

/** Most lines of problems that a person is told. */
const MOST_LINES = 20;

function inBounds(lines: readonly string[]): readonly string[] {
  if (lines.length <= MOST_LINES) return lines;
  const more = lines.length - MOST_LINES;
  return [
    ...lines.slice(0, MOST_LINES),
    `and ${more} more; resetbench needle match FOLDER SCREEN --json tells all`,
  ];
}

interface Walk {
  readonly files: string[];
  readonly leftOut: LeftOut[];
  /** Folders by their real paths: links may go round in a circle. */
  readonly seen: Set<string>;
}

async function walkThrough(folder: string, walk: Walk): Promise<void> {
  let names: readonly string[];
  try {
    const real = await realpath(folder);
    if (walk.seen.has(real)) return;
    walk.seen.add(real);
    names = await readdir(folder);
  } catch (cause) {
    const reason = `the folder cannot be looked into (${codeOf(cause)})`;
    walk.leftOut.push({ file: toldPath(folder), reason, cure: 'let whoever runs this read it' });
    return;
  }
  for (const name of names.filter((one) => !one.startsWith('.')).sort()) {
    const path = join(folder, name);
    const found = await stat(path).catch(() => undefined);
    if (found?.isDirectory() === true) await walkThrough(path, walk);
    else if (/\.json$/i.test(name)) walk.files.push(path);
  }
}

/** `NAME.png` of a `NAME.json`, however its letters are written. */
async function pictureBeside(file: string): Promise<string> {
  const stem = file.replace(/\.json$/i, '');
  const usual = `${stem}.png`;
  if (existsSync(usual)) return usual;
  const wanted = basename(usual).toLowerCase();
  const names = await readdir(dirname(file)).catch(() => []);
  const own = names.filter((name) => name.toLowerCase() === wanted);
  const best = own.find((name) => name.startsWith(basename(stem))) ?? own[0];
  return best === undefined ? usual : join(dirname(file), best);
}

/** Without the file before each problem, which is told beside it. */
function reasonOf({ message }: HarnessError): string {
  const lines = message.split('\n').map((line) => line.replace(/^.*?\.json: /i, ''));
  return lines.join('; ');
}

function toldPath(path: string): string {
  return relative(process.cwd(), path) || path;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}

async function bytesOf(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (cause) {
    const code = codeOf(cause);
    const what = code === 'ENOENT' ? 'is not there' : `cannot be read (${code})`;
    throw new HarnessError('CONFIG_MISSING', `${toldPath(file)} ${what}`, { cause, hint: TWO_FILES });
  }
}
