// Mails, and what mail servers and catchers answer.
import { openImap } from '../../../../harness/bench/drivers/mailbox/imap.ts';
import { openMailHog } from '../../../../harness/bench/drivers/mailbox/mailhog.ts';
import { toMailHogMessage } from '../../../../harness/bench/drivers/mailbox/mailhog-message.ts';
import { openMailpit } from '../../../../harness/bench/drivers/mailbox/mailpit.ts';
import { parseMail } from '../../../../harness/bench/drivers/mailbox/parse.ts';
import { makeCertificate } from '../../../../harness/bench/drivers/pikvm/certificate.fixture.ts';
import { arrivalOf, arrivalText, sentAt } from '../../../../harness/flow/mail-arrival.ts';
import { candidatesOf, codesOf, refusedCodes } from '../../../../harness/flow/mail-code.ts';
import { pickMail } from '../../../../harness/flow/mail-pick.ts';
import { namedIn } from '../../../../harness/flow/mail-unit.ts';
import { quickClock, serveHttp, serveTurns } from '../peers.bench.ts';
import { bytesOf, PART, partsOf, type Target } from '../target.ts';

const ADDRESS = 'owner@lab.resetbench.example';
const MULTIPART = [
  'Received: from a by b; Fri, 2 Jan 2026 03:04:05 +0000',
  `From: "Pw" <pw@maker.example>`,
  `To: ${ADDRESS}`,
  'Subject: =?utf-8?B?UmVzZXQ=?= your password',
  'Date: Fri, 2 Jan 2026 03:04:05 +0000',
  'MIME-Version: 1.0',
  'Content-Type: multipart/alternative; boundary="b1"',
  '',
  '--b1',
  'Content-Type: text/plain; charset=utf-8',
  'Content-Transfer-Encoding: quoted-printable',
  '',
  'Device serial number: DS-76********6789',
  'Your verification code: =\r\nK7mQ2xWb',
  '--b1',
  'Content-Type: text/html; charset=iso-8859-1',
  'Content-Transfer-Encoding: base64',
  '',
  Buffer.from('<p>Code:</p><table><tr><td><b>K7mQ2xWb</b></td></tr></table>&#x41;').toString('base64'),
  '--b1--',
  '',
].join('\r\n');
const PLAIN = `From: a@b.example\r\nTo: ${ADDRESS}\r\nSubject: Code\r\n\r\nDS-7616NI-K2\r\nK7mQ2xWb\r\n`;
const RULES = { length: 8, templates: ['Your verification code: {code}', '{code} is your code'] } as const;
const UNIT = { model: 'DS-7616NI-K2', serialNumber: 'DS-7616NI-K20123456789CCRR123456789WCVU' } as const;

const mime: Target = {
  name: 'mime',
  samples: [MULTIPART, PLAIN].map(bytesOf),
  open: () => ({
    async read(bytes) {
      const mail = await parseMail({
        id: '1',
        envelopeFrom: 'a@b',
        envelopeTo: [ADDRESS],
        receivedAt: 0,
        message: bytes,
      });
      refusedCodes(mail, [...codesOf(mail, RULES), ...candidatesOf(mail, RULES)]);
      namedIn(mail, UNIT);
      sentAt(mail);
      pickMail([mail, mail], { unit: UNIT, codes: RULES, scannedAt: 1, seen: new Set() });
      toMailHogMessage({ id: '1', from: 'a', to: [], helo: '', bytes: new Uint8Array(bytes), receivedAt: 0 });
      arrivalText(arrivalOf(mail, { seenAt: 0, scannedAt: 1 }), 1);
    },
  }),
};

const HOG = toMailHogMessage({
  id: 'm1',
  from: 'pw@maker.example',
  to: [ADDRESS],
  helo: 'x',
  bytes: new Uint8Array(bytesOf(PLAIN)),
  receivedAt: 1_767_323_045_000,
});
const mailhog: Target = {
  name: 'mailhog',
  samples: [
    JSON.stringify({ total: 1, count: 1, start: 0, items: [HOG] }),
    JSON.stringify({ total: 0, count: 0, start: 0, items: [] }),
  ].map(bytesOf),
  async open() {
    const peer = await serveHttp();
    return {
      async read(bytes) {
        peer.answer((_, response) => response.setHeader('content-type', 'application/json').end(bytes));
        await using mailbox = await openMailHog({ url: peer.url, clock: quickClock });
        await mailbox.list(ADDRESS);
        await mailbox.listAll();
      },
      close: () => peer.close(),
    };
  },
};

const PIT = {
  total: 1,
  messages_count: 1,
  start: 0,
  messages: [
    {
      ID: 'a',
      MessageID: 'b',
      From: { Name: '', Address: 'a@b' },
      To: [{ Name: '', Address: ADDRESS }],
      Cc: null,
      Bcc: [],
      Subject: 's',
      Created: '2026-01-02T03:04:05Z',
      Size: 1,
    },
  ],
};
const mailpit: Target = {
  name: 'mailpit',
  samples: [bytesOf(['{"Version":"v1.20.0","Messages":1}', JSON.stringify(PIT), PLAIN].join(PART))],
  async open() {
    const peer = await serveHttp();
    return {
      async read(bytes) {
        const [info, messages, raw] = partsOf(bytes);
        peer.answer(({ url = '' }, response) =>
          response.end(url.endsWith('/info') ? info : url.endsWith('/raw') ? raw : messages),
        );
        await using mailbox = await openMailpit({ url: peer.url, clock: quickClock });
        await mailbox.list(ADDRESS);
        await mailbox.listAll();
      },
      close: () => peer.close(),
    };
  },
};

/** A server's answers by command; `TAG` stands for the one of the command. */
const IMAP = [
  '* OK [CAPABILITY IMAP4rev1 LITERAL+ IDLE AUTH=PLAIN SASL-IR UIDPLUS ENABLE] ready\r\n',
  'CAPABILITY\n* CAPABILITY IMAP4rev1 IDLE AUTH=PLAIN SASL-IR\r\nTAG OK done\r\n',
  'AUTHENTICATE\nTAG OK [CAPABILITY IMAP4rev1 IDLE UIDPLUS] logged in\r\n',
  'LOGIN\nTAG OK [CAPABILITY IMAP4rev1 IDLE UIDPLUS] logged in\r\n',
  'LIST\n* LIST (\\HasNoChildren) "/" INBOX\r\nTAG OK done\r\n',
  'LSUB\n* LSUB () "/" INBOX\r\nTAG OK done\r\n',
  'SELECT\n* FLAGS (\\Seen)\r\n* 1 EXISTS\r\n* 0 RECENT\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT 2] ok\r\nTAG OK [READ-WRITE] done\r\n',
  'NOOP\nTAG OK done\r\n',
  'SEARCH\n* SEARCH 1\r\nTAG OK done\r\n',
  `FETCH\n* 1 FETCH (UID 1 INTERNALDATE "02-Jan-2026 03:04:05 +0000" BODY[] {${PLAIN.length}}\r\n${PLAIN})\r\nTAG OK done\r\n`,
];
const imap: Target = {
  name: 'imap',
  samples: [bytesOf(IMAP.join(PART))],
  // Each waits until a server that says nothing more is given up.
  oneIn: 10,
  async open() {
    const { key, cert, fingerprint } = makeCertificate('mail');
    const peer = await serveTurns({ key, cert });
    return {
      async read(bytes) {
        const [greeting = Buffer.alloc(0), ...answers] = partsOf(bytes).map((part) =>
          part.toString('latin1'),
        );
        peer.answer(Buffer.from(greeting.toString(), 'latin1'), (line) => {
          const [tag = '', first = '', second = ''] = line.split(' ');
          const command = (/^uid$/i.test(first) ? second : first).toUpperCase();
          const answer = answers.find((one) => one.startsWith(`${command}\n`));
          const text = answer?.slice(command.length + 1).replaceAll('TAG', tag) ?? `${tag} BAD what?\r\n`;
          return Buffer.from(text, 'latin1');
        });
        await using mailbox = await openImap({
          host: '127.0.0.1',
          port: peer.port,
          security: 'tls',
          tls: { fingerprint },
          user: 'lab',
          password: 'Harbour-77',
          folder: 'INBOX',
          clock: quickClock,
          reconnectMs: 0,
          mails: 'all',
        });
        await mailbox.listAll();
      },
      close: () => peer.close(),
    };
  },
};

export const MAIL: readonly Target[] = [mime, mailhog, mailpit, imap];
