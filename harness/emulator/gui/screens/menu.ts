import { html } from '../html.ts';
import { arranged } from '../skins/entries.ts';
import type { MenuEntry } from '../skins/skin.ts';
import type { Screen, Ui } from '../ui.ts';
import { type Page, pageOf } from './pages.ts';
import { powerScreen } from './power.ts';

/** The main menu and its pages, one screen that remembers where one is. */
export function menuScreen(ui: Ui): Screen {
  const entries = arranged(ui.skin.menu(ui), ui.core.brand.menus);
  let top: number | undefined;
  let sub: number | undefined;
  let page: Page | undefined;
  const at = (): MenuEntry | undefined => {
    const first = top === undefined ? undefined : entries[top];
    return sub === undefined ? first : first?.entries?.[sub];
  };
  const open = () => {
    const name = at()?.page;
    page = name === undefined ? undefined : pageOf(ui, name);
  };
  const openTop = (index: number) => {
    const entry = entries[index];
    if (entry?.does === 'power') ui.push(powerScreen(ui));
    else if (entry?.does === 'live') leave();
    else if (entry !== undefined) {
      top = index;
      sub = entry.entries === undefined ? undefined : 0;
      open();
    }
  };
  const leave = () => {
    if (ui.skin.name === 'gui40') {
      top = undefined;
      page = undefined;
    } else ui.only();
  };
  const back = () => {
    if (top === undefined) ui.only();
    else {
      top = undefined;
      sub = undefined;
      page = undefined;
    }
  };
  return {
    name: 'menu',
    get fields() {
      return page?.fields ?? {};
    },
    get submit() {
      return page?.submit ?? '';
    },
    cancel: 'back',
    idleMs: ui.timing.menuIdleMs,
    get opaque() {
      return ui.skin.name === 'gui40' && top !== undefined;
    },
    render: () => {
      const parent = top === undefined ? undefined : entries[top];
      const title = [parent?.label, sub === undefined ? undefined : at()?.label].filter(
        (part) => part !== undefined,
      );
      return ui.skin.menuFrame(ui, {
        entries,
        top,
        sub,
        title: title.join(' > '),
        body: page?.body() ?? html``,
        buttons: page?.buttons() ?? [],
      });
    },
    touched: () => page?.touched?.(),
    act: (action, argument) => {
      if (action === 'back') back();
      else if (action === 'top') openTop(Number(argument));
      else if (action === 'sub') {
        sub = Number(argument);
        open();
      } else page?.act(action, argument);
    },
  };
}
