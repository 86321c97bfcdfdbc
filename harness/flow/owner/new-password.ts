import { HarnessError } from '../../terms/error.ts';
import type { Gui } from '../gui.ts';
import { seen } from '../look.ts';
import type { Outcome } from './outcome.ts';
import type { PendingPasswords } from './pending.ts';
import type { ScreenSteps, Told } from './screen.ts';

interface Needs {
  readonly screen: ScreenSteps;
  readonly pending: PendingPasswords;
}

/** From the reset QR to the new password. */
export function newPasswordSteps(gui: Gui, { screen: { closeMessages, counted, submit }, pending }: Needs) {
  const steps = {
    /** Keys a code in and confirms. Accepted = the new password is asked for. */
    async enterCode(code: string): Promise<Outcome> {
      if (code.length >= 4) gui.trace.secret('code', code);
      const screen = gui.screens.resetQr(await gui.look());
      if (screen === undefined)
        throw new HarnessError(
          'SCREEN_NOT_REACHED',
          `no dialog to enter a code; saw ${seen(await gui.look())}`,
          { port: 'display' },
        );
      await gui.fill('Key the code in', screen.code, code);
      return counted('code', () =>
        submit('Confirm the code', (r) => gui.screens.newPassword(r) !== undefined),
      );
    },

    /** Keys the new password in twice, up to the last moment before it is saved. */
    async fillNewPassword(password: string, confirm = password): Promise<void> {
      gui.trace.secret('password', password);
      gui.trace.secret('password', confirm);
      pending.intend(password, confirm);
      const screen = gui.screens.newPassword(await gui.look());
      if (screen === undefined)
        throw new HarnessError(
          'SCREEN_NOT_REACHED',
          `no dialog for the new password; saw ${seen(await gui.look())}`,
          { port: 'display' },
        );
      await gui.fill('Key the new password in', screen.password, password);
      await gui.fill(
        'Confirm the new password',
        gui.screens.newPassword(await gui.look())?.confirm ?? screen.confirm,
        confirm,
      );
    },

    /** Confirms the new password that was keyed in, and waits for the recorder's word on it. */
    confirmNewPassword(): Promise<Outcome> {
      return pending.saved(() =>
        submit('Save the new password', (r) => gui.screens.newPassword(r) === undefined),
      );
    },

    /** Keys the new password in twice and confirms. Accepted = back at the login screen, messages closed, No to copying. */
    async setNewPassword(
      password: string,
      confirm = password,
    ): Promise<Outcome & { readonly told: readonly Told[] }> {
      await steps.fillNewPassword(password, confirm);
      const first = await steps.confirmNewPassword();
      return { ...first, told: first.accepted ? await closeMessages() : [] };
    },

    /** Confirms it, and waits for nothing; or until the screen shows that the recorder has begun. */
    async startSaving(until: 'pressed' | 'seen' = 'pressed'): Promise<void> {
      pending.keyed();
      return gui.begin('Confirm the new password', () => gui.confirm(gui.label('ok')), until);
    },
  };
  return steps;
}

/** From the reset QR to the new password. */
export type NewPasswordSteps = ReturnType<typeof newPasswordSteps>;
