import { readFileSync } from 'node:fs';
import type { Clock } from '../terms/clock.ts';
import { type HoldOrder, type HoldPoint, orderFor, ordersOf } from '../terms/hold.ts';

/** Lets nothing begin while a person holds the run. */
export interface Hold {
  /** The order that holds a recorder at this point; undefined where it may go on. */
  asked(dut: string, point: HoldPoint): HoldOrder | undefined;
  /** Resolves when nobody holds the recorder at this point, or when the signal fires. */
  free(dut: string, point: HoldPoint, signal: AbortSignal): Promise<void>;
}

/** Ms between two looks. */
const LOOK_MS = 500;

/**
 * A run that is held while a file is there, as `harness/terms/hold.ts` reads it.
 * @param onChange told `true` when the run is held, and `false` when it goes on; once, however many recorders wait
 */
export function heldBy(file: string, clock: Clock, onChange: (held: boolean) => void): Hold {
  let waiting = 0;
  const asked: Hold['asked'] = (dut, point) => orderFor(ordersIn(file), dut, point);
  return {
    asked,
    async free(dut, point, signal) {
      if (asked(dut, point) === undefined) return;
      waiting += 1;
      if (waiting === 1) onChange(true);
      while (!signal.aborted && asked(dut, point) !== undefined)
        await clock.sleep(LOOK_MS, signal).catch(() => undefined);
      waiting -= 1;
      if (waiting === 0) onChange(false);
    },
  };
}

/** What the file of a hold says; nothing where there is none. */
function ordersIn(file: string): readonly HoldOrder[] {
  try {
    return ordersOf(readFileSync(file, 'utf8'));
  } catch {
    return [];
  }
}
