import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecure } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { ContractAnswer, ContractRequest } from '../../ports/http.contract.ts';

/** An answer, none at all, or whatever a test does with the connection. */
export type ServedAnswer =
  | ContractAnswer
  | 'silence'
  | ((request: IncomingMessage, response: ServerResponse) => void);

/** A recorder's web server on loopback; the answers to the next requests are given in order. */
export interface RecorderServer extends AsyncDisposable {
  readonly url: string;
  answer(...answers: readonly ServedAnswer[]): void;
  asked(): readonly (ContractRequest & { readonly connection: number })[];
  arrived(count: number): Promise<void>;
  /** Ends every connection, and takes no more. */
  vanish(): Promise<void>;
}

/**
 * @param fallback the answer to requests that no other waits for; default 500
 * @param tls serves https with this key and certificate; default http
 */
export async function serveRecorder(
  fallback: (request: ContractRequest) => ServedAnswer = () => ({ status: 500, body: 'unscripted' }),
  tls?: { readonly key: string; readonly cert: string },
): Promise<RecorderServer> {
  const answers: ServedAnswer[] = [];
  const asked: (ContractRequest & { readonly connection: number })[] = [];
  const waiting: { readonly count: number; readonly resolve: () => void }[] = [];
  const ports: number[] = [];
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const port = request.socket.remotePort ?? 0;
    if (!ports.includes(port)) ports.push(port);
    const told = {
      method: request.method ?? '',
      path: request.url ?? '',
      headers: Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
      ),
      body: Buffer.concat(chunks).toString('utf8'),
      connection: ports.indexOf(port),
    };
    asked.push(told);
    for (const one of waiting.filter(({ count }) => asked.length >= count)) one.resolve();
    const answer = answers.shift() ?? fallback(told);
    if (answer === 'silence') return;
    if (typeof answer === 'function') return answer(request, response);
    response.writeHead(answer.status, { ...answer.headers });
    response.end(answer.body);
  };
  const server = tls === undefined ? createServer(serve) : createSecure({ ...tls }, serve);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const vanish = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return {
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    answer: (...more) => void answers.push(...more),
    asked: () => asked.slice(),
    arrived: (count) =>
      asked.length >= count ? Promise.resolve() : new Promise((resolve) => waiting.push({ count, resolve })),
    vanish,
    [Symbol.asyncDispose]: vanish,
  };
}
