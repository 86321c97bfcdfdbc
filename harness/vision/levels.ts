import type { Pixels } from '../terms/frame.ts';

/** How dark and how bright a picture is, of 255. */
export interface Levels {
  readonly darkest: number;
  readonly brightest: number;
  /**
   * `full`: darker than 16 or brighter than 235 by more than JPEG makes of it. `limited`: it ends at both, as a chain
   * gives that takes one range for the other; black menus and white writing are grey then. `unknown`: the picture has
   * neither black nor white.
   */
  readonly range: 'full' | 'limited' | 'unknown';
}

/** So much of a picture may be darker, or brighter, than what counts: ringing at edges. 0..1 */
const STRAY = 0.001;
/** Ends of the limited range (ITU-R BT.601 and BT.709), and how far a level may be from them. */
const LIMITED = { black: 16, white: 235 };
const TOLERANCE = 5;

/** Levels of any picture, by its luma (ITU-R BT.709). */
export function readLevels({ data, width, height }: Pixels): Levels {
  const counts = new Uint32Array(256);
  for (let at = 0; at < data.length; at += 4) {
    const luma = 0.2126 * (data[at] ?? 0) + 0.7152 * (data[at + 1] ?? 0) + 0.0722 * (data[at + 2] ?? 0);
    const level = Math.round(luma);
    counts[level] = (counts[level] ?? 0) + 1;
  }
  const stray = width * height * STRAY;
  const darkest = firstAbove(counts, stray);
  const brightest = 255 - firstAbove(counts.toReversed(), stray);
  return { darkest, brightest, range: rangeOf(darkest, brightest) };
}

/** The share of pixels, 0..1, of which a channel differs by more than `tolerance`; all where the sizes differ. */
export function changedShare(a: Pixels, b: Pixels, tolerance: number): number {
  if (a.width !== b.width || a.height !== b.height) return 1;
  let changed = 0;
  for (let at = 0; at < a.data.length; at += 4) {
    const differs = (channel: number) => Math.abs((a.data[at + channel] ?? 0) - (b.data[at + channel] ?? 0));
    if (differs(0) > tolerance || differs(1) > tolerance || differs(2) > tolerance) changed += 1;
  }
  return changed / (a.width * a.height);
}

function rangeOf(darkest: number, brightest: number): Levels['range'] {
  if (darkest < LIMITED.black - TOLERANCE || brightest > LIMITED.white + TOLERANCE) return 'full';
  const ends = darkest <= LIMITED.black + TOLERANCE && brightest >= LIMITED.white - TOLERANCE;
  return ends ? 'limited' : 'unknown';
}

/** The first level up to which there are more than `stray` pixels. */
function firstAbove(counts: Uint32Array, stray: number): number {
  let sum = 0;
  for (const [level, count] of counts.entries()) {
    sum += count;
    if (sum > stray) return level;
  }
  return 255;
}
