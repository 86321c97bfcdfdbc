import type { Secret } from './secrets.ts';

/** In which form a secret stands in a file. */
export type Form = 'as it is' | 'escaped' | 'base64' | 'hex' | 'UTF-16';

/** A text, and the same in small letters. */
interface View {
  readonly own: string;
  readonly small: string;
}
/** A text to look into, one character a byte. */
interface Views {
  readonly raw: View;
  /** Without line ends. */
  readonly joined: View;
  /** Without what mails, URLs, XML and JSON write instead of a character; once and twice. */
  readonly decoded: readonly View[];
}

/** Looks for each secret in the bytes of a file, in the forms in which text files carry them. */
export function searchBytes(
  bytes: Uint8Array,
  secrets: readonly Secret[],
): readonly (readonly [Secret, Form])[] {
  const raw = Buffer.from(bytes).toString('latin1');
  const joined = raw.replace(/\r?\n|\\r\\n|\\n/g, '');
  const once = decode(raw.replace(/=(?:\r?\n|\\r\\n|\\n)/g, ''));
  const twice = decode(once);
  const views: Views = {
    raw: view(raw),
    joined: view(joined),
    decoded: (once === twice ? [once] : [once, twice]).map(view),
  };
  return secrets.flatMap((secret) => formsOf(views, secret).map((form) => [secret, form] as const));
}

function formsOf({ raw, joined, decoded }: Views, secret: Secret): readonly Form[] {
  const bytes = Buffer.from(secret.value);
  const plain = bytes.toString('latin1');
  const utf16 = Buffer.from(secret.value, 'utf16le').toString('latin1');
  const forms: Form[] = [];
  if (contains(raw, plain, secret)) forms.push('as it is');
  else if (decoded.some((one) => contains(one, plain, secret))) forms.push('escaped');
  if (base64Cores(bytes).some((core) => joined.own.includes(core))) forms.push('base64');
  if (joined.small.includes(bytes.toString('hex'))) forms.push('hex');
  if (raw.own.includes(utf16)) forms.push('UTF-16');
  return forms;
}

/** Whether a text contains a value that is not merely digits of a longer number or of a hash. */
function contains(text: View, value: string, { anyCase }: Secret): boolean {
  const digits = /^\d+$/.test(value);
  const hexDigits = /^[0-9a-f]+$/i.test(value);
  const own = anyCase ? text.small : text.own;
  const wanted = anyCase ? lower(value) : value;
  for (let at = own.indexOf(wanted); at >= 0; at = own.indexOf(wanted, at + 1)) {
    const end = at + wanted.length;
    if (digits && (/\d/.test(own[at - 1] ?? '') || /\d/.test(own[end] ?? ''))) continue;
    if (hexDigits && runLength(own, at, end) >= 32) continue;
    return true;
  }
  return false;
}

/** Length of the run of hex digits around a place. */
function runLength(text: string, from: number, to: number): number {
  const before = /[0-9a-f]*$/i.exec(text.slice(Math.max(0, from - 64), from));
  const after = /^[0-9a-f]*/i.exec(text.slice(to, to + 64));
  return to - from + (before?.[0].length ?? 0) + (after?.[0].length ?? 0);
}

function view(own: string): View {
  return { own, small: lower(own) };
}

/** Small letters, byte by byte: `toLowerCase` would change what is no ASCII. */
function lower(text: string): string {
  return text.replace(/[A-Z]+/g, (one) => one.toLowerCase());
}

/** What every base64 text that contains the bytes has in it, at each of the three alignments, in both alphabets. */
function base64Cores(bytes: Buffer): readonly string[] {
  const cores = [0, 1, 2].map((before) => {
    const all = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
    const shared = Math.ceil((before * 8) / 6);
    return all.slice(shared, Math.floor(((before + bytes.length) * 8) / 6));
  });
  return [...cores, ...cores.map((core) => core.replaceAll('+', '-').replaceAll('/', '_'))];
}

const NAMED: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
};

/** Undoes percent, quoted-printable, XML and JSON escapes wherever something looks like one. */
function decode(text: string): string {
  return text
    .replace(/[%=]([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replace(/&#(\d{1,7});/g, (_, digits: string) => utf8(Number(digits)))
    .replace(/&#x([0-9a-f]{1,6});/gi, (_, hex: string) => utf8(Number.parseInt(hex, 16)))
    .replace(/\\u([0-9a-f]{4})/gi, (_, hex: string) => utf8(Number.parseInt(hex, 16)))
    .replace(/&(amp|lt|gt|quot|apos|nbsp);/g, (_, name: string) => NAMED[name] ?? '')
    .replace(/\\(["\\/])/g, '$1');
}

/** A character as the bytes of UTF-8, one character a byte. */
function utf8(point: number): string {
  return point <= 0x10ffff ? Buffer.from(String.fromCodePoint(point)).toString('latin1') : '';
}
