import { createTransport } from 'nodemailer';
import type { Attachment } from 'nodemailer/lib/mailer/index.js';
import QRCode from 'qrcode';
import t from 'tap';
import { type Intake, startIntake } from './intake.ts';

const OWN = 'recovery@service.example';

/** The service's door; what stood in the QRs that came. */
async function open(t: { teardown(act: () => Promise<void>): void }) {
  const taken: string[] = [];
  const intake = await startIntake({
    host: '127.0.0.1',
    isOwn: (address) => address === OWN,
    take: async (payload) => {
      taken.push(payload);
      if (payload === 'broken') throw new Error('broken');
    },
  });
  t.teardown(async () => intake[Symbol.asyncDispose]());
  return { intake, taken };
}

const picture = (text: string) => QRCode.toBuffer(text, { errorCorrectionLevel: 'L', margin: 4, scale: 4 });

function mail({ smtp }: Intake, attachments: readonly Attachment[], to = OWN, html?: string) {
  const transport = createTransport({ ...smtp, secure: false, ignoreTLS: true });
  return transport
    .sendMail({
      from: 'bench@lab.example',
      to,
      subject: 'QR',
      text: 'see there',
      ...(html === undefined ? {} : { html }),
      attachments: [...attachments],
    })
    .finally(() => transport.close());
}

t.test('the QR of an attached picture is served before the mail is taken', async (t) => {
  const { intake, taken } = await open(t);
  const large = `RB1.${'aZ09-_'.repeat(150)}`;
  for (const text of ['RB1.x', large]) {
    await mail(intake, [{ filename: 'QRCode.png', content: await picture(text), contentType: 'image/png' }]);
    t.equal(taken.at(-1), text);
  }
  await mail(intake, [
    { filename: 'note.txt', content: 'hello' },
    { filename: 'white.png', content: Buffer.from('no picture') },
    { filename: 'qr.PNG', content: await picture('second'), contentType: 'application/octet-stream' },
  ]);
  t.equal(taken.at(-1), 'second', 'whatever lies beside it, and whatever type it is said to be');
  t.equal(taken.length, 3);
});

t.test('a picture in the body, none at all, and what breaks, are taken and served by nobody', async (t) => {
  const { intake, taken } = await open(t);
  const content = await picture('RB1.x');
  await mail(
    intake,
    [{ cid: 'qr', content, contentType: 'image/png', contentDisposition: 'inline' }],
    OWN,
    '<img src="cid:qr">',
  );
  await mail(intake, []);
  await mail(intake, [{ filename: 'cut.png', content: content.subarray(0, 200) }]);
  t.same(taken, []);
  await mail(intake, [{ filename: 'q.png', content: await picture('broken') }]);
  await mail(intake, [{ filename: 'q.png', content: await picture('after it') }]);
  t.same(taken, ['broken', 'after it'], 'the door stays open');
});

t.test('mails to others, and too large ones, are refused', async (t) => {
  const { intake, taken } = await open(t);
  const attached = [{ filename: 'q.png', content: await picture('RB1.x') }];
  await t.rejects(mail(intake, attached, 'someone@else.example'), { message: /550/ });
  const huge = [{ filename: 'q.png', content: Buffer.alloc(6 * 1024 * 1024, 7) }];
  await t.rejects(mail(intake, huge), { message: /552/ });
  t.same(taken, []);
});
