import { html } from '../html.ts';
import { icon } from '../widgets.ts';
import { maintenance, power, system } from './entries.ts';
import type { Skin } from './skin.ts';

/** The lite menu of small recorders: light windows, a grid of tiles, a path on top of each page. */
export const lite: Skin = {
  name: 'lite',
  disclaimer: 'privacyPolicy',
  reserve: 'direct',
  dialog: ({ title, body, buttons, size }) =>
    html`<div class="dialog ${size ?? 'form'}" role="dialog" aria-label="${title}"><h2>${title}</h2><div class="body">${body}</div><div class="foot">${buttons}</div></div>`,
  menu: ({ text }) => [
    { icon: 'live', label: text.liveView, does: 'live' },
    { icon: 'play', label: text.playback, page: 'none' },
    { icon: 'gear', label: text.configuration, entries: system(text) },
    { icon: 'disk', label: text.storage, page: 'disks' },
    { icon: 'wrench', label: text.maintenance, entries: maintenance(text) },
    power(text),
  ],
  menuFrame: ({ text }, { entries, top, sub, title, body, buttons }) => {
    if (top === undefined) {
      const tiles = entries.map(
        (entry, index) =>
          html`<button type="button" data-action="top:${index}">${icon(entry.icon)}<span>${entry.label}</span></button>`,
      );
      return html`<div class="home"><h2>${text.mainMenu}</h2><div class="tiles">${tiles}</div></div>`;
    }
    const tabs = (entries[top]?.entries ?? []).map(
      (entry, index) =>
        html`<button type="button" data-action="sub:${index}" aria-current="${String(index === sub)}">${entry.label}</button>`,
    );
    return html`<div class="page"><h2>${title}</h2><div class="tabs">${tabs}</div><div class="body">${body}</div><div class="foot">${buttons}<button type="button" data-action="back">${text.back}</button></div></div>`;
  },
  afterLogin: (_ui, menu) => [menu()],
};
