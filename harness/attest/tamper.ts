import type { Bytes } from '../verify/bytes.ts';
import { FILES, folderOf, type RunFolder } from '../verify/folder.ts';
import { type VerifyOptions, verifyRun } from '../verify/verify.ts';

export const TAMPERINGS = ['flip', 'truncate', 'append', 'delete', 'swap', 'add'] as const;
/** `flip` one byte; cut off an end; add bytes behind; delete a file; swap two pieces of evidence; add a piece of evidence. */
export type Tampering = (typeof TAMPERINGS)[number];

/** One tampering, and whether it was found. */
export interface Tampered {
  readonly kind: Tampering;
  /** What was done to which file. */
  readonly told: string;
  readonly found: boolean;
}
/** Draws whole numbers from 0 to below a limit. */
export type Draw = (below: number) => number;

/**
 * Tampers with copies of a run's folder, in memory, and verifies each. A tampering is found where the verification is
 * refused. Every file of the folder is as likely as another; a file that was added later, and not signed, does not count.
 * @param times how many tamperings; kinds come in turn
 * @throws Error where the untouched folder is not verified: nothing could be said of tampered ones then
 */
export async function tamperings(
  folder: RunFolder,
  { times, draw, ...options }: { readonly times: number; readonly draw: Draw } & VerifyOptions,
): Promise<readonly Tampered[]> {
  const files = new Map<string, Bytes>();
  for (const path of await folder.list()) files.set(path, await folder.read(path));
  const untouched = await verifyRun(folderOf(files), options);
  if (untouched.outcome !== 'verified')
    throw new Error(`the untouched folder is ${untouched.outcome}, so that tampering shows nothing`);
  const all: Tampered[] = [];
  for (let index = 0; index < times; index += 1) {
    const kind = TAMPERINGS[index % TAMPERINGS.length] ?? 'flip';
    const copy = new Map(files);
    const told = TAMPER[kind](copy, draw);
    const { outcome } = await verifyRun(folderOf(copy), options);
    all.push({ kind, told, found: outcome === 'refused' });
  }
  return all;
}

type Tamper = (files: Map<string, Bytes>, draw: Draw) => string;

const TAMPER: Readonly<Record<Tampering, Tamper>> = {
  flip(files, draw) {
    const [path, bytes] = fileIn(files, draw);
    const at = draw(bytes.length);
    const bits = 1 + draw(255);
    const changed = bytes.slice();
    changed[at] = (bytes[at] ?? 0) ^ bits;
    files.set(path, changed);
    return `byte ${at} of ${path} with ${bits} turned`;
  },
  truncate(files, draw) {
    const [path, bytes] = fileIn(files, draw);
    const length = draw(bytes.length);
    files.set(path, bytes.slice(0, length));
    return `${path} cut off after ${length} of ${bytes.length} bytes`;
  },
  append(files, draw) {
    const [path, bytes] = fileIn(files, draw);
    // Blanks and line ends, too: what means nothing is not what was signed either.
    const more = [0x0a, 0x20, 0x00, 1 + draw(255)][draw(4)] ?? 0x0a;
    files.set(path, Uint8Array.from([...bytes, more]));
    return `byte ${more} behind ${path}`;
  },
  delete(files, draw) {
    // Without its attestation a folder is not refused, but unproven: nothing says that there ever was one.
    const [path] = fileIn(files, draw, (one) => one !== FILES.attestation);
    files.delete(path);
    return `${path} deleted`;
  },
  swap(files, draw) {
    const isEvidence = (path: string) => path.startsWith(FILES.evidence);
    const [one, bytes] = fileIn(files, draw, isEvidence);
    const [other, others] = fileIn(files, draw, (path) => isEvidence(path) && path !== one);
    files.set(one, others);
    files.set(other, bytes);
    return `${one} and ${other} swapped`;
  },
  add(files, draw) {
    const [path, bytes] = fileIn(files, draw);
    const name = Array.from({ length: 64 }, () => draw(16).toString(16)).join('');
    files.set(`${FILES.evidence}${name}.txt`, bytes);
    return `a copy of ${path} added as ${name}.txt`;
  },
};

/** One of the files that hold anything. */
function fileIn(
  files: ReadonlyMap<string, Bytes>,
  draw: Draw,
  isMeant: (path: string) => boolean = () => true,
): readonly [path: string, bytes: Bytes] {
  const meant = [...files].filter(([path, bytes]) => bytes.length > 0 && isMeant(path));
  const chosen = meant[draw(meant.length)];
  if (chosen === undefined) throw new Error('the folder holds no file to tamper with');
  return chosen;
}
