import { Agent, request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { request as httpsRequest, type Agent as SecureAgent } from 'node:https';
import { HarnessError } from '../../../terms/error.ts';
import type { HttpRequest, HttpResponse } from '../../ports/http.ts';
import { pinnedAgent, type TlsTrust } from '../pikvm/pinned.ts';
import { isWhole, MAX_BODY, readBody } from './body.ts';

/** An answer, and what had to be tolerated to get it off the wire. */
export interface Sent {
  readonly response: HttpResponse;
  readonly notes: readonly string[];
}

/** Connections to one recorder, by http and by https. */
export interface Line {
  /**
   * One exchange on the wire. Only what changes nothing goes over a kept-alive connection, and is sent once more when the
   * recorder has dropped that: a code or a password that arrived twice would count as two tries.
   * @throws HarnessError PORT_UNREACHABLE, PORT_TIMEOUT, PORT_CLOSED, PORT_PROTOCOL, those of pinnedAgent, the reason
   * of the request's signal
   */
  send(origin: URL, request: HttpRequest, headers: Readonly<Record<string, string>>): Promise<Sent>;
  readonly closed: boolean;
  close(): void;
}

const HINT = 'see that the recorder is on and the address is right';

/** Opens no connection yet. */
export function openLine(options: { readonly timeoutMs: number; readonly tls?: TlsTrust }): Line {
  const { timeoutMs, tls = {} } = options;
  const plain = new Agent({ keepAlive: true, maxSockets: 4 });
  const secure = pinnedAgent(tls, 'http');
  const closing = new AbortController();
  const closed = () => closing.signal.aborted;

  async function send(
    origin: URL,
    request: HttpRequest,
    headers: Readonly<Record<string, string>>,
  ): Promise<Sent> {
    const kept = origin.protocol === 'https:' ? secure : plain;
    if (request.method !== 'GET') return afresh(origin, request, headers);
    try {
      return await once(origin, request, { headers, agent: kept });
    } catch (error) {
      const reused =
        error instanceof HarnessError &&
        (error.cause as { reusedSocket?: boolean } | undefined)?.reusedSocket === true;
      if (!reused || closed() || request.signal?.aborted) throw error;
      return afresh(origin, request, headers);
    }
  }

  /** By a connection of its own. */
  async function afresh(
    origin: URL,
    request: HttpRequest,
    headers: Readonly<Record<string, string>>,
  ): Promise<Sent> {
    if (origin.protocol !== 'https:') return once(origin, request, { headers, agent: false });
    const agent = pinnedAgent(tls, 'http');
    try {
      return await once(origin, request, { headers, agent });
    } finally {
      agent.destroy();
    }
  }

  function once(
    origin: URL,
    request: HttpRequest,
    {
      headers,
      agent,
    }: { readonly headers: Readonly<Record<string, string>>; readonly agent: Agent | SecureAgent | false },
  ): Promise<Sent> {
    const what = `${request.method} ${request.path} at ${origin.origin}`;
    const signals = request.signal === undefined ? [closing.signal] : [closing.signal, request.signal];
    return new Promise((resolve, reject) => {
      let body: Body | undefined;
      /** Ends it: with what has come, where that is a whole document all the same. */
      const giveUp = (error: HarnessError, why: string) => {
        const read = closed() || request.signal?.aborted ? undefined : body?.salvage();
        outgoing.destroy();
        if (read === undefined) reject(error);
        else resolve({ ...read, notes: [...read.notes, why] });
      };
      const broken = (cause: Error) => {
        if (cause instanceof HarnessError) return giveUp(cause, cause.message);
        const where = body === undefined ? cause.message : `${body.told}: ${cause.message}`;
        giveUp(
          unreachable(what, request, Object.assign(new Error(where, { cause }), reusedOf(cause))),
          where,
        );
      };
      const send = origin.protocol === 'https:' ? httpsRequest : httpRequest;
      const outgoing = send(
        new URL(request.path, origin),
        { method: request.method, headers, agent, signal: AbortSignal.any(signals) },
        (incoming) => {
          const coming = new Body(incoming, what);
          body = coming;
          incoming.on('data', (chunk: Buffer) => coming.add(chunk));
          incoming.on('error', broken);
          incoming.on('end', () => {
            try {
              resolve(coming.whole());
            } catch (error) {
              reject(error);
            }
          });
        },
      );
      const late = () =>
        giveUp(
          new HarnessError(
            'PORT_TIMEOUT',
            `${what}: no ${body === undefined ? 'answer' : 'end of the answer'} within ${timeoutMs} ms`,
            {
              port: 'http',
              hint: HINT,
            },
          ),
          `the answer did not end within ${timeoutMs} ms; the document in it did`,
        );
      // The whole answer is waited for: a timeout of the socket would be put off by each byte that drips in.
      const timer = setTimeout(late, timeoutMs);
      outgoing.on('close', () => clearTimeout(timer));
      outgoing.on('error', (cause) => broken(Object.assign(cause, { reusedSocket: outgoing.reusedSocket })));
      outgoing.end(request.body);
    });
  }

  function unreachable(what: string, request: HttpRequest, cause: Error): HarnessError {
    if (closed()) return closedError(request, cause);
    if (request.signal?.aborted)
      return request.signal.reason instanceof HarnessError
        ? request.signal.reason
        : new HarnessError('PORT_TIMEOUT', `${what}: no answer in time`, {
            cause: request.signal.reason,
            port: 'http',
          });
    // How OpenSSL calls an answer that is no TLS.
    if (/wrong version number/.test(cause.message))
      return new HarnessError('PORT_UNREACHABLE', `${what}: what answers there does not speak TLS`, {
        cause,
        port: 'http',
        hint: 'write http:// for https://, or see that the port is the one for https',
      });
    const unknown = /ENOTFOUND|EAI_AGAIN/.test(cause.message);
    return new HarnessError('PORT_UNREACHABLE', `${what}: ${cause.message}`, {
      cause,
      port: 'http',
      hint: unknown ? 'correct the host, or give its address: no name server knows it now' : HINT,
    });
  }

  return {
    send,
    get closed() {
      return closed();
    },
    close() {
      closing.abort();
      plain.destroy();
      secure.destroy();
    },
  };
}

/** What a request gets that comes, or is under way, when the port is closed. */
export function closedError({ method, path }: HttpRequest, cause?: Error): HarnessError {
  return new HarnessError('PORT_CLOSED', `${method} ${path}: the port was closed`, { cause, port: 'http' });
}

/** The body of one answer while it comes in. */
class Body {
  readonly #incoming: IncomingMessage;
  readonly #what: string;
  readonly #chunks: Buffer[] = [];
  #size = 0;
  constructor(incoming: IncomingMessage, what: string) {
    this.#incoming = incoming;
    this.#what = what;
  }

  add(chunk: Buffer): void {
    this.#size += chunk.length;
    if (this.#size <= MAX_BODY) this.#chunks.push(chunk);
    else
      this.#incoming.destroy(
        new HarnessError(
          'PORT_PROTOCOL',
          `${this.#what}: the body is longer than ${MAX_BODY / 1024 / 1024} MiB`,
          {
            port: 'http',
            hint: 'no answer of a recorder is: see that the address is the right one',
          },
        ),
      );
  }

  whole(): Sent {
    const { statusCode = 0, headers } = this.#incoming;
    const told = flat(headers);
    const { text, notes } = readBody(Buffer.concat(this.#chunks), told);
    return { response: { status: statusCode, headers: told, body: text }, notes };
  }

  /** What has come, where that is a whole document. */
  salvage(): Sent | undefined {
    if (this.#size > MAX_BODY) return undefined;
    try {
      const sent = this.whole();
      return isWhole(sent.response.body) ? sent : undefined;
    } catch {
      return undefined;
    }
  }

  /** How far it came. */
  get told(): string {
    const length = this.#incoming.headers['content-length'];
    const of = length === undefined ? ' of a body without a length' : ` of ${length} bytes`;
    return `the connection ended after ${this.#size}${of}`;
  }
}

function reusedOf(cause: Error): { readonly reusedSocket: boolean } {
  return { reusedSocket: 'reusedSocket' in cause && cause.reusedSocket === true };
}

function flat(headers: IncomingHttpHeaders): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
    ),
  );
}
