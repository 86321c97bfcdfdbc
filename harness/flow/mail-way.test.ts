// The harness takes the right code from the mails of a twin, whatever happened to them on the way: emulator, SMTP,
// mailbox, mail reading, and the recorder that says whether the code is its own.
import t from 'tap';
import { openTwinHands } from '../bench/drivers/hands/twin.ts';
import { openHttp } from '../bench/drivers/http/http.ts';
import { isapi } from '../bench/drivers/http/isapi.ts';
import { openEmbeddedMailbox } from '../bench/drivers/mailbox/embedded.ts';
import { openRelayScanner } from '../bench/drivers/scanner/relay.ts';
import { launchEmulator } from '../bench/drivers/twin/launch.ts';
import type { Mail } from '../bench/ports/mailbox.ts';
import { systemClock as clock } from '../terms/clock.ts';
import type { QrFinding } from '../terms/qr.ts';
import type { MailFate } from '../wire/mail-route.ts';
import { Lab } from './lab.ts';
import type { Owner } from './owner/owner.ts';
import type { Trace } from './trace.ts';

const ADDRESS = 'owner@lab.example';
const MODEL = 'DS-7616NI-K2';
t.setTimeout(180_000);

/** A twin with all but its screen: its QR comes over HTTP. */
async function openLab(language: 'en' | 'pl' = 'en') {
  const stack = new AsyncDisposableStack();
  const mailbox = stack.use(await openEmbeddedMailbox({ clock }));
  const twin = {
    id: 'nvr-1',
    family: 'nvr',
    model: MODEL,
    firmware: 'V4.30.097',
    build: 'build 200922',
    gui: '4.0',
    language,
    resolution: '1280x720',
    adminPassword: 'Harbour-77',
    reservedEmail: ADDRESS,
  } as const;
  const emulator = stack.use(
    await launchEmulator({ smtp: mailbox.smtp, seed: 1, recorders: [twin] }, { clock }),
  );
  const [ends] = emulator.ready.recorders;
  if (ends === undefined) throw new Error('no twin');
  const hands = stack.use(await openTwinHands({ controlUrl: ends.controlUrl, clock }));
  const http = isapi(stack.use(openHttp({ baseUrl: ends.httpUrl, timeoutMs: 10_000, clock })));
  const scanner = stack.use(await openRelayScanner({ url: emulator.ready.relayUrl, clock }));
  await hands.snapshot('start');
  const secrets = new Set<string>();
  const trace: Pick<Trace, 'step' | 'text' | 'secret'> = {
    step: (_, body) => body(),
    text: () => undefined,
    secret: (_, value) => void secrets.add(value),
  };
  const newLab = () =>
    new Lab({
      // Neither a screen nor pictures come up here.
      owner: {} as Owner,
      trace: trace as Trace,
      scanner,
      mailbox,
      clock,
      unit: { model: MODEL, serialNumber: ends.serialNumber },
      codeLength: 8,
      mailTimeoutMs: 30_000,
    });
  return {
    hands,
    http,
    mailbox,
    secrets,
    newLab,
    /** A fresh recorder, its QR, and the mails of this script. */
    async begin(mails: readonly (readonly MailFate[])[], seed = 0) {
      await hands.restore('start');
      await hands.setMail({ kind: 'script', mails, seed });
      return newLab();
    },
    async qr(): Promise<QrFinding> {
      const { payload = '' } = await http.emailQrCode();
      return { text: payload } as QrFinding;
    },
    /** All mails, once there are so many. */
    async mails(known: readonly string[], count: number): Promise<readonly Mail[]> {
      for (;;) {
        const news = (await mailbox.list(ADDRESS)).filter(({ id }) => !known.includes(id));
        if (news.length >= count) return news;
        await mailbox.wait(ADDRESS, { known: [...known, ...news.map(({ id }) => id)], timeoutMs: 20_000 });
      }
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

const codeOf = (mail: Mail) => /^\s*([A-Z0-9]{8})\s*$/m.exec(mail.text)?.[1] ?? '';

t.test('each fate shows in the mailbox, and the code that is taken is the one of this scan', async (t) => {
  await using lab = await openLab('pl');
  const cases: readonly (readonly [
    MailFate,
    number,
    number,
    (mails: readonly Mail[], right: string) => void,
  ])[] = [
    ['delay', 1, 0, ([mail]) => t.match(mail?.headers.received, /by mail\.device-service/)],
    ['duplicate', 2, 0, ([one, two]) => t.equal(one?.raw, two?.raw, 'byte for byte')],
    [
      'resent',
      2,
      0,
      ([one, two], right) => {
        t.notSame(one?.headers['message-id'], two?.headers['message-id']);
        t.equal(two === undefined ? '' : codeOf(two), right);
      },
    ],
    ['reorder', 1, 0, ([mail]) => t.ok(mail)],
    ['greylist', 1, 0, ([mail]) => t.ok(mail)],
    ['legacy-charset', 1, 0, ([mail]) => t.match(mail?.raw, /charset=windows-1250/)],
    ['wrong-charset', 1, 0, ([mail]) => t.notMatch(mail?.text, 'urządzenia')],
    ['qp-break', 1, 0, ([mail]) => t.match(mail?.raw, /[A-Z2-9]{3}=\r\n[A-Z2-9]{3}=\r\n[A-Z2-9]{2}/)],
    ['html-only', 1, 0, ([mail]) => t.notMatch(mail?.raw, 'text/plain')],
    ['spam', 1, 0, ([mail]) => t.match(mail?.headers, { 'x-spam-flag': 'YES' })],
    ['misdated', 1, 0, ([mail]) => t.not(dates(mail).date, dates(mail).received)],
    // Seeds by which the other mail comes first, and last.
    ['second-code', 2, 1, (mails, right) => t.ok(mails.some((mail) => codeOf(mail) !== right))],
    ['second-code', 2, 2, (mails, right) => t.ok(mails.some((mail) => codeOf(mail) !== right))],
    ['foreign', 2, 1, (mails, right) => t.ok(mails.some((mail) => codeOf(mail) !== right))],
    ['foreign', 2, 4, (mails, right) => t.ok(mails.some((mail) => codeOf(mail) !== right))],
  ];
  const firsts: boolean[] = [];
  for (const [fate, count, seed, look] of cases) {
    const owner = await lab.begin([[fate]], seed);
    const known = await owner.known(ADDRESS);
    const { code } = await owner.codeFor(await lab.qr(), ADDRESS);
    t.equal((await lab.http.emailCertification(code)).status, 200, `${fate}: the recorder takes the code`);
    t.ok(lab.secrets.has(code));
    const mails = await lab.mails(known, count);
    t.equal(mails.length, count, fate);
    look(mails, code);
    if (count === 2) firsts.push(mails[0] !== undefined && codeOf(mails[0]) === code);
  }
  t.ok(firsts.includes(true) && firsts.includes(false), 'others came before and after it');
});

function dates(mail: Mail | undefined) {
  const at = (text: string | undefined) => Date.parse(text?.slice(text.lastIndexOf(';') + 1) ?? '');
  return { date: at(mail?.headers.date), received: at(mail?.headers.received) };
}

t.test('all at once, with every seed', async (t) => {
  await using lab = await openLab();
  const all: readonly MailFate[] = [
    'delay',
    'duplicate',
    'resent',
    'reorder',
    'greylist',
    'wrong-charset',
    'qp-break',
    'html-only',
    'spam',
    'misdated',
    'second-code',
    'foreign',
  ];
  for (const seed of [1, 2, 3, 4]) {
    const owner = await lab.begin([all, all], seed);
    const first = await owner.codeFor(await lab.qr(), ADDRESS);
    // The recorder accepts it, and draws another for the next QR; the rest of these mails falls among the next.
    t.equal((await lab.http.emailCertification(first.code)).status, 200);
    const second = await owner.codeFor(await lab.qr(), ADDRESS);
    t.not(second.code, first.code);
    t.equal((await lab.http.emailCertification(second.code)).status, 200, `seed ${seed}`);
  }
});

t.test('while its mail is under way a recorder ages ten times as fast; a restore ends both', async (t) => {
  await using lab = await openLab();
  const lasts = async () =>
    Date.parse((await lab.http.time({ user: 'admin', password: 'Harbour-77' })).slice(0, 19));
  const owner = await lab.begin([['reorder']]);
  const before = await lasts();
  const from = clock.now();
  await owner.codeFor(await lab.qr(), ADDRESS);
  const aged = (await lasts()) - before;
  t.ok(aged >= 18_000, `held for 20 s of twin time (${aged} ms)`);
  t.ok(aged > clock.now() - from, 'which are fewer of ours');

  const again = await lab.begin([['delay'], ['spam', 'reorder']], 5);
  const known = await again.known(ADDRESS);
  await again.scan((await lab.qr()).text);
  await lab.hands.restore('start');
  const other = lab.newLab();
  const { mail } = await other.codeFor(await lab.qr(), ADDRESS);
  const news = await lab.mails(known, 1);
  t.same(
    news.map(({ id }) => id),
    [mail.id],
    'what was under way never came',
  );
  t.match(mail.subject, /^\[SPAM\]/, 'the script went on with its next mail');
});
