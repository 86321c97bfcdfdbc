import type { Corners, Decoded, Point } from './decoders.ts';
import type { Grey } from './grey.ts';
import { inside, modulesOf } from './metrology.ts';

/** Modules of white around a redrawn code. */
const QUIET = 4;
/** A module is vague where its level lies in the middle of the range of them all. */
const VAGUE = { from: 0.3, to: 0.7 };
/** The share of modules that are vague where corners are not where the code is, or where it is soft. */
const MANY = 0.03;
/** By how much corners are moved, px: ZXing tells whole ones, and half of a px is a quarter of the smallest module. */
const STEPS = [0.5, 0.25];
/** Each corner right, left, down and up. */
const MOVES = (['topLeft', 'topRight', 'bottomRight', 'bottomLeft'] as const).flatMap(
  (name) =>
    [
      [name, 1, 0],
      [name, -1, 0],
      [name, 0, 1],
      [name, 0, -1],
    ] as const,
);
/** How often all corners are tried with each step. */
const ROUNDS = 2;
/** Modules a side beyond which one in three of a row is enough to find the corners by; below, every other. */
const LARGE = 60;
/**
 * Px a module of a redrawn code. 1 takes two thirds of the time of 2; but jsQR parts light from dark by blocks of 8 px, so
 * that vague codes need more, and the smallest code, which would be less than five blocks wide.
 */
const PER_MODULE = { clear: 1, vague: 2 };

/**
 * A code drawn again from the grey at the centre of each of its modules, stretched to the full range: upright, dark on
 * light, without what lies around it. Only the corners are the other decoder's, moved by parts of a px where many modules
 * are neither light nor dark: levels, format, error correction and content are read anew from it.
 */
export function redrawn(g: Grey, code: Decoded): Grey {
  const first = modulesAt(g, code, code.corners);
  const seen = isVague(first) ? modulesAt(g, code, nearerCorners(g, code)) : first;
  const px = isVague(seen) || code.version === 1 ? PER_MODULE.vague : PER_MODULE.clear;
  return drawn(seen, code, px);
}

function drawn(levels: Float64Array, code: Decoded, px: number): Grey {
  const modules = modulesOf(code);
  const side = (modules + 2 * QUIET) * px;
  const data = new Uint8ClampedArray(side * side).fill(255);
  for (const [at, value] of levels.entries()) {
    const level = 255 * (code.inverted ? 1 - value : value);
    const left = ((at % modules) + QUIET) * px;
    const top = (Math.floor(at / modules) + QUIET) * px;
    for (let row = top; row < top + px; row += 1) data.fill(level, row * side + left, row * side + left + px);
  }
  return { width: side, height: side, data: new Uint8Array(data.buffer) };
}

/** The level of each module, row by row: 0 is as dark as all but one in twenty, 1 as light. */
function modulesAt(g: Grey, code: Decoded, corners: Corners): Float64Array {
  const modules = modulesOf(code);
  const seen = Float64Array.from({ length: modules * modules }, (_, at) =>
    between(g, inside(corners, ((at % modules) + 0.5) / modules, (Math.floor(at / modules) + 0.5) / modules)),
  );
  const { low, high } = rangeOf(seen);
  return seen.map((value) => (value - low) / Math.max(1, high - low));
}

function isVague(levels: Float64Array): boolean {
  const vague = levels.filter((level) => level > VAGUE.from && level < VAGUE.to);
  return vague.length > MANY * levels.length;
}

/**
 * Corners at which modules differ more from each other: at the true ones each is seen at its centre, and elsewhere mixed
 * with its neighbours. One corner after the other is moved by parts of a px, as long as that helps.
 */
function nearerCorners(g: Grey, code: Decoded): Corners {
  const modules = modulesOf(code);
  let best = { corners: code.corners, contrast: contrastAt(g, code.corners, modules) };
  for (const step of STEPS) {
    for (let round = 0; round < ROUNDS; round += 1) {
      const before = best;
      for (const [name, x, y] of MOVES) {
        const { [name]: corner } = best.corners;
        const corners = { ...best.corners, [name]: { x: corner.x + step * x, y: corner.y + step * y } };
        const contrast = contrastAt(g, corners, modules);
        if (contrast > best.contrast) best = { corners, contrast };
      }
      if (best === before) break;
    }
  }
  return best.corners;
}

/** The variance of modules, some in each row. */
function contrastAt(g: Grey, corners: Corners, modules: number): number {
  const every = modules > LARGE ? 3 : 2;
  let [count, sum, squares] = [0, 0, 0];
  for (let row = 0; row < modules; row += every) {
    for (let column = (row / every) % 2; column < modules; column += every) {
      const value = between(g, inside(corners, (column + 0.5) / modules, (row + 0.5) / modules));
      count += 1;
      sum += value;
      squares += value * value;
    }
  }
  return squares / count - (sum / count) ** 2;
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
