import { createTransport } from 'nodemailer';
import sharp from 'sharp';
import type { Clock } from '../../../terms/clock.ts';
import { HarnessError } from '../../../terms/error.ts';
import type { Pixels } from '../../../terms/frame.ts';
import type { Scanner } from '../../ports/scanner.ts';
import { pictureOf } from '../operator/qr.ts';

/** How the lab's own SMTP server is reached. */
export interface SmtpAccess {
  readonly host: string;
  readonly port: number;
  /** `implicit`: TLS from the first byte (465); `starttls`: it must be offered (587); `none`: in clear. */
  readonly tls: 'implicit' | 'starttls' | 'none';
  readonly auth?: { readonly user: string; readonly password: string };
  /** Of the lab's own authority, PEM. Default: those that Node trusts. */
  readonly ca?: string;
}
export interface RecoveryMailOptions {
  readonly smtp: SmtpAccess;
  /** The lab's address that sends. */
  readonly from: string;
  /** The service's address, as the recorder or its manual tells it. */
  readonly to: string;
  readonly clock: Clock;
  /** How long a server may go on saying "later" (4xx) or nothing, ms. Default 2 minutes. */
  readonly deadlineMs?: number;
  /** Between two tries, ms. Default 10 s. */
  readonly retryMs?: number;
}

const DEADLINE_MS = 120_000;
const RETRY_MS = 10_000;
/** Longest silence of the server, ms. */
const SILENCE_MS = 20_000;

/**
 * The documented way without a phone: the QR is mailed as an attachment to the recovery service, through the lab's SMTP
 * server. It is the exported picture where the scan has one; else a picture of the text that was read, as the recorder
 * would write it. The answer says that the mail was taken, no more: what the service thinks of it shows in the mailbox
 * alone. A mail has no visitor and no account; `as` changes nothing. A scan throws, beside the port's errors, MAIL_REFUSED
 * (5xx, or 4xx until the deadline), CREDENTIALS_REFUSED, PORT_TIMEOUT, PORT_PROTOCOL for TLS that fails.
 */
export function openRecoveryMail(options: RecoveryMailOptions): Scanner {
  const { smtp, from, to, clock, deadlineMs = DEADLINE_MS, retryMs = RETRY_MS } = options;
  const place = `${smtp.host}:${smtp.port}`;
  const closing = new AbortController();

  async function send(content: Buffer): Promise<void> {
    const until = clock.monotonic() + deadlineMs;
    let later: SmtpError | undefined;
    for (;;) {
      closing.signal.throwIfAborted();
      const left = Math.max(1, until - clock.monotonic());
      const error = await attempt({ smtp, from, to, content, clock, timeoutMs: Math.min(SILENCE_MS, left) });
      if (error === undefined) return;
      const { responseCode = 0 } = error;
      if (responseCode >= 400 && responseCode < 500) later = error;
      // A last attempt that the deadline cut short says less than the answer before it.
      else if (later === undefined || error.code !== 'ETIMEDOUT') throw told(error, place, 0);
      if (clock.monotonic() + retryMs > until) throw told(later, place, deadlineMs);
      await clock.sleep(retryMs, closing.signal);
    }
  }

  return {
    async ready() {
      closing.signal.throwIfAborted();
      const error = await talk({ smtp, clock, timeoutMs: SILENCE_MS }, (transport) => transport.verify());
      if (error !== undefined) throw told(error, place, 0);
      return `the mail server ${place} takes mails of ${from}`;
    },
    async scan({ payload, picture }) {
      closing.signal.throwIfAborted();
      await send(picture === undefined ? await pictureOf(payload) : await pngOf(picture));
      return { accepted: true, message: `The mail to ${to} was taken by ${place}.` };
    },
    async [Symbol.asyncDispose]() {
      closing.abort(new HarnessError('PORT_CLOSED', 'The scanner port is closed.', { port: 'scanner' }));
    },
  };
}

/** What nodemailer's errors tell beside their message. */
interface SmtpError extends Error {
  readonly code?: string;
  readonly responseCode?: number;
  readonly response?: string;
}

/** One try to hand the mail in; undefined where it was taken. */
async function attempt(
  options: Pick<RecoveryMailOptions, 'smtp' | 'from' | 'to' | 'clock'> & {
    readonly content: Buffer;
    readonly timeoutMs: number;
  },
): Promise<SmtpError | undefined> {
  const { from, to, content, clock } = options;
  const mail = {
    from,
    to,
    date: new Date(clock.now()),
    subject: 'Password reset: QR code',
    text: 'The QR code that the recorder exported is attached.',
    attachments: [{ filename: 'QRCode.png', content, contentType: 'image/png' }],
  };
  return talk(options, (transport) => transport.sendMail(mail));
}

/** One talk with the server; undefined where it went well. */
async function talk(
  { smtp, timeoutMs, clock }: Pick<RecoveryMailOptions, 'smtp' | 'clock'> & { readonly timeoutMs: number },
  act: (transport: ReturnType<typeof createTransport>) => Promise<unknown>,
): Promise<SmtpError | undefined> {
  const transport = createTransport({
    host: smtp.host,
    port: smtp.port,
    secure: smtp.tls === 'implicit',
    requireTLS: smtp.tls === 'starttls',
    ignoreTLS: smtp.tls === 'none',
    ...(smtp.auth === undefined ? {} : { auth: { user: smtp.auth.user, pass: smtp.auth.password } }),
    tls: { minVersion: 'TLSv1.2', ...(smtp.ca === undefined ? {} : { ca: smtp.ca }) },
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const over = new AbortController();
  const silent = clock.sleep(timeoutMs, over.signal).then(
    (): SmtpError => Object.assign(new Error(`no answer within ${timeoutMs} ms`), { code: 'ETIMEDOUT' }),
    () => undefined,
  );
  const sent = act(transport).then(
    () => undefined,
    (error: SmtpError) => error,
  );
  try {
    return await Promise.race([sent, silent]);
  } finally {
    over.abort();
    transport.close();
  }
}

function told(error: SmtpError, place: string, waitedMs: number): HarnessError {
  const said = error.response ?? error.message;
  const make = (code: HarnessError['code'], message: string, hint: string) =>
    new HarnessError(code, message, { port: 'scanner', hint, cause: error });
  // Logging in is refused by 5xx too (RFC 4954, 535).
  if (error.code === 'EAUTH')
    return make(
      'CREDENTIALS_REFUSED',
      `The SMTP server ${place} refuses the login: ${said}`,
      'Correct user and password of lab.smtp.',
    );
  if (error.code === 'ETLS' || /certificate|self-signed|SSL|TLS/i.test(said))
    return make(
      'PORT_PROTOCOL',
      `No TLS with the SMTP server ${place}: ${said}`,
      'Set tls and ca of lab.smtp as the server has them.',
    );
  if (waitedMs > 0)
    return make(
      'MAIL_REFUSED',
      `The SMTP server ${place} still says "later" after ${waitedMs / 1000} s: ${said}`,
      'Wait until its greylist or its limit lets the mail pass.',
    );
  if ((error.responseCode ?? 0) >= 500)
    return make(
      'MAIL_REFUSED',
      `The SMTP server ${place} refuses the mail: ${said}`,
      "Check that it takes mails from the lab's address to the service's.",
    );
  if (error.code === 'ETIMEDOUT')
    return make('PORT_TIMEOUT', `The SMTP server ${place} is silent: ${said}`, 'Check the server.');
  return make(
    'PORT_UNREACHABLE',
    `The SMTP server ${place} does not answer: ${said}`,
    'Check host and port of lab.smtp, and that the server runs.',
  );
}

function pngOf({ width, height, data }: Pixels): Promise<Buffer> {
  return sharp(data, { raw: { width, height, channels: 4 } })
    .png({ compressionLevel: 9 })
    .toBuffer();
}
