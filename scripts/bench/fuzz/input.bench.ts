// Inputs for readers: valid samples, broken in the ways in which things break, and bytes that are nothing at all.
import fc from 'fast-check';
import { seeded } from '../vision/random.ts';

/** One input, and a number for whatever else a target decides by chance. */
export interface Input {
  readonly bytes: Uint8Array;
  readonly dice: number;
}

/** Longest input, bytes. */
const LONGEST = 256 * 1024;
/** What parsers stumble over, wherever it comes. */
const WORDS = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  '"__proto__":{"polluted":1},',
  '<__proto__>1</__proto__>',
  '__proto__:\n  polluted: 1\n',
  'null',
  'true',
  '[]',
  '{}',
  '""',
  "'",
  '"',
  '\\',
  '\0',
  '\r\n',
  '\n\n',
  '\r\n\r\n',
  '\ufeff',
  '\ud800',
  '&#x110000;',
  '&amp;',
  '<!DOCTYPE a [<!ENTITY b "bbbbbbbb"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>',
  '<!--',
  '-->',
  '<![CDATA[',
  '<?xml version="1.0"?>',
  '&a',
  '*a',
  '<<: *a',
  '!!binary ',
  '? ',
  '--',
  '=?utf-8?B?',
  '?=',
  '{1048576}',
  '%00',
  'U-Boot 2',
] as const;
const NUMBERS = [
  '0',
  '-1',
  '1e999',
  '99999999999999999999',
  '2147483648',
  '4294967295',
  '9007199254740993',
  '0x7fffffff',
  'NaN',
  '1.5',
  '65536',
] as const;
/** What is opened again and again, and never closed. */
const NESTS = ['[', '{"a":', '<a>', '(', '- ', '[{"a":', '{', '<!-- -->', '<?a?>', '"', '<'] as const;
/** One character, very often. */
const SWELLS = [
  ' ',
  '\t',
  '<',
  '*',
  'a',
  'A1',
  '"',
  '\\',
  '-',
  '=',
  '/',
  '&',
  ',',
  '\n',
  '0',
  '_',
  ': ',
] as const;

const KINDS = [
  'flip',
  'flip',
  'byte',
  'byte',
  'cut',
  'drop',
  'double',
  'splice',
  'word',
  'word',
  'number',
  'nest',
  'encode',
  'swell',
  'noise',
] as const;
interface Change {
  readonly kind: (typeof KINDS)[number];
  /** Where, in 65,536ths of the input. */
  readonly at: number;
  readonly count: number;
  readonly what: number;
}

/** @param valid inputs of the target */
export function inputsFor(valid: readonly Uint8Array[]): fc.Arbitrary<Input> {
  // Copies: a slice of a Buffer is the Buffer's own bytes.
  const samples = valid.map((sample) => new Uint8Array(sample));
  const change: fc.Arbitrary<Change> = fc.record({
    kind: fc.constantFrom(...KINDS),
    at: fc.nat(65_535),
    count: fc.nat(65_535),
    what: fc.nat(65_535),
  });
  const changed = fc
    .tuple(
      fc.nat(samples.length - 1),
      fc.oneof(fc.tuple(change), fc.array(change, { minLength: 1, maxLength: 5 })),
    )
    .map(([sample, changes]) =>
      changes.reduce<Uint8Array>(
        (bytes, one) => applied(bytes, one, samples),
        samples[sample] ?? new Uint8Array(),
      ),
    );
  const random = fc.uint8Array({ maxLength: 400 });
  const bytes = fc.oneof({ weight: 12, arbitrary: changed }, { weight: 1, arbitrary: random });
  return fc.record({ bytes, dice: fc.nat(65_535) });
}

function applied(
  bytes: Uint8Array,
  { kind, at, count, what }: Change,
  samples: readonly Uint8Array[],
): Uint8Array {
  const place = Math.floor((at / 65_536) * (bytes.length + 1));
  const put = (piece: Uint8Array, skip = 0) =>
    joined(bytes.subarray(0, place), piece, bytes.subarray(place + skip));
  switch (kind) {
    case 'flip':
    case 'byte': {
      const copy = new Uint8Array(bytes);
      if (place < copy.length)
        copy[place] = kind === 'byte' ? what & 255 : (copy[place] ?? 0) ^ (1 << (what & 7));
      return copy;
    }
    case 'cut':
      return bytes.slice(0, place);
    case 'drop':
      return put(new Uint8Array(), 1 + (count % 64));
    case 'double':
      return put(repeated(bytes.subarray(place, place + 1 + (count % 96)), 1 + ((what * what) % 2_000)));
    case 'splice': {
      const other = samples[what % samples.length] ?? bytes;
      return put(other.subarray(Math.floor((count / 65_536) * other.length)), bytes.length);
    }
    case 'word':
      return put(textBytes(WORDS[what % WORDS.length] ?? ''));
    case 'number':
      return withNumber(bytes, place, NUMBERS[what % NUMBERS.length] ?? '');
    case 'nest':
      return put(repeated(textBytes(NESTS[what % NESTS.length] ?? ''), 1 + (count % 20_000)));
    case 'encode':
      return encoded(bytes, what);
    case 'swell':
      return put(repeated(textBytes(SWELLS[what % SWELLS.length] ?? ''), count * 2));
    case 'noise': {
      const random = seeded(what);
      return put(Uint8Array.from({ length: 1 + (count % 32) }, () => Math.floor(random() * 256)));
    }
  }
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts).subarray(0, LONGEST));
}

function repeated(piece: Uint8Array, times: number): Uint8Array {
  const most = piece.length === 0 ? 0 : Math.min(times, Math.floor(LONGEST / piece.length));
  const all = new Uint8Array(piece.length * most);
  for (let at = 0; at < most; at += 1) all.set(piece, at * piece.length);
  return all;
}

function textBytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** The next number behind a place becomes another one. */
function withNumber(bytes: Uint8Array, place: number, number: string): Uint8Array {
  const isDigit = (byte: number | undefined) => byte !== undefined && byte >= 48 && byte <= 57;
  let from = place;
  while (from < bytes.length && !isDigit(bytes[from])) from += 1;
  let to = from;
  while (isDigit(bytes[to])) to += 1;
  return joined(bytes.subarray(0, from), textBytes(number), bytes.subarray(to));
}

/** In another encoding than is said. */
function encoded(bytes: Uint8Array, what: number): Uint8Array {
  const text = Buffer.from(bytes).toString('utf8');
  const utf16 = Buffer.from(`\ufeff${text}`, 'utf16le').subarray(0, LONGEST & ~1);
  switch (what % 4) {
    case 0:
      return joined(utf16);
    case 1:
      return joined(Buffer.from(utf16).swap16());
    case 2:
      return joined(Buffer.from(text, 'latin1'));
    default:
      return joined(textBytes(Buffer.from(bytes).toString('latin1')));
  }
}
