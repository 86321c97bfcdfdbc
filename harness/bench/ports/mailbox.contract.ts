import type { Test } from 'tap';
import { failure } from './contract-help.ts';
import type { Mailbox } from './mailbox.ts';

/** A mail as a sender would hand it in. */
export interface ContractMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text?: string;
  readonly html?: string;
  /** Beside those that the rest makes. */
  readonly headers?: Readonly<Record<string, string>>;
}
/** An open, empty mailbox, and what the contract needs beside it. */
export interface MailboxUnderTest extends AsyncDisposable {
  readonly mailbox: Mailbox;
  /** Resolves when the mail has been taken. */
  deliver(mail: ContractMail): Promise<void>;
  /** Lets the mailbox's time pass; nothing to do where that is real time. */
  elapse(ms: number): Promise<void>;
  /** The server behind the mailbox goes away. */
  readonly vanish?: () => PromiseLike<void>;
  /** Where the server lays down a copy for each recipient, each copy names one. Default: it knows all of them. */
  readonly copies?: true;
}

const OWNER = 'owner@lab.example';
const OTHER = 'other@lab.example';
const LONG_MS = 20_000;
const SHORT_MS = 60;
const MAIL = { from: 'service@mail.example', to: [OWNER], subject: 'Verification code', text: 'K7MPQ2XW' };

/**
 * What every mailbox driver, and the fake, promise.
 * @param beside.serverless why no server can go away behind it
 */
export function mailboxContract(
  t: Test,
  name: string,
  open: () => Promise<MailboxUnderTest>,
  beside: { readonly serverless?: string } = {},
): Promise<unknown> {
  return t.test(`mailbox contract: ${name}`, async (t) => {
    t.test('lists the mails of one address, oldest first, whatever the case of the address', async (t) => {
      await using bench = await open();
      t.same(await bench.mailbox.list(OWNER), []);
      await bench.deliver({ ...MAIL, subject: 'first' });
      await bench.deliver({ ...MAIL, subject: 'not mine', to: [OTHER] });
      await bench.deliver({ ...MAIL, subject: 'second', to: ['Owner@LAB.example'] });
      t.same(
        (await bench.mailbox.list(OWNER)).map((mail) => mail.subject),
        ['first', 'second'],
      );
      t.same(
        (await bench.mailbox.listAll()).map((mail) => mail.subject),
        ['first', 'not mine', 'second'],
      );
    });

    t.test('takes the address from the envelope, whole', async (t) => {
      await using bench = await open();
      await bench.deliver({ ...MAIL, to: ['co-owner@lab.example'] });
      t.same(await bench.mailbox.list(OWNER), [], 'an address that ends alike is another one');
      await bench.deliver({ ...MAIL, to: [OWNER, OTHER] });
      t.same(
        (await bench.mailbox.list(OTHER)).map((mail) => mail.envelopeTo),
        [bench.copies ? [OTHER] : [OWNER, OTHER]],
      );
      t.equal((await bench.mailbox.list(OWNER)).length, 1);
    });

    t.test('an address with a plus is another one than without', async (t) => {
      await using bench = await open();
      await bench.deliver({ ...MAIL, subject: 'run 1', to: ['owner+r1@lab.example'] });
      await bench.deliver({ ...MAIL, subject: 'run 2', to: ['owner+r2@lab.example'] });
      const subjects = async (address: string) =>
        (await bench.mailbox.list(address)).map((mail) => mail.subject);
      t.same(await subjects('owner+r1@lab.example'), ['run 1']);
      t.same(await subjects('owner+r2@lab.example'), ['run 2']);
      t.same(await subjects(OWNER), []);
    });

    t.test('keeps the order of arrival, also within a second', async (t) => {
      await using bench = await open();
      const subjects = ['a', 'b', 'c', 'd', 'e', 'f'];
      for (const subject of subjects) await bench.deliver({ ...MAIL, subject });
      t.same(
        (await bench.mailbox.list(OWNER)).map((mail) => mail.subject),
        subjects,
      );
    });

    t.test('takes mails away, and passes over those that are not there', async (t) => {
      await using bench = await open();
      for (const subject of ['one', 'two', 'three']) await bench.deliver({ ...MAIL, subject });
      const [one, two] = await bench.mailbox.list(OWNER);
      await bench.mailbox.remove([]);
      t.equal((await bench.mailbox.listAll()).length, 3, 'no ids, no deletion');
      await bench.mailbox.remove([one?.id ?? '', two?.id ?? '']);
      await bench.mailbox.remove([one?.id ?? '']);
      t.same(
        (await bench.mailbox.listAll()).map((mail) => mail.subject),
        ['three'],
      );
      await bench.deliver({ ...MAIL, subject: 'four' });
      t.same(
        (await bench.mailbox.list(OWNER)).map((mail) => mail.subject),
        ['three', 'four'],
      );
    });

    t.test('gives text, subject and raw message as the sender wrote them', async (t) => {
      await using bench = await open();
      await bench.deliver({
        ...MAIL,
        subject: 'Prüfcode für Gerät 1 – Wiederherstellung des Kennworts Ihres Rekorders',
        text: 'Ihr Prüfcode lautet: K7MPQ2XW. Kod jest ważny 48 godzin.',
      });
      const [mail] = await bench.mailbox.list(OWNER);
      t.equal(mail?.subject, 'Prüfcode für Gerät 1 – Wiederherstellung des Kennworts Ihres Rekorders');
      t.equal(mail?.text.trim(), 'Ihr Prüfcode lautet: K7MPQ2XW. Kod jest ważny 48 godzin.');
      t.equal(mail?.html, undefined);
      t.match(mail?.from, /service@mail\.example/);
      t.match(mail?.raw, /^Subject: /m);
      t.match(mail?.headers.from, /service@mail\.example/);
      t.ok(Number.isFinite(mail?.receivedAt));
    });

    t.test('reads names, subjects and headers in any script', async (t) => {
      await using bench = await open();
      const subject = '验证码 für „Gerät 1“ – код подтверждения 🔑 '.repeat(4).trim();
      await bench.deliver({
        ...MAIL,
        from: 'Jörg Müller-Łoś <service@mail.example>',
        subject,
        headers: { 'x-ticket': '4711' },
      });
      const [mail] = await bench.mailbox.list(OWNER);
      t.equal(mail?.subject, subject);
      t.match(mail?.from, /Jörg Müller-Łoś.*service@mail\.example/);
      t.equal(mail?.headers['x-ticket'], '4711');
    });

    t.test('reads a mail of 5 MB whole', async (t) => {
      await using bench = await open();
      const line = `${'Pruefcode '.repeat(7).trim()}\n`;
      const text = `${line.repeat(Math.ceil((5 * 1024 * 1024) / line.length))}Ende: ü`;
      await bench.deliver({ ...MAIL, text });
      const [mail] = await bench.mailbox.list(OWNER);
      t.ok(mail?.text.trim() === text.trim(), `${mail?.text.length} of ${text.length} characters`);
    });

    t.test('reads a mail that has only HTML as text', async (t) => {
      await using bench = await open();
      await bench.deliver({
        from: MAIL.from,
        to: [OWNER],
        subject: 'html',
        html: '<p>Code: <b>K7MPQ2XW</b></p>',
      });
      const [mail] = await bench.mailbox.list(OWNER);
      t.match(mail?.text, /Code: K7MPQ2XW/);
      t.match(mail?.html, /<b>K7MPQ2XW<\/b>/);
    });

    t.test('waits for a mail that is not there yet', async (t) => {
      await using bench = await open();
      const waiting = bench.mailbox.wait(OWNER, { known: [], timeoutMs: LONG_MS });
      await bench.deliver({ ...MAIL, to: [OTHER] });
      await bench.deliver(MAIL);
      await bench.elapse(SHORT_MS);
      t.equal((await waiting).subject, MAIL.subject);
    });

    t.test('waits past the mails that are known, and gives the oldest of the others', async (t) => {
      await using bench = await open();
      await bench.deliver({ ...MAIL, subject: 'old' });
      const known = (await bench.mailbox.list(OWNER)).map((mail) => mail.id);
      await bench.deliver({ ...MAIL, subject: 'new' });
      await bench.deliver({ ...MAIL, subject: 'newer' });
      t.equal((await bench.mailbox.wait(OWNER, { known, timeoutMs: LONG_MS })).subject, 'new');
    });

    t.test('when no mail comes in time, says which others did', async (t) => {
      await using bench = await open();
      await bench.deliver({ ...MAIL, subject: 'for another', to: [OTHER] });
      const waiting = failure(bench.mailbox.wait(OWNER, { known: [], timeoutMs: SHORT_MS }));
      await bench.elapse(SHORT_MS);
      const error = await waiting;
      t.equal(error?.code, 'MAIL_TIMEOUT');
      t.match(error?.message, /1 mail\b.*for another/);
      t.notMatch(error?.message, OTHER, 'addresses are masked');
      t.notMatch(error?.message, OWNER);
      t.ok(error?.hint);
    });

    t.test('a wait ends when it is told to, with the reason given', async (t) => {
      await using bench = await open();
      const stop = new AbortController();
      const waiting = bench.mailbox.wait(OWNER, { known: [], timeoutMs: LONG_MS, signal: stop.signal });
      const ended = t.rejects(waiting, { message: 'that will do' });
      stop.abort(new Error('that will do'));
      await ended;
      const early = bench.mailbox.wait(OWNER, {
        known: [],
        timeoutMs: LONG_MS,
        signal: AbortSignal.abort(new Error('not even begun')),
      });
      await t.rejects(early, { message: 'not even begun' });
      await bench.deliver(MAIL);
      t.equal((await bench.mailbox.list(OWNER)).length, 1, 'the mailbox goes on');
    });

    const skip = beside.serverless ?? false;
    t.test('a server that goes away is told, by what waits too', { skip }, async (t) => {
      await using bench = await open();
      const waiting = failure(bench.mailbox.wait(OWNER, { known: [], timeoutMs: LONG_MS }));
      await bench.vanish?.();
      await bench.elapse(SHORT_MS);
      const error = await waiting;
      t.equal(error?.code, 'PORT_UNREACHABLE');
      t.ok(error?.hint);
      t.equal((await failure(bench.mailbox.list(OWNER)))?.code, 'PORT_UNREACHABLE');
      t.equal((await failure(bench.mailbox.remove(['1'])))?.code, 'PORT_UNREACHABLE');
    });

    t.test('close ends what waits, and every later call says so', async (t) => {
      const bench = await open();
      const waiting = failure(bench.mailbox.wait(OWNER, { known: [], timeoutMs: LONG_MS }));
      await bench[Symbol.asyncDispose]();
      t.equal((await waiting)?.code, 'PORT_CLOSED');
      t.equal((await failure(bench.mailbox.list(OWNER)))?.code, 'PORT_CLOSED');
      t.equal((await failure(bench.mailbox.listAll()))?.code, 'PORT_CLOSED');
      t.equal((await failure(bench.mailbox.remove(['1'])))?.code, 'PORT_CLOSED');
      const late = bench.mailbox.wait(OWNER, { known: [], timeoutMs: LONG_MS });
      t.equal((await failure(late))?.code, 'PORT_CLOSED');
      await bench.mailbox[Symbol.asyncDispose]();
    });
  });
}
