import sharp from 'sharp';
import type { EvidenceRef } from '../../terms/record.ts';
import type { ReadEvidence } from '../pictures.ts';
import { type Cell, evidenceName, evidenceOf, isPicture, lastAttempt } from '../reading.ts';

/** The screen that decided a case, small enough for paper; or why there is none. */
export type Shot =
  | {
      readonly state: 'picture';
      readonly ref: EvidenceRef;
      readonly jpeg: Buffer;
      readonly size: readonly [width: number, height: number];
    }
  | { readonly state: 'missing' | 'left-out'; readonly ref: EvidenceRef };

/** Of all cases together; failures of recorders come first. */
const PICTURES = 60;

/** The deciding screen of each case that failed or came to no verdict: of the failed expectation, else the last one seen. */
export async function shotsOf(cells: readonly Cell[], read: ReadEvidence): Promise<ReadonlyMap<Cell, Shot>> {
  const wanted = cells
    .filter(({ state }) => state === 'fail' || state === 'inconc' || state === 'error')
    .toSorted((a, b) => Number(b.state === 'fail') - Number(a.state === 'fail'));
  const shots = new Map<Cell, Shot>();
  for (const cell of wanted) {
    const ref = decidingScreen(cell);
    if (ref === undefined) continue;
    shots.set(cell, shots.size < PICTURES ? await shotOf(ref, read) : { state: 'left-out', ref });
  }
  return shots;
}

function decidingScreen({ tested }: Cell): EvidenceRef | undefined {
  const last = tested && lastAttempt(tested);
  if (last === undefined) return undefined;
  const failed = last.expectations
    .filter(({ verdict }) => verdict === 'fail')
    .flatMap(({ evidence }) => evidence);
  return failed.findLast(isScreen) ?? evidenceOf(last).findLast(isScreen);
}

function isScreen(ref: EvidenceRef): boolean {
  return isPicture(ref) && (ref.kind === 'frame' || ref.kind === 'difference');
}

async function shotOf(ref: EvidenceRef, read: ReadEvidence): Promise<Shot> {
  if (evidenceName(ref) === undefined) return { state: 'missing', ref };
  try {
    const picture = sharp(await read(ref)).resize({ width: 800, withoutEnlargement: true });
    const { data, info } = await picture.jpeg({ quality: 72 }).toBuffer({ resolveWithObject: true });
    return { state: 'picture', ref, jpeg: data, size: [info.width, info.height] };
  } catch {
    return { state: 'missing', ref };
  }
}
