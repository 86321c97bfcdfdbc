import { createHash } from 'node:crypto';
import type { RunRecord } from '../terms/record.ts';
import { count } from '../verify/check.ts';
import { FILES, type RunFolder } from '../verify/folder.ts';
import { decodePicture } from '../vision/png.ts';
import { readQrs } from '../vision/qr.ts';

/**
 * Reads the QRs in the evidence again. A code that cannot be read is no fault of the record: a recorder that shows a bad one
 * may be what was tested.
 * @returns sentences for whoever verifies
 */
export async function rereadCodes(folder: RunFolder, record: RunRecord): Promise<readonly string[]> {
  const paths = new Set(await folder.list());
  const payloads = new Map<string, string | undefined>();
  let shown = 0;
  let known = 0;
  for (const attempt of record.cases.flatMap(({ attempts }) => attempts)) {
    const refs = attempt.steps.flatMap(({ evidence }) => evidence).filter(({ kind }) => kind === 'qr');
    const hashes = new Set<string>();
    for (const { sha256, ext } of refs) {
      const path = `${FILES.evidence}${sha256}.${ext}`;
      if (!paths.has(path)) continue;
      if (!payloads.has(sha256)) payloads.set(sha256, await payloadIn(await folder.read(path)));
      hashes.add(sha256);
      const text = payloads.get(sha256);
      if (text !== undefined) hashes.add(createHash('sha256').update(text).digest('hex'));
    }
    for (const prompt of attempt.prompts ?? []) {
      if (prompt.shown === undefined) continue;
      shown += 1;
      if (hashes.has(prompt.shown)) known += 1;
    }
  }
  const read = [...payloads.values()].filter((text) => text !== undefined).length;
  return [
    ...(payloads.size === 0
      ? []
      : [
          `${count(payloads.size, 'picture of a QR', 'pictures of QRs')} read again; a code can be read in ${read}.`,
        ]),
    ...(shown === 0
      ? []
      : [
          `Of ${count(shown, 'picture or code', 'pictures or codes')} that operators were shown, ${known} in the evidence of the attempt.`,
        ]),
  ];
}

async function payloadIn(bytes: Uint8Array): Promise<string | undefined> {
  try {
    return (await readQrs(await decodePicture(bytes)))[0]?.text;
  } catch {
    return undefined;
  }
}
