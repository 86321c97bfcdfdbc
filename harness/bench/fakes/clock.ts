import type { Clock } from '../../terms/clock.ts';

/** A clock that stands still until it is moved by hand. */
export interface HandClock extends Clock {
  /** Moves time on; each sleeper due wakes at its own instant, and may sleep again before the next one wakes. */
  advance(ms: number): Promise<void>;
  /** How many sleep now. */
  sleepers(): number;
}

/** @param start wall time at the beginning, ms since the epoch; monotonic time begins at 0 */
export function handClock(start = 1_767_225_600_000): HandClock {
  const sleeping = new Set<{ readonly due: number; readonly wake: () => void }>();
  let elapsed = 0;

  return {
    now: () => start + elapsed,
    monotonic: () => elapsed,
    sleepers: () => sleeping.size,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const stop = () => {
          sleeping.delete(sleeper);
          reject(signal?.reason);
        };
        const sleeper = {
          due: elapsed + Math.max(ms, 0),
          wake() {
            sleeping.delete(sleeper);
            signal?.removeEventListener('abort', stop);
            resolve();
          },
        };
        sleeping.add(sleeper);
        signal?.addEventListener('abort', stop, { once: true });
      }),
    async advance(ms) {
      const end = elapsed + ms;
      await settled();
      for (;;) {
        const next = [...sleeping].sort((a, b) => a.due - b.due)[0];
        if (next === undefined || next.due > end) break;
        elapsed = Math.max(elapsed, next.due);
        next.wake();
        await settled();
      }
      elapsed = Math.max(elapsed, end);
    },
  };
}

/** All that can go on without time passing has gone on. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
