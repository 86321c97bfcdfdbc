// What recorders do wrong, done by a real server: it is tolerated where it costs nobody a try, and told exactly.
import { gzipSync } from 'node:zlib';
import t, { type Test } from 'tap';
import { systemClock as clock } from '../../../terms/clock.ts';
import { failure } from '../../ports/contract-help.ts';
import type { Http, HttpExchange } from '../../ports/http.ts';
import { makeCertificate } from '../pikvm/certificate.fixture.ts';
import { type HttpOptions, openHttp } from './http.ts';
import { xml } from './isapi.fixture.ts';
import { isapi } from './isapi.ts';
import { type RecorderServer, type ServedAnswer, serveRecorder } from './recorder-server.fixture.ts';

t.setTimeout(120_000);
const LONG_MS = 20_000;
const SHORT_MS = 300;
const USER = { user: 'admin', password: 'Harbour-77' };
const INFO = '/ISAPI/System/deviceInfo';
const DOCUMENT = xml(
  'DeviceInfo',
  '<deviceName>Lab ä</deviceName><firmwareVersion>V4.30.097</firmwareVersion>',
);

interface Bench {
  readonly recorder: RecorderServer;
  readonly http: Http;
  readonly heard: HttpExchange[];
  /** Notes of the exchange heard last. */
  notes(): readonly string[];
}

/** One test with a recorder that answers as it is told. */
function habit(
  title: string,
  body: (t: Test, bench: Bench) => Promise<void>,
  options: Partial<HttpOptions> = {},
): void {
  t.test(title, async (t) => {
    await using recorder = await serveRecorder();
    await using http = openHttp({ baseUrl: recorder.url, timeoutMs: LONG_MS, clock, ...options });
    const heard: HttpExchange[] = [];
    http.onExchange((exchange) => heard.push(exchange));
    await body(t, { recorder, http, heard, notes: () => heard.at(-1)?.notes ?? [] });
  });
}

/** Bytes as they are, without a word that the server would add; then the connection stays, or ends. */
function raw(head: readonly string[], body: string | Buffer, end: 'stay' | 'end' | 'reset'): ServedAnswer {
  return ({ socket }) => {
    socket.write(`${['HTTP/1.1 200 OK', ...head].join('\r\n')}\r\n\r\n`);
    socket.write(body, () => {
      if (end === 'end') socket.end();
      if (end === 'reset') socket.resetAndDestroy();
    });
  };
}
const XML = 'Content-Type: application/xml';
const challenge = (more: string, status = 401, headers = {}) => ({
  status,
  headers: { 'www-authenticate': `Digest realm="r", nonce="n1"${more}`, ...headers },
});
const get = (path = INFO) => ({ method: 'GET', path }) as const;

habit('what a recorder does as it should leaves no note', async (t, { recorder, http, heard }) => {
  recorder.answer(challenge(', qop="auth", algorithm=MD5'), DOCUMENT);
  t.equal((await http.request({ ...get(), credentials: USER })).status, 200);
  t.same(
    heard.map(({ notes }) => notes),
    [undefined, undefined],
  );
});

habit('of two algorithms the stronger is answered, and told', async (t, { recorder, http, heard }) => {
  const offer =
    'Digest realm="r", nonce="a", algorithm=MD5, Digest realm="r", nonce="b", qop="auth", algorithm=SHA256';
  recorder.answer({ status: 401, headers: { 'www-authenticate': offer } }, DOCUMENT);
  await http.request({ ...get(), credentials: USER });
  t.same(heard[0]?.notes, ['offered MD5, SHA256: SHA-256 is answered']);
  t.match(recorder.asked()[1]?.headers.authorization, /nonce="b".*algorithm=SHA-256/);
});

habit('who offers Basic alone gets no password', async (t, { recorder, http, notes }) => {
  recorder.answer({ status: 401, headers: { 'www-authenticate': 'Basic realm="r"' } });
  t.equal((await http.request({ ...get(), credentials: USER })).status, 401);
  t.same(notes(), ['offered Basic: nothing that is answered']);
  t.equal(recorder.asked().length, 1);
});

habit(
  'a challenge without qop, with an opaque, is answered with it',
  async (t, { recorder, http, heard }) => {
    recorder.answer(challenge(', opaque="o\\"p"'), DOCUMENT);
    await http.request({ ...get(), credentials: USER });
    const answer = recorder.asked()[1]?.headers.authorization;
    t.match(answer, 'opaque="o\\"p"');
    t.notMatch(answer, /qop|cnonce/);
    t.same(heard[0]?.notes, ['no qop: answered as RFC 2069 has it']);
  },
);

habit('a stale nonce is taken anew once, and counted', async (t, { recorder, http, heard }) => {
  const stale = { 'www-authenticate': 'Digest realm="r", nonce="n2", qop="auth", stale=TRUE' };
  recorder.answer(challenge(', qop="auth"'), { status: 401, headers: stale }, DOCUMENT);
  t.equal((await http.request({ ...get(), credentials: USER })).status, 200);
  t.match(recorder.asked()[2]?.headers.authorization, 'nonce="n2"');
  t.match(heard[1]?.notes, [
    'a refusal without lockStatus, retryLoginTime, unlockTime',
    'the nonce is called stale',
  ]);
  t.same(heard[2]?.notes, ['once more: the nonce before was stale, which is no try']);
});

habit(
  'a nextnonce is told and not used: a nonce of its own costs nobody a try',
  async (t, { recorder, http, heard }) => {
    const next = { ...DOCUMENT, headers: { ...DOCUMENT.headers, 'authentication-info': 'nextnonce="n9"' } };
    recorder.answer(challenge(', qop="auth"'), next, challenge(', qop="auth"'), DOCUMENT);
    await http.request({ ...get(), credentials: USER });
    await http.request({ ...get(), credentials: USER });
    t.match(heard[1]?.notes, [/^a nextnonce, which is not used/]);
    t.notMatch(recorder.asked()[3]?.headers.authorization, 'n9');
  },
);

habit(
  'namespaces: neither, another one, two in one document, a prefix',
  async (t, { recorder, http, notes }) => {
    const inner = '<model>X</model>';
    for (const [document, note] of [
      [xml('DeviceInfo', inner, ''), 'no namespace'],
      [xml('DeviceInfo', inner, ' xmlns="urn:other"'), 'namespace urn:other'],
      [
        xml('DeviceInfo', '<a xmlns="http://www.isapi.org/ver20/XMLSchema"/>'),
        'two namespaces in one document: http://www.hikvision.com/ver20/XMLSchema and http://www.isapi.org/ver20/XMLSchema',
      ],
      [
        {
          ...DOCUMENT,
          body: '<h:DeviceInfo xmlns:h="http://www.isapi.org/ver20/XMLSchema"><h:model>X</h:model></h:DeviceInfo>',
        },
        'namespace prefix h',
      ],
    ] as const) {
      recorder.answer(document);
      t.equal((await isapi(http).deviceInfo(USER))?.model, note.startsWith('two') ? '' : 'X');
      t.same(notes(), [note]);
    }
  },
);

habit(
  'the build behind the version, without a comma, is read as both',
  async (t, { recorder, http, notes }) => {
    recorder.answer(xml('DeviceInfo', '<firmwareVersion>V5.5.82build 190910</firmwareVersion>'));
    t.match(await isapi(http).deviceInfo(USER), {
      firmwareVersion: 'V5.5.82',
      firmwareReleasedDate: 'build 190910',
    });
    t.same(notes(), ['firmwareVersion holds the build too']);
  },
);

habit('a capability that is not there is neither yes nor no', async (t, { recorder, http, heard }) => {
  const none = xml('SecurityCap', '<isSupportUserCheck>true</isSupportUserCheck>');
  recorder.answer(none, xml('DeviceCap', ''));
  t.equal(await isapi(http).supportsSecurityEmail(USER), undefined);
  t.same(heard[0]?.notes, ['no node isSupportSecurityEmail: that says neither yes nor no']);
});

habit('a refusal may lack what it says of the lock', async (t, { recorder, http, notes }) => {
  const refusal = xml('userCheck', '<statusValue>401</statusValue><lockStatus>unlock</lockStatus>');
  recorder.answer(challenge(', qop="auth"'), {
    ...refusal,
    ...challenge(', qop="auth"'),
    body: refusal.body,
  });
  const check = await isapi(http).userCheck(USER);
  t.match(check, { http: 401, lockStatus: 'unlock' });
  t.notOk('retryLoginTime' in check || 'unlockTime' in check);
  t.match(notes(), [/^no content-type/, 'a refusal without retryLoginTime, unlockTime']);
});

habit('JSON where XML was asked, and the other way round', async (t, { recorder, http, notes }) => {
  const json = { 'content-type': 'application/json' };
  recorder.answer({ status: 200, headers: json, body: '{"DeviceInfo":{"model":"X"}}' });
  t.equal((await isapi(http).deviceInfo(USER))?.model, 'X');
  t.same(notes(), ['JSON where XML was asked for']);
  recorder.answer(xml('EmailParameter', '<emailAddress>a***@lab.example</emailAddress>'));
  t.equal((await isapi(http).emailParameter(USER)).address, 'a***@lab.example');
  t.same(notes(), ['XML where JSON was asked for']);
});

habit('a content-type that is wrong, or missing, does not matter', async (t, { recorder, http, notes }) => {
  const { body } = DOCUMENT;
  recorder.answer({ status: 200, headers: { 'content-type': 'text/html' }, body }, { status: 200, body });
  t.equal((await isapi(http).deviceInfo(USER))?.deviceName, 'Lab ä');
  t.same(notes(), ['content-type text/html, the body is XML']);
  t.equal((await isapi(http).deviceInfo(USER))?.deviceName, 'Lab ä');
  t.same(notes(), ['no content-type; the body is XML']);
});

habit('byte order marks and charsets are read as what they are', async (t, { recorder, http, notes }) => {
  const { body } = DOCUMENT;
  const utf16 = Buffer.from(`\ufeff${body}`, 'utf16le');
  for (const [head, bytes, note] of [
    [XML, Buffer.from(`\ufeff${body}`), 'byte order mark (utf-8)'],
    [XML, utf16, 'byte order mark (utf-16le)'],
    [XML, Buffer.from(utf16).swap16(), 'byte order mark (utf-16be)'],
    [`${XML}; charset="ISO-8859-1"`, Buffer.from(body, 'latin1'), 'charset ISO-8859-1'],
    [`${XML}; charset=klingon`, Buffer.from(body), 'charset klingon is none: read as utf-8'],
  ] as const) {
    recorder.answer(raw([head, `Content-Length: ${bytes.length}`], bytes, 'stay'));
    t.equal((await isapi(http).deviceInfo(USER))?.deviceName, 'Lab ä', note);
    t.same(notes(), [note]);
  }
});

habit('gzip that nobody asked for is unpacked, told or untold', async (t, { recorder, http, notes }) => {
  const packed = gzipSync(DOCUMENT.body);
  const length = `Content-Length: ${packed.length}`;
  const sizes = `${packed.length} bytes for ${Buffer.byteLength(DOCUMENT.body)}`;
  recorder.answer(
    raw([XML, 'Connection: close', 'Content-Encoding: gzip', length], packed, 'end'),
    raw([XML, 'Connection: close', length], packed, 'end'),
  );
  t.equal((await http.request(get())).body, DOCUMENT.body);
  t.same(notes(), [`gzip, which nobody asked for: ${sizes}`]);
  t.equal((await http.request(get())).body, DOCUMENT.body);
  t.same(notes(), [`gzip, which nobody asked for, and the header does not say so: ${sizes}`]);
  recorder.answer({ ...DOCUMENT, headers: { ...DOCUMENT.headers, 'content-encoding': 'gzip' } });
  t.equal((await http.request(get())).body, DOCUMENT.body);
  t.same(notes(), ['content-encoding gzip, but the body is not packed']);
});

habit('a body that is too long, packed or not, is a clear error', async (t, { recorder, http }) => {
  const huge = gzipSync(Buffer.alloc(17 * 1024 * 1024, 'x'));
  recorder.answer(
    (_, response) => {
      response.writeHead(200);
      const chunk = Buffer.alloc(1024 * 1024, 'x');
      for (let count = 0; count < 17; count += 1) response.write(chunk);
      response.end();
    },
    raw(['Content-Encoding: gzip', `Content-Length: ${huge.length}`], huge, 'stay'),
  );
  t.match(await failure(http.request(get())), { code: 'PORT_PROTOCOL', message: /longer than 16 MiB/ });
  t.match(await failure(http.request(get())), {
    code: 'PORT_PROTOCOL',
    message: /cannot be unpacked as gzip/,
  });
});

habit(
  'a document that is cut is not read: what it lacks is not absent',
  async (t, { recorder, http, notes }) => {
    const cut = DOCUMENT.body.slice(0, 150);
    recorder.answer({ ...DOCUMENT, body: cut });
    t.match(await failure(isapi(http).deviceInfo(USER)), {
      code: 'PORT_PROTOCOL',
      message: /cut off after 150/,
    });
    t.same(notes(), ['the document is cut off after 150 characters']);
  },
);

habit('a connection that is reset in the body says how far it came', async (t, { recorder, http }) => {
  recorder.answer(raw([XML, 'Content-Length: 400'], DOCUMENT.body.slice(0, 90), 'reset'));
  const error = await failure(http.request(get()));
  t.equal(error?.code, 'PORT_UNREACHABLE');
  t.match(error?.message, /GET \/ISAPI\/System\/deviceInfo .*the connection ended after 90 of 400 bytes/);
});

habit(
  'a whole document in a body that is not: a wrong length, no last chunk',
  async (t, { recorder, http, notes }) => {
    const { body } = DOCUMENT;
    const size = Buffer.byteLength(body);
    const chunk = `${size.toString(16)}\r\n${body}\r\n`;
    recorder.answer(
      raw([XML, 'Content-Length: 9999'], body, 'end'),
      raw([XML, 'Transfer-Encoding: chunked'], chunk, 'end'),
    );
    t.equal((await isapi(http).deviceInfo(USER))?.deviceName, 'Lab ä');
    t.match(notes(), [new RegExp(`^the connection ended after ${size} of 9999 bytes`)]);
    t.equal((await isapi(http).deviceInfo(USER))?.deviceName, 'Lab ä');
    t.match(notes(), [new RegExp(`^the connection ended after ${size} of a body without a length`)]);
  },
);

habit(
  'chunks without an end: the document counts at the deadline, where it is whole',
  async (t, { recorder, http, notes }) => {
    const { body } = DOCUMENT;
    const chunked = (text: string) => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
    const head = [XML, 'Transfer-Encoding: chunked'];
    recorder.answer(raw(head, chunked(body), 'stay'), raw(head, chunked(body.slice(0, 80)), 'stay'));
    t.equal((await isapi(http).deviceInfo(USER))?.deviceName, 'Lab ä');
    t.same(notes(), [`the answer did not end within ${SHORT_MS} ms; the document in it did`]);
    const error = await failure(http.request(get()));
    t.match(error, { code: 'PORT_TIMEOUT', message: /no end of the answer/ });
  },
  { timeoutMs: SHORT_MS },
);

const BUSY = {
  ...xml('ResponseStatus', '<statusCode>4</statusCode><statusString>Invalid Operation</statusString>'),
  status: 403,
};

habit('what a booting recorder refuses is asked again, and told', async (t, { recorder, http, heard }) => {
  recorder.answer(BUSY, BUSY, xml('ResponseStatus', '<statusCode>1</statusCode>'));
  const write = { method: 'PUT', path: '/ISAPI/System/time', body: '<Time/>' } as const;
  t.equal((await http.request(write)).status, 200);
  t.same(
    heard.map(({ notes = [] }) => notes),
    [[], ['asked for the 2. time: just after a boot'], ['asked for the 3. time: just after a boot']],
  );
});

habit(
  'a recorder that has been up for long, or refuses for a reason, or a code, is not asked again',
  async (t, { recorder, http }) => {
    const write = { method: 'PUT', path: '/ISAPI/System/time', body: '<Time/>' } as const;
    const told = BUSY.body.replace(
      '</ResponseStatus>',
      '<subStatusCode>notSupport</subStatusCode></ResponseStatus>',
    );
    recorder.answer({ ...BUSY, body: told }, BUSY, BUSY);
    t.equal((await http.request(write)).status, 403, 'a reason');
    t.equal(
      (await http.request({ ...write, path: '/ISAPI/Security/emailCertification?format=json' })).status,
      403,
      'a code is a try',
    );
    await using old = openHttp({ baseUrl: recorder.url, timeoutMs: LONG_MS, clock, bootGraceMs: 0 });
    t.equal((await old.request(write)).status, 403, 'up for long');
    t.equal(recorder.asked().length, 3);
  },
);

habit('after a reboot that it asked for a recorder boots', async (t, { recorder, http }) => {
  recorder.answer({ status: 200 }, { status: 200 }, BUSY, { status: 200 });
  await http.request(get());
  await http.request({ method: 'PUT', path: '/ISAPI/System/reboot', body: '' });
  t.equal((await http.request({ method: 'PUT', path: '/ISAPI/System/time', body: '<Time/>' })).status, 200);
});

t.test('https: by fingerprint, by the lab authority; whoever else answers sees no request', async (t) => {
  const certificate = makeCertificate('recorder');
  const other = makeCertificate('other');
  await using recorder = await serveRecorder(() => DOCUMENT, certificate);
  const open = (tls: HttpOptions['tls']) =>
    openHttp({ baseUrl: recorder.url, timeoutMs: LONG_MS, clock, ...(tls === undefined ? {} : { tls }) });
  const colons = certificate.fingerprint.toUpperCase().replace(/..(?=.)/g, '$&:');
  for (const tls of [
    { fingerprint: certificate.fingerprint },
    { fingerprint: colons },
    { ca: certificate.cert },
  ]) {
    await using http = open(tls);
    t.equal((await http.request(get())).body, DOCUMENT.body);
    t.equal((await http.request({ method: 'PUT', path: '/x', body: '<x/>' })).status, 200);
  }
  const before = recorder.asked().length;
  for (const [tls, code] of [
    [undefined, 'CONFIG_MISSING'],
    [{ ca: other.cert }, 'CONFIG_MISSING'],
    [{ fingerprint: other.fingerprint }, 'WRONG_DEVICE'],
  ] as const) {
    await using http = open(tls);
    for (const method of ['GET', 'PUT'] as const) {
      const error = await failure(http.request({ method, path: INFO, credentials: USER }));
      t.equal(error?.code, code);
      t.match(error?.hint, certificate.fingerprint, 'says how to pin it');
    }
  }
  t.equal(recorder.asked().length, before);
});

t.test('who is sent from http to https goes there, and nowhere else', async (t) => {
  const certificate = makeCertificate('recorder');
  await using secure = await serveRecorder(() => DOCUMENT, certificate);
  const to = (location: string) => ({ status: 301, headers: { location } });
  await using recorder = await serveRecorder(({ path }) => to(`${secure.url}${path}`));
  const options = { baseUrl: recorder.url, timeoutMs: LONG_MS, clock };
  await using http = openHttp({ ...options, tls: { fingerprint: certificate.fingerprint } });
  const heard: HttpExchange[] = [];
  http.onExchange((exchange) => heard.push(exchange));
  t.equal((await http.request({ method: 'PUT', path: '/x?a=b', body: '<x/>' })).body, DOCUMENT.body);
  t.equal((await http.request(get())).body, DOCUMENT.body);
  t.equal(recorder.asked().length, 1, 'from then on by https at once');
  t.match(secure.asked(), [{ method: 'PUT', path: '/x?a=b', body: '<x/>' }, { path: INFO }]);
  t.same(heard[1]?.notes, [`${recorder.url} sends everybody to ${secure.url}`]);

  await using unpinned = openHttp(options);
  t.equal((await failure(unpinned.request(get())))?.code, 'CONFIG_MISSING');
  const elsewhere = [
    `https://192.0.2.1${INFO}`,
    `${secure.url}/doc/page/login.asp`,
    '/doc',
    'http://[',
    recorder.url,
  ];
  for (const location of elsewhere) {
    recorder.answer(to(location));
    await using stays = openHttp(options);
    t.equal((await stays.request(get())).status, 301, location);
  }
});
