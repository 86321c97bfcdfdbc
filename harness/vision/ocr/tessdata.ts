import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { HarnessError } from '../../terms/error.ts';

/** Where Debian, Fedora and Arch keep the models of languages. */
const FOLDERS = ['/usr/share/tesseract-ocr', '/usr/share/tessdata', '/usr/share/tesseract/tessdata'];

/**
 * The folder with the models of all the languages (three letters, ISO 639-2): `folder` where one is given, else the
 * first of where systems keep them.
 * @throws HarnessError CONFIG_MISSING with what to install
 */
export function findTessdata(languages: readonly string[], folder?: string): string {
  const folders = folder === undefined ? FOLDERS.flatMap(withVersions) : [folder];
  const missingIn = (one: string) =>
    languages.filter((code) => !existsSync(join(one, `${code}.traineddata`)));
  const found = folders.find((one) => missingIn(one).length === 0);
  if (found !== undefined) return found;
  const [nearest] = folders.toSorted((a, b) => missingIn(a).length - missingIn(b).length);
  const missing = nearest === undefined ? languages : missingIn(nearest);
  const packages = missing.map((code) => `tesseract-ocr-${code.replaceAll('_', '-')}`);
  throw new HarnessError(
    'CONFIG_MISSING',
    `Writing in pictures cannot be read: ${missing.map((code) => `${code}.traineddata`).join(', ')} not found in ${nearest ?? FOLDERS.join(', ')}.`,
    {
      hint: `apt-get install ${packages.join(' ')}, or set RESETBENCH_TESSDATA to a folder with the files.`,
    },
  );
}

/** Debian has a folder a version, `/usr/share/tesseract-ocr/5/tessdata`; the newest comes first. */
function withVersions(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  const versions = readdirSync(folder).filter((name) => /^\d/.test(name));
  const newest = versions.sort((a, b) => Number.parseFloat(b) - Number.parseFloat(a));
  return [...newest.map((version) => join(folder, version, 'tessdata')), folder].filter(existsSync);
}
