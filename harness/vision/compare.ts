import pixelmatch from 'pixelmatch';
import { HarnessError } from '../terms/error.ts';
import type { Box, Pixels } from '../terms/frame.ts';

/** What differs between a picture and its baseline. */
export interface Comparison {
  /** Pixels that differ; anti-aliasing does not count. */
  readonly pixels: number;
  /** `pixels` of all pixels outside the masks, 0..1. */
  readonly share: number;
  /** Around each connected changed area, in reading order. */
  readonly boxes: readonly Box[];
  /** The baseline, pale, with what differs in red. */
  readonly difference: Pixels;
}
/** How two pictures are compared. */
export interface CompareOptions {
  /** Parts that may differ (cursor, clock, live view). */
  readonly masks: readonly Box[];
  /** Colour distance that still counts as equal, 0..1; 0.1 where not given, as in pixelmatch. */
  readonly threshold?: number;
}

/** Changed areas nearer than this are one, px. */
const CELL = 16;
const CHANGED = [255, 0, 0] as const;
/** What both pictures have under a mask. */
const MASKED = [128, 128, 128, 255] as const;

/**
 * Compares a picture with an approved one, pixel by pixel. What is transparent in either is not compared.
 * @throws HarnessError FRAME_UNUSABLE where the sizes differ.
 */
export function comparePictures(seen: Pixels, baseline: Pixels, options: CompareOptions): Comparison {
  const { width, height } = baseline;
  if (seen.width !== width || seen.height !== height)
    throw new HarnessError(
      'FRAME_UNUSABLE',
      `A picture of ${seen.width}x${seen.height} cannot be compared with a baseline of ${width}x${height}.`,
      { hint: 'Set the recorder to the resolution of the baseline, or approve a baseline for this one.' },
    );
  const covered = maskOf(options.masks, [seen, baseline]);
  const a = masked(seen, covered);
  const b = masked(baseline, covered);
  const output = new Uint8ClampedArray(width * height * 4);
  const pixels = pixelmatch(a, b, output, width, height, {
    threshold: options.threshold ?? 0.1,
    diffColor: [...CHANGED],
  });
  const difference = { width, height, data: output };
  const compared = width * height - covered.reduce((sum, one) => sum + one, 0);
  return {
    pixels,
    share: compared === 0 ? 0 : pixels / compared,
    boxes: pixels === 0 ? [] : changedBoxes(difference),
    difference,
  };
}

/** A copy whose boxes are transparent: they are compared with nothing. */
export function cleared(p: Pixels, boxes: readonly Box[]): Pixels {
  const data = new Uint8ClampedArray(p.data);
  const covered = maskOf(boxes, [p]);
  for (let at = 0; at < covered.length; at += 1) if (covered[at] === 1) data.fill(0, at * 4, at * 4 + 4);
  return { ...p, data };
}

/** 1 for each pixel under a box, or transparent in one of the pictures (all of one size); else 0. */
function maskOf(boxes: readonly Box[], pictures: readonly [Pixels, ...Pixels[]]): Uint8Array {
  const [{ width, height }] = pictures;
  const covered = new Uint8Array(width * height);
  for (const { data } of pictures)
    for (let at = 0; at < covered.length; at += 1) if (data[at * 4 + 3] === 0) covered[at] = 1;
  for (const box of boxes) {
    const left = Math.max(0, Math.floor(box.x));
    const right = Math.min(width, Math.ceil(box.x + box.width));
    const bottom = Math.min(height, Math.ceil(box.y + box.height));
    for (let y = Math.max(0, Math.floor(box.y)); y < bottom; y += 1)
      if (right > left) covered.fill(1, y * width + left, y * width + right);
  }
  return covered;
}

/** A copy with what is covered painted over. */
function masked(p: Pixels, covered: Uint8Array): Uint8ClampedArray {
  const data = new Uint8ClampedArray(p.data);
  for (let at = 0; at < covered.length; at += 1) if (covered[at] === 1) data.set(MASKED, at * 4);
  return data;
}

/** Tight boxes around the changed pixels, those in touching cells of a coarse grid taken together. */
function changedBoxes(difference: Pixels): readonly Box[] {
  const columns = Math.ceil(difference.width / CELL);
  const cells = new Map<number, Edges>();
  for (let y = 0; y < difference.height; y += 1) {
    for (let x = 0; x < difference.width; x += 1) {
      const at = (y * difference.width + x) * 4;
      if (CHANGED.some((value, channel) => difference.data[at + channel] !== value)) continue;
      const cell = Math.floor(y / CELL) * columns + Math.floor(x / CELL);
      cells.set(cell, around(cells.get(cell), { left: x, top: y, right: x, bottom: y }));
    }
  }
  const boxes: Box[] = [];
  for (const cell of [...cells.keys()]) {
    const edges = takeArea(cells, cell, columns);
    if (edges === undefined) continue;
    const { left, top, right, bottom } = edges;
    boxes.push({ x: left, y: top, width: right - left + 1, height: bottom - top + 1 });
  }
  return boxes.sort((a, b) => a.y - b.y || a.x - b.x);
}

interface Edges {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

function around(a: Edges | undefined, b: Edges): Edges {
  if (a === undefined) return b;
  return {
    left: Math.min(a.left, b.left),
    top: Math.min(a.top, b.top),
    right: Math.max(a.right, b.right),
    bottom: Math.max(a.bottom, b.bottom),
  };
}

/** Takes a cell and all that touch it out of the grid; undefined if it was taken before. */
function takeArea(cells: Map<number, Edges>, first: number, columns: number): Edges | undefined {
  let area: Edges | undefined;
  const open = [first];
  for (let cell = open.pop(); cell !== undefined; cell = open.pop()) {
    const edges = cells.get(cell);
    if (edges === undefined) continue;
    cells.delete(cell);
    area = around(area, edges);
    const column = cell % columns;
    for (const down of [-columns, 0, columns])
      for (const aside of [-1, 0, 1])
        if (column + aside >= 0 && column + aside < columns) open.push(cell + down + aside);
  }
  return area;
}
