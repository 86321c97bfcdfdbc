import { oneLine, printable } from '../terms/printable.ts';

/** Markdown that is safe to join: made by `md`, or a text made harmless by it. */
export class Markdown {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** Template tag: what is inserted is made harmless (`plain`) unless it is Markdown itself. */
export function md(
  strings: TemplateStringsArray,
  ...values: readonly (Markdown | string | number)[]
): Markdown {
  let text = strings[0] ?? '';
  for (const [index, value] of values.entries())
    text += (value instanceof Markdown ? value.text : escaped(String(value))) + (strings[index + 1] ?? '');
  return new Markdown(text);
}

/**
 * Text of a device as code, on one line, at most `longest` characters of it. Within `<code>` servers make no link, mention
 * or reference of a text either, which some do after the Markdown was read.
 */
export function quoted(text: string, longest = 300): Markdown {
  const line = oneLine(text);
  const shown = line.length > longest ? `${line.slice(0, longest).toWellFormed()}…` : line;
  return new Markdown(`<code>${escaped(shown === '' ? '(nothing)' : shown)}</code>`);
}

/** Each ASCII punctuation character as an entity: no Markdown, no HTML and no cell of a table begins or ends with one. */
function escaped(text: string): string {
  return printable(text)
    .replace(/\s/g, ' ')
    .replace(PUNCTUATION, (one) => `&#${one.charCodeAt(0)};`);
}

/** All but comma, semicolon, slash and full stop between letters or blanks, which mean nothing, to keep it readable. */
const PUNCTUATION = /[!-+\-:<-@[-`{-~]|\.(?=\S)/g;
