import { createHash } from 'node:crypto';
import t from 'tap';
import { systemClock as clock } from '../../../terms/clock.ts';
import { HarnessError } from '../../../terms/error.ts';
import { failure } from '../../ports/contract-help.ts';
import { type HttpUnderTest, httpContract } from '../../ports/http.contract.ts';
import { openHttp } from './http.ts';
import { type RecorderServer, serveRecorder } from './recorder-server.fixture.ts';

const SHORT_MS = 150;
const LONG_MS = 20_000;
const USER = { user: 'admin', password: 'Harbour-77' };
const get = (path = '/') => ({ method: 'GET', path }) as const;

httpContract(t, 'node:http', async (): Promise<HttpUnderTest> => {
  const recorder = await serveRecorder();
  const http = openHttp({ baseUrl: recorder.url, timeoutMs: SHORT_MS * 4, clock });
  return {
    ...recorder,
    http,
    elapse: async () => undefined,
    async [Symbol.asyncDispose]() {
      await http[Symbol.asyncDispose]();
      await recorder.vanish();
    },
  };
});

/** A recorder that lets in who knows its password, by digest alone; it forgets its nonce when told to. */
async function serveDigest(algorithm: 'MD5' | 'SHA-256', qop: string) {
  let nonce = 'nonce-1';
  let forgetful = 0;
  const hash = (text: string) =>
    createHash(algorithm === 'MD5' ? 'md5' : 'sha256')
      .update(text)
      .digest('hex');
  const recorder: RecorderServer = await serveRecorder(({ method, headers }) => {
    const said = Object.fromEntries(
      [...(headers.authorization ?? '').matchAll(/(\w+)="?([^",]*)"?/g)].map((match) => [match[1], match[2]]),
    );
    const a1 = hash(`${USER.user}:recorder:${USER.password}`);
    const a2 = hash(`${method}:${said.uri}`);
    const middle = said.qop === undefined ? nonce : `${nonce}:${said.nc}:${said.cnonce}:${said.qop}`;
    const right = said.response === hash(`${a1}:${middle}:${a2}`) && said.nonce === nonce;
    if (right && forgetful === 0) return { status: 200, body: `welcome ${said.uri}` };
    const stale = right && forgetful > 0;
    if (stale) {
      forgetful -= 1;
      nonce += '+';
    }
    const offer = `Digest realm="recorder", nonce="${nonce}", algorithm=${algorithm}${qop}`;
    return { status: 401, headers: { 'www-authenticate': `${offer}${stale ? ', stale=true' : ''}` } };
  });
  return {
    ...recorder,
    forget(times: number) {
      forgetful = times;
    },
  };
}

for (const algorithm of ['MD5', 'SHA-256'] as const) {
  for (const qop of [', qop="auth"', ''])
    t.test(`a recorder that checks ${algorithm}${qop} lets the owner in, and nobody else`, async (t) => {
      await using recorder = await serveDigest(algorithm, qop);
      await using http = openHttp({ baseUrl: recorder.url, timeoutMs: LONG_MS, clock });
      const path = '/ISAPI/System/status?format=json&name=a%20b';
      for (const method of ['GET', 'PUT', 'POST', 'DELETE'] as const)
        t.match(await http.request({ method, path, credentials: USER }), {
          status: 200,
          body: `welcome ${path}`,
        });
      const before = recorder.asked().length;
      const stranger = { ...USER, password: 'guess' };
      t.equal((await http.request({ ...get(), credentials: stranger })).status, 401);
      t.equal(recorder.asked().length - before, 2, 'one try, no more');
    });
}

t.test('a nonce that the recorder calls stale is taken anew, once', async (t) => {
  await using recorder = await serveDigest('MD5', ', qop="auth"');
  await using http = openHttp({ baseUrl: recorder.url, timeoutMs: LONG_MS, clock });
  recorder.forget(1);
  t.equal((await http.request({ ...get(), credentials: USER })).status, 200);
  t.equal(recorder.asked().length, 3);
  recorder.forget(5);
  t.equal((await http.request({ ...get(), credentials: USER })).status, 401);
  t.equal(recorder.asked().length, 6);
});

t.test('of two challenges in two headers the stronger is answered', async (t) => {
  await using recorder = await serveRecorder();
  await using http = openHttp({ baseUrl: recorder.url, timeoutMs: LONG_MS, clock });
  recorder.answer(
    (_, response) => {
      response.writeHead(401, [
        ['WWW-Authenticate', 'Digest realm="r", nonce="a", algorithm=MD5'],
        ['WWW-Authenticate', 'Digest realm="r", nonce="b", algorithm=SHA-256'],
      ]);
      response.end();
    },
    { status: 200 },
  );
  await http.request({ ...get(), credentials: USER });
  t.match(recorder.asked()[1]?.headers.authorization, /nonce="b".*algorithm=SHA-256/);
});

t.test('a body says its kind and its length in bytes', async (t) => {
  await using recorder = await serveRecorder(() => ({ status: 200 }));
  await using http = openHttp({ baseUrl: recorder.url, timeoutMs: LONG_MS, clock });
  await http.request({ method: 'PUT', path: '/', body: '<ä/>' });
  await http.request({ method: 'PUT', path: '/', body: '' });
  await http.request(get());
  t.match(recorder.asked(), [
    { headers: { 'content-type': 'application/xml', 'content-length': '5' }, body: '<ä/>' },
    { headers: { 'content-length': '0' } },
    { headers: { 'content-type': undefined, 'content-length': undefined } },
  ]);
});

t.test(
  'requests share their connections, and a connection the recorder has dropped is no failure',
  async (t) => {
    await using recorder = await serveRecorder();
    await using http = openHttp({ baseUrl: recorder.url, timeoutMs: LONG_MS, clock });
    recorder.answer({ status: 200 }, (request) => request.socket.destroy(), {
      status: 200,
      body: 'by another',
    });
    await http.request(get());
    t.equal((await http.request(get('/again'))).body, 'by another');
    t.same(
      recorder.asked().map(({ path, connection }) => [path, connection]),
      [
        ['/', 0],
        ['/again', 0],
        ['/again', 1],
      ],
    );
  },
);

t.test('what changes something arrives once, also where the recorder hangs up on it', async (t) => {
  await using recorder = await serveRecorder();
  await using http = openHttp({ baseUrl: recorder.url, timeoutMs: LONG_MS, clock });
  recorder.answer({ status: 200 }, (request) => request.socket.destroy());
  await http.request(get());
  const error = await failure(http.request({ method: 'POST', path: '/code', body: '<code/>' }));
  t.equal(error?.code, 'PORT_UNREACHABLE');
  t.same(
    recorder.asked().map(({ path }) => path),
    ['/', '/code'],
  );
});

t.test('a request that its caller ends says why', async (t) => {
  await using recorder = await serveRecorder(() => 'silence');
  await using http = openHttp({ baseUrl: recorder.url, timeoutMs: LONG_MS, clock });
  for (const [reason, code] of [
    [new HarnessError('INTERRUPTED', 'stopped'), 'INTERRUPTED'],
    [undefined, 'PORT_TIMEOUT'],
  ] as const) {
    const stop = new AbortController();
    const asked = failure(http.request({ ...get(), signal: stop.signal }));
    await recorder.arrived(recorder.asked().length + 1);
    stop.abort(reason);
    t.equal((await asked)?.code, code);
  }
});

t.test('a recorder that hangs up on a fresh connection is not asked again', async (t) => {
  await using recorder = await serveRecorder(() => (request) => request.socket.destroy());
  await using http = openHttp({ baseUrl: recorder.url, timeoutMs: LONG_MS, clock });
  const error = await failure(http.request(get('/x')));
  t.equal(error?.code, 'PORT_UNREACHABLE');
  t.match(error?.message, /GET \/x at http:/);
  t.equal(recorder.asked().length, 1);
});

t.test('a host that no name server knows is told as such, and not as a recorder that is off', async (t) => {
  await using http = openHttp({ baseUrl: 'http://no-such-host.invalid', timeoutMs: LONG_MS, clock });
  t.match(await failure(http.request(get())), { code: 'PORT_UNREACHABLE', hint: /no name server knows it/ });
});

t.test('an answer that breaks off, or is no HTTP, is none', async (t) => {
  await using recorder = await serveRecorder();
  await using http = openHttp({ baseUrl: recorder.url, timeoutMs: LONG_MS, clock });
  recorder.answer(
    (_, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half', () => response.destroy());
    },
    (request) => request.socket.end('220 mail.example ESMTP\r\n'),
    { status: 200, body: 'whole' },
  );
  for (const what of ['breaks off', 'is another protocol']) {
    const error = await failure(http.request(get()));
    t.equal(error?.code, 'PORT_UNREACHABLE', what);
    t.type(error?.cause, Error);
  }
  t.equal((await http.request(get())).body, 'whole');
});

t.test('an answer that begins and never ends is late', async (t) => {
  await using recorder = await serveRecorder();
  await using http = openHttp({ baseUrl: recorder.url, timeoutMs: SHORT_MS, clock });
  recorder.answer((_, response) => {
    response.writeHead(200, { 'content-length': '100' });
    response.write('half');
  });
  t.equal((await failure(http.request(get())))?.code, 'PORT_TIMEOUT');
});

t.test('an answer that drips on for ever is late', async (t) => {
  await using recorder = await serveRecorder();
  await using http = openHttp({ baseUrl: recorder.url, timeoutMs: SHORT_MS, clock });
  recorder.answer((_, response) => {
    response.writeHead(200);
    const drip = setInterval(() => response.write('.'), SHORT_MS / 10);
    response.on('close', () => clearInterval(drip));
  });
  t.equal((await failure(http.request(get())))?.code, 'PORT_TIMEOUT');
});

t.test('a request ends when its asker gives up, and the port goes on', async (t) => {
  await using recorder = await serveRecorder();
  await using http = openHttp({ baseUrl: recorder.url, timeoutMs: LONG_MS, clock });
  recorder.answer('silence', { status: 200 });
  const stop = new AbortController();
  const given = failure(http.request({ ...get(), signal: stop.signal }));
  await recorder.arrived(1);
  stop.abort();
  t.ok(await given);
  t.equal((await http.request(get())).status, 200);
});

t.test('https at a port that speaks http is told as that', async (t) => {
  await using recorder = await serveRecorder();
  const baseUrl = recorder.url.replace('http:', 'https:');
  await using http = openHttp({ baseUrl, timeoutMs: LONG_MS, clock });
  await t.rejects(http.request(get()), {
    code: 'PORT_UNREACHABLE',
    message: /does not speak TLS/,
    hint: /http:\/\/ for https/,
  });
});
