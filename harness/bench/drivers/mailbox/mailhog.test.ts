import t from 'tap';
import { systemClock as clock } from '../../../terms/clock.ts';
import { serveJson } from '../json-server.fixture.ts';
import { openMailHog } from './mailhog.ts';
import { isMailpitMessages } from './mailpit-message.ts';

const MAIL = {
  ID: 'm1',
  Created: '2026-01-02T03:04:05Z',
  Raw: {
    From: 'a@b.example',
    To: ['owner@lab.example'],
    Data: 'Subject: Code\r\n\r\nAB12CD34\r\n',
    Helo: 'x',
  },
};

/** Answers every question with this. */
const served = (answer: unknown) => serveJson(async () => [200, answer]);

t.test('a total that is never reached is not waited for', async (t) => {
  await using server = await served({ total: 1e18, count: 1, start: 0, items: [MAIL] });
  await using mailbox = await openMailHog({ url: server.url, clock });
  t.same(
    (await mailbox.listAll()).map(({ id }) => id),
    ['m1'],
  );
});

t.test('mails that lack what is read of them are no answer of MailHog', async (t) => {
  for (const items of [
    [null],
    [{ ...MAIL, Raw: null }],
    [{ ...MAIL, Raw: { ...MAIL.Raw, To: [null] } }],
    [{ ...MAIL, Raw: { ...MAIL.Raw, Data: 7 } }],
    [{ ...MAIL, Created: 'once' }],
  ]) {
    await using server = await served({ total: 1, count: 1, start: 0, items });
    await t.rejects(openMailHog({ url: server.url, clock }), { code: 'PORT_UNREACHABLE' });
  }
});

t.test('addresses that are none are no answer of Mailpit', async (t) => {
  const one = { ID: 'a', Created: MAIL.Created, From: null, To: [{ Address: 'a@b' }], Cc: null, Bcc: [] };
  const list = (message: unknown) => ({ messages_count: 1, messages: [message] });
  t.ok(isMailpitMessages(list(one)));
  for (const wrong of [
    { To: [{ '@ddress': 'a@b' }] },
    { To: [null] },
    { Cc: 'a@b' },
    { From: 1 },
    { Created: 7 },
  ])
    t.notOk(isMailpitMessages(list({ ...one, ...wrong })), JSON.stringify(wrong));
});
