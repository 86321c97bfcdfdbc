import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DiffSide } from '../report/diff.ts';
import type { ComparedPicture } from '../report/diff-page.ts';
import { evidenceName, evidenceOf, isPicture, lastAttempt } from '../report/reading.ts';
import type { EvidenceRef } from '../terms/record.ts';
import { comparePictures } from '../vision/compare.ts';
import { decodePicture, encodeSmallPng } from '../vision/png.ts';

/** A recorder of a run with the folder that its evidence lies in. */
export interface PictureSide extends DiffSide {
  readonly folder: string;
}
/** The pictures of two recorders, compared. */
export interface ComparedPictures {
  /** Those that differ: screens, then frames, the most changed first. */
  readonly changed: readonly ComparedPicture[];
  readonly same: number;
  /** Pictures that only one side has, or whose file is missing: what and why. */
  readonly left: readonly string[];
}

/**
 * Compares the screens of two recorders: whole screens by their name, frames by requirement, title and how often that
 * came. Pictures that differ in the same way twice are told once.
 */
export async function comparedPictures(before: PictureSide, after: PictureSide): Promise<ComparedPictures> {
  const [old, now] = [shownBy(before), shownBy(after)];
  const changed: ComparedPicture[] = [];
  const left = [...now.keys()].filter((key) => !old.has(key)).map((key) => `${key} is only in the second`);
  const seen = new Set<string>();
  let same = 0;
  for (const [key, ref] of old) {
    const other = now.get(key);
    if (other === undefined) left.push(`${key} is only in the first`);
    else if (other.sha256 === ref.sha256) same += 1;
    else if (!seen.has(`${ref.sha256} ${other.sha256}`)) {
      seen.add(`${ref.sha256} ${other.sha256}`);
      const one = await compared(key, [before, ref], [after, other]);
      if (typeof one === 'string') left.push(one);
      else if (one === undefined) same += 1;
      else changed.push(one);
    }
  }
  return { changed: changed.sort((a, b) => rankOf(b) - rankOf(a)), same, left };
}

/** Whole screens come first: in these, what varies from run to run is not compared. */
function rankOf({ kind, share = 1 }: ComparedPicture): number {
  return share + (kind === 'screen' ? 1 : 0);
}

type Shown = readonly [side: PictureSide, ref: EvidenceRef];

/** undefined where only what does not count differs; a sentence where a file is missing or no picture. */
async function compared(
  title: string,
  [before, old]: Shown,
  [after, now]: Shown,
): Promise<ComparedPicture | string | undefined> {
  try {
    const [a, b] = await Promise.all([pictureOf(before, old), pictureOf(after, now)]);
    const pictures = {
      title,
      kind: old.kind === 'screen' ? 'screen' : 'frame',
      before: a.bytes,
      after: b.bytes,
    } as const;
    if (a.pixels.width !== b.pixels.width || a.pixels.height !== b.pixels.height)
      return {
        ...pictures,
        note: `${a.pixels.width}x${a.pixels.height} before, ${b.pixels.width}x${b.pixels.height} after`,
      };
    const found = comparePictures(b.pixels, a.pixels, { masks: [] });
    if (found.pixels === 0) return undefined;
    const isOther = old.screen?.source !== now.screen?.source;
    return {
      ...{ ...pictures, share: found.share, difference: await encodeSmallPng(found.difference) },
      ...(isOther && { note: `through ${old.screen?.source} before, ${now.screen?.source} after` }),
    };
  } catch (error) {
    return `${title} cannot be compared: ${error instanceof Error ? error.message : String(error)}`;
  }
}

async function pictureOf({ folder }: PictureSide, ref: EvidenceRef) {
  const bytes = await readFile(join(folder, 'evidence', evidenceName(ref) ?? 'not-a-name'));
  return { bytes, pixels: await decodePicture(bytes) };
}

/** The pictures of a recorder by what they are called in words, the same on both sides. */
function shownBy({ record, dut }: DiffSide): ReadonlyMap<string, EvidenceRef> {
  const found = new Map<string, EvidenceRef>();
  for (const one of record.cases) {
    const last = lastAttempt(one);
    if (one.dut !== dut.id || last === undefined) continue;
    const counts = new Map<string, number>();
    for (const ref of evidenceOf(last)) {
      if (ref.screen !== undefined) {
        // A screen is compared once, however many cases came by it.
        if (!found.has(`screen ${ref.screen.name}`)) found.set(`screen ${ref.screen.name}`, ref);
      } else if (ref.kind === 'frame' && isPicture(ref)) {
        const count = (counts.get(ref.title) ?? 0) + 1;
        counts.set(ref.title, count);
        found.set(`${one.requirement}: ${ref.title}${count === 1 ? '' : ` (${count})`}`, ref);
      }
    }
  }
  return found;
}
