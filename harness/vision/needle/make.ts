import { HarnessError } from '../../terms/error.ts';
import type { Box, Pixels } from '../../terms/frame.ts';
import { decodePicture, encodeSmallPng } from '../png.ts';
import type { NeedleFile } from './format.ts';
import { matchNeedle } from './match.ts';
import { type Needle, needleOf } from './needle.ts';
import { sceneOf } from './scene.ts';

/** A needle made from a frame, as it is written. */
export interface MadeNeedle {
  readonly needle: Needle;
  /** Its picture: the area and a little around it, the rest black. */
  readonly png: Uint8Array;
}
export interface NeedleWish {
  readonly name: string;
  readonly tags: readonly string[];
  readonly box: Box;
  /** What of it may differ: a tick, a dot. */
  readonly excluded?: readonly Box[];
  readonly properties?: NeedleFile['properties'];
}

/** Around the area what belongs to its edges once it is smoothed. px */
const RIM = 8;
/** How far what is learned may have moved: windows keep their places. px */
const MARGIN = 10;
/** A needle that is found so badly on its own frame is none. */
const OWN = 0.98;

/**
 * Makes a needle of a part of a frame; it is clicked on in the middle. Undefined where it would be a bad one: flat, too
 * large for its edges, not found on its own frame again, or found at another place first.
 */
export async function makeNeedle(pixels: Pixels, wish: NeedleWish): Promise<MadeNeedle | undefined> {
  const { name, tags, excluded = [], properties = [] } = wish;
  const box = whole(wish.box);
  const file: NeedleFile = {
    name,
    tags,
    areas: [
      { kind: 'match', box, margin: MARGIN, click: 'center', other: {} },
      ...excluded.map((one) => ({ kind: 'exclude' as const, box: whole(one), other: {} })),
    ],
    properties,
    other: {},
    notices: [],
  };
  try {
    const png = await encodeSmallPng(blankAround(pixels, box));
    const needle = needleOf(file, await decodePicture(png));
    const found = matchNeedle(sceneOf(pixels), needle, { margin: 'everywhere' });
    const at = found.areas[0]?.box;
    if (found.similarity < OWN || at === undefined) return undefined;
    return Math.abs(at.x - box.x) > 1 || Math.abs(at.y - box.y) > 1 ? undefined : { needle, png };
  } catch (error) {
    if (error instanceof HarnessError && error.code === 'CONFIG_INVALID') return undefined;
    throw error;
  }
}

function whole({ x, y, width, height }: Box): Box {
  const [left, top] = [Math.round(x), Math.round(y)];
  return { x: left, y: top, width: Math.round(x + width) - left, height: Math.round(y + height) - top };
}

function blankAround(pixels: Pixels, box: Box): Pixels {
  const { width, height } = pixels;
  const data = new Uint8ClampedArray(width * height * 4);
  for (let at = 3; at < data.length; at += 4) data[at] = 255;
  const left = Math.max(0, box.x - RIM);
  const right = Math.min(width, box.x + box.width + RIM);
  for (let y = Math.max(0, box.y - RIM); y < Math.min(height, box.y + box.height + RIM); y += 1) {
    const row = y * width * 4;
    if (right > left) data.set(pixels.data.subarray(row + left * 4, row + right * 4), row + left * 4);
  }
  return { width, height, data };
}
