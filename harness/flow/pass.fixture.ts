import type { HandClock } from '../bench/fakes/clock.ts';

/** Moves time on, 10 ms at a time, until something has come to its end; answers or fails as it does. */
export async function passing<T>(clock: HandClock, act: Promise<T>): Promise<T> {
  let over = false;
  const watched = act.finally(() => {
    over = true;
  });
  watched.catch(() => undefined);
  while (!over) await clock.advance(10);
  return watched;
}
