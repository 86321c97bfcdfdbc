import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Entry } from '../session/channels.ts';
import { answersOf } from './answers.ts';
import type { Position } from './position.ts';

/** A server on loopback. */
export interface Served extends AsyncDisposable {
  readonly url: string;
}

/** Not sent again: they are about the bytes of a connection that is long closed. */
const OF_THE_LINE = new Set([
  'connection',
  'content-encoding',
  'content-length',
  'keep-alive',
  'transfer-encoding',
]);

/**
 * The recorded recorder's HTTP face. Every answer says when it was recorded (`x-recorded-at`); what was never asked then
 * is 404 with a text that says so.
 */
export function serveRecordedHttp(
  entries: readonly Extract<Entry, { topic: 'http' }>[],
  position: Position,
): Promise<Served> {
  const answer = answersOf(entries);
  return serve((request, response) => {
    const { method = 'GET', url = '/' } = request;
    const asked = { method, path: url, authorized: request.headers.authorization !== undefined };
    drain(request).then(
      () => {
        const found = answer(asked, position.now);
        if (found === undefined) {
          response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' });
          return response.end(`${method} ${url} was not asked in this recording.\n`);
        }
        for (const [name, value] of Object.entries(found.headers))
          if (!OF_THE_LINE.has(name.toLowerCase())) setHeader(response, name, value);
        response.setHeader('x-recorded-at', new Date(found.recordedAt).toISOString());
        response.writeHead(found.status);
        return response.end(found.body);
      },
      () => response.destroy(),
    );
  });
}

/** Listens on a free port of loopback; nobody from another page gets in by a name of his own. */
export async function serve(handle: RequestListener): Promise<Served> {
  const server = createServer((request, response) => {
    if (!/^(?:127\.0\.0\.1|localhost)(?::\d+)?$/.test(request.headers.host ?? '')) {
      response.writeHead(421, { 'content-type': 'text/plain' });
      response.end('This address serves 127.0.0.1 alone.\n');
      return;
    }
    handle(request, response);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** A recording may hold a header that Node would not send. */
function setHeader(response: Parameters<RequestListener>[1], name: string, value: string): void {
  try {
    response.setHeader(name, value);
  } catch {
    // Then it is left out: all others are as they were.
  }
}

async function drain(request: IncomingMessage): Promise<void> {
  for await (const _ of request);
}
