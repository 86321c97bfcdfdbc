import { existsSync } from 'node:fs';
import type { Clock } from '../terms/clock.ts';

/** Lets nothing begin while a person holds the run. */
export interface Hold {
  /** Resolves when nobody holds the run, or when the signal fires. */
  free(signal: AbortSignal): Promise<void>;
}

/** Ms between two looks. */
const LOOK_MS = 500;

/**
 * A run that is held while a file is there. It is looked for before each case and not within one: a case
 * that is held in its middle would blame the recorder for the time.
 * @param onChange told `true` when the run is held, and `false` when it goes on; once, however many recorders wait
 */
export function heldBy(file: string, clock: Clock, onChange: (held: boolean) => void): Hold {
  let waiting = 0;
  return {
    async free(signal) {
      if (!existsSync(file)) return;
      waiting += 1;
      if (waiting === 1) onChange(true);
      while (!signal.aborted && existsSync(file)) await clock.sleep(LOOK_MS, signal).catch(() => undefined);
      waiting -= 1;
      if (waiting === 0) onChange(false);
    },
  };
}
