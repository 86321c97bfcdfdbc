import { Agent, request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Clock } from '../../../terms/clock.ts';
import { HarnessError } from '../../../terms/error.ts';
import { type PIKVM, PIKVM_PASSWORD, PIKVM_USER, type PikvmAnswer } from '../../../wire/pikvm.ts';
import { pinnedAgent, type TlsTrust } from './pinned.ts';
import { hasShape } from './shapes.ts';

/** Where a PiKVM is, and who asks. */
export interface PikvmAccess {
  /** `https://host[:port]`; plain http on this machine only, since each request carries the password. */
  readonly url: string;
  readonly user: string;
  readonly password: string;
  readonly tls?: TlsTrust;
  readonly clock: Clock;
  /** Longest time for one answer, ms. Default 5,000. */
  readonly timeoutMs?: number;
}

/** One request: a route of {@link PIKVM}, and what it takes. */
export interface PikvmCall {
  readonly query?: Readonly<Record<string, string | number>>;
  /** Sent as text. */
  readonly body?: string;
  /** Takes so long by nature, ms; added to the deadline. */
  readonly takesMs?: number;
  readonly signal?: AbortSignal | undefined;
}
type Route = (typeof PIKVM)[keyof typeof PIKVM];

export interface PikvmReply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
  /** Wall time when the headers came in, ms since the epoch. */
  readonly arrivedAt: number;
}

/**
 * A PiKVM's API, by kept-alive connections. Methods throw HarnessError: PORT_UNREACHABLE, PORT_TIMEOUT (a deadline),
 * PORT_CLOSED, CREDENTIALS_REFUSED, and those of {@link pinnedAgent}.
 */
export interface PikvmService {
  /** Any status but 401, 403, 502 and 504 is an answer. */
  raw(route: Route, call?: PikvmCall): Promise<PikvmReply>;
  /** The result of a JSON answer. Throws PORT_BUSY where the device is at work already, else PORT_PROTOCOL, too. */
  ask<T>(route: Route, call?: PikvmCall): Promise<T>;
  /** What a WebSocket to the device needs. */
  readonly line: { readonly url: string; readonly agent: Agent; readonly headers: Record<string, string> };
  /** Its address, for messages: no part of it is secret. */
  readonly where: string;
  readonly closed: boolean;
  /** Refuses new calls, lets those under way end; `last` may still ask. Then nothing is open any more. */
  close(last?: (ask: PikvmService['ask']) => Promise<void>): Promise<void>;
  /** Ends what is under way with PORT_CLOSED. */
  abort(): void;
}

/** Largest answer that is read, bytes: a JPEG of 4K at the best quality has a fourth of it. */
const MAX_BYTES = 32 * 1024 * 1024;
const TIMEOUT_MS = 5_000;

/**
 * Opens no connection yet.
 * @param port the bench port, for errors
 * @throws HarnessError CONFIG_INVALID for a password that would travel in the clear
 */
export function pikvmService(access: PikvmAccess, port: string): PikvmService {
  const { clock, timeoutMs = TIMEOUT_MS } = access;
  const base = new URL(access.url);
  const secure = base.protocol === 'https:';
  if (!secure && !/^(localhost|127(\.\d+){3}|\[::1\])$/.test(base.hostname))
    throw new HarnessError('CONFIG_INVALID', `${base.origin} would carry the password in the clear`, {
      port,
      hint: 'let the address of the PiKVM begin with https://',
    });
  const agent = secure
    ? pinnedAgent(access.tls ?? {}, port)
    : new Agent({ keepAlive: true, maxSockets: 4, timeout: 4_000 });
  const credentials = { [PIKVM_USER]: access.user, [PIKVM_PASSWORD]: access.password };
  const gone = new AbortController();
  const underWay = new Set<Promise<unknown>>();
  let closing: Promise<void> | undefined;

  /** One exchange on the wire. */
  function exchange(method: string, url: URL, call: PikvmCall, signal: AbortSignal): Promise<PikvmReply> {
    const { promise, resolve, reject } = Promise.withResolvers<PikvmReply>();
    const stop = () => reject(signal.reason);
    const body = call.body === undefined ? undefined : Buffer.from(call.body);
    const headers = {
      ...credentials,
      ...(method === 'POST' ? { 'content-length': body?.length ?? 0 } : {}),
      ...(body === undefined ? {} : { 'content-type': 'text/plain; charset=utf-8' }),
    };
    const send = secure ? httpsRequest : httpRequest;
    const asked = send(url, { method, agent, headers, signal }, (answer: IncomingMessage) => {
      const arrivedAt = clock.now();
      const chunks: Buffer[] = [];
      let length = 0;
      answer.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        length += chunk.length;
        if (length > MAX_BYTES) answer.destroy(new Error(`an answer of more than ${MAX_BYTES} bytes`));
      });
      answer.on('error', reject);
      answer.on('end', () =>
        resolve({
          status: answer.statusCode ?? 0,
          headers: answer.headers,
          bytes: Buffer.concat(chunks, length),
          arrivedAt,
        }),
      );
    });
    asked.on('error', (error) => reject(Object.assign(error, { reused: asked.reusedSocket })));
    // A request that has no socket yet hears of its signal only when it gets one.
    signal.addEventListener('abort', stop, { once: true });
    asked.end(body);
    // Node keeps a combined signal for as long as somebody listens to it, and with it the whole answer.
    return promise.finally(() => signal.removeEventListener('abort', stop));
  }

  async function send(route: Route, call: PikvmCall): Promise<PikvmReply> {
    const [method = 'GET', path = '/'] = route.split(' ');
    const url = new URL(path, base);
    for (const [name, value] of Object.entries(call.query ?? {})) url.searchParams.set(name, String(value));
    const within = timeoutMs + (call.takesMs ?? 0);
    const over = new AbortController();
    const late = new AbortController();
    clock.sleep(within, over.signal).then(
      () => late.abort(),
      () => undefined,
    );
    const signals = [late.signal, gone.signal, ...(call.signal === undefined ? [] : [call.signal])];
    const signal = AbortSignal.any(signals);
    try {
      return await exchange(method, url, call, signal).catch((error) => {
        // What changes nothing is asked again where the device had dropped an idle connection.
        if (method !== 'GET' || error.reused !== true || signal.aborted) throw error;
        return exchange(method, url, call, signal);
      });
    } catch (cause) {
      throw told(`${method} ${path}`, cause, { within, late: late.signal.aborted, given: call.signal });
    } finally {
      over.abort();
    }
  }

  /** What went wrong on the wire, in the port's terms. */
  function told(
    what: string,
    cause: unknown,
    how: { readonly within: number; readonly late: boolean; readonly given: AbortSignal | undefined },
  ): unknown {
    if (cause instanceof HarnessError) return cause;
    if (gone.signal.aborted)
      return new HarnessError('PORT_CLOSED', `${what}: the ${port} port was closed`, { port, cause });
    const { given } = how;
    const timedOut = given?.aborted && given.reason instanceof Error && given.reason.name === 'TimeoutError';
    if (given?.aborted && !timedOut) return given.reason;
    if (how.late || timedOut)
      return new HarnessError(
        'PORT_TIMEOUT',
        `${what}: the PiKVM at ${base.host} did not answer ${timedOut ? 'in time' : `within ${how.within} ms`}`,
        { port, cause, hint: 'the PiKVM hangs or its network does; see its log' },
      );
    const reason = cause instanceof Error ? cause.message : String(cause);
    return new HarnessError('PORT_UNREACHABLE', `${what}: the PiKVM at ${base.host} is gone: ${reason}`, {
      port,
      cause,
      hint: 'see that the PiKVM is on, that its address is right, and that this machine reaches it',
    });
  }

  async function raw(route: Route, call: PikvmCall = {}): Promise<PikvmReply> {
    const reply = await send(route, call);
    const { status } = reply;
    if (status === 401 || status === 403)
      throw new HarnessError('CREDENTIALS_REFUSED', `the PiKVM at ${base.host} refuses user ${access.user}`, {
        port,
        hint: 'correct user and password; with two-factor login the code belongs to the password, so use a user without',
      });
    if (status === 502 || status === 504)
      throw new HarnessError(
        'PORT_UNREACHABLE',
        `${route}: kvmd does not run on the PiKVM at ${base.host} (status ${status} of its web server)`,
        { port, hint: 'wait until it has started, or see `systemctl status kvmd` on the PiKVM' },
      );
    return reply;
  }

  async function ask<T>(route: Route, call: PikvmCall = {}): Promise<T> {
    const reply = await raw(route, call);
    const answer = answerOf<T>(reply.bytes);
    if (reply.status === 200 && answer?.ok === true && hasShape(route, answer.result)) return answer.result;
    const said =
      answer?.ok === false ? `${answer.result?.error}: ${answer.result?.error_msg}` : 'no such answer';
    const message = `${route}: the PiKVM at ${base.host} answers ${reply.status}, ${said}`;
    if (reply.status === 409)
      throw new HarnessError('PORT_BUSY', message, { port, hint: 'somebody else uses this PiKVM: end that' });
    throw new HarnessError('PORT_PROTOCOL', message, {
      port,
      hint: `see that ${base.origin} is a PiKVM with kvmd 3.0 or newer`,
    });
  }

  function tracked<T>(work: () => Promise<T>): Promise<T> {
    if (closing !== undefined || gone.signal.aborted)
      return Promise.reject(new HarnessError('PORT_CLOSED', `the ${port} port is closed`, { port }));
    const started = work();
    underWay.add(started);
    const forget = () => underWay.delete(started);
    started.then(forget, forget);
    return started;
  }

  return {
    raw: (route, call) => tracked(() => raw(route, call)),
    ask: (route, call) => tracked(() => ask(route, call)),
    line: { url: `${secure ? 'wss' : 'ws'}://${base.host}`, agent, headers: credentials },
    where: base.origin,
    get closed() {
      return closing !== undefined || gone.signal.aborted;
    },
    close(last) {
      closing ??= Promise.allSettled([...underWay])
        .then(() => last?.(ask))
        .finally(() => agent.destroy());
      return closing;
    },
    abort() {
      gone.abort();
      agent.destroy();
    },
  };
}

function answerOf<T>(bytes: Buffer): PikvmAnswer<T> | undefined {
  try {
    const answer = JSON.parse(bytes.toString('utf8')) as PikvmAnswer<T> | null;
    return typeof answer?.ok === 'boolean' ? answer : undefined;
  } catch {
    return undefined;
  }
}
