/** The JSON shapes of MailHog's HTTP API, v1 and v2 (github.com/mailhog/MailHog, docs/APIv2, and its `data` package). */

/** A forward or reverse path of the SMTP envelope. */
export interface MailHogPath {
  readonly Relays: readonly string[] | null;
  readonly Mailbox: string;
  readonly Domain: string;
  readonly Params: string;
}
export interface MailHogContent {
  readonly Headers: Readonly<Record<string, readonly string[]>>;
  readonly Body: string;
  /** Characters of head and body. */
  readonly Size: number;
  readonly MIME: MailHogMime | null;
}
export interface MailHogMime {
  readonly Parts: readonly MailHogContent[];
}
export interface MailHogMessage {
  readonly ID: string;
  readonly From: MailHogPath;
  readonly To: readonly MailHogPath[];
  readonly Content: MailHogContent;
  /** RFC 3339. */
  readonly Created: string;
  readonly MIME: MailHogMime | null;
  /** The envelope and the message as SMTP brought them. */
  readonly Raw: {
    readonly From: string;
    readonly To: readonly string[];
    readonly Data: string;
    readonly Helo: string;
  };
}
export interface MailHogMessages {
  readonly total: number;
  readonly count: number;
  readonly start: number;
  /** Newest first. */
  readonly items: readonly MailHogMessage[];
}

/** What SMTP brought, before it has MailHog's shape. */
export interface ReceivedMail {
  readonly id: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly helo: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** ms since the epoch. */
  readonly receivedAt: number;
}

/** A received mail in MailHog's shape: text is UTF-8, U+FFFD where it isn't; head and MIME parts are not decoded. */
export function toMailHogMessage(mail: ReceivedMail): MailHogMessage {
  const data = new TextDecoder('utf-8', { ignoreBOM: true }).decode(mail.bytes);
  const content = contentOf(data);
  return {
    ID: mail.id,
    From: pathOf(mail.from),
    To: mail.to.map(pathOf),
    Content: {
      ...content,
      Headers: {
        ...content.Headers,
        'Return-Path': [...(content.Headers['Return-Path'] ?? []), `<${mail.from}>`],
      },
    },
    Created: new Date(mail.receivedAt).toISOString(),
    MIME: content.MIME,
    Raw: { From: mail.from, To: mail.to, Data: data, Helo: mail.helo },
  };
}

function pathOf(address: string): MailHogPath {
  const at = address.lastIndexOf('@');
  return at < 0
    ? { Relays: null, Mailbox: address, Domain: '', Params: '' }
    : { Relays: null, Mailbox: address.slice(0, at), Domain: address.slice(at + 1), Params: '' };
}

function contentOf(data: string): MailHogContent {
  const end = data.indexOf('\r\n\r\n');
  if (end < 0) return { Headers: {}, Body: data, Size: data.length, MIME: null };
  const headers = headersOf(data.slice(0, end));
  const body = data.slice(end + 4);
  return { Headers: headers, Body: body, Size: data.length, MIME: mimeOf(headers, body) };
}

function headersOf(head: string): Record<string, string[]> {
  // No prototype: a header may be called anything.
  const headers: Record<string, string[]> = Object.create(null);
  for (const line of head.replace(/\r\n(?=[ \t])/g, '').split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon <= 0) continue;
    const name = line.slice(0, colon);
    headers[name] = [...(headers[name] ?? []), line.slice(colon + 1).trim()];
  }
  return headers;
}

function mimeOf(headers: Readonly<Record<string, readonly string[]>>, body: string): MailHogMime | null {
  const type = headers['Content-Type']?.[0] ?? '';
  if (!/^multipart\//i.test(type)) return null;
  const boundary = /\bboundary=(?:"([^"]+)"|([^\s;]+))/i.exec(type);
  const mark = boundary?.[1] ?? boundary?.[2];
  if (mark === undefined) return { Parts: [] };
  const parts = body.split(`--${mark}`).slice(1, -1);
  return { Parts: parts.map((part) => contentOf(part.replace(/^\r\n|\r\n$/g, ''))) };
}
