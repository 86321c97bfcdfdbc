import type { AddressInfo, Server } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { SMTPServer } from 'smtp-server';
import type { Clock } from '../../../terms/clock.ts';
import { HarnessError } from '../../../terms/error.ts';
import type { Mailbox } from '../../ports/mailbox.ts';
import { openMailHog } from './mailhog.ts';
import { mailHogApi } from './mailhog-api.ts';
import { type MailHogStore, newMailHogStore } from './mailhog-store.ts';

/** Largest mail taken, bytes. */
export const MAX_MAIL_BYTES = 10 * 1024 * 1024;
/** Mails kept; then the oldest goes. */
const KEPT = 1000;
/** How long clients may finish at close, ms. */
const CLOSE_MS = 200;

export interface EmbeddedMailboxOptions {
  readonly clock: Clock;
  readonly host?: '127.0.0.1';
  /** 0: any free port. */
  readonly smtpPort?: number;
  readonly httpPort?: number;
}
export interface EmbeddedMailbox extends Mailbox {
  /** Where mails are taken: no TLS, no login, any address. */
  readonly smtp: { readonly host: string; readonly port: number };
  /** MailHog's HTTP API: `${apiUrl}/api/v2/messages`. */
  readonly apiUrl: string;
}

/**
 * A mail server in this process that keeps what it gets, with MailHog's HTTP API beside it, and a reader of that API.
 * @throws HarnessError PORT_BUSY when a given port is taken, PORT_UNREACHABLE when it cannot listen
 */
export async function openEmbeddedMailbox(options: EmbeddedMailboxOptions): Promise<EmbeddedMailbox> {
  const host = options.host ?? '127.0.0.1';
  await using undo = new AsyncDisposableStack();
  const store = newMailHogStore({ clock: options.clock, limit: KEPT });

  const smtpServer = newSmtpServer(store);
  undo.defer(() => new Promise<void>((resolve) => smtpServer.close(resolve)));
  const smtpPort = await listen(smtpServer.server, host, options.smtpPort ?? 0);

  const httpServer = createAdaptorServer({ fetch: mailHogApi(store).fetch, overrideGlobalObjects: false });
  undo.defer(
    () =>
      new Promise<void>((resolve) => {
        httpServer.close(() => resolve());
        if ('closeAllConnections' in httpServer) httpServer.closeAllConnections();
      }),
  );
  const apiUrl = `http://${host}:${await listen(httpServer, host, options.httpPort ?? 0)}`;

  const mailbox = undo.use(
    await openMailHog({
      url: apiUrl,
      clock: options.clock,
      onArrival: store.onArrival,
      place: `smtp://${host}:${smtpPort}`,
    }),
  );
  const opened = undo.move();
  return {
    smtp: { host, port: smtpPort },
    apiUrl,
    list: mailbox.list,
    listAll: mailbox.listAll,
    wait: mailbox.wait,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

function newSmtpServer(store: MailHogStore): SMTPServer {
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
        store.add({
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

function listen(
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
