import type { Brand } from '../../brand/brand.ts';
import type { Texts } from '../text/en.ts';
import type { MenuEntry } from './skin.ts';

/** Settings of the unit itself. */
export function system(text: Texts): readonly MenuEntry[] {
  return [
    { icon: 'gear', label: text.general, page: 'general' },
    { icon: 'network', label: text.network, page: 'network' },
    { icon: 'user', label: text.user, page: 'users' },
  ];
}

/** What one looks up. */
export function maintenance(text: Texts): readonly MenuEntry[] {
  return [
    { icon: 'info', label: text.systemInfo, page: 'info' },
    { icon: 'log', label: text.logInformation, page: 'log' },
  ];
}

/** The power menu. */
export function power(text: Texts): MenuEntry {
  return { icon: 'power', label: text.shutdown, does: 'power' };
}

/** The main menu as a maker arranges it: the entries it names, in its order, and the same within them. */
export function arranged(entries: readonly MenuEntry[], menus: Brand['menus']): readonly MenuEntry[] {
  const within: Readonly<Record<string, readonly string[] | undefined>> = {
    gear: menus.system,
    wrench: menus.maintenance,
  };
  return inOrder(entries, menus.main).map((entry) =>
    entry.entries === undefined ? entry : { ...entry, entries: inOrder(entry.entries, within[entry.icon]) },
  );
}

function inOrder(entries: readonly MenuEntry[], icons: readonly string[] | undefined): readonly MenuEntry[] {
  if (icons === undefined) return entries;
  return icons.flatMap((icon) => entries.filter((entry) => entry.icon === icon));
}
