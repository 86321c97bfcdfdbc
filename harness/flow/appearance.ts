import type { FindBaseline } from '../terms/baseline.ts';
import type { Box, Item, Pixels, Reading } from '../terms/frame.ts';
import { toleranceOf } from '../vision/adapt.ts';
import { type CapturedComparison, compareCaptured } from '../vision/captured.ts';
import { cleared, comparePictures } from '../vision/compare.ts';
import { decodePicture } from '../vision/png.ts';
import { grown } from '../vision/see/place.ts';
import type { Gui } from './gui.ts';

/** How a screen looks beside its approved picture. */
export type Appearance =
  | {
      readonly state: 'same' | 'different';
      readonly share: number;
      readonly places: readonly Box[];
      /** What the approved picture came through, where that is another source. */
      readonly through?: string;
    }
  | { readonly state: 'no-baseline' }
  | { readonly state: 'other-source'; readonly seen: string; readonly approved: string };

/** Largest share of differing pixels in a screen that looks as approved, 0..1: a few dots, less than a short word. */
export const SAME_SHARE = 0.0001;
/** Px around what belongs to a screen that count as its part. */
const EDGE = 4;
/** Times, addresses, masks, serial numbers: what is another text the next time. */
const VARIES = /\d{1,2}:\d{2}|@|\*{2}|(?=\S*\d)[A-Z0-9]{9,}/;

/**
 * Compares the screen in front with its approved picture. Left out are the pointer, fields, pictures (a QR is another
 * one each time), texts that vary, and all that lies beyond the things of this screen: the live view moves. What came
 * through a capture is also compared with a picture that was taken without loss, by what a capture leaves alone.
 */
export async function compareScreen(gui: Gui, find: FindBaseline, name: string): Promise<Appearance> {
  return gui.trace.step(`Compare the screen "${name}" with its baseline`, async () => {
    const pointer = await gui.parkPointer();
    const { frame, reading } = await gui.pictured(`The screen "${name}"`);
    const pixels = await decodePicture(frame.bytes);
    const { calibration } = gui;
    const comparable = comparablePart(pixels, reading, [pointer]);
    gui.trace.screen({ name, source: gui.source }, comparable, [reading]);
    const baseline = await find(name, gui.source);
    if (baseline === undefined) return { state: 'no-baseline' };
    const isOther = baseline.source !== gui.source;
    if (isOther && (calibration === undefined || baseline.isOriginal !== true))
      return { state: 'other-source', seen: gui.source, approved: baseline.source };
    const compared: Pick<CapturedComparison, 'share' | 'boxes' | 'difference'> = isOther
      ? compareCaptured(unsteadyCleared(pixels, reading, [pointer]), baseline.pixels, {
          noise: calibration?.noise ?? 0,
        })
      : comparePictures(comparable, baseline.pixels, { masks: [], ...thresholdOf(gui) });
    const { share, boxes } = compared;
    const found = { share, places: boxes, ...(isOther ? { through: baseline.source } : {}) };
    if (share <= SAME_SHARE) return { state: 'same', ...found };
    gui.trace.picture('difference', `What differs from the baseline of "${name}"`, compared.difference);
    return { state: 'different', ...found };
  });
}

/** A picture of a screen with all made transparent that another picture of it need not show. */
export function comparablePart(pixels: Pixels, reading: Reading, others: readonly Box[] = []): Pixels {
  const items = reading.items.filter((item) => !isGround(item, reading));
  return cleared(pixels, [...beyond({ ...reading, items }), ...items.filter(varies).map(soft), ...others]);
}

/**
 * The picture without what varies. What lies beyond the things of a screen the approved picture knows: a thing that is
 * missing here must not be left out.
 */
function unsteadyCleared(pixels: Pixels, reading: Reading, others: readonly Box[]): Pixels {
  const items = reading.items.filter((item) => !isGround(item, reading));
  return cleared(pixels, [...items.filter(varies).map(soft), ...others]);
}

/** As wide as the noise of the capture; both pictures came through one, so that nothing is normalised. */
function thresholdOf({ calibration }: Gui): { readonly threshold?: number } {
  if (calibration === undefined) return {};
  return { threshold: toleranceOf(calibration) };
}

/** A picture over most of the screen: the live view, or a pane that something is drawn on. */
function isGround({ kind, box }: Item, { width, height }: Reading): boolean {
  return kind === 'image' && box.width * box.height > (width * height) / 2;
}

function varies(item: Item): boolean {
  return item.kind === 'field' || item.kind === 'image' || VARIES.test(item.text);
}

/** A box and the soft edges around it. */
function soft({ box }: Item): Box {
  return grown(box, 3);
}

/** What lies around all items: left, right, above, below. */
function beyond({ items, width, height }: Reading): readonly Box[] {
  if (items.length === 0) return [];
  const left = Math.min(...items.map(({ box }) => box.x)) - EDGE;
  const top = Math.min(...items.map(({ box }) => box.y)) - EDGE;
  const right = Math.max(...items.map(({ box }) => box.x + box.width)) + EDGE;
  const bottom = Math.max(...items.map(({ box }) => box.y + box.height)) + EDGE;
  return [
    { x: 0, y: 0, width: left, height },
    { x: right, y: 0, width: width - right, height },
    { x: 0, y: 0, width, height: top },
    { x: 0, y: bottom, width, height: height - bottom },
  ];
}
