import { LINE_ENDS, wideBytes } from './patterns.ts';

/** A text as it is looked through: decoded once, however many secrets there are. */
export interface Views {
  /** Small letters. */
  readonly lower: string;
  /** Small letters, every escape (URL, XML, JSON, quoted-printable) undone, no soft line breaks. */
  readonly open: string;
  /** `lower` and `open` without blanks, and without what may stand for one. */
  readonly tight: readonly [lower: string, open: string];
  /** As it is, without line ends: base64 may be broken anywhere. */
  readonly flat: string;
  /** Small letters without what stands between the bytes of a dump in hex. */
  readonly packed: string;
}
/** What must stand in a text for a secret to stand in it, in whatever form. */
export type Anchors = (views: Views) => boolean;

const ESCAPED =
  /%(?:25)*([0-9a-f]{2})|=([0-9a-f]{2})|&#(\d+);|&#x([0-9a-f]+);|\\u([0-9a-f]{4})|&(amp|lt|gt|quot|apos|nbsp);|\\(["\\/])|=(?:\r?\n|\\r\\n|\\n)/gi;
const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
};

export function viewsOf(text: string): Views {
  const lower = text.toLowerCase();
  const open = /[%=&\\]/.test(text) ? unescaped(text).toLowerCase() : lower;
  const flat = /[\r\n]|\\[rn]/.test(text) ? text.replace(LINE_ENDS, '') : text;
  const tightLower = tightened(lower);
  const packed = lower.replace(/0x|[ :.,-]+/g, '');
  return { lower, open, tight: [tightLower, open === lower ? tightLower : tightened(open)], flat, packed };
}

/** A blank may be written as + or _ (forms, mail subjects); UTF-16 read as UTF-8 has a NUL in every second place. */
function tightened(text: string): string {
  return text.replace(/[\s+_\0]+/g, '');
}

/** Bytes of several escapes can make one character: they are decoded together. */
function unescaped(text: string): string {
  const bytes: number[] = [];
  let result = '';
  let from = 0;
  const close = () => {
    if (bytes.length > 0) result += Buffer.from(bytes.splice(0)).toString('utf8');
  };
  for (const match of text.matchAll(ESCAPED)) {
    const [whole, percent, quoted, decimal, hex, unit, entity, slashed] = match;
    if (match.index > from) {
      close();
      result += text.slice(from, match.index);
    }
    from = match.index + whole.length;
    const byte = percent ?? quoted;
    if (byte !== undefined) bytes.push(Number.parseInt(byte, 16));
    else if (!whole.startsWith('=')) {
      close();
      if (decimal !== undefined || hex !== undefined)
        result += characterOf(decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal));
      else if (unit !== undefined) result += String.fromCharCode(Number.parseInt(unit, 16));
      else if (entity !== undefined) result += ENTITIES[entity.toLowerCase()] ?? '';
      else result += slashed ?? '';
    }
  }
  close();
  return result + text.slice(from);
}

function characterOf(point: number): string {
  return point <= 0x10ffff ? String.fromCodePoint(point) : '';
}

/** The cheap test for one secret. It may say yes where the pattern says no, never the other way round. */
export function anchorsOf(value: string): Anchors {
  const tight = tightened(value.toLowerCase());
  const bytes = [...new Set([value, value.toLowerCase()])].flatMap((text) => [
    Buffer.from(text),
    wideBytes(text),
  ]);
  const hexes = bytes.map((one) => one.toString('hex'));
  const inner = bytes.flatMap((one) => [0, 1, 2].map((before) => innerBase64(one, before)));
  return ({ lower, tight: [tightLower, tightOpen], flat, packed }) =>
    tightLower.includes(tight) ||
    tightOpen.includes(tight) ||
    hexes.some((hex) => lower.includes(hex) || packed.includes(hex)) ||
    inner.some(
      (text) => flat.includes(text) || flat.includes(text.replaceAll('+', '-').replaceAll('/', '_')),
    );
}

/** The characters of base64 that the bytes alone decide, standing `before` bytes after a multiple of three. */
function innerBase64(bytes: Buffer, before: number): string {
  const text = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
  const bits = (before + bytes.length) * 8;
  return text.slice(Math.ceil((before * 8) / 6), Math.floor(bits / 6));
}
