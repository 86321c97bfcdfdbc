import type { Decoded, Point } from './decoders.ts';
import type { Grey } from './grey.ts';
import { inside, modulesOf } from './metrology.ts';

/** Modules of white around a redrawn code. */
const QUIET = 4;

/**
 * A code drawn again from the grey at the centre of each of its modules, stretched to the full range: upright, dark on
 * light, without what lies around it. Only the corners are the other decoder's: levels, format, error correction and
 * content are read anew from it.
 * @param px a module
 */
export function redrawn(g: Grey, code: Decoded, px: number): Grey {
  const modules = modulesOf(code);
  const seen = Float64Array.from({ length: modules * modules }, (_, at) => {
    const u = ((at % modules) + 0.5) / modules;
    const v = (Math.floor(at / modules) + 0.5) / modules;
    return between(g, inside(code.corners, u, v));
  });
  const { low, high } = rangeOf(seen);
  const side = (modules + 2 * QUIET) * px;
  const data = new Uint8ClampedArray(side * side).fill(255);
  for (const [at, value] of seen.entries()) {
    const level = (255 * (value - low)) / Math.max(1, high - low);
    const left = ((at % modules) + QUIET) * px;
    const top = (Math.floor(at / modules) + QUIET) * px;
    for (let row = top; row < top + px; row += 1)
      data.fill(code.inverted ? 255 - level : level, row * side + left, row * side + left + px);
  }
  return { width: side, height: side, data: new Uint8Array(data.buffer) };
}

/** Levels that all but one in twenty modules lie between. */
function rangeOf(values: Float64Array): { readonly low: number; readonly high: number } {
  const counts = new Uint32Array(256);
  for (const value of values) counts[Math.round(value)] = (counts[Math.round(value)] ?? 0) + 1;
  const at = (share: number) => {
    let left = Math.floor(share * (values.length - 1));
    return counts.findIndex((count) => {
      left -= count;
      return left < 0;
    });
  };
  return { low: at(0.05), high: at(0.95) };
}

/** The grey at a place, between the four pixels around it; pixels are grey at their centres. */
function between(g: Grey, place: Point): number {
  const x = Math.min(g.width - 1, Math.max(0, place.x - 0.5));
  const y = Math.min(g.height - 1, Math.max(0, place.y - 0.5));
  const [left, top] = [Math.floor(x), Math.floor(y)];
  const [right, bottom] = [Math.min(g.width - 1, left + 1), Math.min(g.height - 1, top + 1)];
  const upper =
    (g.data[top * g.width + left] ?? 0) * (1 - x + left) + (g.data[top * g.width + right] ?? 0) * (x - left);
  const lower =
    (g.data[bottom * g.width + left] ?? 0) * (1 - x + left) +
    (g.data[bottom * g.width + right] ?? 0) * (x - left);
  return upper * (1 - y + top) + lower * (y - top);
}
