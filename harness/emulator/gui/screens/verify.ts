import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { html } from '../html.ts';
import { passwordMessage } from '../messages.ts';
import { qrFile, qrImage } from '../qr.ts';
import { fill } from '../text/texts.ts';
import { field, type OpenReset, type Screen, type Ui } from '../ui.ts';
import { button, fieldRow, notice, valueRow } from '../widgets.ts';
import { newPassword } from './new-password.ts';

/** Shows the reset QR of a fresh code in the place of the topmost screen. */
export function verifyScreen(ui: Ui): void {
  if (!ui.core.resetMethods().includes('email')) {
    ui.home();
    return;
  }
  // Left alone, the dialog gives way to the login, but what it showed stays open; left by its user, it is gone.
  const kept = ui.kept !== undefined && ui.kept.payload === ui.core.openPayload ? ui.kept : undefined;
  ui.kept = undefined;
  ui.swap(codeScreen(ui, kept ?? ui.core.openReset()));
}

function codeScreen(ui: Ui, reset: OpenReset): Screen {
  const { text, core } = ui;
  const fields = { code: field('text', 16) };
  const qr = qrImage(reset.payload, Math.round(ui.height * 0.74), text.byEmail);
  let message: string | undefined;
  const submit = () => {
    if (crashes(ui, fields.code.value)) return;
    const outcome = core.enterCode(fields.code.value, 'local');
    if (outcome.ok) accepted(ui);
    else
      message =
        outcome.why === 'locked'
          ? fill(text.codeLocked, Math.ceil(outcome.lockSeconds / 60))
          : `${text.codeWrong}${outcome.hint ?? ''}`;
  };
  const save = () => {
    if (core.usbFolder === undefined) {
      ui.tell(text.noDrive);
      return;
    }
    const stamp = new Date(core.now).toISOString().replace(/\D/g, '').slice(0, 14);
    const name = `ResetQRCode_${stamp}.png`;
    try {
      writeFileSync(join(core.usbFolder, name), qrFile(reset.payload));
    } catch {
      // Full, write-protected or pulled out: to the user it is all one.
      ui.tell(text.exportFailed);
      return;
    }
    ui.writing(() => ui.tell(fill(text.exported, name)));
  };
  return {
    name: 'verify',
    fields,
    first: 'code',
    submit: 'ok',
    cancel: 'cancel',
    idleMs: ui.timing.resetIdleMs,
    expire: () => {
      ui.kept = reset;
      ui.home();
    },
    render: () =>
      ui.skin.dialog({
        title: text.byEmail,
        size: 'wide',
        body: html`<div class="verify">${qr}<div class="steps"><p>${fill(text.verifySteps, reset.serviceMailbox)}</p>${button(text.export, 'export')}<p>${text.verifySteps2}</p>${valueRow(text.reservedEmail, core.maskedEmail ?? '')}<p>${text.verifySteps3}</p>${fieldRow(text.verificationCode, 'code', fields.code)}${notice(message)}</div></div>`,
        buttons: [button(text.ok, 'ok'), button(text.cancel, 'cancel')],
      }),
    touched: () => {
      message = undefined;
    },
    act: (action) => {
      if (action === 'ok') submit();
      if (action === 'export') save();
      if (action === 'cancel') ui.home();
    },
  };
}

/** Whether what was typed throws a defective recorder out of the dialog. */
function crashes(ui: Ui, typed: string): boolean {
  const { defects } = ui.core;
  if (typed === '' && defects.has('empty-code-crashes')) {
    ui.only();
    return true;
  }
  if (!/^[\x20-\x7e]*$/.test(typed) && defects.has('non-ascii-code-reboots')) {
    ui.core.reboot();
    return true;
  }
  return false;
}

function logIn(ui: Ui): void {
  ui.signIn('admin', 'admin');
  ui.home();
}

function accepted(ui: Ui): void {
  if (ui.core.defects.has('code-logs-in')) logIn(ui);
  else ui.swap(passwordScreen(ui));
}

function passwordScreen(ui: Ui): Screen {
  const { text, core } = ui;
  const passwords = newPassword(ui, () => 'admin');
  let message: string | undefined;
  const leave = (flaw: 'cancelled-reset-logs-in' | 'idle-reset-logs-in') => {
    core.abandonReset();
    if (core.defects.has(flaw)) logIn(ui);
    else ui.home();
  };
  const done = () => {
    ui.only();
    ui.tell(text.resetDone, () => {
      if (core.facts.deviceType === 'NVR' && !core.defects.has('duplicate-not-asked'))
        ui.ask(text.duplicate, () => ui.home());
      else ui.home();
    });
  };
  const submit = () => {
    message = passwords.problem();
    if (message !== undefined) return;
    const outcome = core.finishReset(passwords.fields.password.value, 'local');
    if (outcome.ok) ui.writing(done);
    else if (outcome.why !== 'no-code') message = passwordMessage(text, outcome.why);
    else ui.tell(text.resetVoid, () => ui.home());
  };
  return {
    name: 'reset-password',
    fields: passwords.fields,
    first: 'password',
    submit: 'ok',
    cancel: 'cancel',
    idleMs: ui.timing.resetIdleMs,
    expire: () => leave('idle-reset-logs-in'),
    render: () =>
      ui.skin.dialog({
        title: text.resetPassword,
        body: html`<p>${text.activationHint}</p>${valueRow(text.userName, 'admin')}${passwords.rows()}${notice(message)}`,
        buttons: [button(text.ok, 'ok'), button(text.cancel, 'cancel')],
      }),
    touched: () => {
      message = undefined;
    },
    act: (action) => {
      if (action === 'ok') submit();
      if (action === 'cancel') leave('cancelled-reset-logs-in');
    },
  };
}
