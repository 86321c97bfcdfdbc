import type { Point } from './decoders.ts';
import type { Grey } from './grey.ts';

/** Widths of the runs through the middle of a finder pattern, modules (ISO/IEC 18004, 6.3.3). */
const RUNS = [1, 1, 3, 1, 1] as const;
/** Half of the window whose mean parts light from dark, px: more than half of the core of a code of 16 px a module. */
const WINDOW = 28;
/** Of 255: so little beside the mean is noise, and the same as the mean. */
const FLAT = 3;
/** How far a run may be off: part of a module, and px (soft edges). */
const LOOSE = 0.4;
const LOOSE_PX = 0.6;
/** Of the 49 modules of a finder pattern so many may be wrong: the pointer, noise. */
const WRONG = 3;
/** Timing modules after the separator that are looked at: as many as the smallest code has. */
const TIMING = 7;

/** A finder pattern beside which the code's timing pattern begins. */
export interface FinderMark {
  readonly centre: Point;
  /** px a module */
  readonly module: number;
  /** Light on dark. */
  readonly inverted: boolean;
}

/**
 * What shows that a picture holds a QR, read or not: its finder patterns, dark on light or light on dark, upright to
 * about 3 degrees, each with the beginning of a timing pattern (ISO/IEC 18004, 6.3.5). Boxes in boxes, radio buttons and
 * icons have none. Takes some 60 ms for 1920x1080; meant for parts.
 */
export function finderMarks(g: Grey): readonly FinderMark[] {
  const ink = inkOf(g);
  const at = (x: number, y: number) =>
    x < 0 || y < 0 || x >= g.width || y >= g.height ? 0 : (ink[Math.floor(y) * g.width + Math.floor(x)] ?? 0);
  const marks: FinderMark[] = [];
  for (let y = 0; y < g.height; y += 1)
    for (const { middle, module } of fives((x) => at(x, y), g.width)) {
      if (marks.some(({ centre }) => Math.hypot(centre.x - middle, centre.y - y) < 3 * module)) continue;
      const mark = crossed(at, { x: middle, y: y + 0.5 }, { module, height: g.height });
      if (mark !== undefined && hasTiming(at, mark)) marks.push(mark);
    }
  return marks;
}

/** Darker than around (1), lighter (-1), or neither (0), in each pixel. */
function inkOf(g: Grey): Int8Array {
  const { width, height, data } = g;
  const sums = new Float64Array((width + 1) * (height + 1));
  for (let y = 0; y < height; y += 1) {
    let row = 0;
    for (let x = 0; x < width; x += 1) {
      row += data[y * width + x] ?? 0;
      sums[(y + 1) * (width + 1) + x + 1] = (sums[y * (width + 1) + x + 1] ?? 0) + row;
    }
  }
  const sum = (x: number, y: number) => sums[y * (width + 1) + x] ?? 0;
  const ink = new Int8Array(data.length);
  for (let y = 0; y < height; y += 1) {
    const [top, bottom] = [Math.max(0, y - WINDOW), Math.min(height, y + WINDOW + 1)];
    for (let x = 0; x < width; x += 1) {
      const [left, right] = [Math.max(0, x - WINDOW), Math.min(width, x + WINDOW + 1)];
      const whole = sum(right, bottom) - sum(left, bottom) - sum(right, top) + sum(left, top);
      const off = whole / ((right - left) * (bottom - top)) - (data[y * width + x] ?? 0);
      if (Math.abs(off) > FLAT) ink[y * width + x] = off > 0 ? 1 : -1;
    }
  }
  return ink;
}

interface Five {
  /** Of the five runs, px from the beginning of the line. */
  readonly middle: number;
  readonly module: number;
}

/** Five runs in a line that are as wide as those of a finder pattern. */
function fives(inkAt: (place: number) => number, length: number): readonly Five[] {
  const starts: number[] = [0];
  for (let place = 1; place < length; place += 1) if (inkAt(place) !== inkAt(place - 1)) starts.push(place);
  starts.push(length);
  const found: Five[] = [];
  for (let first = 0; first + 5 < starts.length; first += 1) {
    const [from, to] = [starts[first] ?? 0, starts[first + 5] ?? 0];
    const module = (to - from) / 7;
    const own = inkAt(from);
    const fits = RUNS.every((modules, run) => {
      const start = starts[first + run] ?? 0;
      const width = (starts[first + run + 1] ?? 0) - start;
      return (
        inkAt(start) === (run % 2 === 0 ? own : -own) &&
        Math.abs(width - modules * module) <= LOOSE * module + LOOSE_PX
      );
    });
    if (own !== 0 && fits) found.push({ middle: (from + to) / 2, module });
  }
  return found;
}

type InkAt = (x: number, y: number) => number;

/** The finder pattern around a place where a row crosses one, if the column does so too and its modules are right. */
function crossed(
  at: InkAt,
  { x, y }: Point,
  { module, height }: { readonly module: number; readonly height: number },
): FinderMark | undefined {
  const top = Math.max(0, Math.floor(y - 6 * module));
  const bottom = Math.min(height, Math.ceil(y + 6 * module));
  const column = fives((place) => at(x, top + place), bottom - top)
    .map((one) => ({ ...one, middle: top + one.middle }))
    .find(
      (one) => Math.abs(one.middle - y) < 1.5 * module && Math.abs(one.module - module) < 0.3 * module + 0.3,
    );
  if (column === undefined) return undefined;
  const mark = {
    centre: { x, y: column.middle },
    module: (module + column.module) / 2,
    inverted: at(x, column.middle) < 0,
  };
  let wrong = 0;
  for (let row = -3; row <= 3; row += 1)
    for (let across = -3; across <= 3; across += 1) {
      const isLight = Math.max(Math.abs(row), Math.abs(across)) === 2;
      if (inkOfModule(at, mark, across, row) !== (isLight ? -1 : 1)) wrong += 1;
    }
  return wrong <= WRONG ? mark : undefined;
}

/** Whether modules alternate beside a finder pattern, along one of its outer rows or columns, after the separator. */
function hasTiming(at: InkAt, mark: FinderMark): boolean {
  for (const side of [3, -3])
    for (const way of [1, -1]) {
      let [inRow, inColumn] = [0, 0];
      for (let step = 0; step < TIMING; step += 1) {
        const expected = step % 2 === 0 ? -1 : 1;
        if (inkOfModule(at, mark, way * (4 + step), side) !== expected) inRow += 1;
        if (inkOfModule(at, mark, side, way * (4 + step)) !== expected) inColumn += 1;
      }
      if (Math.min(inRow, inColumn) <= 1) return true;
    }
  return false;
}

/** Dark (1) or light (-1) at the centre of a module, as the code has it, counted from the middle of a finder pattern. */
function inkOfModule(
  at: InkAt,
  { centre, module, inverted }: FinderMark,
  column: number,
  row: number,
): number {
  return (inverted ? -1 : 1) * at(centre.x + column * module, centre.y + row * module);
}
