import type { Server } from 'node:http';
import { serve } from '@hono/node-server';
import { HarnessError } from '../terms/error.ts';
import { type WebOptions, webApp } from './app.ts';

/** The page while it is served. */
export interface ServedWeb extends AsyncDisposable {
  readonly url: string;
}
export interface ServeOptions extends Omit<WebOptions, 'isOpen'> {
  /** Address or name to listen on. */
  readonly host: string;
}

/** Whether only this machine can reach an address. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);
}

/**
 * Serves the pages.
 * @throws HarnessError USAGE where it would listen for other machines without a secret; PORT_UNREACHABLE where it cannot listen
 */
export async function serveWeb(options: ServeOptions): Promise<ServedWeb> {
  const { host, port, secrets } = options;
  const isOpen = !isLoopback(host);
  if (secrets.length === 0 || secrets.some((one) => one.length < 8))
    throw new HarnessError('USAGE', 'the page needs a password or token of at least 8 characters', {
      hint: 'set RESETBENCH_SERVE_PASSWORD, or name a file with --token-file',
    });
  const app = webApp({ ...options, isOpen });
  const server = await new Promise<Server>((resolve, reject) => {
    const one = serve({ fetch: app.fetch, hostname: host, port }, () => resolve(one)) as Server;
    one.once('error', (cause) =>
      reject(
        new HarnessError(
          'PORT_UNREACHABLE',
          `The page cannot listen on ${host}, port ${port}: ${cause.message}.`,
          {
            hint: 'Name another with --port or --host.',
            cause,
          },
        ),
      ),
    );
  });
  const address = server.address();
  const bound = typeof address === 'object' && address !== null ? address.port : port;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}/`,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
