import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a test's server was asked. `token` is that of `Authorization: Bearer`. */
export interface Asked {
  readonly route: string;
  readonly body: unknown;
  readonly token: string | undefined;
}
export interface FixtureServer extends AsyncDisposable {
  readonly url: string;
}

/** A JSON server on loopback for tests of drivers; the answer to each request is what `answer` returns. */
export async function serveJson(
  answer: (asked: Asked) => Promise<readonly [status: number, body: unknown]>,
): Promise<FixtureServer> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString('utf8');
    const [status, body] = await answer({
      route: `${request.method} ${request.url}`,
      body: text === '' ? undefined : JSON.parse(text),
      token: request.headers.authorization?.replace(/^Bearer /, ''),
    });
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
