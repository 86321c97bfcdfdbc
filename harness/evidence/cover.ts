import sharp from 'sharp';
import { HarnessError } from '../terms/error.ts';
import type { Box, Frame, Item, Reading } from '../terms/frame.ts';
import type { Redactor } from './redactor.ts';

/** Px that a cover is larger than its box on each side: soft edges of letters, boxes rounded down. */
const GROW = 2;
/** RGB of a cover. */
const COVER = [96, 96, 96] as const;
/** Longest text of an item that may be one cell of a longer text, characters. */
const CELL_TEXT = 2;

/**
 * Paints flat boxes on a frame and encodes it as a PNG. Without boxes the frame itself is returned.
 * @throws HarnessError FRAME_UNUSABLE where the frame cannot be decoded; it must not be kept as it is then.
 */
export async function coverFrame(frame: Frame, boxes: readonly Box[]): Promise<Frame> {
  if (boxes.length === 0) return frame;
  try {
    const { data, info } = await sharp(frame.bytes)
      .toColourspace('srgb')
      .removeAlpha()
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    const { width, height } = info;
    for (const box of boxes) paint(data, { width, height }, box);
    const bytes = await sharp(data, { raw: { width, height, channels: 3 } })
      .png({ compressionLevel: 1 })
      .toBuffer();
    return { ...frame, width, height, bytes, format: 'png' };
  } catch (cause) {
    throw new HarnessError('FRAME_UNUSABLE', 'A frame that shows a secret could not be covered.', { cause });
  }
}

/**
 * Boxes of all items that show a secret, in any of the readings: in their text, or as one of the neighbours in a row
 * that show it character by character.
 */
export function secretBoxes(readings: readonly Reading[], redactor: Redactor): readonly Box[] {
  return readings.flatMap(({ items }) => {
    const single = items.filter((item) => redactor.hides(item.text) || redactor.hides(unspaced(item.text)));
    const cells = rowsOfCells(items).filter((row) =>
      redactor.hides(row.map(({ text }) => text.trim()).join('')),
    );
    return [...single, ...cells.flat()].map((item) => item.box);
  });
}

/** What stands in one row, each with a character or two, from left to right. */
function rowsOfCells(items: readonly Item[]): readonly (readonly Item[])[] {
  const rows: Item[][] = [];
  const cells = items.filter(({ text }) => text.trim() !== '' && text.trim().length <= CELL_TEXT);
  for (const item of [...cells].sort((a, b) => a.box.x - b.box.x)) {
    const middle = item.box.y + item.box.height / 2;
    const row = rows.find(([first]) => {
      if (first === undefined) return false;
      return middle > first.box.y && middle < first.box.y + first.box.height;
    });
    if (row === undefined) rows.push([item]);
    else row.push(item);
  }
  return rows;
}

function unspaced(text: string): string {
  return text.replace(/\s+/g, '');
}

function paint(data: Buffer, size: { readonly width: number; readonly height: number }, box: Box): void {
  const left = Math.max(0, Math.floor(box.x) - GROW);
  const right = Math.min(size.width, Math.ceil(box.x + box.width) + GROW);
  const bottom = Math.min(size.height, Math.ceil(box.y + box.height) + GROW);
  const row = Buffer.alloc(3 * Math.max(0, right - left), Buffer.from(COVER));
  for (let y = Math.max(0, Math.floor(box.y) - GROW); y < bottom; y += 1)
    row.copy(data, (y * size.width + left) * 3);
}
