import type { EvidenceRef, RunRecord } from '../terms/record.ts';
import { type Check, checked, count, type Problem } from './check.ts';
import { type Digests, FILES, type RunFolder } from './folder.ts';

const NAME = /^evidence\/([0-9a-f]{64})\.(?:png|jpg|txt|json|eml)$/;
const RESTORE = 'take the evidence from where the run was made, or from a copy';

/** Every piece of evidence that a record names, with where it is named. */
export function namedIn(record: RunRecord): readonly { readonly ref: EvidenceRef; readonly by: string }[] {
  return record.cases.flatMap(({ dut, requirement, attempts }) =>
    attempts.flatMap(({ steps, expectations }) =>
      [...steps, ...expectations].flatMap(({ title, evidence }) =>
        evidence.map((ref) => ({ ref, by: `"${title}" of ${requirement} on ${dut}` })),
      ),
    ),
  );
}

/**
 * Whether all evidence that is named lies there, under the hash of its content, and nothing else does.
 * @param record as the events make it
 */
export async function checkEvidence(folder: RunFolder, { all }: Digests, record: RunRecord): Promise<Check> {
  const problems: Problem[] = [];
  const notes: string[] = [];
  const named = new Map<string, EvidenceRef>();
  for (const { ref, by } of namedIn(record)) {
    const path = `${FILES.evidence}${ref.sha256}.${ref.ext}`;
    if (!NAME.test(path))
      problems.push({
        place: FILES.events,
        what: `${by} names ${path}, which is no evidence`,
        cure: RESTORE,
      });
    else if (!all.has(path) && !named.has(path))
      problems.push({ place: path, what: `is named by ${by}, and is not there`, cure: RESTORE });
    if (!named.has(path) || ref.needles !== undefined) named.set(path, ref);
  }
  const there = [...all].filter(([path]) => path.startsWith(FILES.evidence));
  for (const [path, sha256] of there) {
    const name = NAME.exec(path)?.[1];
    if (name !== sha256)
      problems.push({
        place: path,
        what: name === undefined ? 'is not named as evidence is' : 'does not have the hash that names it',
        cure: RESTORE,
      });
    else if (!named.has(path)) {
      const what = 'is named by nothing in the record';
      // A process that dies between storing a piece and writing its event leaves it.
      if (record.ended === 'cut') notes.push(`${path} ${what}; the run was cut, and may have left it.`);
      else problems.push({ place: path, what, cure: 'remove it, or find out who put it there' });
    }
  }
  for (const [path, ref] of named)
    if (all.has(path)) problems.push(...(await pictureProblems(folder, path, ref)));
  const told =
    problems.length > 0
      ? `Of ${count(there.length, 'file')} of evidence not all are as the record names them.`
      : `${count(there.length, 'file')}, each under the hash of its content, each named in the record, none missing.`;
  return checked('evidence', told, problems, { notes });
}

const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** A picture is what its name says; needles that were looked for on it tell its size. */
async function pictureProblems(
  folder: RunFolder,
  path: string,
  { ext, needles }: EvidenceRef,
): Promise<readonly Problem[]> {
  if (ext !== 'png' && ext !== 'jpg') return [];
  const size = (ext === 'png' ? sizeOfPng : sizeOfJpeg)(await folder.read(path));
  if (size === undefined)
    return [{ place: path, what: `is no ${ext === 'png' ? 'PNG' : 'JPEG'}`, cure: RESTORE }];
  if (needles === undefined) return [];
  const { width, height } = size;
  if (width === needles.width && height === needles.height) return [];
  const what = `is ${width}x${height}; needles were looked for on ${needles.width}x${needles.height}`;
  return [{ place: path, what, cure: 'find out which picture the needles were looked for on' }];
}

interface Size {
  readonly width: number;
  readonly height: number;
}

function sizeOfPng(bytes: Uint8Array): Size | undefined {
  if (bytes.length < 24 || PNG.some((byte, at) => bytes[at] !== byte)) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return { width: view.getUint32(16), height: view.getUint32(20) };
}

/** From the frame header, whatever segments stand before it (ITU-T T.81, B.2.2). */
function sizeOfJpeg(bytes: Uint8Array): Size | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 4 || view.getUint16(0) !== SOI) return undefined;
  for (let at = 2; at + 9 <= bytes.length; at += 2 + view.getUint16(at + 2)) {
    const marker = view.getUint16(at);
    if (marker >> 8 !== 0xff) return undefined;
    const isFrame = marker >= 0xffc0 && marker <= 0xffcf && !NO_FRAME.includes(marker);
    if (isFrame) return { width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
  }
  return undefined;
}
/** Start of image. */
const SOI = 0xffd8;
/** Markers among those of frames: Huffman tables, reserved, arithmetic conditioning. */
const NO_FRAME = [0xffc4, 0xffc8, 0xffcc];
