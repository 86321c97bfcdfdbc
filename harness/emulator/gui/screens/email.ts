import type { EmailOutcome } from '../../recorder/api.ts';
import { html } from '../html.ts';
import { emailMessage } from '../messages.ts';
import { field, type Screen, type Ui } from '../ui.ts';
import { button, fieldRow, notice, valueRow } from '../widgets.ts';

/** What the address dialog does with an address. */
export interface EmailOptions {
  readonly title: string;
  readonly save: (address: string) => EmailOutcome;
  /** After saving, and after Cancel. */
  readonly done: () => void;
}

/** The dialog for the reserved email's address; what is set is shown masked, never put into the field. */
export function emailScreen(ui: Ui, options: EmailOptions): Screen {
  const { text, core } = ui;
  // Longer than an address may be, so that the recorder says so instead of cutting it.
  const fields = { address: field('text', 200) };
  let message: string | undefined;
  return {
    name: 'email',
    fields,
    first: 'address',
    submit: 'ok',
    cancel: 'cancel',
    idleMs: ui.timing.menuIdleMs,
    render: () => {
      const current = core.emailInField;
      return ui.skin.dialog({
        title: options.title,
        body: html`<p>${text.emailHint}</p>${current !== undefined && valueRow(text.current, current)}${fieldRow(text.emailAddress, 'address', fields.address)}${notice(message)}`,
        buttons: [button(text.ok, 'ok'), button(text.cancel, 'cancel')],
      });
    },
    touched: () => {
      message = undefined;
    },
    act: (action) => {
      if (action === 'cancel') options.done();
      if (action !== 'ok') return;
      const outcome = options.save(fields.address.value);
      if (outcome.ok) ui.writing(options.done);
      else message = emailMessage(text, outcome.why);
    },
  };
}
