/** A piece of HTML that is safe to put into a page. */
export interface Html {
  readonly markup: string;
}
type Part = string | number | Html | readonly Html[] | false | undefined;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function isList(part: Part): part is readonly Html[] {
  return Array.isArray(part);
}

function render(part: Part): string {
  if (part === undefined || part === false) return '';
  if (typeof part === 'number') return String(part);
  if (typeof part === 'string') return part.replace(/[&<>"']/g, (mark) => ENTITIES[mark] ?? mark);
  return isList(part) ? part.map(render).join('') : part.markup;
}

/** Tagged template: strings put in are escaped, `Html` is taken as it is, `false` and `undefined` leave nothing. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  let markup = strings[0] ?? '';
  parts.forEach((part, index) => {
    markup += render(part) + (strings[index + 1] ?? '');
  });
  return { markup };
}

/** Markup written by this program itself, taken as it is. */
export function raw(markup: string): Html {
  return { markup };
}
