import { createAdaptorServer } from '@hono/node-server';
import type { Clock } from '../../../terms/clock.ts';
import type { Mailbox } from '../../ports/mailbox.ts';
import { openMailHog } from './mailhog.ts';
import { mailHogApi } from './mailhog-api.ts';
import { newMailHogStore } from './mailhog-store.ts';
import { listen, newSmtpServer } from './smtp.ts';

/** Mails kept; then the oldest goes. */
const KEPT = 1000;

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

  const smtpServer = newSmtpServer(store.add);
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
    remove: mailbox.remove,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}
