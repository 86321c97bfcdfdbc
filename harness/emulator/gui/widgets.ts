import { type Html, html, raw } from './html.ts';
import type { Field } from './ui.ts';

/** A button that raises an action. */
export function button(label: string, action: string, options: { readonly disabled?: boolean } = {}): Html {
  return html`<button type="button" data-action="${action}"${options.disabled ? raw(' disabled') : undefined}>${label}</button>`;
}

/** A link that raises an action. */
export function link(label: string, action: string): Html {
  return html`<a href="#" data-action="${action}">${label}</a>`;
}

/** A text field; what is shown of a password is as many dots as it has characters. */
export function input(name: string, field: Field, label: string): Html {
  const concealed = field.kind === 'password';
  const shown = concealed ? '•'.repeat(field.value.length) : field.value;
  return html`<input type="${field.kind}" id="field-${name}" data-field="${name}" value="${shown}" aria-label="${label}" autocomplete="off" spellcheck="false">`;
}

/** A row of a form: label on the left, something on the right. */
export function row(label: Html | string, content: Html | string, tail?: Html): Html {
  return html`<div class="row"><label>${label}</label><div class="cell">${content}${tail}</div></div>`;
}

/** A row with a text field. */
export function fieldRow(label: string, name: string, field: Field): Html {
  return row(label, input(name, field, label));
}

/** A row that only shows something. */
export function valueRow(label: string, value: string, tail?: Html): Html {
  return row(label, html`<span class="value">${value}</span>`, tail);
}

/** A small square to tick, with its label. */
export function checkbox(label: string, action: string, checked: boolean): Html {
  return html`<label class="check" tabindex="0" data-action="${action}"><input type="checkbox" tabindex="-1"${checked ? raw(' checked') : undefined}><span>${label}</span></label>`;
}

/** One choice of several. */
export function radio(label: string, action: string, checked: boolean): Html {
  return html`<label class="check" tabindex="0" data-action="${action}"><input type="radio" tabindex="-1"${checked ? raw(' checked') : undefined}><span>${label}</span></label>`;
}

/** A list that drops down; the chosen entry is shown on it. */
export function dropdown(action: string, chosen: string, entries: readonly string[], open: boolean): Html {
  return html`<div class="drop"><button type="button" role="combobox" aria-expanded="${String(open)}" data-action="${action}">${chosen}</button>${
    open &&
    html`<div class="list" role="listbox">${entries.map((entry) => html`<div role="option" data-action="choose:${entry}" aria-selected="${String(entry === chosen)}">${entry}</div>`)}</div>`
  }</div>`;
}

/** A button that shows a gear. */
export function gear(label: string, action: string): Html {
  return html`<button type="button" class="gear" data-action="${action}" aria-label="${label}" title="">${icon('gear')}</button>`;
}

/** A message inside a form; takes no room when there is none. */
export function notice(message: string | undefined): Html {
  return html`<p class="notice" role="alert">${message}</p>`;
}

/** Three bars and a word for the strength of a password: 0 risky, 1 weak, 2 fair, 3 strong. */
export function meter(strength: 0 | 1 | 2 | 3 | undefined, words: readonly string[]): Html {
  const bars = [1, 2, 3].map(
    (bar) =>
      html`<i class="${strength !== undefined && bar <= Math.max(1, strength) ? `on s${strength}` : ''}"></i>`,
  );
  return html`<div class="meter">${bars}<span>${strength === undefined ? '' : words[strength]}</span></div>`;
}

/** A table; `rowAction` makes its rows selectable. */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  options: { readonly rowAction?: string; readonly selected?: number } = {},
): Html {
  const { rowAction, selected } = options;
  return html`<table><thead><tr>${head.map((cell) => html`<th>${cell}</th>`)}</tr></thead><tbody>${rows.map(
    (cells, index) =>
      html`<tr${rowAction === undefined ? undefined : html` data-action="${rowAction}:${index}" aria-selected="${String(index === selected)}"`}>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>`,
  )}</tbody></table>`;
}

/** Line icons of our own, 16 x 16. */
const ICONS: Readonly<Record<string, string>> = {
  gear: '<circle cx="8" cy="8" r="2.4"/><path d="M8 1.2v2.4M8 12.4v2.4M1.2 8h2.4M12.4 8h2.4M3.2 3.2l1.7 1.7M11.1 11.1l1.7 1.7M3.2 12.8l1.7-1.7M11.1 4.9l1.7-1.7"/>',
  live: '<rect x="1.5" y="2.5" width="13" height="9"/><path d="M5 14h6"/>',
  play: '<circle cx="8" cy="8" r="6.2"/><path d="M6.5 5.2l4.5 2.8-4.5 2.8z"/>',
  file: '<path d="M3 1.5h6l4 4v9H3zM9 1.5v4h4"/>',
  chart: '<path d="M1.5 14.5h13M3.5 14V9M7 14V4M10.5 14V7M13.5 14V2"/>',
  camera: '<rect x="1.5" y="4" width="8.5" height="7"/><path d="M10 7l4.5-2.5v6L10 8.6M4 11v3"/>',
  disk: '<ellipse cx="8" cy="4" rx="6" ry="2.4"/><path d="M2 4v8c0 1.300 2.700 2.400 6 2.400s6-1.100 6-2.400V4M2 8c0 1.300 2.700 2.400 6 2.400s6-1.100 6-2.400"/>',
  wrench:
    '<path d="M10 2a4 4 0 0 0-3 5.500L2 12.500 3.500 14 8.500 9A4 4 0 0 0 14 6l-2.500 1.500-2-2L11 3z"/>',
  power: '<path d="M8 1.500v6M4.500 3.500a5.600 5.600 0 1 0 7 0"/>',
  user: '<circle cx="8" cy="5" r="3"/><path d="M2 14.500c.5-3.500 3-5 6-5s5.500 1.500 6 5"/>',
  record: '<circle cx="8" cy="8" r="6.200"/><circle cx="8" cy="8" r="2.500"/>',
  network:
    '<circle cx="8" cy="8" r="6.200"/><path d="M1.800 8h12.400M8 1.800c-4 4-4 8.400 0 12.400M8 1.800c4 4 4 8.400 0 12.400"/>',
  info: '<circle cx="8" cy="8" r="6.200"/><path d="M8 7v4.500M8 4.300v.6"/>',
  log: '<path d="M3 1.500h10v13H3zM5.500 5h5M5.500 8h5M5.500 11h3"/>',
};

/** A line icon by name. */
export function icon(name: string): Html {
  return raw(
    `<svg class="icon" viewBox="0 0 16 16" aria-hidden="true">${ICONS[name] ?? ICONS.file ?? ''}</svg>`,
  );
}
