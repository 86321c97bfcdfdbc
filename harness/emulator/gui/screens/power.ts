import { html } from '../html.ts';
import type { Screen, Ui } from '../ui.ts';
import { button } from '../widgets.ts';

/** What the power entry of a menu opens. */
export function powerScreen(ui: Ui): Screen {
  const { text, core } = ui;
  const stop = () => {
    core.log({
      major: 'Operation',
      minor: 'Local: Shutdown',
      user: ui.user?.name ?? '',
      channel: 'local',
      detail: '',
    });
    ui.only({
      name: 'stopped',
      fields: {},
      opaque: true,
      render: () => html`<div class="stopped"><p>${text.shuttingDown}</p></div>`,
      act: () => {},
    });
  };
  return {
    name: 'power',
    fields: {},
    cancel: 'cancel',
    idleMs: ui.timing.menuIdleMs,
    render: () =>
      ui.skin.dialog({
        title: text.shutdown,
        size: 'box',
        body: html`<div class="choices power">${button(text.lock, 'logout')}${button(text.reboot, 'reboot')}${button(text.shutdown, 'stop')}</div>`,
        buttons: [button(text.cancel, 'cancel')],
      }),
    act: (action) => {
      if (action === 'cancel') ui.pop();
      if (action === 'logout') ui.signOut();
      if (action === 'reboot') {
        ui.ask(text.askReboot, (yes) => {
          if (yes) ui.writing(() => core.reboot());
        });
      }
      if (action === 'stop') {
        ui.ask(text.askShutdown, (yes) => {
          if (yes) ui.writing(stop);
        });
      }
    },
  };
}

/** The menu under the right mouse button on the live view. */
export function contextMenu(
  ui: Ui,
  at: { readonly x: number; readonly y: number },
  openMenu: () => void,
): Screen {
  const { text } = ui;
  const { fontPx } = ui;
  const x = Math.min(at.x, ui.width - 14 * fontPx);
  const y = Math.min(at.y, ui.height - 14 * fontPx);
  const nothing = () => ui.tell(text.noData);
  return {
    name: 'context',
    fields: {},
    cancel: 'cancel',
    render: () =>
      html`<div class="context" role="menu" style="left:${x}px;top:${y}px">${button(text.menu, 'menu')}${button(text.playback, 'playback')}${
        ui.user === undefined ? button(text.login, 'login') : button(text.logout, 'logout')
      }${button(text.close, 'cancel')}</div>`,
    act: (action) => {
      if (action === 'menu') openMenu();
      if (action === 'cancel') ui.only();
      if (action === 'logout') ui.signOut();
      if (action === 'login') ui.home();
      if (action === 'playback') {
        ui.only();
        nothing();
      }
    },
  };
}
