import { type Html, html } from '../html.ts';
import type { Screen, Ui } from '../ui.ts';
import { button, notice } from '../widgets.ts';

/** Nine dots to be joined by dragging, numbered from the top left. */
export function dots(label: string): Html {
  const each = [1, 2, 3, 4, 5, 6, 7, 8, 9].map(
    (dot) => html`<button type="button" tabindex="-1" data-dot="${dot}" aria-label="${dot}"></button>`,
  );
  return html`<div class="pattern" aria-label="${label}">${each}</div>`;
}

/** Sets the unlock pattern: drawn twice. `leave` names the button that gives it up. */
export function patternScreen(ui: Ui, done: () => void, leave = ui.text.cancel): Screen {
  const { text, core } = ui;
  let first: readonly number[] | undefined;
  let message: string | undefined;
  return {
    name: 'pattern',
    fields: {},
    cancel: 'cancel',
    idleMs: ui.timing.menuIdleMs,
    render: () =>
      ui.skin.dialog({
        title: text.setPattern,
        body: html`<p>${first === undefined ? text.drawPattern : text.drawAgain}</p>${dots(text.unlockPattern)}${notice(message)}`,
        buttons: [button(leave, 'cancel')],
      }),
    act: (action) => {
      if (action === 'cancel') done();
    },
    draw: (drawn) => {
      message = undefined;
      if (first === undefined) {
        if (drawn.length >= 4) first = drawn;
        else message = text.patternShort;
      } else if (drawn.join() !== first.join()) {
        first = undefined;
        message = text.patternDiffers;
      } else if (core.setPattern(drawn)) {
        ui.writing(() => {
          done();
          ui.tell(text.patternSaved);
        });
      }
    },
  };
}
