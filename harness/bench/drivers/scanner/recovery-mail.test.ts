import { type AddressInfo, createServer } from 'node:net';
import type { ParsedMail } from 'mailparser';
import sharp from 'sharp';
import t from 'tap';
import { systemClock as clock } from '../../../terms/clock.ts';
import type { Pixels } from '../../../terms/frame.ts';
import { decodePicture } from '../../../vision/png.ts';
import { readQrs } from '../../../vision/qr.ts';
import { type ScannerUnderTest, scannerContract } from '../../ports/scanner.contract.ts';
import { openRecoveryMail, type SmtpAccess } from './recovery-mail.ts';
import { serveSmtp } from './smtp.fixture.ts';

const FROM = 'bench@lab.example';
const TO = 'recovery@service.example';
const LOGIN = { user: 'bench', password: 'Harbour-77' };

const open = (smtp: SmtpAccess, options: { deadlineMs?: number; retryMs?: number } = {}) =>
  openRecoveryMail({ smtp, from: FROM, to: TO, clock, ...options });

/** What the QR of the attachment says. */
async function readAttached({ attachments }: ParsedMail): Promise<string | undefined> {
  const picture = await decodePicture(attachments[0]?.content ?? new Uint8Array());
  return (await readQrs(picture))[0]?.text;
}

scannerContract(
  t,
  'recovery-mail',
  async (): Promise<ScannerUnderTest> => {
    const service = await serveSmtp();
    const scanner = open(service.access, { retryMs: 10 });
    const scans: { payload: string; as: 'visitor' }[] = [];
    const scan = scanner.scan;
    return {
      // The service reads each mail before the contract looks.
      scanner: {
        async scan(one, options) {
          const answer = await scan(one, options);
          for (const mail of service.mails.splice(0))
            scans.push({ payload: (await readAttached(mail)) ?? '', as: 'visitor' });
          return answer;
        },
        [Symbol.asyncDispose]: () => scanner[Symbol.asyncDispose](),
      },
      expectScan: () => undefined,
      scans: () => scans,
      vanish: () => service[Symbol.asyncDispose](),
      async [Symbol.asyncDispose]() {
        await scanner[Symbol.asyncDispose]();
        await service[Symbol.asyncDispose]();
      },
    };
  },
  { hasNoAccounts: true, isUnanswered: true },
);

t.test('the mail is one that the documented way asks for: the picture is an attachment', async (t) => {
  await using service = await serveSmtp();
  await using scanner = open(service.access);
  const { message } = await scanner.scan({ payload: 'RB1.x' });
  t.match(message, `The mail to ${TO} was taken by 127.0.0.1:${service.access.port}.`);
  const [mail] = service.mails;
  t.equal(mail?.from?.text, FROM);
  t.match(mail?.to, { text: TO });
  t.match(mail?.attachments, [
    { contentType: 'image/png', contentDisposition: 'attachment', filename: 'QRCode.png' },
  ]);
  t.equal(mail?.attachments.length, 1);
  t.notMatch(mail?.text, 'RB1', 'the text says nothing of the code');
});

t.test('a picture that was exported is mailed as it is, whatever was read in it', async (t) => {
  await using service = await serveSmtp();
  await using scanner = open(service.access);
  const data = new Uint8ClampedArray(5 * 4 * 4).map((_, at) => (at % 4 === 3 ? 255 : (at * 7) % 256));
  const picture: Pixels = { width: 5, height: 4, data };
  await scanner.scan({ payload: '', picture });
  const { data: got, info } = await sharp(service.mails[0]?.attachments[0]?.content)
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  t.match(info, { width: 5, height: 4 });
  t.same([...got], [...data]);
});

for (const kind of ['implicit', 'starttls'] as const) {
  t.test(`TLS (${kind}) with the lab's own authority, and a login`, async (t) => {
    await using service = await serveSmtp(kind, LOGIN);
    await using scanner = open(service.access);
    t.ok((await scanner.scan({ payload: 'RB1.x' })).accepted);
    const { ca: _, ...untrusting } = service.access;
    await using stranger = open(untrusting);
    await t.rejects(stranger.scan({ payload: 'x' }), {
      code: 'PORT_PROTOCOL',
      message: /self-signed|certificate/,
    });
    await using wrong = open({ ...service.access, auth: { ...LOGIN, password: 'Secret-99' } });
    const error = await wrong.scan({ payload: 'x' }).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    t.match(error, { code: 'CREDENTIALS_REFUSED', domain: 'bench', hint: /lab\.smtp/ });
    t.notMatch(String(error), 'Secret-99');
    t.equal(service.mails.length, 1);
  });
}

t.test('a server that offers no STARTTLS gets no mail in clear', async (t) => {
  await using service = await serveSmtp('none');
  await using scanner = open({ ...service.access, tls: 'starttls' });
  await t.rejects(scanner.scan({ payload: 'x' }), { code: 'PORT_PROTOCOL', hint: /tls/ });
  t.equal(service.tries.count, 0);
});

t.test(
  '"later" is tried again, until the deadline; "no" is not; neither is blamed on the recorder',
  async (t) => {
    await using service = await serveSmtp();
    service.refusals.push('451 4.7.1 Greylisted', '421 4.3.2 Too busy');
    await using scanner = open(service.access, { deadlineMs: 10_000, retryMs: 10 });
    t.ok((await scanner.scan({ payload: 'x' })).accepted);
    t.equal(service.tries.count, 3);
    service.refusals.push('550 5.7.1 Not from you');
    await t.rejects(scanner.scan({ payload: 'x' }), {
      code: 'MAIL_REFUSED',
      domain: 'outside-service',
      message: /refuses the mail: 550 5\.7\.1 Not from you/,
    });
    t.equal(service.tries.count, 4, 'once');
    service.refusals.push(...Array.from({ length: 500 }, () => '451 4.7.1 Greylisted'));
    await using hasty = open(service.access, { deadlineMs: 200, retryMs: 20 });
    await t.rejects(hasty.scan({ payload: 'x' }), {
      code: 'MAIL_REFUSED',
      domain: 'outside-service',
      message: /still says "later" after 0\.2 s: 451/,
    });
  },
);

t.test('a server that takes the connection and says nothing', async (t) => {
  const mute = createServer(() => undefined);
  await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
  t.teardown(() => mute.close());
  const { port } = mute.address() as AddressInfo;
  await using scanner = open({ host: '127.0.0.1', port, tls: 'none' }, { deadlineMs: 200 });
  await t.rejects(scanner.scan({ payload: 'x' }), { code: 'PORT_TIMEOUT', message: /silent/ });
});
