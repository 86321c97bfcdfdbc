import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Clock } from '../../../terms/clock.ts';
import { HarnessError } from '../../../terms/error.ts';
import { digestAuthorization, digestChallenges } from '../http/digest.ts';
import { pinnedAgent, type TlsTrust } from '../pikvm/pinned.ts';

/** One request of a template, as devices.yaml has it. */
export interface PduRequest {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: string | undefined;
}
/** Who asks. `template`: `{password}` in url, headers and body stands for it, URL-encoded in the url. */
export type PduAuth =
  | { readonly kind: 'none' }
  | { readonly kind: 'basic' | 'digest'; readonly user: string; readonly password: string }
  | { readonly kind: 'bearer' | 'template'; readonly password: string };

export interface PduAnswer {
  readonly status: number;
  readonly body: string;
}

/** Longest body that is read, bytes. */
const MAX_BODY = 256 * 1024;

/**
 * Sends one request, on a connection of its own: cheap devices forget kept ones. Redirects are not followed.
 * @returns an answer with status 2xx
 * @throws HarnessError PORT_UNREACHABLE, PORT_TIMEOUT, CREDENTIALS_REFUSED for 401 and 403, PORT_PROTOCOL for any other
 */
export async function askPdu(options: {
  readonly request: PduRequest;
  readonly auth: PduAuth;
  readonly tls?: TlsTrust;
  readonly clock: Clock;
  readonly timeoutMs: number;
}): Promise<PduAnswer> {
  const { request, auth, clock, timeoutMs } = options;
  const { method = 'GET' } = request;
  const url = new URL(filled(request.url, auth, encodeURIComponent));
  // As devices.yaml has it: no secret stands in it.
  const what = `${method} ${request.url.replace(/^(\w+:\/\/)[^/@]*@/, '$1')}`;
  const late = new AbortController();
  const over = new AbortController();
  clock.sleep(timeoutMs, over.signal).then(
    () => late.abort(),
    () => undefined,
  );
  const headers: Record<string, string> = { 'cache-control': 'no-cache', connection: 'close' };
  for (const [name, value] of Object.entries(request.headers ?? {}))
    headers[name.toLowerCase()] = filled(value, auth, (text) => text);
  const body = request.body === undefined ? undefined : filled(request.body, auth, (text) => text);
  if (body !== undefined || method !== 'GET')
    headers['content-length'] = String(Buffer.byteLength(body ?? ''));
  if (auth.kind === 'basic')
    headers.authorization = `Basic ${Buffer.from(`${auth.user}:${auth.password}`).toString('base64')}`;
  if (auth.kind === 'bearer') headers.authorization = `Bearer ${auth.password}`;

  const once = (authorization?: string) =>
    exchange({
      url,
      method,
      headers: authorization === undefined ? headers : { ...headers, authorization },
      body,
      tls: options.tls,
      signal: late.signal,
    });
  try {
    let answer = await once();
    for (let count = 0; auth.kind === 'digest' && answer.status === 401 && count < 2; count += 1) {
      const challenge = digestChallenges(answer.challenge)[0];
      if (challenge === undefined || (count > 0 && !challenge.stale)) break;
      const uri = `${url.pathname}${url.search}`;
      answer = await once(digestAuthorization(challenge, { ...auth, method, uri, count: 1 }));
    }
    return judged(answer, what);
  } catch (cause) {
    if (cause instanceof HarnessError) throw cause;
    const why = late.signal.aborted
      ? `no answer within ${timeoutMs} ms`
      : cause instanceof Error
        ? cause.message
        : String(cause);
    throw new HarnessError(late.signal.aborted ? 'PORT_TIMEOUT' : 'PORT_UNREACHABLE', `${what}: ${why}`, {
      port: 'power',
      hint: `see that the power switch at ${url.host} is on and its address right`,
      cause,
    });
  } finally {
    over.abort();
  }
}

function judged({ status, body }: PduAnswer & { readonly challenge: string }, what: string): PduAnswer {
  if (status >= 200 && status < 300) return { status, body };
  if (status === 401 || status === 403)
    throw new HarnessError('CREDENTIALS_REFUSED', `${what}: the power switch answers ${status}`, {
      port: 'power',
      hint: 'correct auth of the power in devices.yaml: its kind, user and password',
    });
  throw new HarnessError('PORT_PROTOCOL', `${what}: the power switch answers ${status}`, {
    port: 'power',
    hint:
      status >= 500
        ? 'restart the power switch; where it is new, look its requests up in its manual'
        : 'correct method and url of the request in devices.yaml; redirects are not followed',
  });
}

function filled(text: string, auth: PduAuth, encode: (text: string) => string): string {
  return auth.kind === 'template' ? text.replaceAll('{password}', () => encode(auth.password)) : text;
}

function exchange(asked: {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly tls: TlsTrust | undefined;
  readonly signal: AbortSignal;
}): Promise<PduAnswer & { readonly challenge: string }> {
  const { url, method, headers, signal } = asked;
  const secure = url.protocol === 'https:';
  const agent = secure ? pinnedAgent(asked.tls ?? {}, 'power') : undefined;
  const answered = new Promise<PduAnswer & { readonly challenge: string }>((resolve, reject) => {
    const heard = (incoming: IncomingMessage) => {
      const chunks: Buffer[] = [];
      let size = 0;
      incoming.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > MAX_BODY) incoming.destroy(new Error(`an answer of more than ${MAX_BODY} bytes`));
        chunks.push(chunk);
      });
      incoming.on('error', reject);
      incoming.on('end', () =>
        resolve({
          status: incoming.statusCode ?? 0,
          body: Buffer.concat(chunks).toString('utf8'),
          challenge: incoming.headers['www-authenticate'] ?? '',
        }),
      );
    };
    const outgoing = secure
      ? httpsRequest(url, { method, headers, signal, ...(agent === undefined ? {} : { agent }) }, heard)
      : httpRequest(url, { method, headers, signal, agent: false }, heard);
    outgoing.on('error', reject);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    outgoing.end(asked.body);
  });
  return answered.finally(() => agent?.destroy());
}
