import { html } from '../html.ts';
import { passwordMessage } from '../messages.ts';
import { field, type Screen, type Ui } from '../ui.ts';
import { button, fieldRow, notice, radio, row } from '../widgets.ts';
import { newPassword } from './new-password.ts';

/** A new operator or guest. */
export function addUserScreen(ui: Ui): Screen {
  const { text, core } = ui;
  const name = field('text', 32);
  const passwords = newPassword(ui, () => name.value || 'user', text.password);
  const fields = { name, ...passwords.fields };
  let level: 'operator' | 'guest' = 'operator';
  let message: string | undefined;
  const submit = () => {
    const taken = name.value.trim() === '' || core.users.some((user) => user.name === name.value);
    message = taken ? text.userExists : passwords.problem();
    if (message !== undefined) return;
    const outcome = core.addUser(name.value, fields.password.value, level);
    if (outcome.ok) {
      ui.writing(() => {
        ui.pop();
        ui.tell(text.userSaved);
      });
    } else message = passwordMessage(text, outcome.why);
  };
  return {
    name: 'add-user',
    fields,
    first: 'name',
    submit: 'ok',
    cancel: 'cancel',
    idleMs: ui.timing.menuIdleMs,
    render: () =>
      ui.skin.dialog({
        title: text.addUser,
        body: html`${fieldRow(text.userName, 'name', name)}${passwords.rows()}${row(text.level, html`${radio(text.operator, 'operator', level === 'operator')}${radio(text.guest, 'guest', level === 'guest')}`)}${notice(message)}`,
        buttons: [button(text.ok, 'ok'), button(text.cancel, 'cancel')],
      }),
    touched: () => {
      message = undefined;
    },
    act: (action) => {
      if (action === 'operator' || action === 'guest') level = action;
      if (action === 'ok') submit();
      if (action === 'cancel') ui.pop();
    },
  };
}
