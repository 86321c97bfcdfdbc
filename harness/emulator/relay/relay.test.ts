import type { AddressInfo } from 'node:net';
import { simpleParser } from 'mailparser';
import { createTransport } from 'nodemailer';
import QRCode from 'qrcode';
import { SMTPServer } from 'smtp-server';
import t from 'tap';
import { type Letter, newSealKeys, sealLetter } from '../../wire/seal.ts';
import { startRelay } from './relay.ts';

const LETTER: Letter = {
  serialNumber: 'DS-7608NI-K20120190416CCRR123456789WCVU',
  address: 'owner+nvr@lab.example',
  code: 'K7MPQ2XW',
  sealedAt: Date.UTC(2026, 0, 1),
  language: 'en',
  model: 'DS-7608NI-K2',
};
interface Post {
  readonly to: readonly string[];
  readonly raw: Buffer;
}

/** A lab: a real SMTP server, the relay, and a hand on its clock. */
async function lab(t: { teardown(act: () => Promise<void>): void }) {
  const posts: Post[] = [];
  const smtp = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        posts.push({ to: session.envelope.rcptTo.map(({ address }) => address), raw: Buffer.concat(chunks) });
        done();
      });
    },
  });
  await new Promise<void>((resolve) => smtp.listen(0, '127.0.0.1', resolve));
  const { port } = smtp.server.address() as AddressInfo;
  const keys = newSealKeys();
  const clock = { now: Date.UTC(2026, 0, 1) };
  const relay = await startRelay({ smtp: { host: '127.0.0.1', port }, keys, now: () => clock.now });
  const stopSmtp = () => new Promise<void>((resolve) => smtp.close(resolve));
  t.teardown(async () => {
    await relay[Symbol.asyncDispose]();
    await stopSmtp();
  });
  const post = async (path: string, body: unknown, token?: string) => {
    const headers = {
      'content-type': 'application/json',
      ...(token && { authorization: `Bearer ${token}` }),
    };
    const response = await fetch(relay.url + path, { method: 'POST', headers, body: JSON.stringify(body) });
    return { status: response.status, body: await response.json() };
  };
  const visitor = async () => String((await post('/app/session', { mode: 'visitor' })).body.token);
  const seal = (change: Partial<Letter> = {}) => sealLetter({ ...LETTER, ...change }, relay.publicKey);
  return { posts, clock, post, visitor, seal, stopSmtp, smtp: relay.smtp };
}

t.test('a visitor scan mails the code to the reserved address, and to nobody else', async (t) => {
  const { posts, post, visitor, seal } = await lab(t);
  const answer = await post('/app/scan', { payload: seal() }, await visitor());
  t.match(answer, { status: 200, body: { status: 'sent' } });
  t.notMatch(JSON.stringify(answer), /K7MPQ2XW|owner/, 'the app learns neither code nor address');
  t.same(
    posts.map(({ to }) => to),
    [['owner+nvr@lab.example']],
  );
  const raw = posts[0]?.raw.toString() ?? '';
  t.match(raw, /^Content-Type: multipart\/alternative/m);
  t.match(raw, /^Message-ID:\s+<[0-9a-f-]+@mail\.device-service\.example>/im);
  t.match(raw, /^Date: Thu, 01 Jan 2026/m);
});

t.test(
  'in every language each part holds one code standing alone, and no complete serial number',
  async (t) => {
    const { posts, post, visitor, seal } = await lab(t);
    const token = await visitor();
    const subjects = new Set<string>();
    for (const language of ['en', 'de', 'fr', 'es', 'pl'] as const) {
      await post('/app/scan', { payload: seal({ language }) }, token);
      const mail = await simpleParser(posts.at(-1)?.raw ?? '');
      subjects.add(mail.subject ?? '');
      const htmlText = (mail.html || '').replace(/<[^>]+>/g, '\n');
      for (const part of [mail.text ?? '', htmlText]) {
        const alone = part.split('\n').filter((line) => /^\s*[A-Za-z0-9]{8}\s*$/.test(line));
        t.same(
          alone.map((line) => line.trim()),
          ['K7MPQ2XW'],
          language,
        );
        t.equal(part.match(/(?<![\p{L}\p{N}#-])[A-Z0-9]{8}(?![\p{L}\p{N}])/gu)?.length, 1, language);
        t.notOk(part.includes(LETTER.serialNumber));
        t.match(part, /DS-7608NI-K2 \(S\/N \*\*\*6789\)/);
      }
    }
    t.equal(subjects.size, 5);
  },
);

t.test('a session is needed; an account keeps its password', async (t) => {
  const { post, seal, posts } = await lab(t);
  t.equal((await post('/app/scan', { payload: seal() })).status, 401);
  t.equal((await post('/app/scan', { payload: seal() }, 'made-up')).status, 401);
  const account = { mode: 'account', user: 'lab@phone.example', password: 'Phone-55' };
  const { body } = await post('/app/session', account);
  t.equal((await post('/app/session', { ...account, password: 'Phone-66' })).status, 401);
  t.match((await post('/app/scan', { payload: seal() }, body.token)).body, { status: 'sent' });
  t.same(posts[0]?.to, ['owner+nvr@lab.example'], 'the account gets no mail');
  t.equal((await post('/app/session', { mode: 'other' })).status, 400);
});

t.test('what is no sealed letter is refused', async (t) => {
  const { post, visitor, posts, seal } = await lab(t);
  const token = await visitor();
  const foreign = sealLetter(LETTER, newSealKeys().publicKey);
  for (const payload of [
    '',
    'https://device-service.example/disclaimer',
    foreign,
    seal().slice(0, -8),
    'A'.repeat(2000),
  ])
    t.match((await post('/app/scan', { payload }, token)).body, { status: 'refused', reason: 'invalid-qr' });
  t.equal((await post('/app/scan', {}, token)).status, 400);
  t.equal(posts.length, 0);
});

t.test('many scans of one QR are limited, for a while', async (t) => {
  const { post, visitor, seal, posts, clock } = await lab(t);
  const token = await visitor();
  const payload = seal();
  for (let n = 0; n < 5; n++) t.match((await post('/app/scan', { payload }, token)).body, { status: 'sent' });
  t.match((await post('/app/scan', { payload }, token)).body, { status: 'refused', reason: 'rate-limited' });
  t.equal(posts.length, 5);
  t.match(
    (await post('/app/scan', { payload: seal() }, token)).body,
    { status: 'sent' },
    'a fresh QR is served',
  );
  clock.now += 11 * 60_000;
  t.match((await post('/app/scan', { payload }, token)).body, { status: 'sent' });
  clock.now += 48 * 3_600_000;
  t.match((await post('/app/scan', { payload }, token)).body, { reason: 'expired' });
});

t.test('one recorder gets at most sixty mails an hour', async (t) => {
  const { post, visitor, seal } = await lab(t);
  const token = await visitor();
  for (let n = 0; n < 60; n++) await post('/app/scan', { payload: seal() }, token);
  t.match((await post('/app/scan', { payload: seal() }, token)).body, { reason: 'rate-limited' });
  const other = seal({ serialNumber: 'DS-7616NI-K20120190416CCRR987654321WCVU' });
  t.match((await post('/app/scan', { payload: other }, token)).body, { status: 'sent' });
});

t.test('a mail server that is down is told', async (t) => {
  const { post, visitor, seal, stopSmtp } = await lab(t);
  await stopSmtp();
  const answer = await post('/app/scan', { payload: seal() }, await visitor());
  t.equal(answer.status, 502);
  t.match(answer.body.error, /mail server/);
});

t.test(
  'a QR that was mailed leads to the same mail as one that was scanned, and counts towards its limit',
  async (t) => {
    const { posts, seal, smtp, post, visitor } = await lab(t);
    const payload = seal();
    const content = await QRCode.toBuffer(payload, { errorCorrectionLevel: 'L', margin: 4, scale: 4 });
    const transport = createTransport({ ...smtp, secure: false, ignoreTLS: true });
    t.teardown(async () => transport.close());
    const send = () =>
      transport.sendMail({
        from: 'bench@lab.example',
        to: 'pw-recovery@device-service.example',
        subject: 'QR',
        attachments: [{ filename: 'QRCode.png', content }],
      });
    for (let n = 0; n < 6; n++) await send();
    t.same(
      posts.map(({ to }) => to),
      Array.from({ length: 5 }, () => ['owner+nvr@lab.example']),
      'to the reserved address, and not to the sender',
    );
    t.match(posts[0]?.raw.toString(), 'K7MPQ2XW');
    t.match((await post('/app/scan', { payload }, await visitor())).body, { reason: 'rate-limited' });
  },
);
