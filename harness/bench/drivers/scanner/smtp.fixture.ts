import type { AddressInfo } from 'node:net';
import { type ParsedMail, simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';
import { makeCertificate } from '../pikvm/certificate.fixture.ts';
import type { SmtpAccess } from './recovery-mail.ts';

/** An SMTP server of a lab, on loopback. */
export interface LabSmtp extends AsyncDisposable {
  readonly access: SmtpAccess;
  readonly mails: ParsedMail[];
  /** What each attempt to hand a mail in is answered, in turn; then each is taken. */
  readonly refusals: string[];
  readonly tries: { count: number };
}

/** It wants TLS and a login where it is told to, and takes no mail without. */
export async function serveSmtp(
  kind: SmtpAccess['tls'] = 'none',
  login?: { readonly user: string; readonly password: string },
): Promise<LabSmtp> {
  const mails: ParsedMail[] = [];
  const refusals: string[] = [];
  const tries = { count: 0 };
  const { key, cert } = makeCertificate('smtp');
  const server = new SMTPServer({
    ...(kind === 'none' ? {} : { key, cert }),
    secure: kind === 'implicit',
    authOptional: login === undefined,
    disabledCommands: [
      ...(kind === 'starttls' ? [] : ['STARTTLS']),
      ...(login === undefined ? ['AUTH'] : []),
    ],
    disableReverseLookup: true,
    closeTimeout: 100,
    logger: false,
    onAuth: ({ username, password }, _session, done) =>
      username === login?.user && password === login?.password
        ? done(null, { user: username })
        : done(Object.assign(new Error('5.7.8 Wrong user or password'), { responseCode: 535 })),
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', async () => {
        tries.count += 1;
        const refusal = refusals.shift();
        if (refusal !== undefined) {
          done(Object.assign(new Error(refusal.slice(4)), { responseCode: Number(refusal.slice(0, 3)) }));
          return;
        }
        if (session.secure !== (kind !== 'none')) {
          done(Object.assign(new Error('5.7.0 Must issue a STARTTLS command first'), { responseCode: 530 }));
          return;
        }
        mails.push(await simpleParser(Buffer.concat(chunks)));
        done();
      });
    },
  });
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as AddressInfo;
  const access: SmtpAccess = {
    host: '127.0.0.1',
    port,
    tls: kind,
    ...(kind === 'none' ? {} : { ca: cert }),
    ...(login === undefined ? {} : { auth: login }),
  };
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()));
  return { access, mails, refusals, tries, [Symbol.asyncDispose]: close };
}
