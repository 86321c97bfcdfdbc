import t from 'tap';
import { arrivalOf, arrivalText, sentAt } from './mail-arrival.ts';

const NOON = Date.UTC(2026, 0, 1, 12);
const at = (seconds: number) => new Date(NOON + seconds * 1000);
const stamp = (seconds: number) => at(seconds).toUTCString().replace('GMT', '+0000 (UTC)');
const hop = (seconds: number, name = 'mx') =>
  `from ${name} by ${name} with SMTP for <a@b.example>; ${stamp(seconds)}`;

/** A mail whose servers stamped it so many seconds after noon, the last one first, as in a head. */
function mail(receivedAt: number, hops: readonly number[], date?: number) {
  return {
    receivedAt: NOON + receivedAt * 1000,
    headers: {
      ...(hops.length === 0 ? {} : { received: hops.map((one) => hop(one)).join('\n') }),
      ...(date === undefined ? {} : { date: at(date).toUTCString() }),
    },
  };
}

t.test('the way of a mail is read from its servers, first to last', async (t) => {
  const arrival = arrivalOf(mail(9, [9, 5, 3], 2), { scannedAt: NOON + 1000, seenAt: NOON + 10_000 });
  t.equal(arrival.at, NOON + 9000);
  t.equal(arrival.sentAt, NOON + 3000);
  t.same(
    arrival.hops,
    [3, 5, 9].map((second) => NOON + second * 1000),
  );
  t.same(arrival.skews, []);
  t.equal(
    arrivalText(arrival, NOON + 1000),
    'arrived 2026-01-01T12:00:09.000Z, 8 s after the scan, 6 s after it was sent, 3 servers on its way',
  );
});

t.test('without servers the Date counts, without that nothing is said', async (t) => {
  t.equal(sentAt(mail(9, [], 2)), NOON + 2000);
  t.equal(sentAt(mail(9, [])), undefined);
  t.equal(sentAt(undefined), undefined);
  t.equal(
    arrivalText(arrivalOf(mail(9, []), { seenAt: NOON + 9000 })),
    'arrived 2026-01-01T12:00:09.000Z, 0 servers on its way',
  );
  t.equal(sentAt({ headers: { received: 'by mx; some day', date: 'never' } }), undefined);
});

t.test('clocks that cannot agree are told, each with how far', async (t) => {
  const told = (one: ReturnType<typeof mail>, scannedAt?: number) =>
    arrivalOf(one, {
      seenAt: NOON + 60_000,
      ...(scannedAt === undefined ? {} : { scannedAt: NOON + scannedAt * 1000 }),
    }).skews;
  t.same(told(mail(90, [50])), ["the mailbox's clock is ahead of this machine's (30 s)"]);
  t.same(told(mail(30, [50])), ["the last server's clock is ahead of the mailbox's (19 s)"]);
  t.same(told(mail(59, [58, 20, 40])), ['server 1 of 3 is ahead of the next one (20 s)']);
  t.same(told(mail(59, [58, 1]), 10), ['the first server stamped it before the scan (9 s)']);
  t.same(told(mail(1, [1]), 10), [
    'the first server stamped it before the scan (9 s)',
    'the mailbox took it before the scan (9 s)',
  ]);
  t.same(told(mail(59, [58, 40], 50)), ['its Date is ahead of its first server (9 s)']);
  t.same(told(mail(59, [58, 40], -4000)), ['its Date is behind its first server (4040 s)']);
  t.same(told(mail(59, [58, 40], -300)), [], 'minutes in a queue are no clock gone wrong');
  t.match(arrivalText(arrivalOf(mail(90, [50]), { seenAt: NOON })), /\nclocks differ: the mailbox's/);
});

t.test('stamps have whole seconds, which is no difference', async (t) => {
  const one = { ...mail(0, [1, 0]), receivedAt: NOON + 900 };
  t.same(arrivalOf(one, { scannedAt: NOON + 800, seenAt: NOON + 950 }).skews, []);
});
