import type { Mail } from '../bench/ports/mailbox.ts';

/** Longest white space, and marks, in a wording and between it and the code, characters. */
const AROUND = 200;
/** So much of a text, and of HTML, is looked through, characters: mails with a code have a hundredth. */
const LONGEST = 64 * 1024;

/** How the codes of a recorder's mails look. */
export interface CodeRules {
  /** Characters of a code. */
  readonly length: number;
  /**
   * Wordings that lead to the code, as `Your verification code: {code}`, of the recorder's language first. White space
   * stands for any white space, case does not matter.
   */
  readonly templates?: readonly string[] | undefined;
}

/**
 * The codes of a mail: what its templates lead to; where no template fits, the words that stand alone and look like one;
 * in the text, and where that has none in the HTML. One, if all is well: of several nobody can say which.
 */
export function codesOf(mail: Pick<Mail, 'text' | 'html'>, rules: CodeRules): readonly string[] {
  return findings(mail, rules).find((codes) => codes.length > 0) ?? [];
}

/** Every word of a mail that may be taken for its code, those that a template leads to first. */
export function candidatesOf(mail: Pick<Mail, 'text' | 'html'>, rules: CodeRules): readonly string[] {
  return [...new Set(findings(mail, rules).flat())];
}

/** What each way of reading finds, the surest first. */
function findings(
  { text, html }: Pick<Mail, 'text' | 'html'>,
  rules: CodeRules,
): readonly (readonly string[])[] {
  const texts = [text, ...(html === undefined ? [] : [htmlText(html)])].map((one) => one.slice(0, LONGEST));
  return [
    ...texts.map((one) => codesByTemplates(one, rules)),
    ...texts.map((one) => codesIn(one, rules.length)),
  ];
}

/** Why no code is taken from a mail, one sentence; each word that could be one is told by its ends and its line. */
export function refusedCodes(mail: Pick<Mail, 'text' | 'html'>, codes: readonly string[]): string {
  if (codes.length === 0) return 'the mail holds no word that looks like a code';
  const lines = `${mail.text}\n${htmlText(mail.html ?? '')}`.split(/\r?\n/);
  const named = codes.map((code) => {
    const masked = `${code.at(0)}${'*'.repeat(Math.max(0, code.length - 2))}${code.at(-1)}`;
    return `${masked} in line ${lines.findIndex((line) => line.includes(code)) + 1}`;
  });
  return `the mail holds ${codes.length} words that look like a code (${named.join(', ')}); expected one`;
}

/** Wordings are looked for in the whole text, since mails break lines wherever they like. */
function codesByTemplates(text: string, { length, templates = [] }: CodeRules): readonly string[] {
  const words = new Set<string>();
  for (const template of templates) {
    const [before = '', after = ''] = template.split('{code}').map(wording);
    // Marks around a code are how a mail makes it stand out.
    const pattern = `${before}[\\s*_>|"'«»„“”]{0,${AROUND}}(?<![A-Za-z0-9])([A-Za-z0-9]{${length}})(?![A-Za-z0-9])[*_|"'«»„“”]{0,${AROUND}}${after}`;
    for (const [, word = ''] of text.matchAll(new RegExp(pattern, 'giu'))) if (isCode(word)) words.add(word);
  }
  return [...words];
}

/** A part of a template as a pattern. */
function wording(part: string): string {
  return part.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&').replace(/\s+/gu, `\\s{1,${AROUND}}`);
}

/**
 * The codes that stand alone in a mail's text: words of exactly `length` letters and digits that hold a digit
 * or a capital beyond the first letter, in lines of their own or behind a colon. No template: mails differ by service and language, and
 * a mail that offers two such words is not one to guess from.
 */
export function codesIn(text: string, length: number): readonly string[] {
  const words = new Set<string>();
  const own = new RegExp(`^[A-Za-z0-9]{${length}}$`);
  for (const line of text.split(/\r?\n/)) {
    // A code stands alone on its line, or last on it behind a colon; addresses, serial numbers and dates do neither.
    const trimmed = trimmedLine(line);
    const last = lastWord(trimmed);
    for (const word of [trimmed, last]) if (own.test(word) && isCode(word)) words.add(word);
  }
  return [...words];
}

/** Without the marks and the white space around it. By hand: a pattern would look at long runs again and again. */
function trimmedLine(line: string): string {
  let [from, to] = [0, line.length];
  while (from < to && /[*_>|\s]/.test(line.charAt(from))) from += 1;
  while (to > from && /[*_.|\s]/.test(line.charAt(to - 1))) to -= 1;
  return line.slice(from, to);
}

/** The last word of a line that stands behind a colon; empty where it does not. */
function lastWord(line: string): string {
  let from = line.length;
  while (from > 0 && /\S/.test(line.charAt(from - 1))) from -= 1;
  const word = line.slice(from);
  if (/[::]$/u.test(line.slice(0, from).trimEnd())) return word;
  const colon = word.search(/[::]/u);
  return colon < 0 ? '' : word.slice(colon + 1);
}

/** Codes are no words of a language: they hold a digit, or a capital beyond the first letter. */
function isCode(word: string): boolean {
  return /\d/.test(word) || /.[A-Z]/.test(word);
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
};

/** What a reader sees of HTML, each block and each cell on a line of its own. */
function htmlText(html: string): string {
  return withoutUnseen(html.slice(0, LONGEST))
    .replace(/\s+/g, ' ')
    .replace(
      /<\/?(?:p|div|br|tr|td|th|table|li|ul|ol|h[1-6]|section|article|body|pre|blockquote)\b[^<>]*>/gi,
      '\n',
    )
    .replace(/<[^<>]*>/g, '')
    .replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]+));/gi, (whole, decimal, hex, name) => {
      const point = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
      if (name === undefined) return point <= 0x10ffff ? String.fromCodePoint(point) : whole;
      return ENTITIES[String(name).toLowerCase()] ?? whole;
    });
}

/** What of HTML nobody sees: what begins it, and what ends it. */
const UNSEEN = [
  [/<!--/g, '-->'],
  [/<script\b/gi, '</script'],
  [/<style\b/gi, '</style'],
  [/<title\b/gi, '</title'],
] as const;

/** HTML without comments, scripts, styles and titles. What has no end is left. */
function withoutUnseen(html: string): string {
  let left = html;
  for (const [begin, end] of UNSEEN) {
    const low = left.toLowerCase();
    let kept = '';
    let from = 0;
    for (const { index } of left.matchAll(begin)) {
      if (index < from) continue;
      const close = low.indexOf(end, index);
      if (close < 0) break;
      kept += `${left.slice(from, index)} `;
      from = end === '-->' ? close + end.length : low.indexOf('>', close) + 1 || left.length;
    }
    left = kept + left.slice(from);
  }
  return left;
}
