import { html } from '../html.ts';
import type { Screen, Ui } from '../ui.ts';
import { button } from '../widgets.ts';

/** A box with a message and OK. */
export function attention(ui: Ui, message: string, then: () => void): Screen {
  return {
    name: 'attention',
    fields: {},
    submit: 'ok',
    cancel: 'ok',
    render: () =>
      ui.skin.dialog({
        title: ui.text.attention,
        size: 'box',
        body: html`<p>${message}</p>`,
        buttons: [button(ui.text.ok, 'ok')],
      }),
    act: (action) => {
      if (action === 'ok') then();
    },
  };
}

/** A box with a question, Yes and No. */
export function question(ui: Ui, message: string, answer: (yes: boolean) => void): Screen {
  return {
    name: 'question',
    fields: {},
    submit: 'yes',
    cancel: 'no',
    render: () =>
      ui.skin.dialog({
        title: ui.text.attention,
        size: 'box',
        body: html`<p>${message}</p>`,
        buttons: [button(ui.text.yes, 'yes'), button(ui.text.no, 'no')],
      }),
    act: (action) => {
      if (action === 'yes' || action === 'no') answer(action === 'yes');
    },
  };
}
