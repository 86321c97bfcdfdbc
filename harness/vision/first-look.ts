import type { Box, Pixels } from '../terms/frame.ts';
import { type Decoded, decodeByZxing } from './decoders.ts';
import { type Grey, type GreyPart, greyOf, greyPart, halfGreyOf } from './grey.ts';
import { boxOf } from './metrology.ts';
import { AREA_MARGIN, clearAreas } from './regions.ts';
import { overlaps } from './see/place.ts';

/** Parts that are more than this share of a picture take as long as all of it. */
const MOST = 0.4;
/** The side of the smallest code, px: 21 modules of 2 px. */
const SMALLEST = 42;
/** Areas for codes that are smaller by more than this, beside one that was read, are left to the look at half the size. */
const WORTH = 0.5;
/** Around what is busy, px. */
const MARGINS = 2 * 2 * AREA_MARGIN;

/** A part of a picture, or all of it, with the codes that ZXing reads in it; their corners are those in the part. */
export interface Look extends GreyPart {
  readonly codes: readonly Decoded[];
}

/**
 * What ZXing reads in a picture. Codes are looked for where the picture is clearly full of edges, and in all of it at half
 * its size, which takes half the time. All of it is looked at where nothing is read there, where such parts are too
 * large, or where at half the size another code is seen: what is faint, or of very large modules, may be what is meant.
 */
export async function firstLook(p: Pixels): Promise<readonly Look[]> {
  return (await partsWithCodes(p)) ?? [await looked({ part: greyOf(p), x: 0, y: 0 })];
}

async function looked(g: GreyPart, options?: { readonly lookAgain: boolean }): Promise<Look> {
  return { ...g, codes: await decodeByZxing(g.part, options) };
}

async function partsWithCodes(p: Pixels): Promise<readonly Look[] | undefined> {
  const half = halfGreyOf(p);
  const areas = clearAreas(half)
    .map(doubled)
    .filter((area) => sideOf(area) >= SMALLEST);
  const size = areas.reduce((sum, { width, height }) => sum + width * height, 0);
  if (size > MOST * p.width * p.height) return undefined;
  const looks: Look[] = [];
  const read: Box[] = [];
  let smallest = 0;
  for (const area of areas) {
    if (sideOf(area) < smallest) continue;
    const { codes, ...g } = await looked(greyPart(p, area), { lookAgain: false });
    // Areas may overlap.
    const own = codes.filter((code) => read.every((other) => !overlaps(other, placeOf(code, g))));
    if (own.length === 0) continue;
    looks.push({ ...g, codes: own });
    read.push(...own.map((code) => placeOf(code, g)));
    smallest = Math.max(...read.map(({ width }) => width)) * WORTH;
  }
  return read.length === 0 || (await hasAnother(half, read)) ? undefined : looks;
}

/** The shorter side of what is busy, px. */
function sideOf({ width, height }: Box): number {
  return Math.min(width, height) - MARGINS;
}

function placeOf(code: Decoded, { x, y }: GreyPart): Box {
  const box = boxOf(code.corners);
  return { ...box, x: x + box.x, y: y + box.y };
}

/** Whether ZXing reads another code in a picture at half its size than those that were read in the whole one. */
async function hasAnother(half: Grey, read: readonly Box[]): Promise<boolean> {
  const seen = await decodeByZxing(half, { lookAgain: false });
  return seen.some(({ corners }) => read.every((code) => !overlaps(code, doubled(boxOf(corners)))));
}

/** A place in a picture of half the size, as it is in the whole one. */
function doubled({ x, y, width, height }: Box): Box {
  return { x: 2 * x, y: 2 * y, width: 2 * width, height: 2 * height };
}
