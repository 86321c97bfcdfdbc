import t from 'tap';
import type { Http, HttpResponse } from '../bench/ports/http.ts';
import { TryLedger } from '../flow/tries.ts';
import { countedHttp } from './counted-http.ts';

const admin = { user: 'admin', password: 'x' };
const login = { tries: 7, userTries: 5, seconds: 60 };
const code = { tries: 3, seconds: 1800 };

function counted(...answers: readonly (Partial<HttpResponse> & { readonly status: number })[]) {
  const tries = new TryLedger({ login, network: login, code, file: code }, () => 0);
  const left = [...answers];
  let asked = 0;
  const http: Http = {
    request: async () => {
      asked += 1;
      return { headers: {}, body: '', status: 200, ...left.shift() };
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
  t.equal(tries.told(), '2 of 7 (network)', 'no word on the credentials');
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
