// Whether a match is one: what the screen's own document says of the place.
import type { Box, Pixels } from '../../../harness/terms/frame.ts';
import { isInside } from '../../../harness/vision/needle/needle.ts';
import { crop, decodePicture } from '../../../harness/vision/png.ts';
import type { Taken } from './needle-sets.ts';
import type { Photograph } from './screens.ts';

/** Why a match is right, as {@link DEFINITION} tells it; `false`: nothing of it holds. */
export type Truth = 'listed' | 'the same' | 'behind' | 'false';

/** For whoever reads the figures. */
export const DEFINITION = [
  'listed: the document of the screen lists at the place of the match what the needle stands for, a text of its label in',
  'the label book, or the text it was cut from. Documents list nothing of what lies behind a window, so that a match is',
  'right too where the place looks the same as the needle, or as an item of that text in a document of the same menu;',
  'behind: or as this place on another screen of the same menu, whose document lists it there, whatever covers a strip of',
  'a fifth at most along one edge. The same: no px differs by more than 26 levels of 255. false: any other match.',
];

/**
 * A place where no pixel differs by more is the same thing, whatever the document lists there: levels of 255. Windows
 * of GUI 3.0 let a tenth of what lies behind them through.
 */
const SAME = 26;
/** A window in front may cover so much of a place, along one of its edges. */
const COVERED = 1 / 5;

/** A photographed screen, decoded. */
export interface Shown {
  readonly photograph: Photograph;
  readonly pixels: Pixels;
}

/** @param shots all screens of this resolution */
export async function truthOf(
  { names, own }: Pick<Taken, 'names' | 'own'>,
  { photograph, pixels }: Shown,
  at: Box,
  shots: readonly Photograph[],
): Promise<Truth> {
  const lists = ({ reading }: Photograph) =>
    reading.items.some(({ text, box }) => names(text) && overlap(box, at));
  if (lists(photograph)) return 'listed';
  if (isSame(pixels, at, own)) return 'the same';
  for (const other of shots) {
    const alike = other.reading.items.filter(({ text, box }) => names(text) && isOfSize(box, at));
    if (other.gui !== photograph.gui || (alike.length === 0 && !lists(other))) continue;
    const picture = await decodePicture(other.frame.bytes);
    if (lists(other) && isBehind(pixels, at, crop(picture, at))) return 'behind';
    for (const { box } of alike)
      for (const place of around(box, at, picture))
        if (isSame(pixels, at, crop(picture, place))) return 'the same';
  }
  return 'false';
}

/** Boxes of documents have fractions, and those of needles a little space beside the text. px */
const ROUGHLY = 4;

function isOfSize(a: Box, b: Box): boolean {
  return Math.abs(a.width - b.width) <= ROUGHLY && Math.abs(a.height - b.height) <= ROUGHLY;
}

/** Places of the size of one box about where another one begins, as far as they lie in a picture. */
function around(box: Box, { width, height }: Box, picture: Pixels): readonly Box[] {
  const steps = Array.from({ length: 2 * ROUGHLY + 1 }, (_, step) => step - ROUGHLY);
  const [x, y] = [Math.round(box.x), Math.round(box.y)];
  return steps
    .flatMap((dy) => steps.map((dx) => ({ x: x + dx, y: y + dy, width, height })))
    .filter((place) => isInside(place, picture));
}

function overlap(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

/** Whether a place shows these pixels. */
function isSame(seen: Pixels, at: Box, own: Pixels): boolean {
  for (let y = 0; y < own.height; y += 1)
    for (let x = 0; x < own.width * 4; x += 1) {
      const one = seen.data[((at.y + y) * seen.width + at.x) * 4 + x] ?? 0;
      if (Math.abs(one - (own.data[y * own.width * 4 + x] ?? 0)) > SAME) return false;
    }
  return true;
}

/** Whether a place shows these pixels, but for a strip along one of its edges. */
function isBehind(seen: Pixels, at: Box, own: Pixels): boolean {
  const { width, height } = own;
  const [wide, high] = [Math.floor(width * COVERED), Math.floor(height * COVERED)];
  const left = { x: wide, y: 0, width: width - wide, height };
  const above = { x: 0, y: high, width, height: height - high };
  return [left, { ...left, x: 0 }, above, { ...above, y: 0 }].some((open) =>
    isSame(seen, { ...open, x: at.x + open.x, y: at.y + open.y }, crop(own, open)),
  );
}
