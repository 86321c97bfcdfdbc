import type { Clock } from '../../terms/clock.ts';
import { HarnessError } from '../../terms/error.ts';

/** Longest time for one answer, ms. */
const ANSWER_MS = 10_000;

export interface JsonCall {
  readonly method: 'GET' | 'POST';
  /** Below the service's URL, e.g. `/power`. */
  readonly path: string;
  readonly body?: unknown;
  readonly token?: string;
}
export interface JsonAnswer {
  readonly status: number;
  /** undefined where the answer is no JSON. */
  readonly body: unknown;
}
/** A service that speaks JSON over HTTP. */
export interface JsonService {
  /** Any status is an answer. @throws HarnessError PORT_UNREACHABLE, PORT_CLOSED */
  call(call: JsonCall): Promise<JsonAnswer>;
  /** As `call`; throws PORT_PROTOCOL with the service's own words for any status but 2xx. */
  order(call: JsonCall): Promise<unknown>;
  /** Whether `close` was called. */
  readonly closed: boolean;
  /**
   * Refuses new calls with PORT_CLOSED, and lets those under way end: what was ordered has then happened or failed.
   * `last` may still call.
   */
  close(last?: (call: (call: JsonCall) => Promise<unknown>) => Promise<void>): Promise<void>;
}

/** @param options.what who answers there, for messages: `the twin's control port` */
export function newJsonService(options: {
  readonly url: string;
  readonly port: string;
  readonly what: string;
  readonly clock: Clock;
}): JsonService {
  const { port, what, clock } = options;
  const base = options.url.replace(/\/$/, '');
  const underWay = new Set<Promise<unknown>>();
  let closing: Promise<void> | undefined;

  async function send(call: JsonCall): Promise<JsonAnswer> {
    const over = new AbortController();
    const late = new AbortController();
    clock.sleep(ANSWER_MS, over.signal).then(
      () => late.abort(new Error(`no answer within ${ANSWER_MS} ms`)),
      () => undefined,
    );
    try {
      const response = await fetch(`${base}${call.path}`, {
        method: call.method,
        signal: late.signal,
        headers: {
          ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(call.token === undefined ? {} : { authorization: `Bearer ${call.token}` }),
        },
        ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
      });
      return { status: response.status, body: jsonOf(await response.text()) };
    } catch (cause) {
      // fetch asks no port that the Fetch standard keeps for other protocols.
      if (reasonOf(cause) === 'bad port')
        throw new HarnessError(
          'PORT_UNREACHABLE',
          `${what} at ${base} was not asked: no web client may use that port.`,
          { port, hint: 'Correct the port in the URL, or let it listen on another, as 8095.', cause },
        );
      throw new HarnessError('PORT_UNREACHABLE', `${what} at ${base} does not answer: ${reasonOf(cause)}.`, {
        port,
        hint: `Check that ${what} runs and that its URL, ${base}, is right.`,
        cause,
      });
    } finally {
      over.abort();
    }
  }
  async function sendOrder(call: JsonCall): Promise<unknown> {
    const { status, body } = await send(call);
    if (status >= 200 && status < 300) return body;
    throw new HarnessError(
      'PORT_PROTOCOL',
      `${what} refused ${call.method} ${call.path}: status ${status}, ${JSON.stringify(body) ?? 'no JSON'}.`,
      { port, hint: `Check that ${what} is of the same version as this program.` },
    );
  }
  function tracked<T>(work: () => Promise<T>): Promise<T> {
    if (closing !== undefined) {
      return Promise.reject(new HarnessError('PORT_CLOSED', `The ${port} port is closed.`, { port }));
    }
    const started = work();
    underWay.add(started);
    const forget = () => underWay.delete(started);
    started.then(forget, forget);
    return started;
  }

  return {
    call: (call) => tracked(() => send(call)),
    order: (call) => tracked(() => sendOrder(call)),
    get closed() {
      return closing !== undefined;
    },
    close(last) {
      closing ??= Promise.allSettled([...underWay]).then(() => last?.(sendOrder));
      return closing;
    },
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** fetch says only "fetch failed"; what failed is in its cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error && error.cause.message !== '' ? error.cause.message : error.message;
}
