import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { HarnessError } from '../../terms/error.ts';

/** A language's model, as Tesseract takes it. */
export interface LanguageData {
  /** Three letters (ISO 639-2), e.g. `eng`. */
  readonly code: string;
  readonly data: Uint8Array;
}

/** Where Debian, Fedora and Arch put them. */
const FOLDERS = ['/usr/share/tesseract-ocr', '/usr/share/tessdata', '/usr/share/tesseract/tessdata'];

/**
 * Finds and reads the models of languages: in `folder` where one is given, else where systems keep them.
 * @throws HarnessError CONFIG_MISSING with what to install
 */
export function readLanguages(codes: readonly string[], folder?: string): readonly LanguageData[] {
  const folders = folder === undefined ? FOLDERS.flatMap(withVersions) : [folder];
  const found = codes.map((code) => ({
    code,
    path: folders.map((one) => join(one, `${code}.traineddata`)).find((path) => existsSync(path)),
  }));
  const missing = found.filter(({ path }) => path === undefined).map(({ code }) => code);
  if (missing.length > 0)
    throw new HarnessError(
      'CONFIG_MISSING',
      `Text cannot be read in pictures: no ${missing.map((code) => `${code}.traineddata`).join(', ')} in ${folders.join(', ') || FOLDERS.join(', ')}.`,
      {
        hint: `apt-get install ${missing.map((code) => `tesseract-ocr-${code.replaceAll('_', '-')}`).join(' ')}, or set RESETBENCH_TESSDATA to a folder with the files.`,
      },
    );
  return found.flatMap(({ code, path }) => (path === undefined ? [] : [{ code, data: readFileSync(path) }]));
}

/** Debian has a folder a version: `/usr/share/tesseract-ocr/5/tessdata`. The newest first. */
function withVersions(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  const versions = readdirSync(folder).filter((name) => /^\d/.test(name));
  const newest = versions.sort((a, b) => Number.parseFloat(b) - Number.parseFloat(a));
  return [...newest.map((version) => join(folder, version, 'tessdata')), folder];
}
