import type { Clock } from '../../terms/clock.ts';
import { HarnessError } from '../../terms/error.ts';
import type { Http, HttpExchange, HttpRequest, HttpResponse } from '../ports/http.ts';
import { otherEnd } from './other-end.ts';

/** One answer of the fake recorder; `silence`: none ever comes. */
export type FakeAnswer =
  | {
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
    }
  | 'silence';

/** A recorder's HTTP with a script. Dispose complains (USAGE) of answers that no request used. */
export interface FakeHttp extends Http {
  /** The answer to one request to a route, as `GET /path?query`; to any request where that is undefined. */
  expectRequest(route: string | undefined, answer: FakeAnswer): void;
  /** Every request as it would have gone over the wire, oldest first. */
  asked(): readonly HttpExchange['request'][];
  vanish(): void;
}

/**
 * Without a script: a request that no answer waits for throws USAGE. Credentials are named in `Authorization` when
 * the recorder asks for a digest, but nothing is computed.
 */
export function fakeHttp(options: { readonly clock: Clock; readonly timeoutMs: number }): FakeHttp {
  const { clock, timeoutMs } = options;
  const end = otherEnd('http');
  const closing = new AbortController();
  const script: { readonly route: string | undefined; readonly answer: FakeAnswer }[] = [];
  const asked: HttpExchange['request'][] = [];
  const listeners = new Set<(exchange: HttpExchange) => void>();

  async function exchange(told: HttpExchange['request'], signal?: AbortSignal): Promise<HttpResponse> {
    const at = clock.now();
    const started = clock.monotonic();
    const hear = (outcome: Pick<HttpExchange, 'response' | 'failure'>) => {
      const milliseconds = clock.monotonic() - started;
      for (const listener of listeners) listener({ at, milliseconds, request: told, ...outcome });
    };
    try {
      const response = await answerTo(told, signal);
      hear({ response });
      return response;
    } catch (error) {
      hear({ failure: String(error) });
      throw error;
    }
  }

  async function answerTo(told: HttpExchange['request'], signal?: AbortSignal): Promise<HttpResponse> {
    const route = `${told.method} ${told.path}`;
    const failed = (code: 'PORT_UNREACHABLE' | 'PORT_TIMEOUT', why: string) =>
      new HarnessError(code, `${route}: ${why}`, {
        port: 'http',
        cause: new Error(why),
        hint: 'Let it answer.',
      });
    try {
      end.check();
    } catch (error) {
      throw error instanceof HarnessError && error.code === 'PORT_UNREACHABLE'
        ? failed('PORT_UNREACHABLE', 'the fake recorder has vanished')
        : error;
    }
    asked.push(told);
    const index = script.findIndex((step) => step.route === undefined || step.route === route);
    const [step] = index < 0 ? [] : script.splice(index, 1);
    if (step === undefined) {
      throw new HarnessError('USAGE', `No answer is scripted for ${route}.`, { port: 'http' });
    }
    if (step.answer !== 'silence') {
      const { status, headers = {}, body = '' } = step.answer;
      return { status, headers, body };
    }
    const stop = signal === undefined ? closing.signal : AbortSignal.any([signal, closing.signal]);
    await clock.sleep(timeoutMs, stop);
    throw failed('PORT_TIMEOUT', `no answer within ${timeoutMs} ms`);
  }

  return {
    async request({ method, path, body = '', contentType, headers, credentials, signal }: HttpRequest) {
      const told = {
        method,
        path,
        body,
        headers: { ...headers, ...(contentType === undefined ? {} : { 'content-type': contentType }) },
      };
      const first = await exchange(told, signal);
      const challenged = /\bDigest\b/i.test(first.headers['www-authenticate'] ?? '');
      if (first.status !== 401 || credentials === undefined || !challenged) return first;
      const authorization = `Digest username="${credentials.user}", uri="${path}"`;
      return exchange({ ...told, headers: { ...told.headers, authorization } }, signal);
    },
    onExchange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    expectRequest: (route, answer) => void script.push({ route, answer }),
    asked: () => asked.slice(),
    vanish: end.vanish,
    async [Symbol.asyncDispose]() {
      if (!end.close()) return;
      closing.abort(new HarnessError('PORT_CLOSED', 'The http port is closed.', { port: 'http' }));
      if (script.length === 0) return;
      const left = script.map(({ route, answer }) =>
        [route ?? 'any request', answer === 'silence' ? answer : answer.status].join(': '),
      );
      throw new HarnessError('USAGE', `Scripted answers that no request used: ${left.join(', ')}.`, {
        port: 'http',
      });
    },
  };
}
