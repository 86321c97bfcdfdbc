import type { AddressInfo, Server } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { HarnessError } from '../../../terms/error.ts';
import type { ReceivedMail } from './mailhog-message.ts';

/** Largest mail taken, bytes. */
const MAX_MAIL_BYTES = 10 * 1024 * 1024;
/** How long clients may finish at close, ms. */
const CLOSE_MS = 200;

/** An SMTP server that takes any mail up to 10 MB: no TLS, no login, any address. It does not listen yet. */
export function newSmtpServer(add: (mail: Omit<ReceivedMail, 'id' | 'receivedAt'>) => void): SMTPServer {
  const server = new SMTPServer({
    name: 'resetbench.local',
    size: MAX_MAIL_BYTES,
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    closeTimeout: CLOSE_MS,
    logger: false,
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => {
        if (!stream.sizeExceeded) chunks.push(chunk);
      });
      stream.on('end', () => {
        if (stream.sizeExceeded) {
          done(Object.assign(new Error('Mail is larger than 10 MB'), { responseCode: 552 }));
          return;
        }
        const { mailFrom, rcptTo } = session.envelope;
        add({
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map((to) => to.address),
          helo: session.hostNameAppearsAs || '',
          bytes: Uint8Array.from(Buffer.concat(chunks)),
        });
        done();
      });
    },
  });
  // A client that hangs up in the middle is its own affair.
  server.on('error', () => undefined);
  return server;
}

/** Opens a server's port; answers which. @throws HarnessError PORT_BUSY, PORT_UNREACHABLE */
export function listen(
  server: Pick<Server, 'listen' | 'address' | 'once' | 'off'>,
  host: string,
  port: number,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const fail = (cause: NodeJS.ErrnoException) => {
      const busy = cause.code === 'EADDRINUSE';
      reject(
        new HarnessError(
          busy ? 'PORT_BUSY' : 'PORT_UNREACHABLE',
          `The mailbox cannot listen on ${host}:${port}: ${cause.message}.`,
          {
            port: 'mailbox',
            hint: busy
              ? `End the program that listens on ${host}:${port}, or give port 0.`
              : `Check that this machine may listen on ${host}.`,
            cause,
          },
        ),
      );
    };
    server.once('error', fail);
    server.listen(port, host, () => {
      server.off('error', fail);
      resolve((server.address() as AddressInfo).port);
    });
  });
}
