import t from 'tap';
import { type DigestChallenge, digestAuthorization, digestChallenges } from './digest.ts';

/** The value of one parameter of an Authorization header, without its quotes. */
const parameter = (header: string, name: string) =>
  new RegExp(`[ ,]${name}="?([^",]*)"?(?:,|$)`).exec(header)?.[1];
const only = (header: string): DigestChallenge => {
  const [challenge] = digestChallenges(header);
  if (challenge === undefined) throw new Error(`no challenge in ${header}`);
  return challenge;
};

// RFC 7616, 3.9.1
const RFC7616 = ['SHA-256', 'MD5'].map(
  (algorithm) =>
    `Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=${algorithm}, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"`,
);
const MUFASA = {
  user: 'Mufasa',
  password: 'Circle of Life',
  method: 'GET',
  uri: '/dir/index.html',
  count: 1,
  cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ',
};
const RFC7616_RESPONSE = {
  'SHA-256': '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1',
  MD5: '8ca523f5e9506fed4657c9700eebdbec',
};

t.test('answers as in RFC 7616, 3.9.1, by SHA-256 and by MD5', async (t) => {
  for (const header of RFC7616) {
    const challenge = only(header);
    const answer = digestAuthorization(challenge, MUFASA);
    t.equal(parameter(answer, 'response'), RFC7616_RESPONSE[challenge.algorithm]);
    t.equal(parameter(answer, 'username'), 'Mufasa');
    t.equal(parameter(answer, 'realm'), 'http-auth@example.org');
    t.equal(parameter(answer, 'uri'), '/dir/index.html');
    t.equal(parameter(answer, 'algorithm'), challenge.algorithm);
    t.equal(parameter(answer, 'nonce'), '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v');
    t.equal(parameter(answer, 'opaque'), 'FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS');
    t.equal(parameter(answer, 'cnonce'), MUFASA.cnonce);
    t.match(answer, /, qop=auth, nc=00000001,/, 'these two stand without quotes');
  }
});

t.test('answers as in RFC 2617, 3.5', async (t) => {
  const challenge = only(
    'Digest realm="testrealm@host.com", qop="auth,auth-int", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41"',
  );
  const asked = { ...MUFASA, password: 'Circle Of Life', cnonce: '0a4f113b' };
  t.equal(parameter(digestAuthorization(challenge, asked), 'response'), '6629fae49393a05397450978507c4ef1');
});

t.test('answers a challenge without qop in the form of RFC 2069, as its erratum 749 has it', async (t) => {
  const challenge = only(
    'Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41"',
  );
  const answer = digestAuthorization(challenge, { ...MUFASA, password: 'CircleOfLife' });
  t.equal(parameter(answer, 'response'), '1949323746fe6a43ef61f9606e7febea');
  t.notMatch(answer, /qop|nc=|cnonce/);
});

t.test('the strongest of several challenges comes first, wherever it stands', async (t) => {
  for (const order of [RFC7616, RFC7616.toReversed()]) {
    t.same(
      digestChallenges(order.join(', ')).map(({ algorithm, auth }) => [algorithm, auth]),
      [
        ['SHA-256', true],
        ['MD5', true],
      ],
    );
  }
  const mixed = `Basic realm="web, or Digest", ${RFC7616[1]}, Bearer scope="x"`;
  t.same(
    digestChallenges(mixed).map(({ realm }) => realm),
    ['http-auth@example.org'],
  );
});

t.test('reads challenges as recorders write them', async (t) => {
  t.match(only('digest REALM="DVR",NONCE=abc123,STALE="TRUE",QOP=auth'), {
    realm: 'DVR',
    nonce: 'abc123',
    stale: true,
    auth: true,
    algorithm: 'MD5',
    opaque: undefined,
  });
  t.equal(only('Digest nonce="x", algorithm="SHA256"').algorithm, 'SHA-256');
  t.match(only('Digest realm="a \\"b\\" \\\\ c, d", nonce="n=,;", qop = "auth"'), {
    realm: 'a "b" \\ c, d',
    nonce: 'n=,;',
    auth: true,
  });
  t.match(only('Digest nonce="x", qop="auth-int", stale=false'), { auth: false, stale: false });
});

t.test('what cannot be answered is no challenge', async (t) => {
  for (const header of [
    '',
    'Basic realm="x"',
    'Digest realm="no nonce"',
    'Digest nonce="x", algorithm=SHA-512-256',
    'Digest nonce="x", algorithm=MD5-sess',
  ])
    t.same(digestChallenges(header), [], header);
});

t.test('the answer counts in hex, quotes what needs it, and draws a fresh cnonce each time', async (t) => {
  const challenge = only('Digest realm="a \\"b\\"", nonce="n", qop="auth"');
  const answer = digestAuthorization(challenge, { ...MUFASA, user: 'o"neil\\', count: 300 });
  t.match(answer, 'username="o\\"neil\\\\"');
  t.match(answer, 'realm="a \\"b\\""');
  t.match(answer, 'nc=0000012c');
  t.notMatch(answer, 'opaque');
  const drawn = [1, 2].map(() => {
    const { cnonce: _, ...asked } = MUFASA;
    return parameter(digestAuthorization(challenge, asked), 'cnonce');
  });
  t.ok(drawn.every((cnonce) => (cnonce ?? '').length >= 16));
  t.not(drawn[0], drawn[1]);
});
