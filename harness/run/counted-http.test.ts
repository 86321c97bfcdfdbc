import t from 'tap';
import type { Http, HttpResponse } from '../bench/ports/http.ts';
import { TryLedger } from '../flow/tries.ts';
import { HarnessError } from '../terms/error.ts';
import { countedHttp } from './counted-http.ts';

/** `unasked`: no challenge came, so that no credentials went out; `fails`: nothing comes. */
type Answer = Partial<HttpResponse> & { readonly unasked?: boolean; readonly fails?: boolean };
const admin = { user: 'admin', password: 'x' };
const login = { tries: 7, userTries: 5, seconds: 60 };
const code = { tries: 3, seconds: 1800 };

function counted(...answers: readonly Answer[]) {
  const tries = new TryLedger({ login, network: login, code, file: code }, () => 0);
  const left = [...answers];
  let asked = 0;
  const http: Http = {
    request: async (request) => {
      asked += 1;
      const answer = { headers: {}, body: '', status: 200, ...left.shift() };
      if (request.credentials !== undefined && !answer.unasked) request.onLogin?.();
      if (answer.fails === true) throw new HarnessError('PORT_TIMEOUT', 'no answer');
      return answer;
    },
    onExchange: () => () => undefined,
    [Symbol.asyncDispose]: async () => undefined,
  };
  return { http: countedHttp(http, tries), tries, asked: () => asked };
}
const certify = {
  method: 'PUT',
  path: '/ISAPI/Security/emailCertification?format=json',
  body: '{}',
} as const;

t.test('logins count by user, by digest and by session; an answer to nobody does not', async (t) => {
  const { http, tries } = counted(
    { status: 401 },
    { status: 401 },
    { status: 401 },
    { status: 503 },
    { status: 200 },
  );
  await http.request({ method: 'GET', path: '/a', credentials: admin });
  await http.request({ method: 'GET', path: '/a' });
  t.equal(tries.told(), '1 of 7 (network)');
  const body = '<SessionLogin><userName>admin</userName></SessionLogin>';
  await http.request({ method: 'POST', path: '/ISAPI/Security/sessionLogin?timeStamp=1', body });
  t.equal(tries.told(), '2 of 7 (network)');
  await http.request({ method: 'GET', path: '/a', credentials: admin });
  t.equal(tries.told(), '3 of 7 (network)', 'no word on the credentials, which went out');
  await http.request({ method: 'GET', path: '/a', credentials: admin });
  t.equal(tries.told(), '');
});

t.test(
  'codes over HTTP count with those at the screen; a refusal of any write just after a boot does not',
  async (t) => {
    const { http, tries, asked } = counted(
      { status: 403, body: '{"subStatusCode":"invalidOperation"}' },
      { status: 403, body: '{"subStatusCode":"verificationFailed"}' },
      { status: 403, body: '{"subStatusCode":"verificationFailed"}' },
    );
    await http.request(certify);
    t.equal(tries.told(), '');
    await http.request(certify);
    await http.request(certify);
    t.equal(tries.told(), '2 of 3 (code)');
    await t.rejects(http.request(certify), { code: 'TRIES_SPENT' });
    t.equal(asked(), 3, 'the last one never went out');
  },
);

t.test('only a login that was made and taken clears what was spent', async (t) => {
  const login = { method: 'GET', path: '/a', credentials: admin } as const;
  for (const answer of [
    { status: 403, unasked: true },
    { status: 404, unasked: true },
    { status: 302, unasked: true },
    { status: 200, unasked: true },
    { status: 503, unasked: true },
    { status: 403 },
    { status: 404 },
  ]) {
    const { http, tries } = counted({ status: 401 }, { status: 401 }, answer, { status: 204 });
    for (let count = 0; count < 3; count += 1) await http.request(login);
    t.equal(tries.told(), '2 of 7 (network)', JSON.stringify(answer));
    t.equal(tries.left('network', 'admin'), 4);
    await http.request(login);
    t.equal(tries.told(), '');
  }
});

t.test('a login whose answer never comes, or is a fault of the server, counts as a wrong one', async (t) => {
  const login = { method: 'GET', path: '/a', credentials: admin } as const;
  for (const answer of [{ fails: true }, { status: 500 }, { status: 503 }]) {
    const { http, tries, asked } = counted(...Array.from({ length: 9 }, () => answer));
    for (let count = 0; count < 6; count += 1) await http.request(login).catch(() => undefined);
    t.equal(tries.told(), '6 of 7 (network)');
    await t.rejects(http.request(login), { code: 'TRIES_SPENT' });
    t.equal(asked(), 6);
  }
  const { http, tries } = counted(...Array.from({ length: 9 }, () => ({ fails: true, unasked: true })));
  for (let count = 0; count < 9; count += 1) await t.rejects(http.request(login), { code: 'PORT_TIMEOUT' });
  t.equal(tries.told(), '', 'before the challenge nothing was tried');
});

t.test('tries that are made at the same time count each', async (t) => {
  const tries = new TryLedger({ login, network: login, code, file: code }, () => 0);
  const gate = Promise.withResolvers<void>();
  const http = countedHttp(
    {
      request: async (request) => {
        request.onLogin?.();
        await gate.promise;
        return { headers: {}, body: '', status: 401 };
      },
      onExchange: () => () => undefined,
      [Symbol.asyncDispose]: async () => undefined,
    },
    tries,
  );
  const six = Array.from({ length: 6 }, () =>
    http.request({ method: 'GET', path: '/a', credentials: admin }),
  );
  await t.rejects(http.request({ method: 'GET', path: '/a', credentials: admin }), { code: 'TRIES_SPENT' });
  gate.resolve();
  await Promise.all(six);
  t.equal(tries.told(), '6 of 7 (network)');
});
