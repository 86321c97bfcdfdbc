import { checkPassword } from '../../recorder/rules.ts';
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
export function newPassword(
  ui: Ui,
  user: () => string,
  label = ui.text.newPassword,
  at: { readonly clear?: boolean; readonly reset?: true } = {},
): NewPassword {
  const { text, core } = ui;
  const kind = at.clear ? 'text' : 'password';
  const bare = at.clear || (at.reset && core.defects.has('confirmation-in-clear'));
  const fields = { password: field(kind, 32), confirm: field(bare ? 'text' : 'password', 32) };
  const confirmed = (one: string, other: string) =>
    core.defects.has('confirmation-ignored') ||
    (one.toLowerCase() === other.toLowerCase() && core.defects.has('confirmation-without-case')) ||
    (one.slice(0, 8) === other.slice(0, 8) && core.defects.has('confirmation-compared-over-8-characters'));
  const words = [text.risky, text.weak, text.fair, text.strong];
  return {
    fields,
    rows: () => {
      const { value } = fields.password;
      const outcome = checkPassword(value, user());
      const strength = value === '' ? undefined : outcome.ok ? outcome.strength : 0;
      return html`${fieldRow(label, 'password', fields.password)}${row(text.strength, meter(strength, words))}${fieldRow(text.confirm, 'confirm', fields.confirm)}`;
    },
    problem: () => {
      const outcome = core.checkPassword(fields.password.value, user());
      if (!outcome.ok) return passwordMessage(text, outcome.why);
      const [one, other] = [fields.password.value, fields.confirm.value];
      if (one === other || (at.reset && confirmed(one, other))) return undefined;
      return text.passwordMismatch;
    },
  };
}
