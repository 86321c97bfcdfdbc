import { encodeIn, quotedPrintable, unquoted } from './charsets.ts';

/** How a mail's MIME is changed on the way; what is not named stays as it was. */
export interface Rewriting {
  readonly htmlOnly?: boolean;
  /** What the parts say they are in, and what they are in. */
  readonly charset?: { readonly declared: string; readonly used: string };
  /** Word to be torn by soft line breaks, in quoted-printable. */
  readonly broken?: string;
  readonly spam?: boolean;
  readonly date?: Date;
  readonly messageId?: string;
}

/** Head and body of a message or of a part; one character a byte. */
interface Entity {
  readonly head: readonly string[];
  readonly body: string;
}

/** Rewrites a mail of text and HTML parts, as servers and filters on the way do. */
export function rewrite(raw: Buffer, how: Rewriting): Buffer {
  const message = parse(raw.toString('latin1'));
  const { head, body } = withBody(message, how);
  const date = how.date?.toUTCString().replace(/GMT$/, '+0000');
  const changed = [
    ...(how.spam === true
      ? ['X-Spam-Flag: YES', 'X-Spam-Level: ********', 'X-Spam-Status: Yes, score=8.2 required=5.0']
      : []),
    ...head.map((line) => {
      if (date !== undefined && named(line, 'date')) return `Date: ${date}`;
      if (how.messageId !== undefined && named(line, 'message-id')) return `Message-ID: ${how.messageId}`;
      return how.spam === true && named(line, 'subject')
        ? line.replace(/^[^:]*:\s*/, 'Subject: [SPAM] ')
        : line;
    }),
  ];
  return Buffer.from(written({ head: changed, body }), 'latin1');
}

function withBody(message: Entity, how: Rewriting): Entity {
  if (how.htmlOnly !== true && how.charset === undefined && how.broken === undefined) return message;
  const boundary = /boundary="?([^";\s]+)/i.exec(header(message, 'content-type'))?.[1];
  if (boundary === undefined) return encoded(message, how);
  const parts = message.body
    .split(new RegExp(`(?:^|\\r\\n)--${escaped(boundary)}(?:--)?[ \\t]*(?:\\r\\n|$)`))
    .slice(1, -1)
    .map(parse);
  const html = parts.find((part) => /^text\/html/i.test(header(part, 'content-type')));
  if (how.htmlOnly === true && html !== undefined) {
    const own = message.head.filter((line) => !/^content-(type|transfer-encoding)/i.test(line));
    return encoded({ head: [...own, ...html.head], body: html.body }, how);
  }
  const pieces = parts.map((part) => `--${boundary}\r\n${written(encoded(part, how))}\r\n`);
  return { head: message.head, body: `${pieces.join('')}--${boundary}--\r\n` };
}

/** A text in another charset, or with other line breaks. */
function encoded(part: Entity, { charset, broken }: Rewriting): Entity {
  const [kind = 'text/plain'] = header(part, 'content-type').split(';');
  const text = decoded(part);
  const bytes = charset === undefined ? Buffer.from(text) : inCharset(charset.used, text);
  const quoted = charset === undefined || broken !== undefined;
  return {
    head: [
      ...part.head.filter((line) => !/^content-(type|transfer-encoding)/i.test(line)),
      `Content-Type: ${kind}; charset=${charset?.declared ?? 'utf-8'}`,
      `Content-Transfer-Encoding: ${quoted ? 'quoted-printable' : '8bit'}`,
    ],
    body: quoted ? quotedPrintable(bytes, broken) : bytes.toString('latin1'),
  };
}

function inCharset(charset: string, text: string): Buffer {
  return charset === 'utf-8' ? Buffer.from(text) : encodeIn(charset, text);
}

function decoded(part: Entity): string {
  const encoding = header(part, 'content-transfer-encoding').toLowerCase();
  if (encoding === 'quoted-printable') return unquoted(part.body).toString('utf8');
  return Buffer.from(part.body, encoding === 'base64' ? 'base64' : 'latin1').toString('utf8');
}

function parse(text: string): Entity {
  const end = text.indexOf('\r\n\r\n');
  const head = (end < 0 ? text : text.slice(0, end)).split(/\r\n(?![ \t])/);
  return { head, body: end < 0 ? '' : text.slice(end + 4) };
}

function written({ head, body }: Entity): string {
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}

/** The value of a header, unfolded; empty where there is none. */
function header(entity: Entity, name: string): string {
  const line = entity.head.find((one) => named(one, name)) ?? '';
  return line
    .slice(line.indexOf(':') + 1)
    .replace(/\r\n[ \t]+/g, ' ')
    .trim();
}

function named(line: string, name: string): boolean {
  return line.toLowerCase().startsWith(`${name}:`);
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
