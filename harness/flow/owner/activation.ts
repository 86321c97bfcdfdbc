import type { Gui } from '../gui.ts';
import { type EmailSteps, type LabDomains, refuseForeign } from './email.ts';
import { notReached, type Outcome } from './outcome.ts';
import type { PendingPasswords } from './pending.ts';
import type { ScreenSteps } from './screen.ts';

interface Needs {
  readonly screen: ScreenSteps;
  readonly pending: PendingPasswords;
  readonly email: EmailSteps;
  readonly domains: LabDomains;
}

/** The wizard of a recorder that is not activated. */
export function activationSteps(
  gui: Gui,
  { screen: { submit }, pending, email: { enterEmail }, domains }: Needs,
) {
  return {
    /** Goes through the activation wizard: password, reserved email if asked for, no further extras. */
    async activate(password: string, email: string | undefined): Promise<Outcome> {
      gui.trace.secret('password', password);
      if (email !== undefined) {
        gui.trace.secret('address', email);
        refuseForeign(email, domains);
      }
      pending.intend(password);
      const { value: screen } = await gui.until('the activation wizard', (r) => gui.screens.activation(r));
      const box = screen.reserve;
      if (box !== undefined && (box.checked === true) !== (email !== undefined)) {
        await gui.act(
          `${email === undefined ? 'Clear' : 'Tick'} Reserved Email Settings`,
          () => gui.click(box),
          (r) => gui.screens.activation(r)?.reserve?.checked === (email !== undefined) || undefined,
          { frame: false },
        );
      }
      await gui.fill(
        'Type the password',
        gui.screens.activation(await gui.look())?.password ?? screen.password,
        password,
      );
      await gui.fill(
        'Confirm the password',
        gui.screens.activation(await gui.look())?.confirm ?? screen.confirm,
        password,
      );
      const outcome = await pending.saved(() =>
        submit('Activate', (r) => gui.screens.activation(r) === undefined),
      );
      if (!outcome.accepted) return outcome;
      if (email !== undefined) {
        const asked = await gui
          .until('the dialog for the reserved email', (r) => gui.screens.email(r))
          .catch(notReached);
        if (asked === undefined) return { accepted: false, message: 'no address was asked for' };
        return enterEmail(email);
      }
      return outcome;
    },
  };
}

/** The wizard of a recorder that is not activated. */
export type ActivationSteps = ReturnType<typeof activationSteps>;
