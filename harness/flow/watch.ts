import type { Display, ReadWait } from '../bench/ports/display.ts';
import type { Clock } from '../terms/clock.ts';
import { HarnessError } from '../terms/error.ts';
import type { Box, Reading } from '../terms/frame.ts';
import { fingerprint, seen } from './look.ts';
import type { Pace } from './pace.ts';

/** How long a picture must stand still to count as settled, ms. */
const STILL_MS = 40;
/** How long a screen may take to stand still before an input, ms: some never do. */
const REST_MS = 300;
/** How long a picture may take to follow what happened to the recorder, ms. */
const DISTURBED_MS = 60;
/** A reading so young is what is visible now, ms: a picture of 60 Hz is no younger. */
const FRESH_MS = 16;
/** How long to wait before looking again when nobody tells that something changed, ms. */
export const POLL_MS = 150;

interface WatchOptions {
  readonly display: Display;
  readonly clock: Clock;
  readonly pace: Pace;
  /** How long a screen may take, ms. */
  readonly patienceMs: number;
  /** Whether a screen says that it is at work: such a one is never waited for. */
  readonly busy: (r: Reading) => boolean;
  /** Ends every wait with its reason. */
  readonly signal?: AbortSignal;
}

/** How a screen is waited for. */
export interface UntilOptions {
  /** Default: as long as a screen may take, ms. */
  readonly timeoutMs?: number;
  /** An input was made: what is visible at once is not looked at. */
  readonly afterInput?: boolean;
}

/** What was waited for, and the reading that showed it. */
export interface Reached<T> {
  readonly value: T;
  readonly reading: Reading;
}

/** Looks at a display, and waits for what it shows. */
export function watchOf({ display, clock, pace, patienceMs, busy, signal }: WatchOptions) {
  /** The last reading, until an input is made. */
  let last: { readonly reading: Reading; readonly at: number } | undefined;
  let inputAt = Number.NEGATIVE_INFINITY;

  const watch = {
    /** What is visible now. */
    async look(): Promise<Reading> {
      if (last !== undefined && clock.monotonic() - last.at <= FRESH_MS) return last.reading;
      return watch.next();
    },

    /** What is visible once something has changed and stands still, or after `withinMs`. */
    async next(wait?: ReadWait): Promise<Reading> {
      const reading = await watch.read(wait);
      last = { reading, at: clock.monotonic() };
      return reading;
    },

    /** The same, and nobody may take it for what is visible later. */
    async read(wait?: ReadWait): Promise<Reading> {
      signal?.throwIfAborted();
      const read = display.read;
      if (read === undefined)
        throw new HarnessError('CONFIG_INVALID', 'this display offers no document to read', {
          port: 'display',
        });
      const within = Math.ceil(wait?.withinMs ?? 0);
      return wait === undefined || within <= 0 ? read() : read({ ...wait, withinMs: within });
    },

    /** What is visible once something has changed, at rest or not, or after a moment. */
    changed(): Promise<Reading> {
      return watch.next({ withinMs: POLL_MS, stillMs: 0 });
    },

    /** What stands at one place once it has changed, at rest or not, or after a moment; of the rest nothing is known. */
    changedAt(only: Box): Promise<Reading> {
      return watch.read({ withinMs: POLL_MS, stillMs: 0, only });
    },

    /** An input was made: what was seen before is seen no more. */
    touched(): void {
      last = undefined;
      inputAt = clock.monotonic();
    },

    /** Something else than an input changed the recorder: what is visible counts from a moment later on. */
    disturbed(): void {
      last = undefined;
      inputAt = clock.monotonic() + Math.max(DISTURBED_MS, pace.longest());
    },

    /** Since when a picture stands still; what was before the last input does not count. */
    stillSince(reading: Reading, now: number): number {
      return Math.max(inputAt, now - (reading.stillMs ?? 0));
    },

    /** Waits until `wanted` answers something on a picture that stands still; SCREEN_NOT_REACHED names what was seen. */
    async until<T>(
      what: string,
      wanted: (r: Reading) => T | undefined,
      options: UntilOptions = {},
    ): Promise<Reached<T>> {
      const timeoutMs = options.timeoutMs ?? patienceMs;
      const deadline = clock.monotonic() + timeoutMs;
      let print: string | undefined;
      let stillSince = 0;
      let wait = options.afterInput === true ? POLL_MS : 0;
      for (;;) {
        // To read a picture may take its time: what counts is when it was asked for.
        const asked = clock.monotonic();
        const reading =
          wait > 0 ? await watch.next({ withinMs: wait, stillMs: STILL_MS }) : await watch.look();
        const now = clock.monotonic();
        const next = fingerprint(reading);
        if (next !== print) stillSince = watch.stillSince(reading, now);
        print = next;
        const value = busy(reading) ? undefined : wanted(reading);
        if (value !== undefined && (now - stillSince >= STILL_MS || asked > deadline))
          return { value, reading };
        if (asked > deadline)
          throw new HarnessError(
            'SCREEN_NOT_REACHED',
            `waited ${timeoutMs} ms for ${what}; saw ${seen(reading)}`,
            { port: 'display' },
          );
        wait = value === undefined ? POLL_MS : STILL_MS - (now - stillSince);
      }
    },

    /** What is visible once it stands still: what came of this input is told from what an earlier one had not shown yet. */
    async rested(): Promise<Reading> {
      const rested = await watch
        .until('the screen to stand still', (r) => r, { timeoutMs: REST_MS })
        .catch(() => undefined);
      return rested?.reading ?? watch.look();
    },
  };
  return watch;
}

/** Looks at a display, and waits for what it shows. */
export type Watch = ReturnType<typeof watchOf>;
