import type { Clock } from '../../../terms/clock.ts';
import type { Http, HttpExchange, HttpRequest, HttpResponse } from '../../ports/http.ts';
import type { TlsTrust } from '../pikvm/pinned.ts';
import { watchBoot } from './boot.ts';
import { type DigestChallenge, digestAuthorization, digestChallenges } from './digest.ts';
import { closedError, openLine } from './line.ts';
import { odditiesOf } from './oddities.ts';

export interface HttpOptions {
  /** `http://host[:port]` or `https://host[:port]`. */
  readonly baseUrl: string;
  /** Longest time for one exchange, ms. */
  readonly timeoutMs: number;
  readonly clock: Clock;
  /** How the recorder's certificate is trusted. Default: as a web server's. */
  readonly tls?: TlsTrust;
  /** How long after it came up a recorder may refuse what it will do later, ms. Default 60,000. */
  readonly bootGraceMs?: number;
}

const BOOT_GRACE_MS = 60_000;
/** Before what a booting recorder refused is asked again, ms. */
const BOOT_RETRY_MS = 500;

/**
 * HTTP to a recorder with keep-alive. Answers one digest challenge a request, the strongest, and a second one only when
 * the recorder calls the nonce stale. What recorders do wrong is tolerated where it costs nobody a try, and told in the
 * notes of the exchange.
 */
export function openHttp(options: HttpOptions): Http {
  const { clock } = options;
  const line = openLine(options);
  const boot = watchBoot(options.bootGraceMs ?? BOOT_GRACE_MS);
  const listeners = new Set<(exchange: HttpExchange) => void>();
  let origin = new URL(new URL(options.baseUrl).origin);

  /** One exchange, heard by who listens. `why`: what it is there for, where it is not the first. */
  async function exchange(
    request: HttpRequest,
    headers: Readonly<Record<string, string>>,
    why: readonly string[],
  ): Promise<HttpResponse> {
    const at = clock.now();
    const started = clock.monotonic();
    const { method, path, body = '' } = request;
    const hear = (outcome: Pick<HttpExchange, 'response' | 'failure'>, seen: readonly string[]) => {
      const notes = [...why, ...seen];
      const milliseconds = Math.round(clock.monotonic() - started);
      const told = { at, milliseconds, request: { method, path, headers, body }, ...outcome };
      for (const listener of listeners) listener(notes.length === 0 ? told : { ...told, notes });
    };
    try {
      const { response, notes } = await line.send(origin, request, headers);
      boot.answered(request, response, clock.monotonic());
      const asked = { path, authorized: headers.authorization !== undefined };
      hear({ response }, [...notes, ...odditiesOf(asked, response)]);
      return response;
    } catch (error) {
      if (!line.closed && request.signal?.aborted !== true) boot.gone();
      hear({ failure: String(error) }, []);
      throw error;
    }
  }

  /** The same by https, and so from now on, where that is where the recorder sends everybody. */
  async function arrive(
    request: HttpRequest,
    headers: Readonly<Record<string, string>>,
    why: readonly string[] = [],
  ): Promise<HttpResponse> {
    const response = await exchange(request, headers, why);
    const secure = secureOrigin(origin, request.path, response);
    if (secure === undefined) return response;
    const from = origin.origin;
    origin = secure;
    return exchange(request, headers, [...why, `${from} sends everybody to ${secure.origin}`]);
  }

  /** A request, and the answers to its challenges. */
  async function challenged(
    request: HttpRequest,
    headers: Readonly<Record<string, string>>,
    why: readonly string[],
  ): Promise<HttpResponse> {
    const first = await arrive(request, headers, why);
    const { credentials } = request;
    if (first.status !== 401 || credentials === undefined) return first;
    const answer = (challenge: DigestChallenge, because: readonly string[]) => {
      const asked = { ...credentials, method: request.method, uri: request.path, count: 1 };
      request.onLogin?.();
      return arrive(request, { ...headers, authorization: digestAuthorization(challenge, asked) }, because);
    };
    const challenge = digestChallenges(first.headers['www-authenticate'] ?? '')[0];
    if (challenge === undefined) return first;
    const second = await answer(challenge, []);
    const again =
      second.status === 401
        ? digestChallenges(second.headers['www-authenticate'] ?? '').find((one) => one.stale)
        : undefined;
    return again === undefined
      ? second
      : answer(again, ['once more: the nonce before was stale, which is no try']);
  }

  return {
    async request(request) {
      if (line.closed) throw closedError(request);
      const headers: Record<string, string> = { ...request.headers };
      if (request.body !== undefined) {
        headers['content-type'] ??= request.contentType ?? 'application/xml';
        headers['content-length'] = String(Buffer.byteLength(request.body));
      }
      let response = await challenged(request, headers, []);
      for (let count = 2; boot.refusesYet(request, response, clock.monotonic()); count += 1) {
        await clock.sleep(BOOT_RETRY_MS, request.signal);
        if (line.closed) throw closedError(request);
        response = await challenged(request, headers, [`asked for the ${count}. time: just after a boot`]);
      }
      return response;
    },
    onExchange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async [Symbol.asyncDispose]() {
      line.close();
    },
  };
}

/** Where a recorder that speaks https alone sends who comes by http: the same host and path. Nowhere else is gone to. */
function secureOrigin(origin: URL, path: string, { status, headers }: HttpResponse): URL | undefined {
  const { location } = headers;
  if (origin.protocol !== 'http:' || location === undefined || ![301, 302, 307, 308].includes(status))
    return undefined;
  if (!URL.canParse(location, origin)) return undefined;
  const to = new URL(location, origin);
  const same = to.hostname === origin.hostname && `${to.pathname}${to.search}` === path;
  return same && to.protocol === 'https:' ? new URL(to.origin) : undefined;
}
