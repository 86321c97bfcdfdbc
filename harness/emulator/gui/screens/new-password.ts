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
  const fields = { password: field('password', 32), confirm: field('password', 32) };
  const words = [text.risky, text.weak, text.fair, text.strong];
  return {
    fields,
    rows: () => {
      const { value } = fields.password;
      const outcome = core.checkPassword(value, user());
      const strength = value === '' ? undefined : outcome.ok ? outcome.strength : 0;
      return html`${fieldRow(label, 'password', fields.password)}${row(text.strength, meter(strength, words))}${fieldRow(text.confirm, 'confirm', fields.confirm)}`;
    },
    problem: () => {
      const outcome = core.checkPassword(fields.password.value, user());
      if (!outcome.ok) return passwordMessage(text, outcome.why);
      return fields.password.value === fields.confirm.value ? undefined : text.passwordMismatch;
    },
  };
}
