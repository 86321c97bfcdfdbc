import type { EmailOutcome, PasswordOutcome } from './api.ts';

/** Longest reserved address, bytes (vendor SDK header). */
const EMAIL_MAX = 128;

/**
 * Password rules of the recorder manuals: 8 to 16 printable ASCII characters, at least two of digits, lower case,
 * upper case, special; not holding the user name, `admin`, `123`, nor four rising, falling or equal characters.
 */
export function checkPassword(password: string, user: string): PasswordOutcome {
  if (!/^[\x21-\x7e]*$/.test(password)) return { ok: false, why: 'characters' };
  if (password.length < 8) return { ok: false, why: 'too-short' };
  if (password.length > 16) return { ok: false, why: 'too-long' };
  const classes = [/\d/, /[a-z]/, /[A-Z]/, /[^A-Za-z\d]/].filter((kind) => kind.test(password)).length;
  if (classes < 2) return { ok: false, why: 'one-class' };
  const lower = password.toLowerCase();
  if (lower.includes('admin') || lower.includes('123')) return { ok: false, why: 'common' };
  if (lower.includes(user.toLowerCase())) return { ok: false, why: 'user-name' };
  if (hasRun(password)) return { ok: false, why: 'run' };
  if (classes >= 3) return { ok: true, strength: 3 };
  // Two classes: digits with letters of one case are weak, any other pair is fair.
  return { ok: true, strength: /\d/.test(password) && /[A-Za-z]/.test(password) ? 1 : 2 };
}

/** Four characters in a row that rise by one, fall by one, or are equal. */
function hasRun(text: string): boolean {
  for (const step of [1, -1, 0]) {
    let length = 1;
    for (let at = 1; at < text.length; at++) {
      length = text.charCodeAt(at) - text.charCodeAt(at - 1) === step ? length + 1 : 1;
      if (length === 4) return true;
    }
  }
  return false;
}

/** Accepts `local@domain.tld` of at most 128 bytes; tags with a plus are fine. */
export function checkEmail(address: string): EmailOutcome {
  if (Buffer.byteLength(address) > EMAIL_MAX) return { ok: false, why: 'too-long' };
  if (!/^[\x21-\x7e]*$/.test(address)) return { ok: false, why: 'characters' };
  const local = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+";
  const label = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?';
  const shape = new RegExp(`^${local}(?:\\.${local})*@${label}(?:\\.${label})+$`);
  return shape.test(address) ? { ok: true } : { ok: false, why: 'malformed' };
}

/** First letter, three stars, domain: `o***@lab.example`. */
export function maskEmail(address: string): string {
  return `${address.slice(0, 1)}***${address.slice(address.lastIndexOf('@'))}`;
}

/** An unlock pattern: 9 dots, at least 4, each once. */
export function isPattern(dots: readonly number[]): boolean {
  const valid = dots.every((dot) => Number.isInteger(dot) && dot >= 1 && dot <= 9);
  return valid && dots.length >= 4 && new Set(dots).size === dots.length;
}
