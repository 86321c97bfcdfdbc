import { html } from '../html.ts';
import { icon } from '../widgets.ts';
import { maintenance, power, system } from './entries.ts';
import type { Skin } from './skin.ts';

/** GUI 3.0: translucent windows with a title bar, centred over the live view; icons as tabs on the left. */
export const gui30: Skin = {
  name: 'gui30',
  disclaimer: 'legalDisclaimer',
  reserve: 'edit-gear',
  dialog: ({ title, body, buttons, size }) =>
    html`<div class="dialog window ${size ?? 'form'}" role="dialog" aria-label="${title}"><div class="title"><h2>${title}</h2></div><div class="body">${body}</div><div class="foot">${buttons}</div></div>`,
  menu: ({ text }) => [
    { icon: 'play', label: text.playback, page: 'none' },
    { icon: 'file', label: text.export, page: 'none' },
    { icon: 'record', label: text.record, page: 'none' },
    { icon: 'disk', label: text.hdd, page: 'disks' },
    { icon: 'camera', label: text.camera, page: 'cameras' },
    { icon: 'gear', label: text.configuration, entries: system(text) },
    { icon: 'wrench', label: text.maintenance, entries: maintenance(text) },
    power(text),
  ],
  menuFrame: ({ text }, { entries, top, sub, title, body, buttons }) => {
    if (top === undefined) {
      const tiles = entries.map(
        (entry, index) =>
          html`<button type="button" data-action="top:${index}">${icon(entry.icon)}<span>${entry.label}</span></button>`,
      );
      return html`<div class="window menu"><div class="title"><h2>${text.menu}</h2></div><div class="tiles">${tiles}</div><div class="foot"><button type="button" data-action="back">${text.back}</button></div></div>`;
    }
    const tabs = (entries[top]?.entries ?? []).map(
      (entry, index) =>
        html`<button type="button" data-action="sub:${index}" aria-current="${String(index === sub)}">${icon(entry.icon)}<span>${entry.label}</span></button>`,
    );
    return html`<div class="window page"><div class="title"><h2>${title}</h2></div><div class="split"><div class="tabs">${tabs}</div><div class="main"><div class="body">${body}</div><div class="foot">${buttons}<button type="button" data-action="back">${text.back}</button></div></div></div></div>`;
  },
  afterLogin: () => [],
};
