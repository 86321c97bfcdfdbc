import { html } from '../html.ts';
import { loginMessage } from '../messages.ts';
import { field, type Screen, type Ui } from '../ui.ts';
import { button, fieldRow, notice } from '../widgets.ts';

/** Asks for the admin password before something is shown or changed. */
export function confirmScreen(ui: Ui, title: string, then: () => void): Screen {
  const { text, core } = ui;
  const fields = { password: field('password', 32) };
  let message: string | undefined;
  let emptyBefore = false;
  const submit = () => {
    const { value } = fields.password;
    const outcome = core.confirmAdmin(value, 'local');
    const again = !outcome.ok && value === '' && emptyBefore;
    emptyBefore = value === '';
    if (outcome.ok || (again && core.defects.has('second-empty-password-taken'))) then();
    else message = loginMessage(text, outcome);
  };
  return {
    name: 'confirm',
    fields,
    first: 'password',
    submit: 'ok',
    cancel: 'cancel',
    idleMs: ui.timing.menuIdleMs,
    render: () =>
      ui.skin.dialog({
        title,
        size: 'box',
        body: html`${fieldRow(text.adminPassword, 'password', fields.password)}${notice(message)}`,
        buttons: [button(text.ok, 'ok'), button(text.cancel, 'cancel')],
      }),
    touched: () => {
      message = undefined;
    },
    act: (action) => {
      if (action === 'ok') submit();
      if (action === 'cancel') ui.pop();
    },
  };
}
