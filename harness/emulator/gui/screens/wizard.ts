import { html } from '../html.ts';
import { passwordMessage } from '../messages.ts';
import type { Screen, Ui } from '../ui.ts';
import { button, checkbox, link, notice, valueRow } from '../widgets.ts';
import { emailScreen } from './email.ts';
import { newPassword } from './new-password.ts';
import { patternScreen } from './pattern.ts';

/** First start: the administrator's password, and what else is to be set up. There is no way round it. */
export function activationScreen(ui: Ui): Screen {
  const { text, core } = ui;
  const passwords = newPassword(ui, () => 'admin');
  const ticked = { guid: false, question: false, email: false };
  let message: string | undefined;

  // Below its threshold a firmware has no such box, or with a defect one that leads nowhere.
  const hasBox = () =>
    core.supportsReservedEmail
      ? !core.defects.has('wizard-without-the-box')
      : core.defects.has('box-below-threshold');
  const afterEmail = () => ui.only(patternScreen(ui, () => ui.home(), text.skip));
  const afterPassword = () => {
    if (ticked.email && core.supportsReservedEmail && !core.defects.has('wizard-forgets-the-box'))
      ui.only(
        emailScreen(ui, {
          title: text.reservedEmailSettings,
          save: (address) =>
            core.defects.has('wizard-loses-the-address') ? { ok: true } : core.reserveAtActivation(address),
          done: afterEmail,
        }),
      );
    else afterEmail();
    if (ticked.guid || ticked.question) ui.tell(text.unavailable);
  };
  const submit = () => {
    message = passwords.problem();
    if (message !== undefined) return;
    const outcome = core.activate(passwords.fields.password.value, 'local');
    if (outcome.ok) {
      ui.signIn('admin', 'admin');
      ui.writing(afterPassword);
    } else message = outcome.why === 'already' ? text.already : passwordMessage(text, outcome.why);
  };
  return {
    name: 'activation',
    fields: passwords.fields,
    first: 'password',
    submit: 'ok',
    render: () =>
      ui.skin.dialog({
        title: text.activation,
        body: html`<p>${text.activationHint}</p>${valueRow(text.userName, 'admin')}${passwords.rows()}
          ${checkbox(text.exportGuid, 'tick:guid', ticked.guid)}${checkbox(text.questionConfig, 'tick:question', ticked.question)}
          ${hasBox() && checkbox(text.reservedEmailSettings, 'tick:email', ticked.email)}${notice(message)}`,
        buttons: [
          button(text.ok, 'ok'),
          ...(core.defects.has('inactive-offers-reset') ? [link(text.forgotPassword, 'forgot')] : []),
        ],
      }),
    touched: () => {
      message = undefined;
    },
    act: (action, argument) => {
      if (action === 'ok') submit();
      if (action === 'tick' && (argument === 'guid' || argument === 'question' || argument === 'email'))
        ticked[argument] = !ticked[argument];
    },
  };
}
