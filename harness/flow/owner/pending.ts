import type { NewPassword, PasswordKeeper } from '../../terms/passwords.ts';
import type { Outcome } from './outcome.ts';

/** Keeps the passwords that are keyed into a dialog, and what came of them, by the keeper. */
export function pendingPasswords(keeper: PasswordKeeper) {
  /** What stands in the dialog for the new password: the one that is wanted first. */
  let pending: readonly NewPassword[] = [];

  const steps = {
    /** Keeps what is about to stand in the dialog. */
    intend(...passwords: readonly string[]): void {
      pending = [...new Set(passwords)].map((one) => keeper.intend(one));
    },

    /** Tells the keeper that the recorder may have them from now on. */
    keyed(): void {
      for (const one of pending) one.keyed();
      pending = [];
    },

    /** Tells the keeper that what was keyed in is now confirmed, and what came of it. */
    async saved(confirm: () => Promise<Outcome>): Promise<Outcome> {
      const [wanted, ...others] = pending;
      steps.keyed();
      const outcome = await confirm();
      for (const other of others) other.abandoned('it was typed as the confirmation alone');
      if (outcome.accepted) wanted?.confirmed('screen');
      else wanted?.abandoned('the recorder refused it at the screen');
      return outcome;
    },
  };
  return steps;
}

/** The passwords that stand in a dialog, before the keeper. */
export type PendingPasswords = ReturnType<typeof pendingPasswords>;
