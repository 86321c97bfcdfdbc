import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { openReader, searchWriting, type TextReader } from './leaks/ocr.ts';
import { isPdf, textOfPdf } from './leaks/pdf.ts';
import { searchBytes } from './leaks/search.ts';
import { readSecrets, type Secret } from './leaks/secrets.ts';

const USAGE = `usage: node scripts/check-leaks.ts <reports-folder> --secrets <file>

Looks for secrets in every file of a folder: as they are, escaped, in base64 and in hex; and in the writing of every PNG
there, also of those in data: URIs, and in the text of every PDF. The secrets file has one secret a line, or kind<TAB>secret. Tells file and kind of
each finding, never the secret.

exit codes: 0 nothing found, 1 something found, 2 it could not be looked everywhere`;

/** Pictures read at a time. */
const READERS = 2;
const PNG_START = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const DATA_URI = /data:image\/([a-z+]+);base64,([A-Za-z0-9+/=]+)/g;

/** A picture, and where it was found first. */
interface Picture {
  readonly place: string;
  readonly bytes: Uint8Array;
}
interface Searched {
  readonly findings: Set<string>;
  readonly pictures: Map<string, Picture>;
  readonly problems: string[];
  files: number;
  otherPictures: number;
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: { secrets: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
    allowPositionals: true,
  });
  const [folder] = positionals;
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  if (folder === undefined || values.secrets === undefined || positionals.length !== 1) {
    console.error(USAGE);
    return 2;
  }
  const secrets = await readSecrets(values.secrets);
  if (secrets.length === 0) throw new Error(`${values.secrets} has no secret of 4 characters or more.`);
  const searched = await searchFiles(folder, secrets);
  const unread = [...searched.problems, ...(await readPictures(searched, secrets))];
  for (const finding of [...searched.findings].sort()) console.log(finding);
  for (const problem of unread) console.error(problem);
  const { findings, files, pictures, otherPictures } = searched;
  console.log(
    `Searched ${files} files and ${pictures.size} pictures for ${secrets.length} secrets: ${findings.size} findings.`,
  );
  if (otherPictures > 0)
    console.log(`${otherPictures} embedded pictures are no PNG; their writing was not read.`);
  if (findings.size > 0) return 1;
  return unread.length > 0 ? 2 : 0;
}

async function searchFiles(folder: string, secrets: readonly Secret[]): Promise<Searched> {
  const searched: Searched = {
    ...{ findings: new Set(), pictures: new Map(), problems: [] },
    ...{ files: 0, otherPictures: 0 },
  };
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries.filter((one) => one.isFile())) {
    const path = join(entry.parentPath, entry.name);
    searched.files += 1;
    searchFile(relative(folder, path), await readFile(path), secrets, searched);
  }
  return searched;
}

function searchFile(place: string, bytes: Buffer, secrets: readonly Secret[], searched: Searched): void {
  if (bytes.subarray(0, PNG_START.length).equals(PNG_START)) keepPicture({ place, bytes }, searched);
  if (isPdf(bytes)) searchPdf(place, bytes, secrets, searched);
  const rest = bytes.toString('latin1').replace(DATA_URI, (_, type: string, data: string) => {
    const picture = Buffer.from(data, 'base64');
    if (type === 'png') keepPicture({ place: `${place} (embedded picture)`, bytes: picture }, searched);
    else searched.otherPictures += 1;
    for (const [secret, form] of searchBytes(picture, secrets))
      tell(searched, place, secret, `embedded, ${form}`);
    return '';
  });
  for (const [secret, form] of searchBytes(Buffer.from(rest, 'latin1'), secrets))
    tell(searched, place, secret, form);
}

/** Its pictures are those of the evidence, smaller. */
function searchPdf(place: string, bytes: Buffer, secrets: readonly Secret[], searched: Searched): void {
  try {
    for (const [secret, form] of searchBytes(Buffer.from(textOfPdf(bytes)), secrets))
      tell(searched, place, secret, `text of a PDF, ${form}`);
  } catch (error) {
    searched.problems.push(`${place}: not read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** The same picture is read once, however often it stands in the folder. */
function keepPicture(picture: Picture, { pictures }: Searched): void {
  const id = createHash('sha256').update(picture.bytes).digest('hex');
  if (!pictures.has(id)) pictures.set(id, picture);
}

/** Reads the writing in all pictures; answers with what went wrong. */
async function readPictures(searched: Searched, secrets: readonly Secret[]): Promise<readonly string[]> {
  const problems: string[] = [];
  const waiting = [...searched.pictures.values()];
  const worker = async () => {
    if (waiting.length === 0) return;
    await using reader = await openReader();
    if (reader === undefined) {
      problems.push(
        'No OCR: neither tesseract nor its language data are there (apt-get install tesseract-ocr).',
      );
      return;
    }
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
      await readPicture(next, reader, secrets, searched).catch((error: unknown) => {
        problems.push(`${next?.place}: not read: ${error instanceof Error ? error.message : String(error)}`);
      });
  };
  await Promise.all(Array.from({ length: READERS }, worker));
  return [...new Set(problems)];
}

async function readPicture(
  { place, bytes }: Picture,
  reader: TextReader,
  secrets: readonly Secret[],
  searched: Searched,
): Promise<void> {
  for (const secret of searchWriting(await reader.read(bytes), secrets))
    tell(searched, place, secret, 'read in the picture');
}

function tell({ findings }: Searched, place: string, { kind }: Secret, form: string): void {
  findings.add(`${place}: ${kind} (${form})`);
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 2;
}
