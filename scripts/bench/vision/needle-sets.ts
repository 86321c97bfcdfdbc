// The needles that the bench looks for: those that come along, and those cut out of the photographed screens.
import { readdir, readFile } from 'node:fs/promises';
import { says } from '../../../harness/flow/look.ts';
import { LABEL_TAG } from '../../../harness/flow/needles.ts';
import type { LabelBook } from '../../../harness/flow/screens.ts';
import type { Box, Item, Pixels } from '../../../harness/terms/frame.ts';
import { parseNeedle } from '../../../harness/vision/needle/format.ts';
import { isInside, type Needle, needleOf } from '../../../harness/vision/needle/needle.ts';
import { crop, decodePicture } from '../../../harness/vision/png.ts';
import { profileOf } from '../bench-twin.ts';
import type { Photograph } from './screens.ts';

/** A needle, and what it stands for. */
export interface Taken {
  readonly needle: Needle;
  /** Where it comes from, for people. */
  readonly from: string;
  /** Whether a text of a document names what it stands for. */
  readonly names: (text: string) => boolean;
  /** What it shows, cut out. */
  readonly own: Pixels;
}
/** One that comes along. */
export interface Shipped extends Taken {
  /** Its own picture: what it shows, and black around it. */
  readonly picture: Pixels;
}
/** One that was cut out of a photograph. */
export interface Cut extends Taken {
  readonly photograph: Photograph;
}

const FOLDER = new URL('../../../suites/needles/', import.meta.url);

/** All needles of `suites/needles` for a resolution. They stand for a label of their profile's label book. */
export async function shippedNeedles(resolution: string): Promise<readonly Shipped[]> {
  const names = (await readdir(FOLDER, { recursive: true }))
    .filter((name) => name.endsWith('.json') && name.includes(`/${resolution}/`))
    .sort();
  return Promise.all(
    names.map(async (name) => {
      const [profile = ''] = name.split('/');
      const picture = await decodePicture(await readFile(new URL(name.replace(/json$/, 'png'), FOLDER)));
      const needle = needleOf(parseNeedle(await readFile(new URL(name, FOLDER), 'utf8'), name), picture);
      const label = needle.tags.find((tag) => tag.startsWith(LABEL_TAG))?.slice(LABEL_TAG.length) ?? '';
      const book: LabelBook = profileOf(profile).labels;
      const labels = book[label] ?? [];
      return {
        needle,
        picture,
        from: name,
        names: (text: string) => says(text, labels),
        own: ownOf(needle, picture),
      };
    }),
  );
}

/** A needle for each text, button and link of each menu, as far as it can be one. */
export async function cutNeedles(shots: readonly Photograph[]): Promise<readonly Cut[]> {
  const known = new Set<string>();
  const taken: Cut[] = [];
  for (const photograph of shots) {
    const pixels = await decodePicture(photograph.frame.bytes);
    for (const item of photograph.reading.items) {
      const key = `${photograph.gui}|${item.kind}|${item.text}`;
      const box = { x: item.box.x - 2, y: item.box.y, width: item.box.width + 4, height: item.box.height };
      if (!isStill(item) || known.has(key) || !isInside(box, pixels)) continue;
      known.add(key);
      const area = { kind: 'match' as const, box, other: {} };
      const file = { name: item.text, tags: [], areas: [area], properties: [], other: {}, notices: [] };
      const needle = needleOf(file, pixels);
      const from = `"${item.text}" of ${photograph.gui}`;
      taken.push({
        photograph,
        needle,
        from,
        names: (text) => text.includes(item.text),
        own: crop(pixels, box),
      });
    }
  }
  return taken;
}

/** Where it lies in its own picture. */
export function placeOf({ pictures: [first] }: Needle): Box {
  return first?.area.box ?? { x: 0, y: 0, width: 0, height: 0 };
}

function ownOf(needle: Needle, picture: Pixels): Pixels {
  return crop(picture, placeOf(needle));
}

/** Whether an item is a short text that does not change by itself. */
function isStill({ kind, text, box }: Item): boolean {
  const isWriting = kind === 'text' || kind === 'button' || kind === 'link';
  return (
    isWriting &&
    text.length > 1 &&
    !/\d\d:\d\d/.test(text) &&
    box.height >= 12 &&
    box.width * box.height < 40_000
  );
}
