import { HarnessError } from '../terms/error.ts';
import { EXIT } from './args.ts';

/** SIGINT and SIGTERM, heard until it is disposed. */
export interface Interrupt extends Disposable {
  /** Aborted by the first of them, with HarnessError INTERRUPTED. */
  readonly signal: AbortSignal;
  /** What a signal does; for who hears Ctrl-C another way. */
  readonly now: () => void;
}

/**
 * Lets a command end in order when it is told to: the first signal aborts what is under way, a second one ends the
 * process at once.
 * @param what is interrupted, in the words of the error: "the run"
 * @param onFirst told at the first signal
 */
export function interruptible(what: string, onFirst?: () => void): Interrupt {
  const stop = new AbortController();
  const now = () => {
    if (stop.signal.aborted) return process.exit(EXIT.interrupted);
    onFirst?.();
    stop.abort(new HarnessError('INTERRUPTED', `${what} was interrupted`));
  };
  process.on('SIGINT', now);
  process.on('SIGTERM', now);
  return {
    signal: stop.signal,
    now,
    [Symbol.dispose]() {
      process.off('SIGINT', now);
      process.off('SIGTERM', now);
    },
  };
}
