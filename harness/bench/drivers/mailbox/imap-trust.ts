import { createHash, X509Certificate } from 'node:crypto';
import { connect as connectPlain, isIP, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import { HarnessError } from '../../../terms/error.ts';

/** How a mail server proves with its certificate that it is itself. Without either: as any server of the web does. */
export interface ImapTrust {
  /** SHA-256 of the certificate: 64 hexadecimal digits, with colons or without. */
  readonly fingerprint?: string;
  /** Text of a PEM file with the authority, or the server's own certificate, that is trusted beside no other. */
  readonly ca?: string;
}
/** Where a mail server is. */
export interface ImapServer {
  readonly host: string;
  readonly port: number;
  /** tls: from the first byte. starttls: the first words are plain, and the login is not among them. */
  readonly security: 'tls' | 'starttls';
  readonly tls?: ImapTrust;
}

/** Longest time from the connection to a certificate, ms. */
const LOOK_MS = 10_000;

/**
 * What Node is told to trust. A certificate that is pinned is fetched and compared first; the connection that carries
 * the login then takes that one alone.
 * @throws HarnessError WRONG_DEVICE where the server shows another than the pinned one; else as the connection fails
 */
export async function trustOf(server: ImapServer): Promise<ConnectionOptions> {
  const { fingerprint, ca } = server.tls ?? {};
  if (fingerprint === undefined) return ca === undefined ? {} : { ca, allowPartialTrustChain: true };
  const seen = await certificateOf(server);
  const pinned = plain(fingerprint);
  if (seen.fingerprint !== pinned)
    throw new HarnessError(
      'WRONG_DEVICE',
      `the certificate of ${server.host}:${server.port} has the fingerprint ${seen.fingerprint}, not ${pinned} as configured`,
      {
        port: 'mailbox',
        hint: `if the mail server got a new certificate, set tls: { fingerprint: "${seen.fingerprint}" }`,
      },
    );
  return {
    ca: seen.pem,
    allowPartialTrustChain: true,
    // The name in it does not matter where it is the very certificate.
    checkServerIdentity: (_, certificate) =>
      sha256(certificate.raw) === pinned ? undefined : new Error('another certificate than a moment ago'),
  };
}

/** Why a certificate is not trusted, with what to do: its fingerprint is looked at for that. */
export async function untrusted(server: ImapServer, cause: Error): Promise<HarnessError> {
  const where = `${server.host}:${server.port}`;
  const seen = await certificateOf(server).catch(() => undefined);
  const known = seen === undefined ? '' : `; its fingerprint is ${seen.fingerprint}`;
  return new HarnessError(
    'CONFIG_MISSING',
    `the certificate of ${where} is not trusted (${codeOf(cause) ?? cause.message})${known}`,
    {
      port: 'mailbox',
      hint:
        seen === undefined
          ? 'name its fingerprint, or the authority that signed it, in tls of the mailbox'
          : `compare it with the one at the mail server, and set tls: { fingerprint: "${seen.fingerprint}" }`,
      cause,
    },
  );
}

/** Whether a connection failed because a certificate was not trusted. */
export function isUntrusted(error: Error): boolean {
  return /CERT|UNABLE_TO_(GET|VERIFY)|ALTNAME/.test(codeOf(error) ?? '');
}

/** The code that Node gives a failure. */
export function codeOf(error: Error): string | undefined {
  return 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** Fetches the certificate, whoever signed it; nothing secret is sent. */
async function certificateOf(
  server: ImapServer,
): Promise<{ readonly pem: string; readonly fingerprint: string }> {
  const { host, port, security } = server;
  const plainSocket = security === 'starttls' ? await startTls(host, port) : undefined;
  return new Promise((resolve, reject) => {
    const socket = connectTls({
      ...(plainSocket === undefined ? { host, port } : { socket: plainSocket }),
      servername: isIP(host) === 0 ? host : '',
      rejectUnauthorized: false,
      timeout: LOOK_MS,
    });
    socket.once('error', reject);
    socket.once('timeout', () => socket.destroy(timeout()));
    socket.once('secureConnect', () => {
      const { raw } = socket.getPeerCertificate();
      socket.destroy();
      resolve({ pem: new X509Certificate(raw).toString(), fingerprint: sha256(raw) });
    });
  });
}

/** Greets a server and asks it to go over to TLS (RFC 9051, 6.2.1). */
function startTls(host: string, port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connectPlain({ host, port, timeout: LOOK_MS });
    let heard = '';
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('the server hung up before TLS')));
    socket.once('timeout', () => socket.destroy(timeout()));
    socket.on('data', (bytes) => {
      const greeted = heard.includes('\n');
      heard += bytes.toString('latin1');
      if (!greeted && heard.includes('\n')) socket.write('a1 STARTTLS\r\n');
      const answer = /^a1 (OK|NO|BAD)\b/m.exec(heard)?.[1];
      if (answer === undefined) return;
      socket.removeAllListeners();
      if (answer === 'OK') return resolve(socket);
      socket.destroy();
      reject(new Error('the server offers no STARTTLS'));
    });
  });
}

function timeout(): Error {
  return Object.assign(new Error(`no answer within ${LOOK_MS} ms`), { code: 'ETIMEDOUT' });
}

/** A fingerprint as this project writes it: lower case, without colons. */
function plain(fingerprint: string): string {
  return fingerprint.replaceAll(':', '').toLowerCase();
}
function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
