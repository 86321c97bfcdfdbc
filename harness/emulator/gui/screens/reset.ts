import type { ResetMethod } from '../../recorder/api.ts';
import { html } from '../html.ts';
import { qrImage } from '../qr.ts';
import type { Texts } from '../text/en.ts';
import type { Screen, Ui } from '../ui.ts';
import { button, radio } from '../widgets.ts';
import { verifyScreen } from './verify.ts';

/** Behind the disclaimer's QR: a text of this project, at an address reserved for examples. */
const DISCLAIMER_URL = 'https://example.org/recorder/password-reset/disclaimer';

/** *Forgot Password*: the choice of methods, or a word that there are none. */
export function forgotPassword(ui: Ui): void {
  const { core, text } = ui;
  const methods = core.resetMethods();
  const [first] = methods;
  if (first === undefined) withoutMethod(ui);
  else if (core.lockState('admin', 'local').locked && core.defects.has('login-lock-blocks-reset'))
    ui.tell(text.unavailable);
  else ui.only(typeScreen(ui, methods, first));
}

/** No method is there to choose: so it is said, and that is all, in a healthy recorder. */
function withoutMethod(ui: Ui): void {
  const { core, text } = ui;
  const logIn = () => {
    ui.signIn('admin', 'admin');
    ui.home();
  };
  if (core.activated && core.defects.has('auto-login-asked'))
    ui.ask(`${text.login}?`, (yes) => yes && logIn());
  else ui.tell(text.noMethod, core.activated && core.defects.has('auto-login-after-ok') ? logIn : undefined);
}

function methodName(text: Texts, method: ResetMethod): string {
  const names = {
    email: text.byEmail,
    question: text.byQuestion,
    guid: text.byGuid,
    'hik-connect': text.byHikConnect,
  };
  return names[method];
}

function typeScreen(ui: Ui, methods: readonly ResetMethod[], first: ResetMethod): Screen {
  const { text } = ui;
  let chosen = first;
  return {
    name: 'reset-type',
    fields: {},
    submit: 'ok',
    cancel: 'cancel',
    idleMs: ui.timing.resetIdleMs,
    render: () =>
      ui.skin.dialog({
        title: text.resetType,
        body: html`<p>${text.resetTypeHint}</p><div class="choices">${methods.map((method) => radio(methodName(text, method), `choose:${method}`, method === chosen))}</div>`,
        buttons: [button(text.ok, 'ok'), button(text.cancel, 'cancel')],
      }),
    act: (action, argument) => {
      if (action === 'choose') chosen = methods.find((method) => method === argument) ?? chosen;
      if (action === 'cancel') ui.home();
      if (action !== 'ok') return;
      if (chosen === 'email') ui.swap(disclaimerScreen(ui));
      else ui.tell(text.unavailable);
    },
  };
}

function disclaimerScreen(ui: Ui): Screen {
  const { text } = ui;
  const title = text[ui.skin.disclaimer];
  const room = Math.round(ui.height * 0.32);
  const qr = qrImage(DISCLAIMER_URL, room, title);
  return {
    name: 'disclaimer',
    fields: {},
    submit: 'next',
    cancel: 'cancel',
    idleMs: ui.timing.resetIdleMs,
    render: () =>
      ui.skin.dialog({
        title,
        body: html`<div class="legal">${qr}<p>${text.disclaimerText}</p></div>`,
        buttons: [button(text.next, 'next'), button(text.cancel, 'cancel')],
      }),
    act: (action) => {
      if (action === 'cancel') ui.home();
      if (action === 'next') verifyScreen(ui);
    },
  };
}
