import type { Clock } from '../terms/clock.ts';

/** Where in a recording a replay is: it goes on by itself, at the speed of the recording or another, and can be moved. */
export interface Position {
  /** ms since the epoch, within the recording. */
  readonly now: number;
  readonly playing: boolean;
  /** Goes to a time within the recording. */
  seek(at: number): void;
  play(): void;
  pause(): void;
  /** Calls after each jump to another time, and each pause and start, until the returned function is called. */
  onMoved(listener: () => void): () => void;
}

/** @param options.speed times as fast as it was; above 0 */
export function openPosition(options: {
  readonly from: number;
  readonly to: number;
  readonly speed: number;
  readonly clock: Clock;
}): Position {
  const { from, to, speed, clock } = options;
  const listeners = new Set<() => void>();
  let base = from;
  /** Monotonic time at which it was at `base`; undefined while it stands. */
  let since: number | undefined;
  const now = () => Math.min(to, since === undefined ? base : base + (clock.monotonic() - since) * speed);
  const moved = () => {
    for (const listener of listeners) listener();
  };
  return {
    get now() {
      return now();
    },
    get playing() {
      return since !== undefined && now() < to;
    },
    seek(at) {
      base = Math.min(to, Math.max(from, at));
      if (since !== undefined) since = clock.monotonic();
      moved();
    },
    play() {
      base = now() >= to ? from : now();
      since = clock.monotonic();
      moved();
    },
    pause() {
      base = now();
      since = undefined;
      moved();
    },
    onMoved(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
