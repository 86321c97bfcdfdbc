// Against a real Dovecot, started by each test on loopback.
import { createServer, type Socket } from 'node:net';
import t from 'tap';
import { systemClock as clock } from '../../../terms/clock.ts';
import { failure } from '../../ports/contract-help.ts';
import { type MailboxUnderTest, mailboxContract } from '../../ports/mailbox.contract.ts';
import { makeCertificate } from '../pikvm/certificate.fixture.ts';
import { passage } from '../rfb/xvnc.fixture.ts';
import { deliver, send } from './delivery.fixture.ts';
import { type Dovecot, startDovecot, withoutDovecot } from './dovecot.fixture.ts';
import { type ImapMailbox, type ImapOptions, openImap } from './imap.ts';

const OWNER = 'owner@lab.example';
const MAIL = { from: 'service@mail.example', to: [OWNER], subject: 'code', text: 'K7MPQ2XW' };
const LONG_MS = 20_000;
const skip = withoutDovecot();
t.setTimeout(120_000);

function openOn(server: Dovecot, more: Partial<ImapOptions> = {}): Promise<ImapMailbox> {
  const { host, user, password, certificate } = server;
  return openImap({
    host,
    port: server.imaps,
    security: 'tls',
    tls: { fingerprint: certificate.fingerprint },
    user,
    password,
    folder: 'INBOX',
    mails: 'new',
    clock,
    reconnectMs: 3_000,
    ...more,
  });
}

if (skip) t.test('IMAP by a real Dovecot', { skip }, () => undefined);
else {
  const server = await startDovecot();
  t.teardown(() => server[Symbol.asyncDispose]());
  mailboxContract(t, 'imap', async (): Promise<MailboxUnderTest> => {
    // What other tests left there is not looked at.
    const mailbox = await openOn(server, { reconnectMs: 300 });
    let stopped = false;
    return {
      mailbox,
      deliver: (mail) => deliver(server.lmtp, mail),
      elapse: async () => undefined,
      async vanish() {
        stopped = true;
        await server.stop();
      },
      copies: true,
      async [Symbol.asyncDispose]() {
        await mailbox[Symbol.asyncDispose]();
        if (stopped) await server.start();
      },
    };
  });
}

t.test('a mail that comes in IDLE is told at once, by the server', { skip }, async (t) => {
  await using server = await startDovecot();
  // A clock that never lets the half minute of the look pass: nothing but the server can wake the wait.
  const patient = {
    ...clock,
    sleep: (ms: number, signal?: AbortSignal) => clock.sleep(ms === 30_000 ? 3_600_000 : ms, signal),
  };
  await using mailbox = await openOn(server, { clock: patient });
  const waiting = mailbox.wait(OWNER, { known: [], timeoutMs: LONG_MS });
  // Until it listens.
  await new Promise((resolve) => setTimeout(resolve, 300));
  const before = clock.now();
  await deliver(server.lmtp, MAIL);
  const mail = await waiting;
  t.equal(mail.subject, 'code');
  t.comment(`${clock.now() - before} ms from the delivery`);
  t.match(mail.headers['delivered-to'], OWNER);
  t.ok(Math.abs(mail.receivedAt - clock.now()) < 60_000, 'arrival by INTERNALDATE');
  t.equal(mailbox.connections, 1);
});

t.test('mails that were there before are looked at only where that is wished', { skip }, async (t) => {
  await using server = await startDovecot();
  await deliver(server.lmtp, { ...MAIL, subject: 'old' });
  await using fresh = await openOn(server);
  await using all = await openOn(server, { mails: 'all' });
  t.same(await fresh.listAll(), [], 'n:* of IMAP would name the last mail');
  await deliver(server.lmtp, { ...MAIL, subject: 'new' });
  const subjects = async (mailbox: ImapMailbox) => (await mailbox.list(OWNER)).map((mail) => mail.subject);
  t.same(await subjects(fresh), ['new']);
  t.same(await subjects(all), ['old', 'new']);
});

t.test('dropped in IDLE, it connects again and takes what came meanwhile', { skip }, async (t) => {
  await using server = await startDovecot();
  const way = await passage(server.imaps);
  await using mailbox = await openOn(server, { port: way.port });
  const waiting = mailbox.wait(OWNER, { known: [], timeoutMs: LONG_MS });
  await new Promise((resolve) => setTimeout(resolve, 200));
  server.kick();
  await deliver(server.lmtp, MAIL);
  t.equal((await waiting).subject, 'code');
  t.ok(mailbox.connections >= 2, `${mailbox.connections} connections`);
  await way[Symbol.asyncDispose]();
});

t.test('a server that starts anew within the patience costs nothing', { skip }, async (t) => {
  await using server = await startDovecot();
  await using mailbox = await openOn(server, { reconnectMs: 15_000 });
  const waiting = mailbox.wait(OWNER, { known: [], timeoutMs: LONG_MS });
  await server.stop();
  await server.start();
  await deliver(server.lmtp, MAIL);
  t.equal((await waiting).subject, 'code');
});

t.test('a mailbox that is full is told as that, when opened and when nothing comes', { skip }, async (t) => {
  await using server = await startDovecot({ quota: 100 });
  await using mailbox = await openOn(server);
  await deliver(server.lmtp, { ...MAIL, text: `${'x'.repeat(70)}\n`.repeat(700) });
  const [first] = await mailbox.list(OWNER);
  const known = [first?.id ?? ''];
  await t.rejects(deliver(server.lmtp, { ...MAIL, text: `${'x'.repeat(70)}\n`.repeat(1400) }), /[Qq]uota/);
  const full = await failure(mailbox.wait(OWNER, { known, timeoutMs: 50 }));
  t.equal(full?.code, 'MAILBOX_FULL');
  t.match(full?.message, /full: \d+ of 100 KiB are used/);
  t.match(full?.hint, /delete mails/);
  t.equal((await failure(openOn(server)))?.code, 'MAILBOX_FULL');
  await mailbox.remove(known);
  t.equal((await failure(mailbox.wait(OWNER, { known, timeoutMs: 50 })))?.code, 'MAIL_TIMEOUT');
});

t.test('each thing that is wrong at the opening is told with its cure', { skip }, async (t) => {
  await using server = await startDovecot();
  const { host, certificate } = server;
  const sealed = { fingerprint: certificate.fingerprint.toUpperCase().replace(/..(?=.)/g, '$&:') };
  const cases: readonly (readonly [string, Partial<ImapOptions>, object])[] = [
    ['wrong password', { password: 'wrong' }, { code: 'CREDENTIALS_REFUSED', hint: /password/ }],
    ['unknown user', { user: 'nobody' }, { code: 'CREDENTIALS_REFUSED', message: /user nobody/ }],
    ['no such folder', { folder: 'Codes' }, { code: 'CONFIG_INVALID', hint: /INBOX/ }],
    ['nothing listens', { port: 9 }, { code: 'PORT_UNREACHABLE', hint: /host and port/ }],
    ['nothing listens, and a CA', { port: 9, tls: { ca: certificate.cert } }, { code: 'PORT_UNREACHABLE' }],
    [
      'another certificate than the pinned one',
      { tls: { fingerprint: 'ab'.repeat(32) } },
      { code: 'WRONG_DEVICE', hint: new RegExp(certificate.fingerprint) },
    ],
    [
      'not trusted by the system',
      { tls: undefined } as object,
      { code: 'CONFIG_MISSING', hint: new RegExp(certificate.fingerprint) },
    ],
    [
      'another CA',
      { tls: { ca: makeCertificate('other').cert } },
      { code: 'CONFIG_MISSING', hint: /fingerprint/ },
    ],
    [
      'a name that is not in it',
      { host: 'localhost', tls: { ca: certificate.cert } },
      { code: 'CONFIG_MISSING' },
    ],
    ['TLS where STARTTLS is spoken', { port: server.imap }, { code: 'PORT_PROTOCOL', hint: /starttls/ }],
  ];
  for (const [what, more, expected] of cases) t.match(await failure(openOn(server, more)), expected, what);
  for (const [what, more] of [
    ['fingerprint with colons', { tls: sealed }],
    ['fingerprint, whatever the name', { host: 'localhost' }],
    ['its own certificate as CA', { tls: { ca: certificate.cert } }],
    ['STARTTLS, pinned', { port: server.imap, security: 'starttls' }],
    ['STARTTLS by CA', { port: server.imap, security: 'starttls', tls: { ca: certificate.cert } }],
  ] as const) {
    await using mailbox = await openOn(server, more);
    t.same(await mailbox.listAll(), [], what);
  }
  t.notMatch(await server.log(), /wrong password.*Lab-Mail/, host);
});

t.test('a server that offers no STARTTLS gets no password', async (t) => {
  const heard: string[] = [];
  await using server = await listening((socket) => {
    socket.write('* OK ready\r\n');
    socket.on('data', (bytes) => {
      const line = String(bytes);
      heard.push(line);
      const tag = line.split(' ')[0];
      if (/CAPABILITY/.test(line)) socket.write('* CAPABILITY IMAP4rev1\r\n');
      socket.write(/STARTTLS/.test(line) ? `${tag} BAD unknown\r\n` : `${tag} OK done\r\n`);
    });
  });
  const error = await failure(openBare(server.port));
  t.equal(error?.code, 'PORT_PROTOCOL');
  t.match(error?.hint, /STARTTLS/);
  t.notMatch(heard.join(''), /LOGIN|AUTHENTICATE|secret/);
});

t.test('a server that says nothing, or nonsense, is given up in time', async (t) => {
  await using rude = await listening((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
  t.match(await failure(openBare(rude.port)), { domain: 'bench', hint: /./ });
  // A clock a hundred times as fast as the day.
  const fast = { ...clock, sleep: (ms: number, signal?: AbortSignal) => clock.sleep(ms / 100, signal) };
  await using mute = await listening(() => undefined);
  const error = await failure(openBare(mute.port, fast));
  t.equal(error?.code, 'PORT_TIMEOUT');
  t.match(error?.hint, /firewall/);
});

t.test('whom a mail is for is read where the servers wrote it', { skip }, async (t) => {
  await using server = await startDovecot();
  await using mailbox = await openOn(server);
  const raw = (head: readonly string[]) =>
    `${[...head, 'From: a@mail.example', 'Subject: x'].join('\r\n')}\r\n\r\nx`;
  const envelope = { from: 'a@mail.example', to: ['catch-all@lab.example'] };
  await send(server.lmtp, {
    envelope,
    raw: raw(['X-Original-To: owner+r1@lab.example', 'Delivered-To: lab@mx']),
  });
  await send(server.lmtp, { envelope, raw: raw(['Envelope-to: owner+r2@lab.example']) });
  t.same(
    (await mailbox.listAll()).map((mail) => mail.envelopeTo),
    [['owner+r1@lab.example'], ['owner+r2@lab.example']],
  );
  t.equal((await mailbox.list('owner+r2@lab.example')).length, 1);
});

function openBare(port: number, time = clock): Promise<ImapMailbox> {
  return openImap({
    host: '127.0.0.1',
    port,
    security: 'starttls',
    user: 'lab',
    password: 'secret',
    folder: 'INBOX',
    mails: 'new',
    clock: time,
  });
}

async function listening(
  greet: (socket: Socket) => void,
): Promise<{ readonly port: number } & AsyncDisposable> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    greet(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
