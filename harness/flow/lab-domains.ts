/** Beside letters and digits, what a name before the @ is made of; no `%` and no `!`, by which mail was once sent on. */
const PLAIN = /^[a-z0-9.+_#$&'*/=?^`{|}~-]+@([a-z0-9.-]+)$/i;
/** A word as a domain is made of, in any script; parts of it stand between dots. */
const WORD = /[\p{L}\p{M}\p{N}.-]+/gu;
/** What one reader takes for the end of a word, and another leaves out. */
const GAPS = /[\s\p{Cc}\p{Cf}]+/gu;

/**
 * What of an address leads out of the lab, or might for some reader of addresses: a domain that is neither one of the lab's
 * nor below one. undefined where nothing does. A plain address of the lab does not. In anything else whatever looks like a
 * domain must be the lab's (words with a dot between them, wherever they stand), and so must the last word behind an `@`:
 * what is left can never be delivered anywhere else, as `nobody@`, `no@body@lab.example`.
 */
export function foreignDomain(address: string, domains: readonly string[]): string | undefined {
  const isOwn = (domain: string) => domains.some((own) => isWithin(domain, own.toLowerCase()));
  const plain = PLAIN.exec(address)?.[1];
  if (plain !== undefined && isOwn(plain.toLowerCase())) return undefined;
  // Forms that a mail server may take for the usual ones: full width, ideographic full stops.
  const usual = address.normalize('NFKC').replace(/[。｡]/g, '.').toLowerCase();
  for (const text of [usual, usual.replace(GAPS, '')])
    for (const domain of domainsIn(text)) if (!isOwn(domain)) return domain;
  return undefined;
}

function domainsIn(text: string): readonly string[] {
  const words = (part: string) =>
    [...part.matchAll(WORD)].map(([word]) => word.replace(/^\.+|\.+$/g, '')).filter((word) => word !== '');
  const last = text.lastIndexOf('@');
  const host = last < 0 ? undefined : words(text.slice(last + 1))[0];
  // `@relay:name@host`: the route is the sender's, and comes first.
  const route = text.trimStart().startsWith('@') ? words(text)[0] : undefined;
  return [
    ...words(text).filter((word) => word.includes('.')),
    ...[host, route].filter((one) => one !== undefined),
  ];
}

function isWithin(domain: string, own: string): boolean {
  return domain === own || domain.endsWith(`.${own}`);
}
