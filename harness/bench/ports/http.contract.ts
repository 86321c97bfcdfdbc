import type { Test } from 'tap';
import { failure } from './contract-help.ts';
import type { Http, HttpExchange } from './http.ts';
import { leftBehind } from './left-behind.fixture.ts';

/** One answer of the recorder; headers in lower case. */
export interface ContractAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}
/** One request as it came to the recorder; headers in lower case. */
export interface ContractRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}
/** An open port to a recorder that answers as it is told, and the recorder's own end of it. */
export interface HttpUnderTest extends AsyncDisposable {
  readonly http: Http;
  /** The answers to the next requests, in order; `silence`: none ever comes. */
  answer(...answers: readonly (ContractAnswer | 'silence')[]): void;
  /** Every request so far, oldest first. */
  asked(): readonly ContractRequest[];
  /** Resolves when so many requests have come. */
  arrived(count: number): Promise<void>;
  /** The recorder loses its network. */
  vanish(): Promise<void>;
  /** Lets the port's longest wait pass; nothing to do where that is real time. */
  elapse(): Promise<void>;
}

const PATH = '/ISAPI/System/deviceInfo';
const CREDENTIALS = { user: 'admin', password: 'Harbour-77' };
const NONCE = 'dcd98b7102dd2f0e8b11d0f600bfb0c093';
const CHALLENGE: ContractAnswer = {
  status: 401,
  headers: { 'www-authenticate': `Digest realm="recorder", qop="auth", nonce="${NONCE}"` },
  body: 'who asks?',
};
const get = (path = PATH) => ({ method: 'GET', path }) as const;

/** What every driver of the http port, and the fake, promise. */
export function httpContract(t: Test, name: string, open: () => Promise<HttpUnderTest>): Promise<unknown> {
  return t.test(`http contract: ${name}`, async (t) => {
    t.test('whatever the status, it is an answer, with its headers and its text', async (t) => {
      await using bench = await open();
      for (const status of [200, 302, 401, 403, 404, 500, 503]) {
        bench.answer({ status, headers: { 'x-recorder': 'one' }, body: `<ä>${status}</ä>` });
        const answer = await bench.http.request(get());
        t.equal(answer.status, status);
        t.equal(answer.headers['x-recorder'], 'one');
        t.equal(answer.body, `<ä>${status}</ä>`);
      }
      bench.answer({ status: 204 });
      t.equal((await bench.http.request(get())).body, '', 'an answer without text has an empty one');
    });

    t.test('sends method, path, query, headers and body as they are given', async (t) => {
      await using bench = await open();
      for (const method of ['GET', 'PUT', 'POST', 'DELETE'] as const) {
        bench.answer({ status: 200 });
        await bench.http.request({ method, path: '/ISAPI/Security/email/qrCode?format=json&a=b%20c' });
      }
      t.same(
        bench.asked().map(({ method, path }) => `${method} ${path}`),
        ['GET', 'PUT', 'POST', 'DELETE'].map(
          (method) => `${method} /ISAPI/Security/email/qrCode?format=json&a=b%20c`,
        ),
      );
      bench.answer({ status: 200 });
      await bench.http.request({
        method: 'PUT',
        path: '/x',
        body: '{"name":"Gerät"}',
        contentType: 'application/json',
        headers: { cookie: 'WebSession=1' },
      });
      const last = bench.asked().at(-1);
      t.equal(last?.body, '{"name":"Gerät"}');
      t.equal(last?.headers['content-type'], 'application/json');
      t.equal(last?.headers.cookie, 'WebSession=1');
    });

    t.test('who gives no credentials answers no challenge', async (t) => {
      await using bench = await open();
      bench.answer(CHALLENGE);
      t.match(await bench.http.request(get()), { status: 401, body: 'who asks?' });
      t.equal(bench.asked().length, 1);
    });

    t.test('with credentials a challenge is answered, and the password does not travel', async (t) => {
      await using bench = await open();
      bench.answer(CHALLENGE, { status: 200, body: 'welcome' });
      const answer = await bench.http.request({
        method: 'PUT',
        path: PATH,
        body: 'again',
        credentials: CREDENTIALS,
      });
      t.match(answer, { status: 200, body: 'welcome' });
      const [first, second, ...more] = bench.asked();
      t.equal(first?.headers.authorization, undefined, 'not before it is asked');
      t.match(second?.headers.authorization, /^Digest .*username="admin"/);
      t.match(second?.headers.authorization, `uri="${PATH}"`);
      t.equal(second?.body, 'again', 'the body is sent again');
      t.same(more, []);
      t.notMatch(JSON.stringify(bench.asked()), CREDENTIALS.password);
    });

    t.test('a challenge is answered once: each refusal costs the owner a try', async (t) => {
      await using bench = await open();
      bench.answer(CHALLENGE, { ...CHALLENGE, body: 'no' });
      t.match(await bench.http.request({ ...get(), credentials: CREDENTIALS }), { status: 401, body: 'no' });
      t.equal(bench.asked().length, 2);
    });

    t.test('a refusal without a challenge is an answer', async (t) => {
      await using bench = await open();
      bench.answer({ status: 401, body: 'locked' });
      t.match(await bench.http.request({ ...get(), credentials: CREDENTIALS }), {
        status: 401,
        body: 'locked',
      });
      t.equal(bench.asked().length, 1);
    });

    t.test('a night of questions leaves nothing in the memory', async (t) => {
      await using bench = await open();
      const { signal } = new AbortController();
      const asked = async () => {
        bench.answer({ status: 200 });
        await bench.http.request({ ...get(), signal });
      };
      t.ok((await leftBehind(AbortSignal, 20, asked)) < 10);
    });

    t.test('listeners hear of each exchange, both of a challenge, until they go', async (t) => {
      await using bench = await open();
      const heard: HttpExchange[] = [];
      const others: HttpExchange[] = [];
      const leave = bench.http.onExchange((exchange) => heard.push(exchange));
      bench.http.onExchange((exchange) => others.push(exchange));
      bench.answer(CHALLENGE, { status: 200, body: 'welcome' }, { status: 404 });
      const asked = { method: 'PUT', path: PATH, body: 'text' } as const;
      await bench.http.request({ ...asked, credentials: CREDENTIALS });
      leave();
      leave();
      await bench.http.request(get('/other'));
      t.match(heard, [
        { request: asked, response: { status: 401, body: 'who asks?' } },
        { request: { ...asked, headers: { authorization: /^Digest / } }, response: { status: 200 } },
      ]);
      t.equal(heard.length, 2);
      t.match(others[2], { request: { method: 'GET', path: '/other', body: '' }, response: { status: 404 } });
      t.ok(others.every(({ at, milliseconds }) => Number.isFinite(at) && milliseconds >= 0));
      t.ok(others.every((exchange) => exchange.failure === undefined));
    });

    t.test('says that no answer comes in time, and goes on', async (t) => {
      await using bench = await open();
      const heard: HttpExchange[] = [];
      bench.http.onExchange((exchange) => heard.push(exchange));
      bench.answer('silence', { status: 200, body: 'here again' });
      const waiting = failure(bench.http.request(get()));
      await bench.arrived(1);
      await bench.elapse();
      const error = await waiting;
      t.equal(error?.code, 'PORT_TIMEOUT');
      t.match(error?.message, `GET ${PATH}`, 'says what was asked');
      t.equal(error?.port, 'http');
      t.ok(error?.hint);
      t.match(heard, [{ request: { path: PATH }, failure: /\S/ }]);
      t.equal(heard[0]?.response, undefined);
      t.equal((await bench.http.request(get())).body, 'here again');
    });

    t.test('says that nobody is there, and why', async (t) => {
      await using bench = await open();
      bench.answer({ status: 200 });
      await bench.http.request(get());
      await bench.vanish();
      const heard: HttpExchange[] = [];
      bench.http.onExchange((exchange) => heard.push(exchange));
      const error = await failure(bench.http.request(get()));
      t.equal(error?.code, 'PORT_UNREACHABLE');
      t.match(error?.message, `GET ${PATH}`);
      t.type(error?.cause, Error);
      t.ok(error?.hint);
      t.match(heard, [{ request: { path: PATH }, failure: /\S/ }]);
    });

    t.test('close ends what waits, and every later call says so', async (t) => {
      await using bench = await open();
      bench.answer({ status: 200 }, 'silence');
      await bench.http.request(get());
      const waiting = failure(bench.http.request(get()));
      await bench.arrived(2);
      await bench.http[Symbol.asyncDispose]();
      await bench.http[Symbol.asyncDispose]();
      t.equal((await waiting)?.code, 'PORT_CLOSED');
      const late = await failure(bench.http.request({ ...get(), credentials: CREDENTIALS }));
      t.equal(late?.code, 'PORT_CLOSED');
      t.equal(bench.asked().length, 2, 'nothing is sent any more');
    });
  });
}
