import t from 'tap';
import { type HttpUnderTest, httpContract } from '../ports/http.contract.ts';
import { handClock } from './clock.ts';
import { fakeHttp } from './http.ts';

const TIMEOUT_MS = 10_000;

httpContract(t, 'fake', async (): Promise<HttpUnderTest> => {
  const clock = handClock();
  const http = fakeHttp({ clock, timeoutMs: TIMEOUT_MS });
  return {
    http,
    answer: (...answers) => {
      for (const answer of answers) http.expectRequest(undefined, answer);
    },
    asked: http.asked,
    arrived: async () => undefined,
    vanish: async () => http.vanish(),
    elapse: () => clock.advance(TIMEOUT_MS),
    [Symbol.asyncDispose]: () => http[Symbol.asyncDispose](),
  };
});

t.test('each route of the fake recorder has answers of its own, in order', async (t) => {
  const http = fakeHttp({ clock: handClock(), timeoutMs: TIMEOUT_MS });
  http.expectRequest('GET /a', { status: 200, body: 'a1' });
  http.expectRequest('GET /b', { status: 200, body: 'b' });
  http.expectRequest('GET /a', { status: 200, body: 'a2' });
  const bodies = [];
  for (const path of ['/b', '/a', '/a']) bodies.push((await http.request({ method: 'GET', path })).body);
  t.same(bodies, ['b', 'a1', 'a2']);
  await http[Symbol.asyncDispose]();
});

t.test(
  'the fake recorder complains of requests nobody scripted, and of answers nobody asked for',
  async (t) => {
    const http = fakeHttp({ clock: handClock(), timeoutMs: TIMEOUT_MS });
    http.expectRequest('PUT /used-never', { status: 200 });
    await t.rejects(http.request({ method: 'GET', path: '/x' }), { code: 'USAGE', message: /GET \/x/ });
    await t.rejects(Promise.resolve(http[Symbol.asyncDispose]()), {
      code: 'USAGE',
      message: /PUT \/used-never: 200/,
    });
    await http[Symbol.asyncDispose]();
  },
);

t.test(
  'a silent fake recorder is given up after as long as was said, or when the asker gives up',
  async (t) => {
    const clock = handClock();
    await using http = fakeHttp({ clock, timeoutMs: 50 });
    http.expectRequest(undefined, 'silence');
    const late = http.request({ method: 'GET', path: '/x' });
    let over = false;
    late.catch(() => {
      over = true;
    });
    await clock.advance(49);
    t.notOk(over);
    await clock.advance(1);
    await t.rejects(late, { code: 'PORT_TIMEOUT' });
    http.expectRequest(undefined, 'silence');
    const stop = new AbortController();
    const given = http.request({ method: 'GET', path: '/x', signal: stop.signal });
    stop.abort(new Error('enough'));
    await t.rejects(given, { message: 'enough' });
  },
);
