import { Agent, request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import type { Clock } from '../../../terms/clock.ts';
import { HarnessError } from '../../../terms/error.ts';
import type { Http, HttpExchange, HttpRequest, HttpResponse } from '../../ports/http.ts';
import { type DigestChallenge, digestAuthorization, digestChallenges } from './digest.ts';

/** Longest body that is read, bytes: more is no answer of a recorder. */
const MAX_BODY = 8 * 1024 * 1024;

/**
 * HTTP to a recorder over node:http with keep-alive; answers one digest challenge a request, and a second one only
 * when the recorder calls the nonce stale.
 * @param baseUrl `http://host[:port]`
 */
export function openHttp(options: {
  readonly baseUrl: string;
  readonly timeoutMs: number;
  readonly clock: Clock;
}): Http {
  const base = new URL(options.baseUrl);
  const agent = new Agent({ keepAlive: true, maxSockets: 4 });
  const listeners = new Set<(exchange: HttpExchange) => void>();
  const closing = new AbortController();
  const closed = () => closing.signal.aborted;

  async function exchange(
    request: HttpRequest,
    headers: Readonly<Record<string, string>>,
  ): Promise<HttpResponse> {
    const at = options.clock.now();
    const started = options.clock.monotonic();
    const told = { method: request.method, path: request.path, headers, body: request.body ?? '' };
    const milliseconds = () => Math.round(options.clock.monotonic() - started);
    try {
      const response = await send(request, headers);
      for (const hear of listeners) hear({ at, milliseconds: milliseconds(), request: told, response });
      return response;
    } catch (error) {
      for (const hear of listeners)
        hear({ at, milliseconds: milliseconds(), request: told, failure: String(error) });
      throw error;
    }
  }

  /**
   * One exchange on the wire. Only what changes nothing goes over a kept-alive connection, and is sent once more when
   * the recorder has dropped that: a code or a password that arrived twice would count as two tries.
   */
  async function send(
    request: HttpRequest,
    headers: Readonly<Record<string, string>>,
  ): Promise<HttpResponse> {
    if (request.method !== 'GET') return once(request, headers, undefined);
    try {
      return await once(request, headers, agent);
    } catch (error) {
      const reused =
        error instanceof HarnessError &&
        (error.cause as { reusedSocket?: boolean } | undefined)?.reusedSocket === true;
      if (!reused || closed() || request.signal?.aborted) throw error;
      return once(request, headers, undefined);
    }
  }

  function once(
    request: HttpRequest,
    headers: Readonly<Record<string, string>>,
    through: Agent | undefined,
  ): Promise<HttpResponse> {
    return new Promise((resolve, reject) => {
      const outgoing = httpRequest(
        new URL(request.path, base),
        {
          method: request.method,
          headers,
          ...(through === undefined ? { agent: false as const } : { agent: through }),
          signal:
            request.signal === undefined ? closing.signal : AbortSignal.any([closing.signal, request.signal]),
        },
        (incoming) => {
          const chunks: Buffer[] = [];
          let size = 0;
          incoming.on('data', (chunk: Buffer) => {
            size += chunk.length;
            if (size > MAX_BODY) incoming.destroy(new Error(`the body is longer than ${MAX_BODY} bytes`));
            chunks.push(chunk);
          });
          incoming.on('error', (cause) => reject(unreachable(request, cause)));
          incoming.on('end', () =>
            resolve({
              status: incoming.statusCode ?? 0,
              headers: flat(incoming.headers),
              body: Buffer.concat(chunks).toString('utf8'),
            }),
          );
        },
      );
      const late = () =>
        outgoing.destroy(
          new HarnessError(
            'PORT_TIMEOUT',
            `${request.method} ${request.path} at ${base.origin}: no answer within ${options.timeoutMs} ms`,
            { port: 'http', hint: 'see that the recorder is on and the address is right' },
          ),
        );
      // The whole answer is waited for: a timeout of the socket would be put off by each byte that drips in.
      const timer = setTimeout(late, options.timeoutMs);
      outgoing.on('close', () => clearTimeout(timer));
      outgoing.on('error', (cause) =>
        reject(
          cause instanceof HarnessError
            ? cause
            : unreachable(request, Object.assign(cause, { reusedSocket: outgoing.reusedSocket })),
        ),
      );
      outgoing.end(request.body);
    });
  }

  function unreachable(request: HttpRequest, cause: Error): HarnessError {
    if (closed()) return wasClosed(request, cause);
    if (request.signal?.aborted)
      return request.signal.reason instanceof HarnessError
        ? request.signal.reason
        : new HarnessError('PORT_TIMEOUT', `${request.method} ${request.path}: no answer in time`, {
            cause: request.signal.reason,
            port: 'http',
          });
    return new HarnessError(
      'PORT_UNREACHABLE',
      `${request.method} ${request.path} at ${base.origin}: ${cause.message}`,
      { cause, port: 'http', hint: 'see that the recorder is on and the address is right' },
    );
  }

  return {
    async request(request) {
      if (closed()) throw wasClosed(request);
      const headers: Record<string, string> = { ...request.headers };
      if (request.body !== undefined) {
        headers['content-type'] ??= request.contentType ?? 'application/xml';
        headers['content-length'] = String(Buffer.byteLength(request.body));
      }
      const first = await exchange(request, headers);
      const credentials = request.credentials;
      if (first.status !== 401 || credentials === undefined) return first;
      const answer = async (challenge: DigestChallenge) =>
        exchange(request, {
          ...headers,
          authorization: digestAuthorization(challenge, {
            ...credentials,
            method: request.method,
            uri: request.path,
            count: 1,
          }),
        });
      const challenge = digestChallenges(first.headers['www-authenticate'] ?? '')[0];
      if (challenge === undefined) return first;
      const second = await answer(challenge);
      const again =
        second.status === 401
          ? digestChallenges(second.headers['www-authenticate'] ?? '').find((c) => c.stale)
          : undefined;
      return again === undefined ? second : answer(again);
    },
    onExchange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async [Symbol.asyncDispose]() {
      closing.abort();
      agent.destroy();
    },
  };
}

function wasClosed({ method, path }: HttpRequest, cause?: Error): HarnessError {
  return new HarnessError('PORT_CLOSED', `${method} ${path}: the port was closed`, { cause, port: 'http' });
}

function flat(headers: IncomingHttpHeaders): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
    ),
  );
}
