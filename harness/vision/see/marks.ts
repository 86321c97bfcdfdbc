import type { Box } from '../../terms/frame.ts';
import type { Plane } from './plane.ts';

/** Sizes of a mark before a label (the circle of a choice, the square of a tick box), em. */
const LEAST = 0.78;
const MOST = 1.25;
/** Ground between it and its label, em: more than within a word. */
const GAP = 0.32;
/** Difference of brightness from the ground that is ink, of 255. */
const INK = 20;

/**
 * A mark at the beginning of a line of writing, as wide as it is high and higher than a letter, and what follows it:
 * nothing where it stands far enough from its label to be a line of its own.
 */
export function markBefore(
  { width, data }: Plane,
  line: Box,
  em: number,
): { readonly mark: Box; readonly rest: Box | undefined } | undefined {
  const ground = data[Math.max(0, line.y - 2) * width + Math.max(0, line.x - 2)] ?? 0;
  const inked = (x: number) => {
    let top = -1;
    let bottom = -1;
    for (let y = line.y - 2; y < line.y + line.height + 2; y += 1) {
      if (Math.abs((data[y * width + x] ?? 0) - ground) < INK) continue;
      if (top < 0) top = y;
      bottom = y + 1;
    }
    return top < 0 ? undefined : { top, bottom };
  };
  let x = line.x - 1;
  while (x < line.x + 3 && inked(x) === undefined) x += 1;
  const left = x;
  let top = Number.POSITIVE_INFINITY;
  let bottom = 0;
  for (let ink = inked(x); ink !== undefined && x - left <= MOST * em; x += 1, ink = inked(x)) {
    top = Math.min(top, ink.top);
    bottom = Math.max(bottom, ink.bottom);
  }
  const wide = x - left;
  const high = bottom - top;
  if (wide < LEAST * em || wide > MOST * em || Math.abs(wide - high) > 2) return undefined;
  const right = line.x + line.width;
  let next = x;
  while (next < right && inked(next) === undefined) next += 1;
  if (next >= right - 2) return { mark: { x: left, y: top, width: wide, height: high }, rest: undefined };
  if (next - x < GAP * em || right - next < em) return undefined;
  return {
    mark: { x: left, y: top, width: wide, height: high },
    rest: { x: next, y: line.y, width: right - next, height: line.height },
  };
}
