import type { Display } from '../bench/ports/display.ts';

/** How many times the longest answer seen so far is waited for before nothing counts as nothing. */
const SLOW_TIMES = 3;
/** Longest answer that counts as the pace of a display, ms: beyond it something else was waited for. */
const SLOWEST_MS = 3000;
/** The longest time that each display took so far from an input to what it changed, ms. */
const longest = new WeakMap<Display, number>();

/** How fast a display shows what an input did; it is known from one case of a run to the next. */
export interface Pace {
  /** The longest time that it took so far, ms. */
  longest(): number;
  /** The display took so long to show what an input did, ms. */
  answered(ms: number): void;
  /** How long to wait for an effect: at least `ms`, and longer on a display that has been slow. */
  patience(ms: number): number;
}

/** The pace of a display, told by every GUI that works on it. */
export function paceOf(display: Display): Pace {
  const pace: Pace = {
    longest: () => longest.get(display) ?? 0,
    answered: (ms) => {
      if (ms <= SLOWEST_MS) longest.set(display, Math.max(ms, pace.longest()));
    },
    patience: (ms) => Math.max(ms, SLOW_TIMES * pace.longest()),
  };
  return pace;
}
