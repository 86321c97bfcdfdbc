import type { Box, Pixels } from '../terms/frame.ts';
import type { QrMetrology } from '../terms/qr.ts';
import type { Corners, Decoded, Point } from './decoders.ts';

/** Measures a decoded QR on the pixels that it was decoded from. */
export function measure(p: Pixels, code: Decoded): QrMetrology {
  const modules = modulesOf(code);
  const pixelsPerModule = sideOf(code.corners) / modules;
  const { light, dark } = levelsOf(p, code.corners, modules);
  const middle = (light + dark) / 2;
  const isInk = code.inverted
    ? (x: number, y: number) => luminance(p, x, y) > middle
    : (x: number, y: number) => luminance(p, x, y) < middle;
  return {
    modules,
    pixelsPerModule,
    contrast: (light - dark) / 255,
    inverted: code.inverted,
    quietZone:
      freeBorder(p, code.corners, { isInk, edge: 1 + Math.round(pixelsPerModule / 4) }) / pixelsPerModule,
    box: boxOf(code.corners),
  };
}

/** Modules a side (ISO/IEC 18004, 6.3.1). */
export function modulesOf(code: Decoded): number {
  return 17 + 4 * code.version;
}

/** The upright rectangle around a code. */
export function boxOf(corners: Corners): Box {
  const points = [corners.topLeft, corners.topRight, corners.bottomRight, corners.bottomLeft];
  const x = Math.floor(Math.min(...points.map((one) => one.x)));
  const y = Math.floor(Math.min(...points.map((one) => one.y)));
  return {
    x,
    y,
    width: Math.ceil(Math.max(...points.map((one) => one.x))) - x,
    height: Math.ceil(Math.max(...points.map((one) => one.y))) - y,
  };
}

/** Mean side, px. */
function sideOf({ topLeft, topRight, bottomRight, bottomLeft }: Corners): number {
  const sides = [
    [topLeft, topRight],
    [topRight, bottomRight],
    [bottomRight, bottomLeft],
    [bottomLeft, topLeft],
  ] as const;
  return sides.reduce((sum, [a, b]) => sum + Math.hypot(a.x - b.x, a.y - b.y), 0) / 4;
}

/** Mean luminance of light and of dark modules, each taken at its centre. */
function levelsOf(p: Pixels, corners: Corners, modules: number): { light: number; dark: number } {
  const values = new Float64Array(modules * modules);
  for (let row = 0; row < modules; row += 1) {
    for (let column = 0; column < modules; column += 1) {
      const at = inside(corners, (column + 0.5) / modules, (row + 0.5) / modules);
      values[row * modules + column] = luminance(p, at.x, at.y);
    }
  }
  const border = mean(values);
  return {
    light: mean(values.filter((one) => one > border)),
    dark: mean(values.filter((one) => one <= border)),
  };
}

/** The place at `u`, `v` (0..1 from the code's top left) inside four corners. */
export function inside({ topLeft, topRight, bottomRight, bottomLeft }: Corners, u: number, v: number): Point {
  const [a, b, c, d] = [(1 - u) * (1 - v), u * (1 - v), u * v, (1 - u) * v];
  return {
    x: topLeft.x * a + topRight.x * b + bottomRight.x * c + bottomLeft.x * d,
    y: topLeft.y * a + topRight.y * b + bottomRight.y * c + bottomLeft.y * d,
  };
}

interface Border {
  readonly isInk: (x: number, y: number) => boolean;
  /** Rings that may have the code's own edge in them: corners are right to about 1 px, and edges may be soft. */
  readonly edge: number;
}

/** Px around the code without ink or the picture's edge, on the smallest side: rings are walked outwards. */
function freeBorder(p: Pixels, corners: Corners, { isInk, edge }: Border): number {
  const busy = (distance: number) => ringHasInk(p, corners, distance, isInk);
  let distance = 1;
  while (distance <= edge && busy(distance)) distance += 1;
  if (busy(distance)) return 0;
  const furthest = Math.max(p.width, p.height);
  while (distance < furthest && !busy(distance + 1)) distance += 1;
  return distance;
}

/** Of one side of a ring: so much of it may be dark by noise. */
const STRAY = 0.04;

/** Whether the square ring at `distance` px around the code has ink in it, or leaves the picture. */
function ringHasInk(
  p: Pixels,
  { topLeft, topRight, bottomRight, bottomLeft }: Corners,
  distance: number,
  isInk: (x: number, y: number) => boolean,
): boolean {
  const turns = [
    [topLeft, topRight],
    [topRight, bottomRight],
    [bottomRight, bottomLeft],
    [bottomLeft, topLeft],
  ] as const;
  const out = distance - 0.5;
  for (const [from, to] of turns) {
    const length = Math.hypot(to.x - from.x, to.y - from.y);
    const along = { x: (to.x - from.x) / length, y: (to.y - from.y) / length };
    let ink = 0;
    for (let step = -out; step <= length + out; step += 1) {
      // Clockwise on a picture whose y points down, outwards is to the left of the way.
      const x = Math.floor(from.x + along.x * step + along.y * out);
      const y = Math.floor(from.y + along.y * step - along.x * out);
      if (x < 0 || y < 0 || x >= p.width || y >= p.height) return true;
      if (isInk(x, y)) ink += 1;
    }
    if (ink > STRAY * length) return true;
  }
  return false;
}

/** Luma of Rec. 709, 0..255, of the pixel at a place inside the picture. */
function luminance(p: Pixels, x: number, y: number): number {
  const column = Math.min(p.width - 1, Math.max(0, Math.floor(x)));
  const row = Math.min(p.height - 1, Math.max(0, Math.floor(y)));
  const at = (row * p.width + column) * 4;
  return 0.2126 * (p.data[at] ?? 0) + 0.7152 * (p.data[at + 1] ?? 0) + 0.0722 * (p.data[at + 2] ?? 0);
}

function mean(values: Float64Array): number {
  return values.length === 0 ? 0 : values.reduce((sum, one) => sum + one, 0) / values.length;
}
