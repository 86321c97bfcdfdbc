import { hideAlways } from './always.ts';
import { type Anchors, anchorsOf, viewsOf } from './anchors.ts';
import { patternOf } from './patterns.ts';

export type SecretKind = 'code' | 'password' | 'address' | 'secret';

/** Knows the secrets of a run, and takes them out of everything that is kept. */
export interface Redactor {
  /** Tells a secret; one under 4 characters is ignored, as it would hide half of every text. */
  add(kind: SecretKind, value: string): void;
  /**
   * The text with each secret, in whatever form, replaced by its label (`[code 1]`, the same all through the run), and
   * with what is secret by its place hidden (`[hidden]`). For plain text and for strings before they become JSON: a
   * code of digits may also stand in a number. Applied twice it changes nothing more.
   */
  text(s: string): string;
  /** Whether a known secret stands in the text, in whatever form. */
  hides(s: string): boolean;
  /** Which known secrets stand in the text, by their labels, and where: index of the first character. */
  found(s: string): readonly { readonly label: string; readonly index: number }[];
}

interface Secret {
  readonly label: string;
  readonly value: string;
  readonly length: number;
  /** Capitals and small letters are the same. */
  readonly anyCase: boolean;
  /** Whether a text needs to be looked through at all. */
  readonly anchors: Anchors;
  /** Made when first needed: most texts hold no secret. */
  readonly pattern: () => RegExp;
}
interface Span {
  readonly from: number;
  readonly to: number;
  readonly secret: Secret;
}

const SHORTEST = 4;
/** Longest text that is remembered, characters. */
const REMEMBERED = 300;
const LABEL = /\[(?:code|password|address|secret) \d+\]/g;

/** A redactor that knows nothing yet. */
export function createRedactor(): Redactor {
  const known = new Set<string>();
  const counts = new Map<SecretKind, number>();
  const secrets: Secret[] = [];
  // Screens say the same again and again: what was found out about a short text holds until there is a new secret.
  const hidden = new Map<string, boolean>();
  const replacements = new Map<string, string>();
  const remembered = <T>(memory: Map<string, T>, s: string, find: () => T): T => {
    if (s.length > REMEMBERED) return find();
    const before = memory.get(s);
    if (before !== undefined) return before;
    const found = find();
    memory.set(s, found);
    return found;
  };
  return {
    add(kind, value) {
      const own = value.trim();
      const id = kind === 'address' ? own.toLowerCase() : own;
      if (own.length < SHORTEST || known.has(id)) return;
      known.add(id);
      hidden.clear();
      replacements.clear();
      const number = (counts.get(kind) ?? 0) + 1;
      counts.set(kind, number);
      let made: RegExp | undefined;
      const pattern = () => {
        made ??= kind === 'address' ? addressPattern(own) : new RegExp(patternOf(own), 'gu');
        return made;
      };
      const anchors = anchorsOf(own);
      secrets.push({
        label: `[${kind} ${number}]`,
        value: own,
        length: own.length,
        anyCase: kind === 'address',
        anchors,
        pattern,
      });
      secrets.sort((a, b) => b.length - a.length);
    },
    text: (s) => remembered(replacements, s, () => hideAlways(replaced(s, spansOf(s, secrets)))),
    hides: (s) => remembered(hidden, s, () => spansOf(s, secrets).length > 0),
    found: (s) => spansOf(s, secrets).map(({ secret, from }) => ({ label: secret.label, index: from })),
  };
}

/** An address in any case, with blanks around its @; encoded in base64 as it is and in small letters. */
function addressPattern(address: string): RegExp {
  const forms = [address, address.toLowerCase()].map(patternOf);
  const parts = address.split('@').map((part) => `(?:${patternOf(part)})`);
  if (parts.length > 1) forms.push(parts.join(String.raw`\s*@\s*`));
  return new RegExp(forms.join('|'), 'giu');
}

/** Where secrets stand, in the order of the text; labels that stand there already are none. */
function spansOf(s: string, secrets: readonly Secret[]): readonly Span[] {
  if (s.length < SHORTEST) return [];
  const views = viewsOf(s);
  const likely = secrets.filter(({ anchors }) => anchors(views));
  if (likely.length === 0) return [];
  const labels = [...s.matchAll(LABEL)].map((one) => ({ from: one.index, to: one.index + one[0].length }));
  const spans: Span[] = [];
  for (const secret of likely) {
    for (const [from, to] of placesOf(s, secret)) {
      const span = { from, to, secret };
      if (!labels.some((label) => label.from < span.to && span.from < label.to)) spans.push(span);
    }
  }
  return spans.sort((a, b) => a.from - b.from);
}

/**
 * Where one secret stands. Most stand there as they are: only where something is left that could be another form is
 * the pattern of all forms asked, which takes its time.
 */
function placesOf(s: string, secret: Secret): readonly (readonly [from: number, to: number])[] {
  const [text, value] = secret.anyCase ? [s.toLowerCase(), secret.value.toLowerCase()] : [s, secret.value];
  const plain: (readonly [number, number])[] = [];
  // Small letters may take more room than capitals in a few scripts: then places in the one are none in the other.
  if (text.length === s.length)
    for (let at = text.indexOf(value); at >= 0; at = text.indexOf(value, at + value.length))
      plain.push([at, at + value.length]);
  const rest = plain.reduceRight((left, [from, to]) => `${left.slice(0, from)}\n\0\n${left.slice(to)}`, s);
  if (plain.length > 0 && !secret.anchors(viewsOf(rest))) return plain;
  return [...s.matchAll(secret.pattern())].map((match) => [match.index, match.index + match[0].length]);
}

/** Overlapping secrets go together, under the label of the longest. */
function replaced(s: string, spans: readonly Span[]): string {
  let result = '';
  let done = 0;
  let open: Span | undefined;
  const close = () => {
    if (open === undefined) return;
    result += s.slice(done, open.from) + open.secret.label;
    done = open.to;
  };
  for (const span of spans) {
    if (open === undefined || span.from >= open.to) {
      close();
      open = span;
      continue;
    }
    open = {
      from: open.from,
      to: Math.max(open.to, span.to),
      secret: span.secret.length > open.secret.length ? span.secret : open.secret,
    };
  }
  close();
  return result + s.slice(done);
}
