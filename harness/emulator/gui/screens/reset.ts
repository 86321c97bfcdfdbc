import type { ResetMethod } from '../../recorder/api.ts';
import { html } from '../html.ts';
import { qrImage } from '../qr.ts';
import type { Texts } from '../text/en.ts';
import type { Screen, Ui } from '../ui.ts';
import { button, radio } from '../widgets.ts';
import { guidScreen } from './guid.ts';
import { verifyScreen } from './verify.ts';

/** Behind the disclaimer's QR: a text of this project, at an address reserved for examples. */
const DISCLAIMER_URL = 'https://example.org/recorder/password-reset/disclaimer';

/** *Forgot Password*: the choice of methods, or a word that there are none. */
export function forgotPassword(ui: Ui): void {
  const methods = ui.core.resetMethods();
  const [first] = methods;
  const auto = first === undefined && ui.core.activated && ui.core.defects.has('no-method-logs-in');
  if (auto) {
    ui.signIn('admin', 'admin');
    ui.home();
  } else if (first === undefined) {
    ui.tell(ui.text.noMethod, () => {
      if (!ui.core.activated || !ui.core.defects.has('no-method-logs-in-after-ok')) return;
      ui.signIn('admin', 'admin');
      ui.home();
    });
  } else ui.only(typeScreen(ui, methods, first));
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
      if (chosen === 'email') {
        const title = ui.core.brand.disclaimer ?? ui.skin.disclaimer;
        if (title === 'none' || ui.core.defects.has('disclaimer-skipped')) verifyScreen(ui);
        else ui.swap(disclaimerScreen(ui, text[title]));
      } else if (chosen === 'guid') guidScreen(ui);
      else ui.tell(text.unavailable);
    },
  };
}

function disclaimerScreen(ui: Ui, title: string): Screen {
  const { text } = ui;
  const room = Math.round(ui.height * 0.32);
  const { defects } = ui.core;
  const same = defects.has('disclaimer-qr-is-the-reset-qr') ? ui.core.openReset() : undefined;
  if (same !== undefined) ui.kept = same;
  const other = defects.has('disclaimer-shows-the-reset-qr') ? ui.core.openReset() : undefined;
  const link = (same ?? other)?.payload ?? DISCLAIMER_URL;
  const qr = defects.has('disclaimer-without-qr') ? undefined : qrImage(link, room, title);
  return {
    name: 'disclaimer',
    fields: {},
    submit: 'next',
    cancel: 'away',
    idleMs: ui.timing.resetIdleMs,
    render: () =>
      ui.skin.dialog({
        title,
        body: html`<div class="legal">${qr}<p>${text.disclaimerText}</p></div>`,
        buttons: [button(text.next, 'next'), button(text.cancel, 'cancel')],
      }),
    act: (action) => {
      const onward =
        action === 'next' ||
        (action === 'away' && defects.has('right-click-accepts-disclaimer')) ||
        defects.has('disclaimer-cannot-be-declined');
      if (onward) verifyScreen(ui);
      else if (action === 'cancel' || action === 'away') ui.home();
    },
  };
}
