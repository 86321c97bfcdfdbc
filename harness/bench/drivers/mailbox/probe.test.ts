import t from 'tap';
import { systemClock as clock } from '../../../terms/clock.ts';
import { failure } from '../../ports/contract-help.ts';
import { openEmbeddedMailbox } from './embedded.ts';
import { withProbe } from './probe.ts';

const OWNER = 'owner@lab.example';

t.test('where mails arrive nothing is told, and nothing is left behind', async (t) => {
  await using server = await openEmbeddedMailbox({ clock });
  const mailbox = withProbe(server, { smtp: server.smtp, clock });
  await mailbox.probe?.(OWNER);
  t.same(await mailbox.list(OWNER), []);
});

t.test('mails that are taken and lost are the fault of the bench', async (t) => {
  await using server = await openEmbeddedMailbox({ clock });
  await using elsewhere = await openEmbeddedMailbox({ clock });
  const mailbox = withProbe(server, { smtp: elsewhere.smtp, clock, timeoutMs: 300 });
  const lost = await failure(mailbox.probe?.(OWNER) ?? Promise.resolve());
  t.match(lost, { code: 'MAIL_TIMEOUT', domain: 'bench', port: 'mailbox', message: /lost on the way/ });
  t.ok(lost?.hint);
});

t.test('a mail server that takes none is told', async (t) => {
  await using server = await openEmbeddedMailbox({ clock });
  const { smtp } = await openEmbeddedMailbox({ clock }).then(async (other) => {
    await other[Symbol.asyncDispose]();
    return other;
  });
  const mailbox = withProbe(server, { smtp, clock, timeoutMs: 300 });
  t.match(await failure(mailbox.probe?.(OWNER) ?? Promise.resolve()), {
    code: 'PORT_PROTOCOL',
    port: 'mailbox',
    message: /takes no mail/,
  });
});
