import type { Defects } from '../../defects.ts';
import type { Html } from '../html.ts';
import { html } from '../html.ts';
import { passwordMessage } from '../messages.ts';
import type { Ui } from '../ui.ts';
import { type Field, field } from '../ui.ts';
import { fieldRow, meter, row } from '../widgets.ts';

/** Two fields for a new password, with the meter between them. Fields take more than is allowed, so that too long is said. */
export interface NewPassword {
  readonly fields: { readonly password: Field; readonly confirm: Field };
  readonly rows: () => Html;
  /** Undefined when it may be used. */
  readonly problem: () => string | undefined;
}

/** Makes the fields for a new password of `user`. */
export function newPassword(ui: Ui, user: () => string, label = ui.text.newPassword): NewPassword {
  const { text, core } = ui;
  const { defects } = core;
  const bare = defects.has('password-in-clear');
  const fields = {
    password: field(bare ? 'text' : 'password', 32),
    confirm: field(bare || defects.has('confirmation-in-clear') ? 'text' : 'password', 32),
  };
  const words = [text.risky, text.weak, text.fair, text.strong];
  return {
    fields,
    rows: () => {
      const { value } = fields.password;
      const strength = value === '' ? undefined : core.strengthOf(value, user());
      return html`${fieldRow(label, 'password', fields.password)}${row(text.strength, meter(strength, words))}${fieldRow(text.confirm, 'confirm', fields.confirm)}`;
    },
    problem: () => {
      const outcome = core.checkPassword(fields.password.value, user());
      if (!outcome.ok) return passwordMessage(text, outcome.why);
      return isConfirmed(fields.password.value, fields.confirm.value, defects)
        ? undefined
        : text.passwordMismatch;
    },
  };
}

/** Whether both fields hold the same; a defective recorder compares less. */
function isConfirmed(password: string, confirm: string, defects: Defects): boolean {
  if (password === confirm) return true;
  if (defects.has('confirmation-ignored')) return true;
  if (password.slice(0, 8) === confirm.slice(0, 8) && defects.has('confirmation-compared-to-8')) return true;
  return password.toLowerCase() === confirm.toLowerCase() && defects.has('confirmation-without-case');
}
