import { html } from '../html.ts';
import { fill } from '../text/texts.ts';
import type { Screen, Ui } from '../ui.ts';
import { button, notice, table } from '../widgets.ts';
import { confirmScreen } from './confirm.ts';
import { newPasswordScreen } from './verify.ts';

/** Writes a GUID file to the USB drive, once admin's password was given. */
export function exportGuid(ui: Ui): void {
  const { text, core } = ui;
  const write = () => {
    ui.pop();
    const file = core.exportGuid();
    try {
      core.writeUsb(file.name, file.bytes);
    } catch {
      ui.tell(text.exportFailed);
      return;
    }
    ui.writing(() => ui.tell(fill(text.guidExported, file.name)));
  };
  if (core.usbFolder === undefined) ui.tell(text.noDrive);
  else ui.push(confirmScreen(ui, text.exportGuid, write));
}

/** The reset by a GUID file: the files of the drive, one to be chosen. */
export function guidScreen(ui: Ui): void {
  const { text, core } = ui;
  const files = core.guidFiles();
  if (core.usbFolder === undefined) ui.tell(text.noDrive);
  else if (files.length === 0) ui.tell(text.guidNone);
  else ui.swap(filesScreen(ui, files));
}

function filesScreen(ui: Ui, files: readonly string[]): Screen {
  const { text, core } = ui;
  let selected = 0;
  let message: string | undefined;
  const submit = () => {
    const outcome = core.enterGuid(files[selected] ?? '');
    if (outcome.ok) newPasswordScreen(ui);
    else
      message =
        outcome.why === 'locked'
          ? fill(text.codeLocked, Math.ceil(outcome.lockSeconds / 60))
          : text.guidWrong;
  };
  return {
    name: 'guid',
    fields: {},
    submit: 'ok',
    cancel: 'cancel',
    idleMs: ui.timing.resetIdleMs,
    render: () =>
      ui.skin.dialog({
        title: text.byGuid,
        body: html`${table(
          [text.number, text.guidFile],
          files.map((name, index) => [String(index + 1), name]),
          { rowAction: 'select', selected },
        )}${notice(message)}`,
        buttons: [button(text.ok, 'ok'), button(text.cancel, 'cancel')],
      }),
    act: (action, argument) => {
      if (action === 'select') {
        selected = Number(argument);
        message = undefined;
      }
      if (action === 'ok') submit();
      if (action === 'cancel') ui.home();
    },
  };
}
