// Against a server that was written from Mailpit's public documentation of its API v1, SMTP server and search filters.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createTransport } from 'nodemailer';
import t from 'tap';
import { systemClock as clock } from '../../../terms/clock.ts';
import { type MailboxUnderTest, mailboxContract } from '../../ports/mailbox.contract.ts';
import { deliver, send } from './delivery.fixture.ts';
import { startMailpit } from './mailpit.fixture.ts';
import { openMailpit } from './mailpit.ts';

const OWNER = 'owner@lab.example';
t.setTimeout(120_000);

mailboxContract(t, 'mailpit by URL', async (): Promise<MailboxUnderTest> => {
  const server = await startMailpit();
  const mailbox = await openMailpit({ url: `${server.url}/`, clock });
  return {
    mailbox,
    // As bulk senders write it; it names nobody.
    deliver: (mail) => deliver(server.smtp, mail, 'undisclosed-recipients:;'),
    elapse: async () => undefined,
    vanish: () => server[Symbol.asyncDispose](),
    async [Symbol.asyncDispose]() {
      await mailbox[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
});

t.test('whom the head names counts as a recipient, once', async (t) => {
  await using server = await startMailpit();
  await using mailbox = await openMailpit({ url: server.url, clock });
  await send(server.smtp, {
    from: 'Owner Too <a@mail.example>',
    to: `The Owner <${OWNER}>`,
    cc: 'cc@lab.example',
    subject: 'both',
    text: 'x',
    envelope: { from: 'a@mail.example', to: [OWNER, 'blind@lab.example'] },
  });
  const [mail] = await mailbox.list(OWNER);
  t.same(mail?.envelopeTo, [OWNER, 'cc@lab.example', 'blind@lab.example']);
  t.equal((await mailbox.list('blind@lab.example')).length, 1);
  t.same(await mailbox.list('a@mail.example'), [], 'the sender is none');
  t.match(mail?.headers.received, /with SMTP for <owner@lab\.example>; /);
});

t.test('reads more messages than a page holds, and each one once', async (t) => {
  await using server = await startMailpit();
  await using mailbox = await openMailpit({ url: server.url, clock });
  const subjects = Array.from({ length: 130 }, (_, index) => `mail ${index}`);
  const transport = createTransport({ ...server.smtp, ignoreTLS: true, pool: true, maxConnections: 1 });
  for (const subject of subjects)
    await transport.sendMail({ from: 'a@mail.example', to: OWNER, subject, text: 'x' });
  transport.close();
  t.same(
    (await mailbox.list(OWNER)).map((mail) => mail.subject),
    subjects,
  );
  const before = server.asked.length;
  await mailbox.listAll();
  t.same(
    server.asked.slice(before),
    ['GET /api/v1/messages', 'GET /api/v1/messages'],
    'what was read is not read again',
  );
});

t.test('loses nothing of a mail in an old 8-bit charset', async (t) => {
  await using server = await startMailpit();
  await using mailbox = await openMailpit({ url: server.url, clock });
  const raw = Buffer.from(
    'From: a@mail.example\r\nSubject: alt\r\nContent-Type: text/plain; charset=iso-8859-1\r\n' +
      'Content-Transfer-Encoding: 8bit\r\n\r\nPrüfcode für Gerät\r\n',
    'latin1',
  );
  await send(server.smtp, { envelope: { from: 'a@mail.example', to: [OWNER] }, raw });
  t.equal((await mailbox.list(OWNER))[0]?.text.trim(), 'Prüfcode für Gerät');
});

t.test('a login is sent, and a wrong one is told', async (t) => {
  await using server = await startMailpit({ login: 'lab:p:ss' });
  const at = server.url.slice('http://'.length);
  await using mailbox = await openMailpit({ url: `http://lab:p%3Ass@${at}`, clock });
  t.same(await mailbox.listAll(), []);
  for (const login of ['', 'lab:wrong@'])
    await t.rejects(openMailpit({ url: `http://${login}${at}`, clock }), {
      code: 'CREDENTIALS_REFUSED',
      hint: /password/,
    });
});

t.test('what is not there, or is something else, is told apart', async (t) => {
  await t.rejects(openMailpit({ url: 'http://127.0.0.1:9', clock }), {
    code: 'PORT_UNREACHABLE',
    hint: /Start Mailpit/,
  });
  await t.rejects(openMailpit({ url: 'mailpit', clock }), { code: 'CONFIG_INVALID' });
  for (const [status, body] of [
    [200, '<h1>It works</h1>'],
    [200, '{}'],
    [200, 'null'],
    [200, '{"Version":"v1","messages":[{"ID":1}],"messages_count":1}'],
    [200, '{"Version":"v1","messages":[{"ID":"a","Created":"soon"}],"messages_count":1}'],
    [404, 'not found'],
    [500, 'database is locked'],
  ] as const) {
    const server = createServer((_, response) => response.writeHead(status).end(body));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await t.rejects(openMailpit({ url, clock }), { code: 'PORT_PROTOCOL' }, body);
    server.closeAllConnections();
    server.close();
  }
});
