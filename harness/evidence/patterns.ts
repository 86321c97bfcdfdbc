/** Characters that end a line in the middle of an encoded text: as they are, or as a JSON string has them. */
const LINE_END = String.raw`(?:\r?\n|\\r\\n|\\n)`;
/** Every line end in a text, as it is or as a JSON string has it. */
export const LINE_ENDS = new RegExp(LINE_END, 'g');
/** Quoted-printable may break a line anywhere (RFC 2045, 6.7 (5)). */
const SOFT_BREAK = `(?:=${LINE_END})?`;
/** Between two characters: a soft break, or the other byte of UTF-16 that was read as UTF-8. */
const BETWEEN = String.raw`(?:=${LINE_END}|\0|\\u0000)?`;
/** Between two bytes in hex, as dumps have them: `41 42`, `41:42`, `0x41, 0x42`. */
const HEX_BETWEEN = String.raw`(?:[ :.\-]|,?[ ]?0[xX])?`;
const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const ENTITIES: Readonly<Record<string, string>> = {
  '&': 'amp',
  '<': 'lt',
  '>': 'gt',
  '"': 'quot',
  "'": 'apos',
  ' ': 'nbsp',
};

/**
 * A pattern (flag `u`) for a text in every form in which mails, HTTP, documents and consoles carry it: as it is,
 * URL-encoded, XML- and JSON-escaped, quoted-printable, UTF-16, and mixtures of these; base64 at each of its three
 * alignments and hex, also of UTF-16.
 */
export function patternOf(value: string): string {
  const forms = [[...value].map(anyForm).join(BETWEEN)];
  for (const bytes of [Buffer.from(value), wideBytes(value)]) {
    forms.push([...bytes].map((byte) => hex(Uint8Array.of(byte))).join(HEX_BETWEEN));
    for (const before of [0, 1, 2]) forms.push(base64(bytes, before));
  }
  return forms.join('|');
}

/** A text in UTF-16, the low bytes first, without the last byte: of Latin letters also what stands with the high first. */
export function wideBytes(value: string): Buffer {
  return Buffer.from(value, 'utf16le').subarray(0, -1);
}

/** One character in any of its forms. */
function anyForm(character: string): string {
  const point = (character.codePointAt(0) ?? 0).toString(16);
  const bytes = [...Buffer.from(character)].map((byte) => hex(Uint8Array.of(byte)));
  const units = [...Array(character.length).keys()].map((at) =>
    character.charCodeAt(at).toString(16).padStart(4, '0'),
  );
  const forms = [
    literal(character),
    bytes.map((one) => `%(?:25)*${one}`).join(''),
    bytes.map((one) => `=${one}`).join(SOFT_BREAK),
    `&#(?:0*${character.codePointAt(0)}|[xX]0*${anyCase(point)});`,
    units.map((unit) => String.raw`\\u${anyCase(unit)}`).join(''),
  ];
  if (ENTITIES[character] !== undefined) forms.push(`&${ENTITIES[character]};`);
  if ('"\\/'.includes(character)) forms.push(String.raw`\\${literal(character)}`);
  // A space in a form (application/x-www-form-urlencoded), and in a mail's subject (RFC 2047, 4.2).
  if (character === ' ') forms.push(String.raw`\+`, '_');
  return `(?:${forms.join('|')})`;
}

/**
 * Bytes in base64 that stand `before` bytes after a multiple of three. The characters at either end, which share bits
 * with the neighbours, stand as the class of those possible.
 */
function base64(bytes: Uint8Array, before: number): string {
  const bits = [
    ...'x'.repeat(before * 8),
    ...[...bytes].flatMap((byte) => [...byte.toString(2).padStart(8, '0')]),
  ];
  const classes: string[] = [];
  for (let at = Math.floor((before * 8) / 6) * 6; at < bits.length; at += 6) {
    const wanted = bits
      .slice(at, at + 6)
      .join('')
      .padEnd(6, 'x');
    const possible = [...BASE64].filter((_, index) => {
      const own = index.toString(2).padStart(6, '0');
      return [...wanted].every((bit, place) => bit === 'x' || bit === own[place]);
    });
    classes.push(`[${possible.map(urlSafeToo).join('')}]`);
  }
  return classes.join(`${LINE_END}?`);
}

/** `+` and `/`, and what stands for them in base64url. */
function urlSafeToo(character: string): string {
  if (character === '+') return String.raw`+\-`;
  return character === '/' ? String.raw`\/_` : character;
}

function hex(bytes: Uint8Array): string {
  return anyCase(Buffer.from(bytes).toString('hex'));
}

function anyCase(digits: string): string {
  return digits.replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`);
}

function literal(character: string): string {
  return character.replace(/[\\^$.*+?()[\]{}|/]/, String.raw`\$&`);
}
