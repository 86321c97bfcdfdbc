import { HarnessError } from '../../terms/error.ts';
import type { Frame, Reading } from '../../terms/frame.ts';
import type { Gui } from '../gui.ts';
import { find, seen } from '../look.ts';
import type { LoginSteps } from './login.ts';
import { notReached, SAID_MS } from './outcome.ts';
import { idle } from './screen.ts';

/** The dialog with the reset QR, as it stood when reached. */
export interface ResetDialog {
  /** Being grabbed; it fails as the display does. */
  readonly frame: Promise<Frame>;
  readonly reading: Reading;
}

/** How often Forgot Password is clicked on where the login went away under the click. */
const FORGOT_TRIES = 3;

/** From *Forgot Password* to the reset QR. */
export function forgotSteps(gui: Gui, { toLogin }: LoginSteps) {
  async function forgotOnce(
    login: Reading,
    isLast: boolean,
  ): Promise<{ readonly reading: Reading; readonly answered: boolean }> {
    const forgot = gui.screens.forgot(login);
    if (forgot === undefined)
      throw new HarnessError(
        'SCREEN_NOT_REACHED',
        `the login screen has no "${gui.label('forgotPassword').join('" or "')}"; saw ${seen(login)}`,
        { port: 'display' },
      );
    const came = (r: Reading) =>
      gui.screens.resetType(r) !== undefined || gui.screens.message(r) !== undefined;
    const { value, reading } = await gui.act(
      'Forgot Password',
      () => gui.click(forgot),
      (r) => {
        if (came(r)) return { answered: true };
        return !isLast && idle(gui, r) ? { answered: false } : undefined;
      },
      { frame: false },
    );
    if (value.answered) return { reading, answered: true };
    // Between two dialogs the live view may be seen for a moment.
    const late = await gui
      .until('the methods', (r) => came(r) || undefined, { timeoutMs: SAID_MS })
      .catch(notReached);
    return late === undefined ? { reading, answered: false } : { reading: late.reading, answered: true };
  }
  async function photographed(reading: Reading): Promise<ResetDialog> {
    return { frame: Promise.resolve(await gui.photograph('The reset QR')), reading };
  }

  const steps = {
    /** Clicks *Forgot Password* at the password login. */
    async forgotPassword(): Promise<Reading> {
      return steps.forgotFrom(await toLogin());
    },

    /**
     * Clicks *Forgot Password*; the reading is of what came: the methods, or a message. A login that had just gone,
     * and left the live view alone, is gone back to.
     */
    async forgotFrom(login: Reading): Promise<Reading> {
      for (let tries = 1, from = login; ; tries += 1) {
        const { reading, answered } = await forgotOnce(from, tries === FORGOT_TRIES);
        if (answered) return reading;
        from = await toLogin();
      }
    },

    /** Clicks *Forgot Password* at the password login; whatever came of it. */
    async tryForgotPassword(): Promise<Reading> {
      const login = await toLogin();
      if (gui.screens.forgot(login) === undefined) return gui.look();
      // A lock that counts down changes the screen without an answer to the click: only what can be one counts.
      return steps.forgotFrom(login).catch((error: unknown) => {
        if (error instanceof HarnessError && error.code === 'SCREEN_NOT_REACHED') return gui.look();
        throw error;
      });
    },

    /** The reset methods that the dialog lists, as written. */
    methodsOf(reading: Reading): readonly string[] {
      return (gui.screens.resetType(reading)?.methods ?? []).map((item) => item.text);
    },

    /** Whether the dialog lists Verify by Reserved Email. */
    offersEmail(reading: Reading): boolean {
      return find(reading, gui.label('byEmail'), ['radio', 'option']) !== undefined;
    },

    /** Chooses Verify by Reserved Email; stops at the disclaimer, or at the QR where a firmware has none. */
    async chooseEmail(methods: Reading): Promise<Reading> {
      const radio = find(methods, gui.label('byEmail'), ['radio', 'option']);
      if (radio === undefined)
        throw new HarnessError(
          'SCREEN_NOT_REACHED',
          `the dialog does not offer "${gui.label('byEmail').join('" or "')}"; saw ${seen(methods)}`,
          { port: 'display' },
        );
      if (radio.checked !== true)
        await gui.act(
          'Choose Verify by Reserved Email',
          () => gui.click(radio),
          (r) => find(r, gui.label('byEmail'), ['radio', 'option'])?.checked || undefined,
          { frame: false },
        );
      const { reading } = await gui.act(
        'Confirm the method',
        () => gui.confirm(gui.label('ok')),
        (r) => gui.screens.disclaimer(r) !== undefined || gui.screens.resetQr(r) !== undefined || undefined,
        { frame: false },
      );
      return reading;
    },

    /** Accepts the disclaimer where there is one; ends at the reset QR. */
    async acceptDisclaimer(reading: Reading): Promise<ResetDialog> {
      if (gui.screens.disclaimer(reading) === undefined) return photographed(reading);
      const shown = await gui.act(
        'Accept the disclaimer',
        () => gui.confirm(gui.label('next')),
        (r) => (gui.screens.resetQr(r) !== undefined && r.items.some((i) => i.kind === 'image')) || undefined,
      );
      return shown.frame === undefined
        ? photographed(shown.reading)
        : { frame: shown.frame, reading: shown.reading };
    },

    /** From the login screen to the reset QR. */
    async openReset(): Promise<ResetDialog> {
      return steps.acceptDisclaimer(await steps.chooseEmail(await steps.forgotPassword()));
    },
  };
  return steps;
}

/** From *Forgot Password* to the reset QR. */
export type ForgotSteps = ReturnType<typeof forgotSteps>;
