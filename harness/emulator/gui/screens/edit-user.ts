import type { RecorderCore } from '../../recorder/api.ts';
import { html } from '../html.ts';
import { levelName, loginMessage, passwordMessage } from '../messages.ts';
import { field, type Screen, type Ui } from '../ui.ts';
import { button, checkbox, fieldRow, gear, notice, row, valueRow } from '../widgets.ts';
import { emailScreen } from './email.ts';
import { exportGuid } from './guid.ts';
import { newPassword } from './new-password.ts';
import { patternScreen } from './pattern.ts';

type User = RecorderCore['users'][number];

function reserveScreen(ui: Ui, title: string): Screen {
  return emailScreen(ui, {
    title,
    save: (address) => ui.core.reserve(address, 'local'),
    done: () => ui.pop(),
  });
}

/** GUI 4.0: the password was asked for before; each row has its own button. */
export function editWithModify(ui: Ui, user: User): Screen {
  const { text, core } = ui;
  const admin = user.level === 'admin';
  return {
    name: 'edit-user',
    fields: {},
    submit: 'ok',
    cancel: 'cancel',
    idleMs: ui.timing.menuIdleMs,
    render: () =>
      ui.skin.dialog({
        title: text.editUser,
        body: html`${valueRow(text.userName, user.name)}${row(text.password, html`<span class="value">••••••••</span>`, button(text.modify, 'password'))}${valueRow(text.userMac, '00:00:00:00:00:00')}${
          admin &&
          html`${row(text.unlockPattern, checkbox(text.enablePattern, 'pattern', core.hasPattern))}${
            core.supportsReservedEmail &&
            valueRow(text.reservedEmail, core.emailInMenu ?? text.notSet, button(text.modify, 'email'))
          }${row(text.guidFile, button(text.export, 'guid'))}${row(text.securityQuestion, gear(text.settings, 'question'))}`
        }`,
        buttons: [button(text.ok, 'ok'), button(text.cancel, 'cancel')],
      }),
    act: (action) => {
      if (action === 'ok' || action === 'cancel') ui.pop();
      if (action === 'password') ui.push(passwordScreen(ui, user.name));
      if (action === 'email') ui.push(reserveScreen(ui, text.reservedEmail));
      if (action === 'pattern') ui.push(patternScreen(ui, () => ui.pop()));
      if (action === 'guid') exportGuid(ui);
      if (action === 'question') ui.tell(text.unavailable);
    },
  };
}

/** GUI 3.0: the old password stands in the same dialog, and opens what is behind the gears. */
export function editWithGear(ui: Ui, user: User): Screen {
  const { text, core } = ui;
  const admin = user.level === 'admin';
  const passwords = newPassword(ui, () => user.name);
  const fields = { old: field('password', 32), ...passwords.fields };
  let changing = false;
  let message: string | undefined;
  const confirmed = (then: () => void) => {
    const outcome = core.confirmAdmin(fields.old.value, 'local');
    if (outcome.ok) then();
    else message = loginMessage(text, outcome);
  };
  const save = () => {
    message = passwords.problem();
    if (message !== undefined) return;
    const outcome = core.changePassword(user.name, fields.password.value, 'local');
    if (!outcome.ok) message = passwordMessage(text, outcome.why);
    else {
      ui.writing(() => {
        ui.pop();
        ui.tell(text.passwordChanged);
      });
    }
  };
  const behindGear: Readonly<Record<string, () => void>> = {
    email: () => ui.push(reserveScreen(ui, text.reservedEmail30)),
    pattern: () => ui.push(patternScreen(ui, () => ui.pop())),
    guid: () => exportGuid(ui),
  };
  return {
    name: 'edit-user',
    get fields() {
      return changing ? fields : { old: fields.old };
    },
    first: 'old',
    submit: 'ok',
    cancel: 'cancel',
    idleMs: ui.timing.menuIdleMs,
    render: () =>
      ui.skin.dialog({
        title: text.editUser,
        body: html`${valueRow(text.userName, user.name)}${fieldRow(text.oldPassword, 'old', fields.old)}${row('', checkbox(text.changePassword, 'change', changing))}${changing && passwords.rows()}${valueRow(text.level, levelName(text, user.level))}${valueRow(text.userMac, '00:00:00:00:00:00')}${
          admin &&
          html`${row(text.unlockPattern, gear(text.settings, 'pattern'))}${row(text.exportGuid, gear(text.settings, 'guid'))}${
            core.supportsReservedEmail &&
            valueRow(text.reservedEmail30, core.emailInMenu ?? text.notSet, gear(text.settings, 'email'))
          }`
        }${notice(message)}`,
        buttons: [button(text.ok, 'ok'), button(text.cancel, 'cancel')],
      }),
    touched: () => {
      message = undefined;
    },
    act: (action) => {
      const open = behindGear[action];
      if (open !== undefined) confirmed(open);
      else if (action === 'change') changing = !changing;
      else if (action === 'cancel' || (action === 'ok' && !changing)) ui.pop();
      else if (action === 'ok') confirmed(save);
    },
  };
}

/** A new password for a user; the admin password was asked for before. */
export function passwordScreen(ui: Ui, user: string): Screen {
  const { text, core } = ui;
  const passwords = newPassword(ui, () => user);
  let message: string | undefined;
  const submit = () => {
    message = passwords.problem();
    if (message !== undefined) return;
    const outcome = core.changePassword(user, passwords.fields.password.value, 'local');
    if (outcome.ok) {
      ui.writing(() => {
        ui.pop();
        ui.tell(text.passwordChanged);
      });
    } else message = passwordMessage(text, outcome.why);
  };
  return {
    name: 'change-password',
    fields: passwords.fields,
    first: 'password',
    submit: 'ok',
    cancel: 'cancel',
    idleMs: ui.timing.menuIdleMs,
    render: () =>
      ui.skin.dialog({
        title: text.changePassword,
        body: html`${valueRow(text.userName, user)}${passwords.rows()}${notice(message)}`,
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
