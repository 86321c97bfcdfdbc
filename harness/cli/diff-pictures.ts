import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DiffSide } from '../report/diff.ts';
import type { ComparedPicture } from '../report/diff-page.ts';
import { evidenceName, evidenceOf, isPicture, lastAttempt } from '../report/reading.ts';
import type { Pixels } from '../terms/frame.ts';
import type { EvidenceRef } from '../terms/record.ts';
import { comparePictures } from '../vision/compare.ts';
import { decodePicture, encodeSmallPng } from '../vision/png.ts';

/** A recorder of a run with the folder that its evidence lies in. */
export interface PictureSide extends DiffSide {
  readonly folder: string;
}
/** A picture that differs, without itself: there may be thousands. */
export type ChangedPicture = Omit<ComparedPicture, 'before' | 'after' | 'difference'>;
/** The pictures of two recorders, compared. */
export interface ComparedPictures {
  /** Those that differ: screens, then frames, the most changed first. */
  readonly changed: readonly ChangedPicture[];
  /** The first of these, as many as were asked for, to be shown. */
  readonly shown: readonly ComparedPicture[];
  readonly same: number;
  /** Pictures that only one side has, or whose file is missing: what and why. */
  readonly left: readonly string[];
}

/**
 * Compares the screens of two recorders: whole screens by their name, frames by requirement, title and how often that
 * came. Pictures that differ in the same way twice are told once.
 * @param most how many of those that differ most come with their pictures
 */
export async function comparedPictures(
  before: PictureSide,
  after: PictureSide,
  most: number,
): Promise<ComparedPictures> {
  const [old, now] = [shownBy(before), shownBy(after)];
  const changed: { readonly told: ChangedPicture; readonly pair: Pair }[] = [];
  const left = [...now.keys()].filter((key) => !old.has(key)).map((key) => `${key} is only in the second`);
  const seen = new Set<string>();
  let same = 0;
  for (const [key, ref] of old) {
    const other = now.get(key);
    if (other === undefined) left.push(`${key} is only in the first`);
    else if (other.sha256 === ref.sha256) same += 1;
    else if (!seen.has(`${ref.sha256} ${other.sha256}`)) {
      seen.add(`${ref.sha256} ${other.sha256}`);
      const pair = [
        [before, ref],
        [after, other],
      ] as const;
      const told = await compared(key, pair);
      if (typeof told === 'string') left.push(told);
      else if (told === undefined) same += 1;
      else changed.push({ told, pair });
    }
  }
  changed.sort((a, b) => rankOf(b.told) - rankOf(a.told));
  const shown: ComparedPicture[] = [];
  for (const { told, pair } of changed.slice(0, most)) shown.push({ ...told, ...(await drawn(pair)) });
  return { changed: changed.map(({ told }) => told), shown, same, left };
}

/** Whole screens come first: in these, what varies from run to run is not compared. */
function rankOf({ kind, share = 1 }: ChangedPicture): number {
  return share + (kind === 'screen' ? 1 : 0);
}

type Shown = readonly [side: PictureSide, ref: EvidenceRef];
type Pair = readonly [before: Shown, after: Shown];

/** undefined where only what does not count differs; a sentence where a file is missing or no picture. */
async function compared(
  title: string,
  [[before, old], [after, now]]: Pair,
): Promise<ChangedPicture | string | undefined> {
  try {
    const [a, b] = await Promise.all([pictureOf(before, old), pictureOf(after, now)]);
    const told = { title, kind: old.kind === 'screen' ? 'screen' : 'frame' } as const;
    if (!isOfOneSize(a.pixels, b.pixels))
      return {
        ...told,
        note: `${a.pixels.width}x${a.pixels.height} before, ${b.pixels.width}x${b.pixels.height} after`,
      };
    const found = comparePictures(b.pixels, a.pixels, { masks: [] });
    if (found.pixels === 0) return undefined;
    const isOther = old.screen?.source !== now.screen?.source;
    return {
      ...{ ...told, share: found.share },
      ...(isOther && { note: `through ${old.screen?.source} before, ${now.screen?.source} after` }),
    };
  } catch (error) {
    return `${title} cannot be compared: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** Both pictures, with what differs where they are of one size. */
async function drawn([[before, old], [after, now]]: Pair) {
  const [a, b] = await Promise.all([pictureOf(before, old), pictureOf(after, now)]);
  const pictures = { before: a.bytes, after: b.bytes };
  if (!isOfOneSize(a.pixels, b.pixels)) return pictures;
  const { difference } = comparePictures(b.pixels, a.pixels, { masks: [] });
  return { ...pictures, difference: await encodeSmallPng(difference) };
}

function isOfOneSize(a: Pixels, b: Pixels): boolean {
  return a.width === b.width && a.height === b.height;
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
