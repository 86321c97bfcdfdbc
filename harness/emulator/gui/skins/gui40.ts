import { html } from '../html.ts';
import { icon } from '../widgets.ts';
import { maintenance, power, system } from './entries.ts';
import type { Skin } from './skin.ts';

/** GUI 4.0: flat, near black; icons along the top, a text menu on the left, boxes with a thin border. */
export const gui40: Skin = {
  name: 'gui40',
  disclaimer: 'legalDisclaimer',
  reserve: 'edit-user',
  dialog: ({ title, body, buttons, size }) =>
    html`<div class="dialog ${size ?? 'form'}" role="dialog" aria-label="${title}"><h2>${title}</h2><div class="body">${body}</div><div class="foot">${buttons}</div></div>`,
  menu: ({ text }) => [
    { icon: 'live', label: text.liveView, does: 'live' },
    { icon: 'play', label: text.playback, page: 'none' },
    { icon: 'file', label: text.fileManagement, page: 'none' },
    { icon: 'chart', label: text.smartAnalysis, page: 'none' },
    { icon: 'camera', label: text.camera, page: 'cameras' },
    { icon: 'disk', label: text.storage, page: 'disks' },
    { icon: 'gear', label: text.system, entries: system(text) },
    { icon: 'wrench', label: text.maintenance, entries: maintenance(text) },
    power(text),
  ],
  menuFrame: (_ui, { entries, top, sub, title, body, buttons }) => {
    const chosen = top === undefined ? undefined : entries[top];
    const bar = entries.map(
      (entry, index) =>
        html`<button type="button" data-action="top:${index}" class="${entry.does === 'power' ? 'power' : ''}" aria-current="${String(index === (top ?? 0))}">${icon(entry.icon)}<span>${entry.label}</span></button>`,
    );
    const side = (chosen?.entries ?? []).map(
      (entry, index) =>
        html`<button type="button" data-action="sub:${index}" aria-current="${String(index === sub)}">${entry.label}</button>`,
    );
    return html`<div class="bar">${bar}</div>${
      chosen !== undefined &&
      html`<div class="page"><div class="side">${side}</div><div class="main"><h2>${title}</h2><div class="body">${body}</div><div class="foot">${buttons}</div></div></div>`
    }`;
  },
  afterLogin: (_ui, menu) => [menu()],
};
