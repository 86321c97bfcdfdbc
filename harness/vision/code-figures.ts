import type { Box } from '../terms/frame.ts';
import { cutGrey, type Grey } from './grey.ts';

/** A line of a code has at least so much of the steps, from dark to light and back, that its busiest lines have. */
const BUSY = 0.35;
/** A strip along a code is free where at most so much of it is dark: the pointer, noise. */
const STRAY = 0.1;

interface CodeFigures {
  readonly pixelsPerModule: number;
  readonly contrast: number;
  readonly quietZone: number;
}

/**
 * The figures of a code that was not read, from an area that holds it and little else: right to about a fifth. Half of
 * a code's runs of one colour are one module long, a quarter two, and so on: a mean run is two modules.
 */
export function codeFigures(g: Grey, area: Box): { readonly box: Box; readonly figures: CodeFigures } {
  const { part, x, y } = cutGrey(g, area);
  const half = { width: part.width / 2, height: part.height / 2 };
  const core = cutGrey(part, { x: half.width / 2, y: half.height / 2, ...half }).part;
  const sorted = core.data.toSorted();
  const levelAt = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
  const [dark, light] = [levelAt(0.1), levelAt(0.9)];
  const middle = (dark + light) / 2;
  const stepsOfCore = stepsOf(core, middle).rows.reduce((sum, one) => sum + one, 0) / core.height;
  const pixelsPerModule = core.width / Math.max(1, 2 * stepsOfCore);
  const inner = boundsOf(part, middle);
  return {
    box: { ...inner, x: x + inner.x, y: y + inner.y },
    figures: {
      pixelsPerModule,
      contrast: (light - dark) / 255,
      quietZone: freeBorder(part, inner, middle) / pixelsPerModule,
    },
  };
}

/** Changes between dark and light in each row and in each column. */
function stepsOf(
  g: Grey,
  middle: number,
): { readonly rows: readonly number[]; readonly columns: readonly number[] } {
  const rows = new Array<number>(g.height).fill(0);
  const columns = new Array<number>(g.width).fill(0);
  for (let y = 1; y < g.height; y += 1)
    for (let x = 1; x < g.width; x += 1) {
      const at = y * g.width + x;
      const isDark = (g.data[at] ?? 0) < middle;
      if (isDark !== (g.data[at - 1] ?? 0) < middle) rows[y] = (rows[y] ?? 0) + 1;
      if (isDark !== (g.data[at - g.width] ?? 0) < middle) columns[x] = (columns[x] ?? 0) + 1;
    }
  return { rows, columns };
}

/** The busy rows and columns of an area. */
function boundsOf(g: Grey, middle: number): Box {
  const { rows, columns } = stepsOf(g, middle);
  const [top, bottom] = busyPart(rows);
  const [left, right] = busyPart(columns);
  return { x: left, y: top, width: right - left + 1, height: bottom - top + 1 };
}

function busyPart(steps: readonly number[]): readonly [number, number] {
  const busiest = steps.toSorted((a, b) => b - a)[Math.floor(steps.length / 4)] ?? 0;
  const isBusy = (one: number) => one >= BUSY * busiest;
  return [steps.findIndex(isBusy), steps.findLastIndex(isBusy)];
}

/** px of light around a box, on the smallest side; up to the end of the area. */
function freeBorder(g: Grey, box: Box, middle: number): number {
  const [right, bottom] = [box.x + box.width, box.y + box.height];
  const strips: readonly ((distance: number) => Box)[] = [
    (distance) => ({ ...box, x: box.x - distance, width: 1 }),
    (distance) => ({ ...box, x: right - 1 + distance, width: 1 }),
    (distance) => ({ ...box, y: box.y - distance, height: 1 }),
    (distance) => ({ ...box, y: bottom - 1 + distance, height: 1 }),
  ];
  return Math.min(
    ...strips.map((strip) => {
      // The first px may be the code's own soft edge.
      let distance = 2;
      while (distance < g.width && isLight(g, strip(distance), middle)) distance += 1;
      return distance === 2 ? 0 : distance - 1;
    }),
  );
}

function isLight(g: Grey, strip: Box, middle: number): boolean {
  if (strip.x < 0 || strip.y < 0 || strip.x + strip.width > g.width || strip.y + strip.height > g.height)
    return false;
  const { data } = cutGrey(g, strip).part;
  return data.filter((value) => value < middle).length <= STRAY * data.length;
}
