import { brotliDecompressSync, constants, gunzipSync, inflateSync } from 'node:zlib';
import { HarnessError } from '../../../terms/error.ts';

/** Longest body that is read, bytes, packed and unpacked: more is no answer of a recorder. */
export const MAX_BODY = 16 * 1024 * 1024;

/** A body as text, and what had to be tolerated to read it. */
export interface ReadBody {
  readonly text: string;
  readonly notes: readonly string[];
}

const FLUSH = { maxOutputLength: MAX_BODY, finishFlush: constants.Z_SYNC_FLUSH };
/** How to unpack what a Content-Encoding names (RFC 9110, 8.4.1); a stream that breaks off gives what there is of it. */
const UNPACK: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  gzip: (bytes) => gunzipSync(bytes, FLUSH),
  'x-gzip': (bytes) => gunzipSync(bytes, FLUSH),
  deflate: (bytes) => inflateSync(bytes, FLUSH),
  br: (bytes) => brotliDecompressSync(bytes, { maxOutputLength: MAX_BODY }),
};
const BYTE_ORDER_MARKS = [
  ['utf-8', [0xef, 0xbb, 0xbf]],
  ['utf-16le', [0xff, 0xfe]],
  ['utf-16be', [0xfe, 0xff]],
] as const;

/**
 * Reads a body whatever it is packed and written in: gzip that nobody asked for, a byte order mark, a charset of its own.
 * @param headers in lower case
 * @throws HarnessError PORT_PROTOCOL for what cannot be unpacked, or becomes longer than {@link MAX_BODY}
 */
export function readBody(bytes: Buffer, headers: Readonly<Record<string, string>>): ReadBody {
  const notes: string[] = [];
  const plain = unpacked(bytes, headers['content-encoding'], notes);
  return { text: decoded(plain, headers['content-type'] ?? '', notes), notes };
}

function unpacked(bytes: Buffer, encoding: string | undefined, notes: string[]): Buffer {
  const named = (encoding ?? '').trim().toLowerCase();
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  const unpack = UNPACK[named];
  if (!isGzip && (unpack === undefined || bytes.length === 0)) {
    if (unpack === undefined && named !== '' && named !== 'identity')
      notes.push(`content-encoding ${named}: read as it is`);
    return bytes;
  }
  const kind = isGzip ? 'gzip' : named;
  try {
    const plain = (isGzip ? UNPACK.gzip : unpack)?.(bytes) ?? bytes;
    const told = named === '' ? ', and the header does not say so' : '';
    notes.push(`${kind}, which nobody asked for${told}: ${bytes.length} bytes for ${plain.length}`);
    return plain;
  } catch (cause) {
    // A header that says gzip on a body that is none is seen, too.
    if (!isGzip && /^\s*[<{[]/.test(bytes.toString('latin1'))) {
      notes.push(`content-encoding ${named}, but the body is not packed`);
      return bytes;
    }
    throw new HarnessError('PORT_PROTOCOL', `a body of ${bytes.length} bytes cannot be unpacked as ${kind}`, {
      cause,
      port: 'http',
      hint: 'see the exchange in the evidence; the recorder or a proxy before it packs wrongly',
    });
  }
}

function decoded(bytes: Buffer, type: string, notes: string[]): string {
  const mark = BYTE_ORDER_MARKS.find(([, start]) => start.every((byte, at) => bytes[at] === byte));
  if (mark !== undefined) notes.push(`byte order mark (${mark[0]})`);
  const named = /charset\s*=\s*"?([\w.:-]+)/i.exec(type)?.[1];
  const label = mark?.[0] ?? named ?? 'utf-8';
  if (/^utf-?8$/i.test(label)) return withoutMark(bytes.toString('utf8'));
  try {
    const text = new TextDecoder(label).decode(bytes);
    if (mark === undefined) notes.push(`charset ${label}`);
    return text;
  } catch {
    notes.push(`charset ${label} is none: read as utf-8`);
    return withoutMark(bytes.toString('utf8'));
  }
}

function withoutMark(text: string): string {
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}

/** What a body is, by its first character. */
export function kindOf(text: string): 'XML' | 'JSON' | 'HTML' | 'text' | 'nothing' {
  const start = text.trimStart().slice(0, 200);
  if (start === '') return 'nothing';
  if (/^(?:<!doctype html|<html)\b/i.test(start)) return 'HTML';
  if (start.startsWith('<')) return 'XML';
  return /^[{[]/.test(start) ? 'JSON' : 'text';
}

/** The name of the root element with its prefix, and its attributes; undefined where there is none. */
export function rootOf(xml: string): { readonly name: string; readonly attributes: string } | undefined {
  const from = prologEnd(xml);
  const end = xml.indexOf('>', from);
  const name = end < 0 ? undefined : NAME.exec(xml.slice(from, end))?.[1];
  return name === undefined ? undefined : { name, attributes: xml.slice(from + 1 + name.length, end) };
}

const NAME = /^<([\w.:-]+)/;
/** What may stand before the root element: how it begins, and how it ends. */
const PROLOG = [
  ['<?', '?>'],
  ['<!--', '-->'],
  ['<!', '>'],
] as const;

/** Where the root element may begin. Each character is looked at once: a pattern for it all would take for ever. */
function prologEnd(xml: string): number {
  let at = 0;
  for (;;) {
    while (at < xml.length && /\s/.test(xml.charAt(at))) at += 1;
    const [start = '', end = ''] = PROLOG.find(([begin]) => xml.startsWith(begin, at)) ?? [];
    const close = start === '' ? -1 : xml.indexOf(end, at + start.length);
    if (close < 0) return at;
    at = close + end.length;
  }
}

/**
 * Whether a document has come to its end: JSON that parses, XML whose root is closed. What stands behind it does not
 * matter. A body that is neither is never whole.
 */
export function isWhole(text: string): boolean {
  const kind = kindOf(text);
  if (kind === 'JSON') return isJson(text);
  if (kind !== 'XML' && kind !== 'HTML') return false;
  const root = rootOf(text);
  if (root === undefined) return false;
  if (root.attributes.trimEnd().endsWith('/')) return true;
  return isClosed(text, root.name);
}

/** Whether an element is closed anywhere. No pattern is made of its name: that is the device's, and may be of any length. */
function isClosed(xml: string, name: string): boolean {
  const tag = `</${name}`;
  for (let at = xml.indexOf(tag); at >= 0; at = xml.indexOf(tag, at)) {
    at += tag.length;
    while (at < xml.length && /\s/.test(xml.charAt(at))) at += 1;
    if (xml.charAt(at) === '>') return true;
  }
  return false;
}

/** Without the white space and the NULs that some recorders end their answers with. */
export function withoutTail(text: string): string {
  let end = text.length;
  while (end > 0 && /[\s\0]/.test(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(withoutTail(text));
    return true;
  } catch {
    return false;
  }
}
