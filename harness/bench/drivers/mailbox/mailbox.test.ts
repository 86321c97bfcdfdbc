import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { createTransport, type SendMailOptions } from 'nodemailer';
import t from 'tap';
import { systemClock } from '../../../terms/clock.ts';
import { type MailboxUnderTest, mailboxContract } from '../../ports/mailbox.contract.ts';
import { deliver, send as sendBySmtp } from './delivery.fixture.ts';
import { type EmbeddedMailbox, openEmbeddedMailbox } from './embedded.ts';
import { openMailHog } from './mailhog.ts';
import type { MailHogMessages } from './mailhog-message.ts';
import { maskAddress } from './waiting.ts';

const clock = systemClock;
const OWNER = 'owner@lab.example';
t.setTimeout(120_000);

function send(box: EmbeddedMailbox, mail: SendMailOptions): Promise<void> {
  return sendBySmtp(box.smtp, mail);
}
async function get<T>(box: EmbeddedMailbox, path: string): Promise<T> {
  return (await (await fetch(`${box.apiUrl}${path}`)).json()) as T;
}

mailboxContract(
  t,
  'embedded',
  async (): Promise<MailboxUnderTest> => {
    const mailbox = await openEmbeddedMailbox({ clock });
    return {
      mailbox,
      deliver: (mail) => deliver(mailbox.smtp, mail),
      elapse: async () => undefined,
      [Symbol.asyncDispose]: () => mailbox[Symbol.asyncDispose](),
    };
  },
  { serverless: 'it is its own server' },
);

mailboxContract(t, 'mailhog by URL, polled', async (): Promise<MailboxUnderTest> => {
  const server = await openEmbeddedMailbox({ clock });
  const mailbox = await openMailHog({ url: `${server.apiUrl}/`, clock });
  return {
    mailbox,
    deliver: (mail) => deliver(server.smtp, mail),
    elapse: async () => undefined,
    vanish: () => server[Symbol.asyncDispose](),
    async [Symbol.asyncDispose]() {
      await mailbox[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
});

t.test("speaks MailHog's API: pages, newest first, in its shape", async (t) => {
  await using box = await openEmbeddedMailbox({ clock });
  for (const subject of ['one', 'two', 'three']) {
    await send(box, { from: 'a@mail.example', to: OWNER, subject, text: 'plain', html: '<i>rich</i>' });
  }
  const page = await get<MailHogMessages>(box, '/api/v2/messages?start=1&limit=1');
  t.same([page.total, page.count, page.start], [3, 1, 1]);
  const [mail] = page.items;
  t.same(mail?.Content.Headers.Subject, ['two']);
  t.match(mail?.From, { Relays: null, Mailbox: 'a', Domain: 'mail.example', Params: '' });
  t.match(mail?.To, [{ Mailbox: 'owner', Domain: 'lab.example' }]);
  t.same(mail?.Raw.To, [OWNER]);
  t.equal(mail?.Raw.From, 'a@mail.example');
  t.same(
    mail?.MIME?.Parts.map((part) => part.Body.trim()),
    ['plain', '<i>rich</i>'],
  );
  t.equal(mail?.Content.Size, mail?.Raw.Data.length);
  t.ok(Date.parse(mail?.Created ?? '') > 0);
});

t.test('searches by sender, recipient and content, and deletes one or all', async (t) => {
  await using box = await openEmbeddedMailbox({ clock });
  await send(box, { from: 'a@mail.example', to: OWNER, subject: 'one', text: 'Kestrel' });
  await send(box, { from: 'b@mail.example', to: 'x@lab.example', subject: 'two', text: 'Harrier' });
  const found = async (query: string) =>
    (await get<MailHogMessages>(box, `/api/v2/search?${query}`)).items.map(
      (mail) => mail.Content.Headers.Subject?.[0],
    );
  t.same(await found('kind=from&query=B@MAIL'), ['two']);
  t.same(await found('kind=to&query=owner'), ['one']);
  t.same(await found('kind=containing&query=kestrel'), ['one']);
  t.equal((await fetch(`${box.apiUrl}/api/v2/search?kind=colour&query=x`)).status, 400);

  const id = (await box.list(OWNER))[0]?.id ?? '';
  const one = `${box.apiUrl}/api/v1/messages/${encodeURIComponent(id)}`;
  t.match(await (await fetch(one)).json(), { ID: id });
  t.match(await (await fetch(`${one}/download`)).text(), /Subject: one\r\n[\s\S]*Kestrel/);
  t.equal((await fetch(one, { method: 'DELETE' })).status, 200);
  t.equal((await fetch(one, { method: 'DELETE' })).status, 404);
  t.equal((await fetch(`${one}/download`)).status, 404);
  t.same(
    (await box.listAll()).map((mail) => mail.subject),
    ['two'],
  );
  t.equal((await fetch(`${box.apiUrl}/api/v1/messages`, { method: 'DELETE' })).status, 200);
  t.same(await box.listAll(), []);
});

t.test('refuses a mail over 10 MB, and takes the next one', async (t) => {
  await using box = await openEmbeddedMailbox({ clock });
  const big = { from: 'a@mail.example', to: OWNER, subject: 'big', text: 'x'.repeat(11 * 1024 * 1024) };
  const refusal = await send(box, big).catch((error: { responseCode?: number }) => error.responseCode);
  t.equal(refusal, 552);
  await send(box, { from: 'a@mail.example', to: OWNER, subject: 'small', text: 'x' });
  t.same(
    (await box.listAll()).map((mail) => mail.subject),
    ['small'],
  );
});

t.test('loses nothing of a mail in an old 8-bit charset, though JSON cannot carry it', async (t) => {
  await using box = await openEmbeddedMailbox({ clock });
  const raw = Buffer.from(
    'From: a@mail.example\r\nSubject: alt\r\nContent-Type: text/plain; charset=iso-8859-1\r\n' +
      'Content-Transfer-Encoding: 8bit\r\n\r\nPrüfcode für Gerät\r\n',
    'latin1',
  );
  await send(box, { envelope: { from: 'a@mail.example', to: [OWNER] }, raw });
  t.equal((await box.list(OWNER))[0]?.text.trim(), 'Prüfcode für Gerät');
});

t.test('loses nothing of a large mail whose characters the client cuts in two', async (t) => {
  await using box = await openEmbeddedMailbox({ clock });
  const line = 'ż€łüę'.repeat(10);
  const raw =
    'From: a@mail.example\r\nSubject: long\r\nContent-Type: text/plain; charset=utf-8\r\n' +
    `Content-Transfer-Encoding: 8bit\r\n\r\n${`${line}\r\n`.repeat(5000)}`;
  await send(box, { envelope: { from: 'a@mail.example', to: [OWNER] }, raw });
  const [mail] = await box.list(OWNER);
  t.notMatch(mail?.text, /\uFFFD/);
  t.equal(mail?.text.trim().split('\n').length, 5000);
  t.equal(mail?.raw, raw);
});

t.test('reads more mails than a page holds, and keeps the head as it was sent', async (t) => {
  await using box = await openEmbeddedMailbox({ clock });
  const transport = createTransport({ ...box.smtp, ignoreTLS: true, pool: true, maxConnections: 1 });
  for (let index = 0; index < 260; index++) {
    await transport.sendMail({
      envelope: { from: 'a@mail.example', to: [OWNER] },
      raw: `Received: from one\r\nReceived: from two\r\nSubject: =?utf-8?Q?n=C3=BAmero_${index}?=\r\nX-Long: a\r\n b\r\n\r\nx`,
    });
  }
  transport.close();
  const mails = await box.list(OWNER);
  t.same(
    mails.map((mail) => mail.subject),
    Array.from({ length: 260 }, (_, index) => `número ${index}`),
  );
  t.equal(mails[0]?.headers.received, 'from one\nfrom two');
  t.equal(mails[0]?.headers['x-long'], 'a b');
  t.equal(mails[0]?.from, 'a@mail.example', 'without a From line, the envelope says who');
});

t.test('a port that is taken is told apart, and what was opened before is closed', async (t) => {
  await using box = await openEmbeddedMailbox({ clock });
  const taken = Number(new URL(box.apiUrl).port);
  await t.rejects(openEmbeddedMailbox({ clock, httpPort: taken }), {
    code: 'PORT_BUSY',
    hint: /end the program/i,
  });
});

t.test('closes although a mail client hangs in the middle of a mail', async (t) => {
  const box = await openEmbeddedMailbox({ clock });
  const socket = connect(box.smtp.port, box.smtp.host);
  socket.on('error', () => undefined);
  await new Promise((resolve) => socket.once('data', resolve));
  socket.write('EHLO x\r\nMAIL FROM:<a@mail.example>\r\n');
  await box[Symbol.asyncDispose]();
  await t.rejects(fetch(box.apiUrl));
  socket.destroy();
});

t.test('is read by loopback names only', async (t) => {
  await using box = await openEmbeddedMailbox({ clock });
  const socket = connect(Number(new URL(box.apiUrl).port), '127.0.0.1');
  socket.end('GET /api/v2/messages HTTP/1.1\r\nHost: rebound.example\r\nConnection: close\r\n\r\n');
  let answer = '';
  for await (const chunk of socket) answer += chunk;
  t.match(answer, /^HTTP\/1\.1 403/);
});

t.test('a mailbox that is not there, or is none, cannot be opened, and says what to do', async (t) => {
  await t.rejects(openMailHog({ url: 'http://127.0.0.1:9', clock }), {
    code: 'PORT_UNREACHABLE',
    hint: /MailHog/,
  });
  await t.rejects(openMailHog({ url: 'mailhog', clock }), { code: 'CONFIG_INVALID' });
  for (const body of ['', '<h1>It works</h1>', '{"messages":[]}', '{"total":1,"items":[{"ID":"x"}]}']) {
    const server = createServer((_, response) => response.end(body));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await t.rejects(openMailHog({ url, clock }), { code: 'PORT_UNREACHABLE' }, `answer ${body}`);
    server.close();
  }
});

t.test('a server that goes away is unreachable from then on', async (t) => {
  const server = await openEmbeddedMailbox({ clock });
  await using mailbox = await openMailHog({ url: server.apiUrl, clock });
  await server[Symbol.asyncDispose]();
  await t.rejects(mailbox.list(OWNER), { code: 'PORT_UNREACHABLE' });
  await t.rejects(mailbox.wait(OWNER, { known: [], timeoutMs: 10_000 }), { code: 'PORT_UNREACHABLE' });
});

t.test('addresses are masked beyond recognition, but not beyond telling apart', async (t) => {
  t.same(['owner@lab.example', 'ab@lab.example', 'nobody'].map(maskAddress), [
    'o***r@lab.example',
    '***@lab.example',
    'n***y',
  ]);
});
