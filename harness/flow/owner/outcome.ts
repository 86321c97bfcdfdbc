import { HarnessError } from '../../terms/error.ts';

/** What became of keying something in and confirming it. */
export interface Outcome {
  /** Where it led: the next screen, or still the same with a message. */
  readonly accepted: boolean;
  /** What the recorder said, its new texts joined; empty when it said nothing. */
  readonly message: string;
}

/** How long a recorder may take to say what became of something, ms. */
export const SAID_MS = 3000;

/** What did not come is an answer too, for who expects it. */
export function notReached(error: unknown): undefined {
  if (error instanceof HarnessError && error.code === 'SCREEN_NOT_REACHED') return undefined;
  throw error;
}
