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
  /** The baseline, pale, with what differs in red. Drawn when first asked for, from pictures that must be as they were. */
  readonly difference: Pixels;
}
/** How two pictures are compared. */
export interface CompareOptions {
  /** Parts that may differ (cursor, clock, live view). */
  readonly masks: readonly Box[];
  /** Colour distance that still counts as equal, 0..1; 0.1 where not given, as in pixelmatch. */
  readonly threshold?: number;
}

/** As in pixelmatch. */
const THRESHOLD = 0.1;
/** Changed areas nearer than this are one, px. */
const CELL = 16;
const CHANGED = [255, 0, 0] as const;
/** What both pictures have under a mask: opaque grey, as it lies in memory (both byte orders are the same). */
const MASKED = 0xff808080;

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
  // Most screens are as approved: then nothing is looked at pixel by pixel.
  const same = bytesOf(seen).equals(bytesOf(baseline));
  // What is transparent in part is blended by where it stands: such a picture is looked at as a whole.
  const isPlain = same || (options.masks.length === 0 && isOpaque(seen) && isOpaque(baseline));
  const covered = isPlain ? undefined : maskOf(options.masks, [seen, baseline]);
  const rows = isPlain ? rowsThatDiffer(seen, baseline) : { from: 0, to: height };
  const changed = new Uint8ClampedArray(width * (rows.to - rows.from) * 4);
  const pixels = match(seen, baseline, { ...options, covered, rows, output: changed, onlyChanges: true });
  const compared = width * height - (covered?.count ?? 0);
  let difference: Pixels | undefined;
  return {
    pixels,
    share: compared === 0 ? 0 : pixels / compared,
    boxes: pixels === 0 ? [] : changedBoxes(width, changed).map((box) => ({ ...box, y: box.y + rows.from })),
    get difference() {
      difference ??= drawn(seen, baseline, options);
      return difference;
    },
  };
}

function bytesOf({ data }: Pixels): Buffer {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
}

/** Whether nothing shines through: alpha is the last byte of a pixel, the highest of a word. */
function isOpaque({ data }: Pixels): boolean {
  const whole = new Uint32Array(data.buffer, data.byteOffset, data.length / 4);
  for (let at = 0; at < whole.length; at += 1) if ((whole[at] ?? 0) < 0xff000000) return false;
  return true;
}

interface Rows {
  readonly from: number;
  /** The first that is not among them. */
  readonly to: number;
}

/**
 * The rows from the first to the last that differ in anything, with two more on each side, which pixelmatch looks at
 * to tell soft edges; from a border of the grid of cells, so that areas are taken together as in the whole picture.
 */
function rowsThatDiffer(seen: Pixels, baseline: Pixels): Rows {
  const [a, b] = [bytesOf(seen), bytesOf(baseline)];
  const row = baseline.width * 4;
  const differs = (y: number) => a.compare(b, y * row, (y + 1) * row, y * row, (y + 1) * row) !== 0;
  let [first, last] = [0, baseline.height - 1];
  while (first <= last && !differs(first)) first += 1;
  while (last > first && !differs(last)) last -= 1;
  if (first > last) return { from: 0, to: 0 };
  const from = Math.floor(Math.max(0, first - 2) / CELL) * CELL;
  return { from, to: Math.min(baseline.height, last + 3) };
}

/** The baseline, pale, with what differs in red. */
function drawn(seen: Pixels, baseline: Pixels, options: CompareOptions): Pixels {
  const { width, height } = baseline;
  const output = new Uint8ClampedArray(baseline.data.length);
  const covered = maskOf(options.masks, [seen, baseline]);
  match(seen, baseline, { ...options, covered, rows: { from: 0, to: height }, output, onlyChanges: false });
  return { width, height, data: output };
}

interface MatchOptions extends CompareOptions {
  readonly covered: Mask | undefined;
  readonly rows: Rows;
  /** Gets the picture of what differs in these rows, RGBA8. */
  readonly output: Uint8ClampedArray;
  /** Leaves all else transparent. */
  readonly onlyChanges: boolean;
}

/** Px that differ outside the mask. */
function match(seen: Pixels, baseline: Pixels, options: MatchOptions): number {
  const { covered, rows, output, onlyChanges, threshold = THRESHOLD } = options;
  if (rows.from === rows.to) return 0;
  const { width } = baseline;
  const part = (p: Pixels) => masked(p, covered).subarray(rows.from * width * 4, rows.to * width * 4);
  return pixelmatch(part(seen), part(baseline), output, width, rows.to - rows.from, {
    threshold,
    diffColor: [...CHANGED],
    diffMask: onlyChanges,
  });
}

/** A copy whose boxes are transparent: they are compared with nothing. */
export function cleared(p: Pixels, boxes: readonly Box[]): Pixels {
  const data = new Uint8ClampedArray(p.data);
  const covered = maskOf(boxes, [p]);
  if (covered !== undefined) paint(data, covered, 0);
  return { ...p, data };
}

interface Mask {
  /** 1 for each pixel that is covered, else 0. */
  readonly pixels: Uint8Array;
  /** Of the ones. */
  readonly count: number;
}

/** What is under a box, or transparent in one of the pictures (all of one size); undefined where nothing is. */
function maskOf(boxes: readonly Box[], pictures: readonly [Pixels, ...Pixels[]]): Mask | undefined {
  const [{ width, height }] = pictures;
  const clear = pictures.filter(hasClear);
  if (clear.length === 0 && boxes.length === 0) return undefined;
  const covered = new Uint8Array(width * height);
  for (const { data } of clear)
    for (let at = 0; at < covered.length; at += 1) if (data[at * 4 + 3] === 0) covered[at] = 1;
  for (const box of boxes) {
    const left = Math.max(0, Math.floor(box.x));
    const right = Math.min(width, Math.ceil(box.x + box.width));
    const bottom = Math.min(height, Math.ceil(box.y + box.height));
    for (let y = Math.max(0, Math.floor(box.y)); y < bottom; y += 1)
      if (right > left) covered.fill(1, y * width + left, y * width + right);
  }
  let count = 0;
  for (let at = 0; at < covered.length; at += 1) count += covered[at] ?? 0;
  return { pixels: covered, count };
}

function hasClear({ data }: Pixels): boolean {
  for (let at = 3; at < data.length; at += 4) if (data[at] === 0) return true;
  return false;
}

/** The picture's bytes; a copy with what is covered painted over, where something is. */
function masked(p: Pixels, covered: Mask | undefined): Uint8ClampedArray {
  if (covered === undefined) return p.data;
  const data = new Uint8ClampedArray(p.data);
  paint(data, covered, MASKED);
  return data;
}

function paint(data: Uint8ClampedArray, { pixels }: Mask, value: number): void {
  const whole = new Uint32Array(data.buffer, data.byteOffset, pixels.length);
  for (let at = 0; at < whole.length; at += 1) if (pixels[at] === 1) whole[at] = value;
}

/** Tight boxes around all that is not transparent, pixels in touching cells of a coarse grid taken together. */
function changedBoxes(width: number, data: Uint8ClampedArray): readonly Box[] {
  const height = data.length / 4 / width;
  const columns = Math.ceil(width / CELL);
  const cells: (Edges | undefined)[] = new Array(columns * Math.ceil(height / CELL));
  const whole = new Uint32Array(data.buffer, data.byteOffset, width * height);
  for (let y = 0; y < height; y += 1) {
    const firstCell = Math.floor(y / CELL) * columns;
    for (let x = 0; x < width; x += 1) {
      if (whole[y * width + x] === 0) continue;
      const cell = firstCell + Math.floor(x / CELL);
      const edges = cells[cell];
      if (edges === undefined) cells[cell] = { left: x, top: y, right: x, bottom: y };
      else widen(edges, { left: x, top: y, right: x, bottom: y });
    }
  }
  const boxes: Box[] = [];
  for (let cell = 0; cell < cells.length; cell += 1) {
    const area = takeArea(cells, cell, columns);
    if (area === undefined) continue;
    const { left, top, right, bottom } = area;
    boxes.push({ x: left, y: top, width: right - left + 1, height: bottom - top + 1 });
  }
  return boxes.sort((a, b) => a.y - b.y || a.x - b.x);
}

/** Outermost pixels; widened in place, since a picture may have a million of them. */
interface Edges {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

function widen(edges: Edges, by: Readonly<Edges>): void {
  if (by.left < edges.left) edges.left = by.left;
  if (by.top < edges.top) edges.top = by.top;
  if (by.right > edges.right) edges.right = by.right;
  if (by.bottom > edges.bottom) edges.bottom = by.bottom;
}

/** Takes a cell and all that touch it out of the grid; undefined if it was taken before, or has nothing. */
function takeArea(cells: (Edges | undefined)[], first: number, columns: number): Edges | undefined {
  let area: Edges | undefined;
  const open = [first];
  for (let cell = open.pop(); cell !== undefined; cell = open.pop()) {
    const edges = cells[cell];
    if (edges === undefined) continue;
    cells[cell] = undefined;
    if (area === undefined) area = edges;
    else widen(area, edges);
    const column = cell % columns;
    for (const down of [-columns, 0, columns])
      for (const aside of [-1, 0, 1])
        if (column + aside >= 0 && column + aside < columns) open.push(cell + down + aside);
  }
  return area;
}
