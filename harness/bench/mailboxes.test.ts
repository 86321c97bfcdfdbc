import t from 'tap';
import { parseDevices } from '../config/devices.ts';
import { systemClock as clock } from '../terms/clock.ts';
import { HarnessError } from '../terms/error.ts';
import { deliver } from './drivers/mailbox/delivery.fixture.ts';
import { startDovecot, withoutDovecot } from './drivers/mailbox/dovecot.fixture.ts';
import { openEmbeddedMailbox } from './drivers/mailbox/embedded.ts';
import { startMailpit } from './drivers/mailbox/mailpit.fixture.ts';
import { type LabMailbox, openLabMailbox } from './mailboxes.ts';
import { requireSecret } from './secrets.ts';

const OWNER = 'owner@lab.example';
t.setTimeout(120_000);
const MAIL = { from: 'a@mail.example', to: [OWNER], subject: 'code', text: 'K7MPQ2XW' };

/** Opens what a line of devices.yaml names. */
function open(
  mailbox: string,
  secrets: Readonly<Record<string, string>> = {},
  onLog?: (line: string) => void,
) {
  const { devices, problems } = parseDevices(
    'devices.yaml',
    `version: 1\nlab: { domains: [lab.example], mailbox: ${mailbox} }\nduts:\n  - { id: a, kind: twin, profile: nvr, model: DS-1, firmware: V4.30.085 }`,
  );
  if (devices === undefined) throw new Error(JSON.stringify(problems));
  return openLabMailbox(devices.lab.mailbox, {
    clock,
    secretOf: (ref, whose) => requireSecret('env' in ref ? secrets[ref.env] : undefined, ref, whose),
    onLog,
  });
}
async function subjects({ mailbox }: LabMailbox): Promise<readonly string[]> {
  return (await mailbox.list(OWNER)).map((mail) => mail.subject);
}

t.test('embedded, MailHog and Mailpit are opened as they are named', async (t) => {
  const embedded = await open('{ driver: embedded }');
  await using _embedded = embedded.mailbox;
  await deliver(embedded.smtp ?? { host: '', port: 0 }, MAIL);
  t.same(await subjects(embedded), ['code']);

  await using hogServer = await openEmbeddedMailbox({ clock });
  const smtp = '{ host: mail.lab.example, port: 25 }';
  const hog = await open(`{ driver: mailhog, url: "${hogServer.apiUrl}", smtp: ${smtp} }`);
  await using _hog = hog.mailbox;
  await deliver(hogServer.smtp, MAIL);
  t.same(await subjects(hog), ['code']);
  t.same(hog.smtp, { host: 'mail.lab.example', port: 25 });

  await using pitServer = await startMailpit();
  const pit = await open(`{ driver: mailpit, url: "${pitServer.url}", smtp: ${smtp} }`);
  await using _pit = pit.mailbox;
  await deliver(pitServer.smtp, MAIL);
  t.same(await subjects(pit), ['code']);
  t.match(pit.what, /^mailpit, http/);
});

t.test('IMAP is opened with its secret, and without it not at all', { skip: withoutDovecot() }, async (t) => {
  await using server = await startDovecot();
  const line = `{ driver: imap, host: 127.0.0.1, port: ${server.imaps}, tls: { fingerprint: ${server.certificate.fingerprint} }, user: lab, password: { env: LAB_MAIL } }`;
  await t.rejects(open(line), { code: 'CONFIG_MISSING', message: /mailbox of the lab.*LAB_MAIL/ });
  const lab = await open(line, { LAB_MAIL: server.password });
  await using _ = lab.mailbox;
  await deliver(server.lmtp, MAIL);
  t.same(await subjects(lab), ['code']);
  t.equal(lab.smtp, undefined);
  t.notMatch(lab.what, server.password);
});

t.test('without a container the embedded mailbox serves where that is allowed, and says so', async (t) => {
  const image = 'localhost:9/resetbench/none:1';
  const lines: string[] = [];
  const lab = await open(
    `{ driver: mailpit, container: { image: "${image}", otherwise: embedded } }`,
    {},
    (line) => lines.push(line),
  );
  await using _ = lab.mailbox;
  await deliver(lab.smtp ?? { host: '', port: 0 }, MAIL);
  t.same(await subjects(lab), ['code']);
  t.match(lines, [/^mailbox: .*the embedded one serves instead$/]);
  const refused = open(`{ driver: mailhog, container: { image: "${image}" } }`);
  const error = await refused.then(
    () => undefined,
    (cause: unknown) => (cause instanceof HarnessError ? cause : undefined),
  );
  t.equal(error?.code, 'PORT_UNREACHABLE');
  t.match(error?.hint, /docker/i);
});
