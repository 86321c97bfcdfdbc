import type { AddressInfo } from 'node:net';
import jsqr from 'jsqr';
import { type Attachment, simpleParser } from 'mailparser';
import sharp from 'sharp';
import { SMTPServer } from 'smtp-server';
import type { EmulatorPlan } from '../../wire/emulator.ts';

/** The door of the service for mails with a QR as an attachment. */
export interface Intake extends AsyncDisposable {
  readonly smtp: EmulatorPlan['smtp'];
}

export interface IntakeOptions {
  readonly host: string;
  /** Whether the service has this address; mails to any other are refused with 550. */
  readonly isOwn: (address: string) => boolean;
  /** Serves what stood in a QR. */
  readonly take: (payload: string) => Promise<void>;
}

/** Largest mail, bytes, and largest picture in it, px. */
const MAIL_BYTES = 5 * 1024 * 1024;
const PICTURE_PIXELS = 4096 * 4096;

/**
 * Takes mails over SMTP on a free port. Every mail to the service is taken, and served before that is said; a QR counts
 * only in a picture that is attached (one in the body is not looked at), and only the first. What the maker's service does
 * with a mail that holds none is not known: this one says so in its log, and to nobody else.
 */
export async function startIntake({ host, isOwn, take }: IntakeOptions): Promise<Intake> {
  const server = new SMTPServer({
    name: 'mx.device-service.example',
    size: MAIL_BYTES,
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    closeTimeout: 200,
    logger: false,
    onRcptTo: ({ address }, _session, done) => done(isOwn(address.toLowerCase()) ? null : refusal(550)),
    onData(stream, _session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => {
        if (!stream.sizeExceeded) chunks.push(chunk);
      });
      stream.on('end', () => {
        if (stream.sizeExceeded) return done(refusal(552));
        return payloadOf(Buffer.concat(chunks))
          .then(async (payload) => {
            if (payload === undefined) console.error('mail: no QR in the attachments of a mail');
            else await take(payload);
          })
          .catch((error: unknown) => console.error(`mail: one could not be read: ${String(error)}`))
          .finally(() => done());
      });
    },
  });
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const { port } = server.server.address() as AddressInfo;
  return {
    smtp: { host, port },
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(resolve)),
  };
}

async function payloadOf(raw: Buffer): Promise<string | undefined> {
  const { attachments } = await simpleParser(raw, { skipHtmlToText: true, skipTextToHtml: true });
  for (const one of attachments.filter(isAttachedPicture)) {
    const payload = await qrIn(one.content);
    if (payload !== undefined) return payload;
  }
  return undefined;
}

/** A picture that a mail only shows in its body has the disposition `inline`, or none. */
function isAttachedPicture({ contentDisposition, contentType, filename = '' }: Attachment): boolean {
  if (contentDisposition !== 'attachment') return false;
  return contentType.startsWith('image/') || /\.(png|jpe?g)$/i.test(filename);
}

/**
 * What the QR of a picture says; undefined where there is none, or no picture. jsQR reads none beyond version 22
 * (1,003 bytes).
 */
async function qrIn(picture: Buffer): Promise<string | undefined> {
  try {
    const { data, info } = await sharp(picture, { limitInputPixels: PICTURE_PIXELS })
      .flatten({ background: '#fff' })
      .toColourspace('srgb')
      .ensureAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    const found = jsqr.default(new Uint8ClampedArray(data), info.width, info.height);
    // Its text stays empty where the bytes are no UTF-8.
    return found === null || found.data === '' ? undefined : found.data;
  } catch {
    return undefined;
  }
}

function refusal(code: 550 | 552): Error {
  const text = { 550: '5.1.1 No such mailbox', 552: '5.3.4 Mail is too large' }[code];
  return Object.assign(new Error(text), { responseCode: code });
}
