import { CODE_LENGTH } from '../../../wire/relay.ts';
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
  const qr = qrImage(reset.payload, Math.round(ui.height * 0.74), text.byEmail, {
    inverted: core.defects.has('qr-inverted'),
    faint: core.defects.has('qr-faint'),
    quiet: core.defects.has('qr-without-quiet-zone') ? 0 : undefined,
    small: core.defects.has('qr-too-small'),
  });
  let message: string | undefined;
  const nearly = (typed: string) =>
    core.nearlyRight(typed) && core.defects.has('message-tells-what-is-wrong');
  const submit = () => {
    const { value } = fields.code;
    const outcome = core.enterCode(value, 'local');
    if (!outcome.ok && value.length !== CODE_LENGTH && core.defects.has('odd-code-closes-the-dialog'))
      ui.home();
    else if (outcome.ok) ui.swap(passwordScreen(ui));
    else
      message =
        outcome.why === 'locked'
          ? fill(text.codeLocked, Math.ceil(outcome.lockSeconds / 60))
          : nearly(fields.code.value)
            ? `${text.codeWrong} (2)`
            : text.codeWrong;
  };
  const save = () => {
    if (core.usbFolder === undefined) {
      if (!core.defects.has('export-without-drive-says-nothing')) ui.tell(text.noDrive);
      return;
    }
    const stamp = new Date(core.now).toISOString().replace(/\D/g, '').slice(0, 14);
    const name = `ResetQRCode_${stamp}.png`;
    try {
      const file = core.defects.has('exported-qr-is-another') ? core.openReset() : reset;
      const note = core.defects.has('exported-picture-holds-serial-number')
        ? core.facts.serialNumber
        : undefined;
      core.writeUsb(name, qrFile(file.payload, note));
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
      if (core.defects.has('idle-dialog-ends-logged-in')) ui.signIn('admin', 'admin');
      ui.home();
    },
    render: () =>
      ui.skin.dialog({
        title: text.byEmail,
        size: 'wide',
        body: html`<div class="verify">${qr}<div class="steps"><p>${fill(text.verifySteps, reset.serviceMailbox)}</p>${button(text.export, 'export')}<p>${text.verifySteps2}</p>${valueRow(text.reservedEmail, core.emailInReset ?? '')}<p>${text.verifySteps3}</p>${fieldRow(text.verificationCode, 'code', fields.code)}${notice(message)}</div></div>`,
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

/** Asks for the new password once the recorder knows the owner. */
export function newPasswordScreen(ui: Ui): void {
  ui.swap(passwordScreen(ui));
}

function passwordScreen(ui: Ui): Screen {
  const { text, core } = ui;
  const passwords = newPassword(ui, () => 'admin', text.newPassword, {
    clear: core.defects.has('new-password-in-clear'),
    reset: true,
  });
  let message: string | undefined;
  const leave = (byButton: boolean) => {
    core.abandonReset();
    if (core.defects.has('cancelled-reset-logs-in')) ui.signIn('admin', 'admin');
    if (!byButton && core.defects.has('right-click-at-new-password-logs-in')) ui.signIn('admin', 'admin');
    ui.home();
  };
  const done = () => {
    ui.only();
    ui.tell(text.resetDone, () => {
      const asks = core.facts.deviceType === 'NVR' && !core.defects.has('no-question-about-cameras');
      if (asks) ui.ask(text.duplicate, () => ui.home());
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
    cancel: 'away',
    idleMs: ui.timing.resetIdleMs,
    expire: () => {
      if (core.defects.has('idle-new-password-logs-in')) ui.signIn('admin', 'admin');
      leave(true);
    },
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
      if (action === 'cancel' || action === 'away') leave(action === 'cancel');
    },
  };
}
