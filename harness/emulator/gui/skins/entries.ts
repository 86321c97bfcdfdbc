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
