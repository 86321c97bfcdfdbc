import type { Trace } from './trace.ts';

/** A trace that keeps nothing; `more` is what a test wants to hear of. */
export function silentTrace(more: Partial<Trace> = {}): Trace {
  return {
    step: (_, body) => body(),
    effect: () => undefined,
    frame: () => undefined,
    picture: () => undefined,
    screen: () => undefined,
    text: () => undefined,
    measure: () => undefined,
    secret: () => undefined,
    ...more,
  };
}
