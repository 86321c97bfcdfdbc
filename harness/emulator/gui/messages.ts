import type { EmailOutcome, LoginOutcome, PasswordOutcome, UserLevel } from '../recorder/api.ts';
import type { Texts } from './text/en.ts';
import { fill } from './text/texts.ts';

type Refusal<Outcome> = Extract<Outcome, { readonly ok: false }>;

/** Why a new password is refused. */
export function passwordMessage(text: Texts, why: Refusal<PasswordOutcome>['why']): string {
  const messages = {
    'too-short': text.passwordTooShort,
    'too-long': text.passwordTooLong,
    characters: text.passwordCharacters,
    'one-class': text.passwordOneClass,
    'user-name': text.passwordUserName,
    common: text.passwordCommon,
    run: text.passwordRun,
  } as const;
  return messages[why];
}

/** Why an address is refused. */
export function emailMessage(text: Texts, why: Refusal<EmailOutcome>['why']): string {
  const messages = {
    malformed: text.emailMalformed,
    'too-long': text.emailTooLong,
    characters: text.emailCharacters,
  } as const;
  return messages[why];
}

/** What is said of a login that failed. */
export function loginMessage(text: Texts, outcome: Refusal<LoginOutcome>, wrong = text.loginWrong): string {
  return outcome.locked ? fill(text.loginLocked, outcome.lockSeconds) : fill(wrong, outcome.left);
}

/** Name of a level. */
export function levelName(text: Texts, level: UserLevel): string {
  return { admin: text.admin, operator: text.operator, guest: text.guest }[level];
}
