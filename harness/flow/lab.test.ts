import t from 'tap';
import { handClock } from '../bench/fakes/clock.ts';
import { fakeMailbox } from '../bench/fakes/mailbox.ts';
import { fakeScanner } from '../bench/fakes/scanner.ts';
import type { Mailbox } from '../bench/ports/mailbox.ts';
import { HarnessError } from '../terms/error.ts';
import type { QrFinding } from '../terms/qr.ts';
import { Lab } from './lab.ts';
import type { Owner } from './owner/owner.ts';
import type { Trace } from './trace.ts';

const ADDRESS = 'owner@lab.example';
const MINUTE = 60_000;

/** A lab in memory: the QR `one` was scanned at noon, and its code is waited for. */
async function waiting(probe?: Mailbox['probe']) {
  const clock = handClock(Date.UTC(2026, 0, 1, 12));
  const mailbox = fakeMailbox({ clock });
  const scanner = fakeScanner();
  const secrets: string[] = [];
  const trace: Pick<Trace, 'step' | 'text' | 'secret'> = {
    step: (_, body) => body(),
    text: () => undefined,
    secret: (_, value) => void secrets.push(value),
  };
  const lab = new Lab({
    // No screen comes up here.
    owner: {} as Owner,
    trace: trace as Trace,
    scanner,
    mailbox: probe === undefined ? mailbox : { ...mailbox, probe },
    clock,
    unit: { model: 'DS-7616NI-K2', serialNumber: 'DS-7616NI-K21620190416CCRR123456789WCVU' },
    codeLength: 8,
    mailTimeoutMs: 5 * MINUTE,
  });
  const ask = (payload: string) => {
    scanner.expectScan(payload, { accepted: true, message: 'sent' });
    const asked = lab.codeFor({ text: payload } as QrFinding, ADDRESS).then(
      ({ code }) => code,
      (error: { readonly code?: string; readonly message: string }) => error,
    );
    return { asked };
  };
  /** A mail that was sent so many seconds after noon arrives now. */
  const deliver = (code: string, sent: number, of = 'DS-7616NI-K2 (S/N ***6789)') =>
    void mailbox.deliver({
      from: 'service@mail.example',
      to: [ADDRESS],
      subject: 'Code',
      text: `For ${of}\n\n${code}\n`,
      headers: { date: new Date(Date.UTC(2026, 0, 1, 12) + sent * 1000).toUTCString() },
    });
  /** Time passes, and what wakes from it comes to its end. */
  const pass = async (ms: number) => {
    for (let left = ms; left > 0; left -= 1000) await clock.advance(Math.min(1000, left));
  };
  return { lab, mailbox, ask, deliver, pass, secrets };
}

t.test('duplicates, mails for others and mails of earlier QRs are passed over', async (t) => {
  const { ask, deliver, pass, secrets } = await waiting();
  const { asked } = ask('one');
  await pass(2000);
  deliver('FFFF2222', 1, 'DS-7616NI-K2 (S/N ***0000)');
  deliver('EEEE2222', -300);
  await pass(8000);
  deliver('AAAA2222', 0);
  deliver('AAAA2222', 0);
  t.equal(await asked, 'AAAA2222');
  t.same(secrets, ['AAAA2222']);
  await pass(3000);
  const { asked: again } = ask('two');
  await pass(1000);
  deliver('AAAA2222', 0);
  await pass(1000);
  deliver('BBBB3333', 14);
  t.equal(await again, 'BBBB3333');
});

t.test('a mail that seems older than its scan is taken where no other comes', async (t) => {
  const { ask, deliver, pass } = await waiting();
  const { asked } = ask('one');
  await pass(1000);
  deliver('AAAA2222', -300);
  await pass(31_000);
  t.equal(await asked, 'AAAA2222');
});

t.test('the same QR again brings the same code, and that is no reason to wait', async (t) => {
  const { ask, deliver, pass } = await waiting();
  for (const second of [1, 3]) {
    const { asked } = ask('one');
    await pass(1000);
    deliver('AAAA2222', second);
    await pass(1000);
    t.equal(await asked, 'AAAA2222');
  }
});

t.test('two codes that nothing tells apart: not a word on the recorder', async (t) => {
  const { ask, deliver, pass } = await waiting();
  const { asked } = ask('one');
  await pass(2000);
  deliver('EEEE2222', -60);
  deliver('DDDD2222', -90);
  await pass(31_000);
  t.match(await asked, { code: 'STATE_NOT_REACHED', message: /2 different codes/ });
});

t.test('mails for other recorders alone are no mail', async (t) => {
  const { lab, ask, deliver, pass } = await waiting();
  const { asked } = ask('one');
  await pass(2000);
  deliver('FFFF2222', 1, 'DS-7732NI-M4');
  await pass(5 * MINUTE);
  t.match(await asked, { code: 'MAIL_TIMEOUT', message: /name another one/ });
  const none = lab.mailWithin(ADDRESS, { known: [], timeoutMs: 1000 });
  await pass(2000);
  t.equal(await none, undefined);
  t.same(await lab.mailsSince(ADDRESS, []), []);
});

t.test('a mailbox that goes away is told, and is not taken for a mail that never came', async (t) => {
  const { lab, mailbox, pass } = await waiting();
  const none = lab.mailWithin(ADDRESS, { known: [], timeoutMs: 60_000 }).catch((error: unknown) => error);
  await pass(1000);
  mailbox.vanish();
  await pass(1000);
  t.match(await none, { code: 'PORT_UNREACHABLE' });
});

t.test(
  "a mail that did not come is nobody's fault but the lab's where its own mails do not come",
  async (t) => {
    const wish = { known: [], timeoutMs: MINUTE };
    const probed: string[] = [];
    const well = await waiting(async (address) => void probed.push(address));
    const missing = well.lab.mailWithin(ADDRESS, wish);
    await well.pass(MINUTE + 1000);
    t.equal(await missing, undefined);
    t.same(probed, [ADDRESS]);

    const lossy = await waiting(async () => {
      throw new HarnessError('MAIL_TIMEOUT', 'mails are lost on the way');
    });
    const lost = lossy.lab.mailWithin(ADDRESS, wish).catch((error: unknown) => error);
    await lossy.pass(MINUTE + 1000);
    t.match(await lost, { code: 'MAIL_TIMEOUT', message: /lost on the way/ });

    const fine = await waiting(async () => {
      throw new Error('nobody asks');
    });
    const come = fine.lab.mailWithin(ADDRESS, wish);
    fine.deliver('K7MPQ2XW', 1);
    await fine.pass(1000);
    t.match(await come, { subject: 'Code' });
  },
);
