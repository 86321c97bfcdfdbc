import { createTransport } from 'nodemailer';
import type { MailText } from './payload.ts';
import { type Attempt, type RetryOptions, retried } from './retry.ts';

/** A mail, and the server that takes it. */
export interface Letter {
  readonly smtp: {
    readonly host: string;
    readonly port: number;
    /** `implicit`: TLS from the first byte; `starttls`: it must be offered; `none`: in clear. */
    readonly tls: 'implicit' | 'starttls' | 'none';
    readonly ca?: string;
    readonly auth?: { readonly user: string; readonly pass: string };
  };
  readonly from: string;
  readonly to: readonly string[];
  readonly mail: MailText;
  /** Of this message: the same for each attempt. */
  readonly id: string;
}

/** Longest silence of the server, ms. */
const SILENCE_MS = 20_000;

/** Mails. @returns undefined where it was taken for everyone; else what came of it */
export function sendLetter(
  { smtp, from, to, mail, id }: Letter,
  options: RetryOptions,
): Promise<string | undefined> {
  return retried(options, async (leftMs): Promise<Attempt> => {
    const timeout = Math.ceil(Math.min(leftMs, SILENCE_MS));
    const transport = createTransport({
      host: smtp.host,
      port: smtp.port,
      secure: smtp.tls === 'implicit',
      requireTLS: smtp.tls === 'starttls',
      ignoreTLS: smtp.tls === 'none',
      ...(smtp.auth === undefined ? {} : { auth: smtp.auth }),
      tls: { minVersion: 'TLSv1.2', ...(smtp.ca === undefined ? {} : { ca: smtp.ca }) },
      connectionTimeout: timeout,
      greetingTimeout: timeout,
      socketTimeout: timeout,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    try {
      const sent = transport.sendMail({
        ...mail,
        from,
        to: [...to],
        messageId: `<${id}@resetbench.invalid>`,
        headers: { 'Auto-Submitted': 'auto-generated' },
      });
      // A server that says a little now and then is never silent.
      const { rejected } = await withinMs(leftMs, sent);
      // Who took it has it: trying again would mail it twice.
      return rejected.length === 0
        ? { taken: true }
        : { taken: false, problem: `refused for ${rejected.length} of ${to.length} addresses`, again: false };
    } catch (error) {
      return problemOf(error);
    } finally {
      transport.close();
    }
  });
}

function problemOf(error: unknown): Attempt {
  const { message, responseCode, code }: { message?: string; responseCode?: number; code?: string } =
    error instanceof Error ? error : {};
  if (code === 'EAUTH') return { taken: false, problem: 'the server refuses the login', again: false };
  // 5xx is final (RFC 5321, 4.2.1).
  const again = responseCode === undefined ? code !== 'ETLS' : responseCode < 500;
  return { taken: false, problem: message ?? 'unknown', again };
}

async function withinMs<T>(ms: number, work: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error('the server took too long')), ms);
  // Where it is late, what still comes of it is nobody's.
  work.catch(() => undefined);
  return Promise.race([work, late.promise]).finally(() => clearTimeout(timer));
}
