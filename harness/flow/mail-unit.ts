import type { Mail } from '../bench/ports/mailbox.ts';

/** The recorder that a mail should be for. */
export interface MailUnit {
  readonly model: string;
  readonly serialNumber: string;
}

/** Words, each of which may be a part of a serial number with the rest hidden: `***6789`, `DS-76********9WCVU`. */
const WORD = /[^\s()<>[\]{},;:"']+/gu;
const MASKED = /[*•●]{2}/u;
/** So much before a mask is looked through for what it is a mask of, characters. */
const BEFORE = 80;
/** So much of a mail is looked through, characters: mails with a code have a hundredth. */
const LONGEST = 64 * 1024;
/** What stands before a serial number, in the languages that recorders speak. */
const LABEL = /(?:\bs\/?n|serial|s[ée]rie|seryjn\p{L}*|serien\p{L}*)[\p{L}\s#.:()/°-]{0,24}$/iu;

/**
 * Which recorder a mail names, by what makers write in it: a serial number, mostly masked, or a model. `nobody` where
 * it tells neither, or nothing that decides.
 */
export function namedIn(
  mail: Pick<Mail, 'subject' | 'text' | 'html'>,
  { model, serialNumber }: MailUnit,
): 'this' | 'another' | 'nobody' {
  const parts = [mail.subject, mail.text, mail.html ?? ''].map((part) => part.slice(0, LONGEST));
  const text = `${parts[0]}\n${parts[1]}\n${(parts[2] ?? '').replace(/<[^<>]*>/g, ' ')}`;
  if (text.includes(serialNumber)) return 'this';
  const masks = [...text.matchAll(WORD)].filter(([word]) => MASKED.test(word) && !word.includes('@'));
  if (masks.some(([word]) => fits(word, serialNumber))) return 'this';
  if (
    masks.some(
      ({ 0: word, index }) =>
        visible(word).length > 0 && LABEL.test(text.slice(Math.max(0, index - BEFORE), index)),
    )
  )
    return 'another';
  if (hasWord(text, model)) return 'this';
  return otherModels(text, model).length > 0 ? 'another' : 'nobody';
}

/**
 * Whether a mask can be that of a serial number, of its digits, or of the nine that makers call the short one: what
 * it shows stands there in this order, the last of it at the end where nothing is hidden behind.
 */
function fits(mask: string, serialNumber: string): boolean {
  const shown = visible(mask).map((part) => part.toUpperCase());
  const digits = serialNumber.replace(/\D/g, '');
  const tail = /[*•●]$/u.test(mask) ? undefined : shown.at(-1);
  if (shown.length === 0) return false;
  return [serialNumber.toUpperCase(), digits, digits.slice(-9)].some((whole) => {
    if (tail === undefined) return whole.startsWith(shown.join(''));
    if (!whole.endsWith(tail)) return false;
    let from = 0;
    return shown.slice(0, -1).every((part) => {
      const at = whole.indexOf(part, from);
      from = at + part.length;
      return at >= 0 && from <= whole.length - tail.length;
    });
  });
}

/** Runs of two characters or more that a mask shows; none where it only frames a word, as `**bold**` does. */
function visible(mask: string): readonly string[] {
  if (/^[*•●].*[*•●]$/u.test(mask)) return [];
  return mask.split(/[*•●]+/u).filter((part) => /^[A-Z0-9-]{2,}$/i.test(part));
}

function hasWord(text: string, word: string): boolean {
  const escaped = word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`(?<![\\w-])${escaped}(?![\\w-])`, 'i').test(text);
}

/** Words of the same make as a model, `DS-…`, that are another. */
function otherModels(text: string, model: string): readonly string[] {
  const make = /^[A-Z]{2,}-(?=\w*\d)/i.exec(model)?.[0];
  if (make === undefined) return [];
  return [...text.matchAll(new RegExp(`(?<![\\w-])${make}\\d[\\w-]{3,}`, 'gi'))].map(([word]) => word);
}
