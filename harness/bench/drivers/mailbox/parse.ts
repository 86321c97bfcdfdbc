import { type ParsedMail, simpleParser } from 'mailparser';
import type { Mail } from '../../ports/mailbox.ts';

/** What a mail server knows beside the message. */
export interface Delivery {
  readonly id: string;
  readonly envelopeFrom: string;
  readonly envelopeTo: readonly string[];
  /** ms since the epoch. */
  readonly receivedAt: number;
  /** The message as it was sent. */
  readonly message: string | Uint8Array;
}

/** So much of a message is decoded, bytes: those with a code have a ten-thousandth. */
const LONGEST = 32 * 1024 * 1024;

/**
 * Decodes a message (MIME, charsets, encoded words). `from` is as the head names it, else the envelope's;
 * A message that the decoder gives up (a thousand parts, say) has no text, and a subject that says so: it must not hide
 * the others of its mailbox. Of one over 32 MiB the begin is decoded.
 * `headers` have lower-case names and are unfolded, not decoded; several of one name are joined by line feeds.
 */
export async function parseMail(delivery: Delivery): Promise<Mail> {
  const bytes =
    typeof delivery.message === 'string' ? Buffer.from(delivery.message) : Buffer.from(delivery.message);
  const parsed = await simpleParser(bytes.subarray(0, LONGEST), {
    skipTextToHtml: true,
    skipImageLinks: true,
  }).catch(undecodable);
  const headers: Record<string, string> = Object.create(null);
  for (const { key, line } of parsed.headerLines) {
    const value = line.replace(/^[^:]*:\s*/, '').replace(/\r?\n[ \t]+/g, ' ');
    headers[key] = headers[key] === undefined ? value : `${headers[key]}\n${value}`;
  }
  return {
    id: delivery.id,
    envelopeTo: delivery.envelopeTo,
    from: parsed.from?.text ?? delivery.envelopeFrom,
    subject: parsed.subject ?? '',
    text: parsed.text ?? '',
    html: parsed.html === false ? undefined : parsed.html,
    headers,
    receivedAt: delivery.receivedAt,
    raw: bytes.toString('utf8'),
  };
}

function undecodable(error: unknown): Pick<ParsedMail, 'headerLines' | 'from' | 'subject' | 'text' | 'html'> {
  const why = error instanceof Error ? error.message : String(error);
  return { headerLines: [], subject: `(cannot be decoded: ${why})`, text: '', html: false };
}
