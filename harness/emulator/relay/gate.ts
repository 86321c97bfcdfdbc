import type { AddressInfo } from 'node:net';
import { createTransport } from 'nodemailer';
import { SMTPServer } from 'smtp-server';
import type { EmulatorPlan } from '../../wire/emulator.ts';

/** Who sends and who gets a mail, as SMTP has it. */
export interface Envelope {
  readonly from: string;
  readonly to: readonly string[];
}

/** The mail server in front of the lab's mailbox: it greylists, and hands on what it takes before it says so. */
export interface Gate extends AsyncDisposable {
  readonly smtp: EmulatorPlan['smtp'];
  /** As if sender and recipients had never been seen together: their next mail is refused for now. */
  greylist(envelope: Envelope): void;
}

const HOST = '127.0.0.1';

/** Starts it on a free port of loopback. @param mailbox the lab's server */
export async function startGate(mailbox: EmulatorPlan['smtp']): Promise<Gate> {
  const unseen = new Set<string>();
  const onward = createTransport({ ...mailbox, secure: false, ignoreTLS: true });
  const server = new SMTPServer({
    name: 'mx.lab.example',
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    closeTimeout: 200,
    logger: false,
    onRcptTo({ address }, { envelope: { mailFrom } }, done) {
      const sender = mailFrom === false ? '' : mailFrom.address;
      // Greylisting knows triplets of client, sender and recipient; the client is always the same here.
      if (unseen.delete(pair(sender, address))) done(later('4.7.1 Greylisted, please try again later'));
      else done();
    },
    onData(stream, { envelope: { mailFrom, rcptTo } }, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const from = mailFrom === false ? '' : mailFrom.address;
        const to = rcptTo.map(({ address }) => address);
        onward.sendMail({ raw: Buffer.concat(chunks), envelope: { from, to } }).then(
          () => done(),
          () => done(later('4.4.1 The mailbox does not answer')),
        );
      });
    },
  });
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, HOST, resolve));
  const { port } = server.server.address() as AddressInfo;
  return {
    smtp: { host: HOST, port },
    greylist: ({ from, to }) => to.forEach((address) => void unseen.add(pair(from, address))),
    async [Symbol.asyncDispose]() {
      onward.close();
      await new Promise<void>((resolve) => server.close(resolve));
    },
  };
}

function pair(from: string, to: string): string {
  return `${from} ${to}`.toLowerCase();
}

function later(text: string): Error {
  return Object.assign(new Error(text), { responseCode: 451 });
}
