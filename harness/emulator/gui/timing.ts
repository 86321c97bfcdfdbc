/** How fast the local GUI of a recorder is; all in ms of real time but `…IdleMs`, which count the recorder's uptime. */
export interface GuiTiming {
  /** From an input to the picture that answers it: shortest and longest. */
  readonly paintMs: readonly [number, number];
  /** How long 'please wait' stands while flash is written: shortest and longest. */
  readonly flashMs: readonly [number, number];
  /** How often clocks, countdowns and idle limits are looked at. */
  readonly tickMs: number;
  /** Without input in the dialogs of a password reset: back to the login. */
  readonly resetIdleMs: number;
  /** Without input in the menus: logged out. */
  readonly menuIdleMs: number;
}

/** A machine of the usual speed. */
export const USUAL_TIMING: GuiTiming = {
  paintMs: [60, 120],
  flashMs: [300, 500],
  tickMs: 250,
  resetIdleMs: 300_000,
  menuIdleMs: 600_000,
};

/** A machine with too much to do. */
export const JITTERY_TIMING: GuiTiming = {
  ...USUAL_TIMING,
  paintMs: [0, 800],
  flashMs: [300, 2500],
};

/** Where a session takes its delays from; tests hand in one that they move by hand. */
export interface Scheduler {
  /** Calls `run` once after `ms`; the answer cancels it. */
  after(ms: number, run: () => void): () => void;
  /** 0 <= x < 1. */
  random(): number;
}

/** Delays of the real machine; a waiting delay does not keep the process alive. */
export const realScheduler: Scheduler = {
  after(ms, run) {
    const timer = setTimeout(run, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
  random: Math.random,
};

/** A delay between the two bounds. */
export function between(bounds: readonly [number, number], random: number): number {
  return Math.round(bounds[0] + (bounds[1] - bounds[0]) * random);
}
