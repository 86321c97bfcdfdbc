import type { Box, Pixels } from '../../terms/frame.ts';
import { mainColour } from './traits.ts';

/** Difference from the field's fill that is ink, of 255, summed over red, green and blue. */
const INK = 110;
/** A row with more ink than this share is none of the field: dots and what is between them are less. */
const BESIDE = 0.9;

/**
 * How many dots stand in a field in place of the characters of a password; 0 where other writing or nothing does.
 * Dots are of one size, in the middle of the line, and stand at one distance from each other.
 */
export function bulletsIn(pixels: Pixels, box: Box, em: number): number {
  const fill = mainColour(pixels, {
    x: box.x + 3,
    y: box.y + 3,
    width: box.width - 6,
    height: box.height - 6,
  });
  const { width, data } = pixels;
  const left = box.x + 3;
  const right = Math.min(width, box.x + box.width - 3);
  const isInk = (x: number, y: number) => {
    const at = (y * width + x) * 4;
    const off =
      Math.abs((data[at] ?? 0) - fill[0]) +
      Math.abs((data[at + 1] ?? 0) - fill[1]) +
      Math.abs((data[at + 2] ?? 0) - fill[2]);
    return off >= INK;
  };
  // A line beside the field may have been taken for its edge: what lies between is no row of it.
  const isBeside = (y: number) => {
    let ink = 0;
    for (let x = left; x < right; x += 1) if (isInk(x, y)) ink += 1;
    return ink > BESIDE * (right - left);
  };
  let upper = box.y;
  let lower = box.y + box.height;
  while (upper < lower && isBeside(upper)) upper += 1;
  while (upper < lower && isBeside(lower - 1)) lower -= 1;
  const from = Math.max(box.y + 4, upper + 2);
  const to = Math.min(box.y + box.height - 4, lower - 2);
  const runs: { left: number; right: number; top: number; bottom: number }[] = [];
  for (let x = left; x < right; x += 1) {
    let top = -1;
    let bottom = -1;
    for (let y = from; y < to; y += 1) {
      if (!isInk(x, y)) continue;
      if (top < 0) top = y;
      bottom = y;
    }
    if (top < 0) continue;
    const last = runs.at(-1);
    if (last !== undefined && last.right === x - 1) {
      last.right = x;
      last.top = Math.min(last.top, top);
      last.bottom = Math.max(last.bottom, bottom);
    } else runs.push({ left: x, right: x, top, bottom });
  }
  // The caret is a line as high as the text.
  const dots = runs.filter((one) => one.bottom - one.top < 0.75 * em);
  if (runs.length - dots.length > 1 || dots.length === 0) return 0;
  const [first] = dots;
  if (first === undefined) return 0;
  const middle = (upper + lower) / 2;
  const isDot = (one: (typeof dots)[number]) =>
    one.bottom - one.top <= 0.45 * em &&
    one.right - one.left <= 0.5 * em &&
    Math.abs(one.right - one.left - (one.bottom - one.top)) <= 2 &&
    Math.abs((one.top + one.bottom) / 2 - middle) <= 0.2 * em;
  const isRow = dots.every(
    (one, at) => at === 0 || Math.abs(one.left - (dots[at - 1]?.left ?? 0)) <= 1.1 * em,
  );
  return dots.every(isDot) && isRow ? dots.length : 0;
}
