import type { PasswordKeeper } from '../../terms/passwords.ts';
import type { Gui } from '../gui.ts';
import type { TryLedger } from '../tries.ts';
import { type ActivationSteps, activationSteps } from './activation.ts';
import { type BootSteps, bootSteps } from './boot.ts';
import { type EmailSteps, emailSteps } from './email.ts';
import { type ForgotSteps, forgotSteps } from './forgot.ts';
import { type LoginSteps, loginSteps } from './login.ts';
import { type MenuSteps, menuSteps, type Ways } from './menu.ts';
import { type NewPasswordSteps, newPasswordSteps } from './new-password.ts';
import { type PatternSteps, patternSteps } from './pattern.ts';
import { pendingPasswords } from './pending.ts';
import { type ReservedEmailSteps, reservedEmailSteps } from './reserved-email.ts';
import { type ScreenSteps, screenSteps } from './screen.ts';

export interface OwnerOptions {
  /** Where wrong tries are counted. */
  readonly tries?: TryLedger;
  /** Keeps each password before it is keyed in. */
  readonly passwords: PasswordKeeper;
  /** Domains of the lab: an address elsewhere is never keyed in. Default: any. */
  readonly domains?: readonly string[];
}

/** The steps of a recorder's owner at its own screen, as the manuals tell them. */
export interface Owner
  extends ScreenSteps,
    BootSteps,
    LoginSteps,
    ForgotSteps,
    NewPasswordSteps,
    EmailSteps,
    ActivationSteps,
    MenuSteps,
    ReservedEmailSteps,
    PatternSteps {
  readonly gui: Gui;
}

/** The owner before one recorder's GUI. */
export function ownerOf(gui: Gui, ways: Ways, { tries, passwords, domains }: OwnerOptions): Owner {
  const pending = pendingPasswords(passwords);
  const screen = screenSteps(gui, tries);
  const login = loginSteps(gui, screen);
  const email = emailSteps(gui, { screen, domains });
  const menu = menuSteps(gui, { screen, login, ways });
  const reservedEmail = reservedEmailSteps(gui, { screen, email, menu, ways });
  return {
    gui,
    ...screen,
    ...bootSteps(gui),
    ...login,
    ...forgotSteps(gui, login),
    ...newPasswordSteps(gui, { screen, pending }),
    ...email,
    ...activationSteps(gui, { screen, pending, email, domains }),
    ...menu,
    ...reservedEmail,
    ...patternSteps(gui, { screen, login, menu, reservedEmail, ways }),
  };
}
