import { printable } from '../../terms/printable.ts';

/** Markup that is safe to put into a page: made by `html`, or a text escaped by it. */
export class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}
export type Content = Markup | string | number | false | undefined | readonly Content[];

/** Template tag: what is inserted is escaped unless it is markup itself; lists are joined, false and undefined are nothing. */
export function html(strings: TemplateStringsArray, ...values: readonly Content[]): Markup {
  let text = strings[0] ?? '';
  for (const [index, value] of values.entries()) text += rendered(value) + (strings[index + 1] ?? '');
  return new Markup(text);
}

/** Text of this module's own making (style, script, base64) that must not be escaped. Never device text. */
export function trusted(text: string): Markup {
  return new Markup(text);
}

function rendered(value: Content): string {
  if (value instanceof Markup) return value.text;
  if (value === false || value === undefined) return '';
  if (typeof value === 'object') return value.map(rendered).join('');
  return printable(String(value)).replace(/[&<>"']/g, (character) => ESCAPES[character] ?? character);
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
