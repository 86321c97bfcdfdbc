import t from 'tap';
import type { Mail } from '../bench/ports/mailbox.ts';
import { mailsOf, pickMail } from './mail-pick.ts';

const unit = { model: 'DS-7616NI-K2', serialNumber: 'DS-7616NI-K21620190416CCRR123456789WCVU' };
const SCAN = Date.UTC(2026, 0, 1, 12, 0, 0, 700);
const OURS = 'DS-7616NI-K2 (S/N ***6789)';
let count = 0;

interface Facts {
  readonly code?: string;
  readonly of?: string;
  /** Of the Date header against the scan, s. */
  readonly date?: number;
  /** Of the first server's stamp against the scan, s. */
  readonly hop?: number;
}
function mail({ code = '', of = OURS, date = 0, hop }: Facts): Mail {
  const at = (seconds: number) => new Date(SCAN + seconds * 1000).toUTCString();
  const received =
    hop === undefined ? {} : { received: `by b; ${at(hop + 5)}\nfrom a by mail with ESMTP; ${at(hop)}` };
  return {
    id: `mail-${count++}`,
    envelopeTo: ['owner@lab.example'],
    from: 'service@mail.example',
    subject: 'Code',
    text: `For ${of}\n\n${code}\n`,
    html: undefined,
    headers: { date: at(date), ...received },
    receivedAt: SCAN,
    raw: '',
  };
}
const pick = (news: readonly Mail[], seen: readonly string[] = []) =>
  pickMail(news, { unit, codes: { length: 8 }, scannedAt: SCAN, seen: new Set(seen) });

t.test('the mail of this recorder is taken at once, duplicates and others beside it', async (t) => {
  const right = mail({ code: 'AAAA2222' });
  t.same(pick([right]), { kind: 'take', mail: right });
  t.same(pick([right, mail({ code: 'AAAA2222', date: 2 })]), { kind: 'take', mail: right });
  const foreign = mail({ code: 'BBBB3333', of: 'DS-7616NI-K2 (S/N ***1111)' });
  const news = mail({ of: 'everybody: our summer offers' });
  t.same(pick([foreign, news, right]), { kind: 'take', mail: right });
  t.same(pick([foreign]), { kind: 'none' });
  t.same(pick([]), { kind: 'none' });
  t.same(mailsOf(unit, [foreign, news, right]), [right]);
});

t.test('a mail that names nobody is taken where none names this recorder', async (t) => {
  const plain = mail({ code: 'AAAA2222', of: 'you' });
  t.same(pick([plain]), { kind: 'take', mail: plain });
  const named = mail({ code: 'BBBB3333' });
  t.same(pick([plain, named]), { kind: 'take', mail: named });
});

t.test('a mail that was sent before the scan is not the one while another may come', async (t) => {
  const old = mail({ code: 'BBBB3333', date: -60 });
  const right = mail({ code: 'AAAA2222' });
  t.same(pick([old]), { kind: 'doubt', mail: old });
  t.same(pick([old, right]), { kind: 'take', mail: right });
  t.same(pick([right, old]), { kind: 'take', mail: right });
  const seen = mail({ code: 'CCCC4444', date: -60 });
  t.same(
    pick([seen, old], ['CCCC4444']),
    { kind: 'doubt', mail: old },
    'a code known before the scan is the last choice',
  );
  t.same(pick([seen], ['CCCC4444']), { kind: 'doubt', mail: seen });
});

t.test("a mail's own date counts less than the stamp of its first server", async (t) => {
  const misdated = mail({ code: 'AAAA2222', date: -3600, hop: 0 });
  t.same(pick([misdated]), { kind: 'take', mail: misdated });
  const late = mail({ code: 'BBBB3333', date: 3600, hop: -60 });
  t.same(pick([late]), { kind: 'doubt', mail: late });
  t.same(pick([misdated, late]), { kind: 'take', mail: misdated });
});

t.test('of several codes after the scan the newest, where sending and arrival agree on it', async (t) => {
  const first = mail({ code: 'AAAA2222', date: 1 });
  const second = mail({ code: 'BBBB3333', date: 4 });
  t.same(pick([first, second]), { kind: 'take', mail: second });
  t.same(pick([second, first]), { kind: 'torn', codes: 2 });
  t.same(pick([first, mail({ code: 'CCCC4444', date: 1 })]), { kind: 'torn', codes: 2 });
  const older = [mail({ code: 'AAAA2222', date: -9 }), mail({ code: 'BBBB3333', date: -5 })];
  t.same(pick(older), { kind: 'torn', codes: 2 }, 'before the scan none is the newest');
});

t.test(
  'a mail without a code, or with two, is the one where no other is: it has to be told of',
  async (t) => {
    const empty = mail({});
    t.same(pick([empty]), { kind: 'doubt', mail: empty });
    const right = mail({ code: 'AAAA2222' });
    t.same(pick([empty, right]), { kind: 'take', mail: right });
    const two = mail({ code: 'AAAA2222\n\nBBBB3333' });
    t.same(pick([two]), { kind: 'take', mail: two });
  },
);
