import type { Clock } from '../terms/clock.ts';

/** What one attempt to hand a message in came to. */
export type Attempt =
  | { readonly taken: true }
  | {
      readonly taken: false;
      /** One sentence, without the address: that may be a secret. */
      readonly problem: string;
      /** It may go well later. */
      readonly again: boolean;
      /** Not before that, ms from now, as the other end asks. */
      readonly waitMs?: number;
    };

export interface RetryOptions {
  readonly attempts: number;
  readonly deadlineMs: number;
  readonly clock: Clock;
}

const FIRST_MS = 1_000;

/**
 * Tries until it is taken, or trying makes no sense any more: 1 s after the first attempt, and twice as long after each.
 * @param act is told how long it may take, ms
 * @returns undefined where it was taken; else the last problem, with the number of attempts
 */
export async function retried(
  { attempts, deadlineMs, clock }: RetryOptions,
  act: (leftMs: number) => Promise<Attempt>,
): Promise<string | undefined> {
  const until = clock.monotonic() + deadlineMs;
  for (let count = 1; ; count += 1) {
    const result = await act(Math.max(1, until - clock.monotonic()));
    if (result.taken) return undefined;
    const wait = Math.max(result.waitMs ?? 0, FIRST_MS * 2 ** (count - 1));
    const tried = count === 1 ? '' : ` (${count} attempts)`;
    if (!result.again || count >= attempts || clock.monotonic() + wait >= until)
      return `${result.problem}${tried}`;
    await clock.sleep(wait);
  }
}
