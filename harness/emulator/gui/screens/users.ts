import { html } from '../html.ts';
import { levelName } from '../messages.ts';
import type { Ui } from '../ui.ts';
import { button, table, valueRow } from '../widgets.ts';
import { addUserScreen } from './add-user.ts';
import { confirmScreen } from './confirm.ts';
import { editWithGear, editWithModify, passwordScreen } from './edit-user.ts';
import { emailScreen } from './email.ts';
import { exportGuid } from './guid.ts';
import type { Page } from './pages.ts';
import { patternScreen } from './pattern.ts';

/** The list of users, and what each generation offers to do with them. Only admin may change anything. */
export function usersPage(ui: Ui): Page {
  const { text, core, skin } = ui;
  let selected = 0;
  const isAdmin = () =>
    ui.user?.level === 'admin' || (ui.user !== undefined && core.defects.has('operator-changes-address'));
  const shown = () => core.users.filter(({ name }) => isAdmin() || name === ui.user?.name);
  const guarded = (open: () => void) => {
    if (isAdmin()) open();
    else ui.tell(text.noPermission);
  };
  const edit = () => {
    const user = shown()[selected];
    if (user === undefined) return;
    if (skin.reserve === 'edit-user')
      ui.push(confirmScreen(ui, text.confirmPermission, () => ui.swap(editWithModify(ui, user))));
    else if (skin.reserve === 'edit-gear') ui.push(editWithGear(ui, user));
    else ui.push(confirmScreen(ui, text.authorization, () => ui.swap(passwordScreen(ui, user.name))));
  };
  const direct = () => {
    const save = (address: string) => core.reserve(address, 'local');
    const done = () => ui.pop();
    ui.push(
      confirmScreen(ui, text.authorization, () =>
        ui.swap(emailScreen(ui, { title: text.resettingEmail, save, done })),
      ),
    );
  };
  const list = () =>
    table(
      [text.number, text.userName, text.level],
      shown().map(({ name, level }, index) => [String(index + 1), name, levelName(text, level)]),
      { rowAction: 'select', selected },
    );
  const extra = (label: string, action: string, value = '') =>
    html`<div data-action="${action}">${valueRow(label, value, button(text.set, action))}</div>`;
  const extras = () =>
    html`<div class="rows">${core.supportsReservedEmail && extra(text.resettingEmail, 'email', core.emailInMenu ?? text.notSet)}${extra(text.unlockPattern, 'pattern')}${extra(text.guidFile, 'guid')}${extra(text.securityQuestion, 'question')}</div>`;
  const othersSee = () => {
    const address = ui.user?.level === 'admin' ? undefined : core.emailForOthers;
    return address !== undefined && valueRow(text.reservedEmail, address);
  };
  return {
    fields: {},
    submit: 'edit',
    body: () => html`${list()}${skin.reserve === 'direct' && isAdmin() && extras()}${othersSee()}`,
    buttons: () => [
      button(text.add, 'add'),
      button(
        skin.reserve === 'edit-user'
          ? text.modify
          : skin.reserve === 'edit-gear'
            ? text.edit
            : text.changePassword,
        'edit',
      ),
    ],
    act: (action, argument) => {
      if (action === 'select') selected = Number(argument);
      if (action === 'add')
        guarded(() => ui.push(confirmScreen(ui, text.confirmPermission, () => ui.swap(addUserScreen(ui)))));
      if (action === 'edit') guarded(edit);
      if (action === 'email') guarded(direct);
      if (action === 'pattern')
        guarded(() =>
          ui.push(confirmScreen(ui, text.authorization, () => ui.swap(patternScreen(ui, () => ui.pop())))),
        );
      if (action === 'guid') guarded(() => exportGuid(ui));
      if (action === 'question') ui.tell(text.unavailable);
    },
  };
}
