import type { Box } from '../../terms/frame.ts';
import type { Plane } from './plane.ts';
import { lowest, type Steps } from './steps.ts';

/** One line of writing, or something as small as writing. */
export interface Line {
  /** Around its ink. */
  readonly box: Box;
  /** How even the ground is: share of the pixels above and below the box that are as their neighbours, 0..1. */
  readonly even: number;
}

export interface LineOptions {
  /** Size of the usual text, px. */
  readonly em: number;
  /** Borders of these are no writing. */
  readonly boxes: readonly Box[];
  /** Where not to look. */
  readonly apart: readonly Box[];
}

/** Gaps up to this within a line, em: a blank is a quarter, columns of a form are one and more. */
export const GAP = 0.62;
/** Rows up to this between parts of a letter (the dots of i and ä), em. */
const DOT = 0.16;
/** Tallest and widest thing that is writing, em. */
const TALLEST = 2.4;
/** Longest straight stroke of a letter, em: what is longer is a rule or a border. */
const LYING = 1.2;
const UPRIGHT = 1.08;
/** A rectangle that is higher is a window, em: no line of writing goes over its edge. */
const BORDERED = 2.4;

/** Beside a square within this, em, and on this share of its rows there is ink where it is strokes of letters in a word. */
const BESIDE = 0.25;
const INKED = 0.3;

/**
 * Lines of writing on a picture, in reading order; also icons, and whatever else is as small. `letters` are those of the
 * boxes that are strokes of letters in a word.
 */
export function findLines(
  plane: Plane,
  steps: Steps,
  options: LineOptions,
): { readonly lines: readonly Line[]; readonly letters: ReadonlySet<Box> } {
  const { mask, letters } = inkOf(plane, steps, options);
  const parts = partsOf(mask, plane, options.em).flatMap((part) =>
    rowsOf(part, mask, plane.width, options.em),
  );
  const windows = options.boxes.filter(({ height }) => height > BORDERED * options.em);
  const lines = joined(parts, options.em, windows).map((box) => ({ box, even: evennessOf(plane, box) }));
  return { lines, letters };
}

/** Room for the ink of a picture, used again for the next. */
let room = new Uint8Array(0);

/** On the side of a window: nothing goes on beyond it. */
const SIDE = 2;

/** 1 where brightness changes as within letters, {@link SIDE} on the sides of windows; and the boxes that are letters. */
function inkOf(
  { width, height }: Plane,
  { words, strokeAside, strokeAbove }: Steps,
  { em, boxes, apart }: LineOptions,
): { readonly mask: Uint8Array; readonly letters: ReadonlySet<Box> } {
  if (room.length < width * height) room = new Uint8Array(width * height);
  const mask = room.subarray(0, width * height).fill(0);
  const lying = Math.round(LYING * em);
  const upright = Math.round(UPRIGHT * em);
  /** How far up a stroke goes on from the row before, by column; and those columns, a bit each. */
  const column = new Int32Array(width);
  const open = new Int32Array(words);
  for (let y = 1; y < height; y += 1) {
    const row = y * width;
    // Where a stroke along the row began, and where it ends as far as is known.
    let from = 0;
    let to = 0;
    for (let word = 0; word < words; word += 1) {
      const aside = strokeAside[y * words + word] ?? 0;
      // Of the first column nothing is known aside.
      const above = (strokeAbove[y * words + word] ?? 0) & (word === 0 ? ~1 : ~0);
      const going = open[word] ?? 0;
      if ((aside | above | going) === 0) continue;
      const left = word << 5;
      for (let rest = aside | above; rest !== 0; rest &= rest - 1) mask[row + left + lowest(rest)] = 1;
      // A stroke that goes on and on is none of a letter: it is taken out again.
      for (let rest = above; rest !== 0; rest &= rest - 1) {
        const x = left + lowest(rest);
        if (x !== to) {
          if (to - from > lying) mask.fill(0, row + from, row + to);
          from = x;
        }
        to = x + 1;
      }
      for (let rest = going & ~aside; rest !== 0; rest &= rest - 1) {
        const x = left + lowest(rest);
        const tall = column[x] ?? 0;
        if (tall > upright) for (let up = 1; up <= tall; up += 1) mask[row + x - up * width] = 0;
        column[x] = 0;
      }
      for (let rest = aside; rest !== 0; rest &= rest - 1) {
        const x = left + lowest(rest);
        column[x] = (column[x] ?? 0) + 1;
      }
      open[word] = aside;
    }
    if (to - from > lying) mask.fill(0, row + from, row + to);
  }
  const clear = (left: number, top: number, right: number, bottom: number) => {
    for (let y = Math.max(0, top); y < Math.min(height, bottom); y += 1)
      mask.fill(0, y * width + Math.max(0, left), y * width + Math.min(width, Math.max(0, right)));
  };
  /** Whether ink goes on beside a square, nearer than a label stands to its tick box. */
  const isInWord = ({ x, y, width: w, height: h }: Box) => {
    const near = Math.round(BESIDE * em);
    const inked = (from: number) => {
      let rows = 0;
      for (let row = Math.max(0, y); row < Math.min(height, y + h); row += 1)
        if (mask.subarray(row * width + Math.max(0, from), row * width + from + near).includes(1)) rows += 1;
      return rows >= INKED * h;
    };
    return inked(x - 3 - near) || inked(x + w + 3);
  };
  for (const { x, y, width: w, height: h } of apart) clear(x, y, x + w, y + h);
  const letters = new Set(boxes.filter((box) => box.height < 1.5 * em && isInWord(box)));
  for (const box of boxes) {
    const { x, y, width: w, height: h } = box;
    // What is lower than a button is letters, or a square.
    if (h < 1.5 * em && (Math.abs(w - h) > 2 || letters.has(box))) continue;
    clear(x - 2, y - 2, x + w + 3, y + 3);
    clear(x - 2, y + h - 2, x + w + 3, y + h + 3);
    clear(x - 2, y - 2, x + 3, y + h + 3);
    clear(x + w - 2, y - 2, x + w + 3, y + h + 3);
    if (h <= BORDERED * em) continue;
    for (let row = Math.max(0, y); row < Math.min(height, y + h); row += 1)
      for (const side of [x, x + w - 1]) if (side < width) mask[row * width + side] = SIDE;
  }
  return { mask, letters };
}

interface Part {
  left: number;
  top: number;
  /** Exclusive. */
  right: number;
  bottom: number;
}

/** Connected pieces of ink, small gaps closed. */
function partsOf(mask: Uint8Array, { width, height }: Plane, em: number): readonly Part[] {
  const gap = Math.round(GAP * em);
  const dot = Math.max(1, Math.round(DOT * em));
  const done: Part[] = [];
  let open: { part: Part; left: number; right: number; row: number }[] = [];
  // Most of a screen is none: four pixels are passed over at once.
  const isWhole = width % 4 === 0 && mask.byteOffset % 4 === 0;
  const fours = isWhole ? new Int32Array(mask.buffer, mask.byteOffset, (width * height) >> 2) : undefined;
  for (let y = 0; y < height; y += 1) {
    const row = y * width;
    const runs: { left: number; right: number }[] = [];
    let side = -1;
    for (let x = 0; x < width; x += 1) {
      if (fours !== undefined && (x & 3) === 0 && fours[(row + x) >> 2] === 0) {
        x += 3;
        continue;
      }
      const what = mask[row + x];
      if (what === 0) continue;
      if (what === SIDE) side = x;
      if (what !== 1) continue;
      const last = runs.at(-1);
      if (last !== undefined && x - last.right <= gap && last.right > side) last.right = x + 1;
      else runs.push({ left: x, right: x + 1 });
    }
    if (runs.length === 0 && open.length === 0) continue;
    const next: typeof open = [];
    for (const run of runs) {
      const touching = open.filter((one) => one.left < run.right && run.left < one.right);
      const first = touching[0];
      const part = first?.part ?? { left: run.left, top: y, right: run.right, bottom: y + 1 };
      for (const { part: other } of touching) {
        if (other === part) continue;
        grow(part, other);
        for (const one of [...open, ...next]) if (one.part === other) one.part = part;
        const at = done.indexOf(other);
        if (at >= 0) done.splice(at, 1);
      }
      if (first === undefined) done.push(part);
      grow(part, { left: run.left, right: run.right, top: y, bottom: y + 1 });
      next.push({ part, left: run.left, right: run.right, row: y });
    }
    for (const one of open) {
      const covered = next.some(
        (run) => run.part === one.part && run.left <= one.left && run.right >= one.right,
      );
      if (y - one.row <= dot && !covered) next.push(one);
    }
    open = next;
  }
  return done;
}

function grow(part: Part, by: Part): void {
  part.left = Math.min(part.left, by.left);
  part.right = Math.max(part.right, by.right);
  part.top = Math.min(part.top, by.top);
  part.bottom = Math.max(part.bottom, by.bottom);
}

/** Share of the ink of the fullest row that is less between two lines of writing. */
const BETWEEN = 0.2;
/** Lines of writing are at least so high, em, where ink between them is taken for a codec's. */
const LOWEST = 0.4;

/** Lines of a text that what a codec leaves around letters makes one; a part that is no text is left as it is. */
function rowsOf(part: Part, mask: Uint8Array, width: number, em: number): readonly Part[] {
  const { left, right, top, bottom } = part;
  if (bottom - top <= TALLEST * em || right - left < TALLEST * em) return [part];
  const counts: number[] = [];
  for (let y = top; y < bottom; y += 1) {
    let count = 0;
    for (let at = y * width + left; at < y * width + right; at += 1) if (mask[at] === 1) count += 1;
    counts.push(count);
  }
  const least = BETWEEN * Math.max(...counts);
  const rows: Part[] = [];
  for (const [at, count] of counts.entries()) {
    if (count < least) continue;
    const y = top + at;
    const last = rows.at(-1);
    if (last?.bottom === y) last.bottom = y + 1;
    else rows.push({ left, right, top: y, bottom: y + 1 });
  }
  const lines = rows.filter((one) => one.bottom - one.top >= LOWEST * em);
  if (lines.length < 2 || lines.some((one) => one.bottom - one.top > TALLEST * em)) return [part];
  return lines.map((one) => inked(reaching(one, part, em), mask, width));
}

/** With what letters have above and below most of their ink, as far as the part goes. */
function reaching({ left, right, top, bottom }: Part, part: Part, em: number): Part {
  const more = Math.round(0.25 * em);
  return {
    left,
    right,
    top: Math.max(part.top, top - more),
    bottom: Math.min(part.bottom, bottom + more),
  };
}

/** As wide as its ink. */
function inked({ left, right, top, bottom }: Part, mask: Uint8Array, width: number): Part {
  let [from, to] = [right, left];
  for (let y = top; y < bottom; y += 1)
    for (let x = left; x < right; x += 1) {
      if (mask[y * width + x] !== 1) continue;
      from = Math.min(from, x);
      to = Math.max(to, x + 1);
    }
  return { left: from, right: to, top, bottom };
}

/** Pieces beside each other on one line are one; what is too tall for writing is left out. */
function joined(parts: readonly Part[], em: number, windows: readonly Box[]): readonly Box[] {
  const tall = TALLEST * em;
  const lines: Part[] = [];
  for (const part of [...parts].sort((a, b) => a.left - b.left)) {
    if (part.bottom - part.top > tall || part.right - part.left < 2) continue;
    const line = lines.find(
      (one) =>
        part.left - one.right <= GAP * em &&
        Math.min(one.bottom, part.bottom) - Math.max(one.top, part.top) >
          0.5 * Math.min(one.bottom - one.top, part.bottom - part.top) &&
        windows.every((window) => isIn(window, one) === isIn(window, part)),
    );
    if (line === undefined) lines.push({ ...part });
    else grow(line, part);
  }
  return lines
    .filter((one) => one.bottom - one.top >= 3)
    .map(({ left, top, right, bottom }) => ({ x: left, y: top, width: right - left, height: bottom - top }))
    .sort((a, b) => a.y - b.y || a.x - b.x);
}

/** Whether the middle of a piece lies in a window. */
function isIn({ x, y, width, height }: Box, { left, right, top, bottom }: Part): boolean {
  const [across, down] = [(left + right) / 2, (top + bottom) / 2];
  return across >= x && across < x + width && down >= y && down < y + height;
}

/** How even the ground around a box is: share of the pixels of a ring that are as their neighbours. */
function evennessOf({ width, height, data }: Plane, { x, y, width: w, height: h }: Box): number {
  let around = 0;
  let same = 0;
  const like = (at: number, other: number) => Math.abs((data[at] ?? 0) - (data[other] ?? 0)) <= 10;
  for (const row of [y - 3, y - 2, y + h + 1, y + h + 2]) {
    if (row < 0 || row >= height) continue;
    for (let column = Math.max(0, x - 2); column < Math.min(width - 1, x + w + 2); column += 1) {
      around += 1;
      if (like(row * width + column, row * width + column + 1)) same += 1;
    }
  }
  return around === 0 ? 0 : same / around;
}
