import { createServer, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request to a small JSON service; `body` is undefined where none was sent. */
export interface JsonRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}
export interface JsonAnswer {
  readonly status: number;
  readonly body: unknown;
}
export interface JsonServer extends AsyncDisposable {
  readonly url: string;
}

/** Answer to whatever is wrong with a request. */
export function problem(status: number, error: string): JsonAnswer {
  return { status, body: { error } };
}

/** Serves JSON on a free port of `host`. What `handle` throws becomes a 500 with its message. */
export async function startJsonServer(
  host: string,
  handle: (request: JsonRequest) => JsonAnswer | Promise<JsonAnswer>,
  bodyMax = 16 * 1024,
): Promise<JsonServer> {
  const server = createServer((request, response) => {
    const send = ({ status, body }: JsonAnswer) => {
      response.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
      response.end(`${JSON.stringify(body)}\n`);
    };
    readJson(request, bodyMax)
      .then((body) =>
        body.ok
          ? handle({
              method: request.method ?? 'GET',
              path: new URL(request.url ?? '/', 'http://service').pathname,
              headers: request.headers,
              body: body.value,
            })
          : problem(400, body.error),
      )
      .then(send, (error: unknown) =>
        send(problem(500, error instanceof Error ? error.message : String(error))),
      );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${host}:${port}`,
    async [Symbol.asyncDispose]() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function readJson(
  request: IncomingMessage,
  bodyMax: number,
): Promise<{ readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: string }> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > bodyMax) return { ok: false, error: `body longer than ${bodyMax} bytes` };
    chunks.push(bytes);
  }
  const text = Buffer.concat(chunks).toString('utf8');
  if (text === '') return { ok: true, value: undefined };
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch {
    return { ok: false, error: 'body is not JSON' };
  }
}
