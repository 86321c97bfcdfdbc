import { HarnessError } from '../../../terms/error.ts';
import { codeOf, type ImapServer, isUntrusted, untrusted } from './imap-trust.ts';

/** What imapflow adds to an error. */
interface ImapFlowError extends Error {
  readonly authenticationFailed?: boolean;
  /** NO or BAD, where the server refused a command. */
  readonly responseStatus?: string;
  /** The server's words. */
  readonly responseText?: string;
  readonly serverResponseCode?: string;
}

/**
 * What went wrong with a mail server, in the port's terms: CREDENTIALS_REFUSED, CONFIG_MISSING (a certificate that is
 * not trusted), CONFIG_INVALID (no such folder), PORT_UNREACHABLE, PORT_TIMEOUT, PORT_PROTOCOL.
 */
export async function imapFault(
  server: ImapServer & { readonly user: string; readonly folder: string },
  cause: unknown,
): Promise<HarnessError> {
  if (cause instanceof HarnessError) return cause;
  const error = (cause instanceof Error ? cause : new Error(String(cause))) as ImapFlowError;
  const where = `${server.host}:${server.port}`;
  const code = codeOf(error) ?? '';
  const words = error.responseText ?? error.message;
  const fault = (
    kind: 'CREDENTIALS_REFUSED' | 'CONFIG_INVALID' | 'PORT_UNREACHABLE' | 'PORT_TIMEOUT' | 'PORT_PROTOCOL',
    message: string,
    hint: string,
  ) => new HarnessError(kind, message, { port: 'mailbox', hint, cause });

  if (error.authenticationFailed === true)
    return fault(
      'CREDENTIALS_REFUSED',
      `the mail server at ${where} refuses user ${server.user}: ${words}`,
      'correct user and password of lab.mailbox; many servers lock an account after some wrong tries',
    );
  if (isUntrusted(error)) return untrusted(server, error);
  if (/SSL|EPROTO|TLS/.test(code) || /STARTTLS/i.test(error.message))
    return fault(
      'PORT_PROTOCOL',
      `the mail server at ${where} does not speak TLS as expected: ${error.message}`,
      server.security === 'tls'
        ? 'set security: starttls, or the port for TLS (993)'
        : 'set security: tls and its port (993), or let the server offer STARTTLS',
    );
  if (error.responseStatus === 'NO' || error.responseStatus === 'BAD') {
    if (error.serverResponseCode === 'NONEXISTENT' || /exist/i.test(words))
      return fault(
        'CONFIG_INVALID',
        `the mail server at ${where} has no folder ${server.folder}: ${words}`,
        'correct folder of lab.mailbox; the usual one is INBOX',
      );
    return fault(
      'PORT_PROTOCOL',
      `the mail server at ${where} refused a command: ${words}`,
      "see the mail server's log",
    );
  }
  if (/TIMEDOUT|TIMEOUT/i.test(code))
    return fault(
      'PORT_TIMEOUT',
      `the mail server at ${where} did not answer: ${error.message}`,
      'see what the mail server, or the network to it, is busy with; a firewall may drop its packets',
    );
  return fault(
    'PORT_UNREACHABLE',
    `the mail server at ${where} is gone: ${error.message}`,
    'see that the mail server runs, that host and port are right, and that this machine reaches it',
  );
}
