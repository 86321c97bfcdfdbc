import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createTransport } from 'nodemailer';
import { SMTPServer } from 'smtp-server';
import t from 'tap';
import type { MailFate } from '../../wire/mail-route.ts';
import { HOUSE_BRAND } from '../brand/brand.ts';
import { MailFates } from './fates.ts';
import { startGate } from './gate.ts';
import { codeMail } from './mail.ts';
import { Outbox, type Parcel } from './outbox.ts';
import { startRoute } from './route.ts';

const SERIAL = 'DS-7616NI-K21620190416CCRR123456789WCVU';
/** Twin time goes so fast here that nothing has to be waited for. */
const SPEED = 400;

/** The mailbox of a lab: what came, in order, and a wait for so many. */
async function lab(t: { teardown(act: () => void): void }) {
  const mails: string[] = [];
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    onData(stream, _, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        mails.push(Buffer.concat(chunks).toString('latin1'));
        done();
        server.emit('mail');
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.close());
  const { port } = server.server.address() as AddressInfo;
  return {
    smtp: { host: '127.0.0.1', port },
    mails,
    async until(count: number) {
      while (mails.length < count) await once(server as unknown as NodeJS.EventEmitter, 'mail');
      return mails;
    },
  };
}

const letter = (code: string) => ({
  serialNumber: SERIAL,
  address: 'owner@lab.example',
  code,
  sealedAt: 0,
  language: 'en' as const,
  model: 'DS-7616NI-K2',
});
const codeIn = (raw: string) => /^\s*([A-Z0-9]{8})\s*$/m.exec(raw.replace(/=\r\n/g, ''))?.[1];

/** Sends one mail a list of fates, one after the other is in the queue. */
async function sent(t: { teardown(act: () => void): void }, script: readonly (readonly MailFate[])[]) {
  const box = await lab(t);
  const route = await startRoute(box.smtp, SPEED);
  t.teardown(() => void route[Symbol.asyncDispose]());
  let aged = 0;
  const sender = {
    brand: HOUSE_BRAND,
    mail: new MailFates({ kind: 'script', mails: script, seed: 2 }),
    age: (ms: number) => {
      aged += ms;
    },
  };
  const send = async (code: string, lateMs?: number) => {
    const stamp = { id: `id-${code}`, date: new Date(1_700_000_000_000) };
    const brand = HOUSE_BRAND;
    const one = { letter: letter(code), stamp, brand };
    await route.send(codeMail(one.letter, stamp, brand), one, sender, lateMs);
  };
  return { ...box, route, send, aged: () => aged };
}

t.test('the first attempt of a triplet that is greylisted is answered 451, the next is taken', async (t) => {
  const { smtp, until } = await lab(t);
  await using gate = await startGate(smtp);
  const transport = createTransport({ ...gate.smtp, secure: false, ignoreTLS: true });
  const envelope = { from: 'a@mail.example', to: ['owner@lab.example'] };
  const post = () => transport.sendMail({ envelope, raw: 'Subject: one\r\n\r\ntext\r\n' });
  gate.greylist(envelope);
  await t.rejects(post(), /451 4\.7\.1 Greylisted/);
  t.equal((await post()).accepted.length, 1);
  gate.greylist({ ...envelope, to: ['other@lab.example'] });
  t.equal((await post()).accepted.length, 1, 'another recipient is another triplet');
  t.equal((await until(2)).length, 2);
});

t.test('where the mailbox is down the sender is told to come again', async (t) => {
  await using gate = await startGate({ host: '127.0.0.1', port: 9 });
  const transport = createTransport({ ...gate.smtp, secure: false, ignoreTLS: true });
  const envelope = { from: 'a@mail.example', to: ['owner@lab.example'] };
  await t.rejects(transport.sendMail({ envelope, raw: 'Subject: one\r\n\r\ntext\r\n' }), /451 4\.4\.1/);
});

t.test('a greylisted mail comes after its second attempt, once', async (t) => {
  const { send, until, mails } = await sent(t, [['greylist']]);
  await send('AAAA2222');
  t.equal(codeIn((await until(1))[0] ?? ''), 'AAAA2222');
  t.equal(mails.length, 1);
});

t.test('a mail that is late by real time lets the next one pass, and no world ages', async (t) => {
  const { send, until, aged } = await sent(t, []);
  await send('AAAA2222', 400);
  await send('BBBB3333');
  t.same((await until(2)).map(codeIn), ['BBBB3333', 'AAAA2222']);
  t.equal(aged(), 0);
});

t.test('two mails change places', async (t) => {
  const { send, until } = await sent(t, [['reorder'], []]);
  await send('AAAA2222');
  await send('BBBB3333');
  t.same((await until(2)).map(codeIn), ['BBBB3333', 'AAAA2222']);
});

t.test('a mail that lets others pass comes all the same where there are none', async (t) => {
  const { send, until, aged } = await sent(t, [['reorder']]);
  await send('AAAA2222');
  t.same((await until(1)).map(codeIn), ['AAAA2222']);
  t.ok(aged() > 15_000, 'after 20 s of twin time, or nearly');
});

t.test('the mail of the QR before comes again, or one that nobody ever took', async (t) => {
  const { send, until } = await sent(t, [[], ['second-code'], [], ['second-code'], [], ['second-code']]);
  const codes = ['AAAA2222', 'BBBB3333', 'CCCC4444', 'DDDD5555', 'EEEE6666', 'FFFF7777'];
  for (const [at, code] of codes.entries()) {
    await send(code);
    await until(at + 1 + Math.floor((at + 1) / 2));
  }
  const came = (await until(9)).map(codeIn);
  const counts = codes.map((code) => came.filter((one) => one === code).length);
  t.ok(counts.every((count) => count === 1 || count === 2));
  t.equal(
    came.filter((code) => !codes.includes(code ?? '')).length + counts.filter((count) => count === 2).length,
    3,
  );
});

t.test('what is under way when a recorder is brought back never comes', async (t) => {
  const { send, until, route, mails } = await sent(t, [['delay'], []]);
  await send('AAAA2222');
  route.forget(SERIAL);
  await send('BBBB3333');
  await until(1);
  await send('CCCC4444');
  t.same((await until(2)).map(codeIn), ['BBBB3333', 'CCCC4444']);
  t.equal(mails.length, 2);
});

t.test('an outbox that is closed sends nothing more', async (t) => {
  const { smtp, mails } = await lab(t);
  await using gate = await startGate(smtp);
  const outbox = new Outbox(gate);
  const parcel: Parcel = {
    raw: Buffer.from('Subject: x\r\n\r\nx\r\n'),
    envelope: { from: 'a@mail.example', to: ['owner@lab.example'] },
    attempts: [0],
    awaited: true,
  };
  outbox.post(SERIAL, { age: () => t.fail('nothing ages') }, [parcel]);
  outbox.close();
  await new Promise((resolve) => setImmediate(resolve));
  t.equal(mails.length, 0);
});
