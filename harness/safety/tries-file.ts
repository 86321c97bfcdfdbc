import { uptime } from 'node:os';
import { HarnessError } from '../terms/error.ts';
import type { SpentTries, TryStore } from '../terms/tries.ts';
import { readIfThere, replaceFile } from './files.ts';
import { bootOf } from './processes.ts';

/** A moment by two clocks: only one that nobody sets tells how long something is ago, as long as the machine is up. */
export interface Moment {
  /** ms since the epoch. */
  readonly wall: number;
  /** Which boot of the machine, and ms since it. */
  readonly boot: string;
  readonly upMs: number;
}

const machineNow = (): Moment => ({ wall: Date.now(), boot: bootOf(), upMs: Math.round(uptime() * 1000) });

/**
 * The wrong tries of one recorder in a file of its own, which is replaced at once. How long ago they were goes on
 * counting while no harness runs; a wall clock that was set back lets nothing get younger.
 */
export function triesFile(file: string, now: () => Moment = machineNow): TryStore {
  return {
    load() {
      const text = readIfThere(file);
      if (text === undefined) return [];
      const saved = savedOf(text, file);
      const { wall, boot, upMs } = now();
      const isSameBoot = boot !== '' && saved.boot === boot;
      const passed = Math.max(0, isSameBoot ? upMs - saved.upMs : wall - saved.wall);
      return saved.tries.map((one) => ({ ...one, agoMs: one.agoMs + passed }));
    },
    save(tries, isDurable) {
      replaceFile(file, `${JSON.stringify({ ...now(), tries })}\n`, isDurable);
    },
  };
}

function savedOf(text: string, file: string): Moment & { readonly tries: readonly SpentTries[] } {
  let value: Readonly<Record<string, unknown>> | undefined;
  try {
    value = JSON.parse(text);
  } catch {
    // Told below.
  }
  const { wall, boot, upMs, tries } = value ?? {};
  if (
    isFigure(wall) &&
    typeof boot === 'string' &&
    isFigure(upMs) &&
    Array.isArray(tries) &&
    tries.every(isSpent)
  )
    return { wall, boot, upMs, tries };
  throw new HarnessError('RECORD_UNREADABLE', `${file} does not say how many tries are spent`, {
    hint: 'wait as long as the recorder locks at most, then remove the file',
  });
}

function isSpent(value: unknown): value is SpentTries {
  if (typeof value !== 'object' || value === null) return false;
  const { kind, user, spent, agoMs, open } = value as Readonly<Record<string, unknown>>;
  return (
    typeof kind === 'string' &&
    typeof user === 'string' &&
    isFigure(spent) &&
    isFigure(agoMs) &&
    typeof open === 'boolean'
  );
}

/** JSON has numbers that are none to a computer: 1e999. */
function isFigure(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
