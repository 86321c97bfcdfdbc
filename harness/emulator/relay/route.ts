import { createTransport, type SendMailOptions } from 'nodemailer';
import type { EmulatorPlan } from '../../wire/emulator.ts';
import type { Brand } from '../brand/brand.ts';
import { type Composed, parcelsOf, type Sent } from './adversary.ts';
import type { MailFates } from './fates.ts';
import { startGate } from './gate.ts';
import { type Ageing, Outbox } from './outbox.ts';

/** The recorder whose mails travel: it says how, and its world ages meanwhile. */
export interface Sender extends Ageing {
  readonly mail: MailFates;
  /** Whose firmware it has. */
  readonly brand: Brand;
}

/** The way of the mails from the service to the lab's mailbox. */
export interface Route extends AsyncDisposable {
  /**
   * Sends a mail. Where it goes straight this resolves when the mailbox has taken it; else when it is in the queue.
   * @param sender undefined where nothing is known of the recorder: straight
   * @param lateMs how long it waits in the queue, of real time, and nothing else becomes of it
   */
  send(mail: SendMailOptions, sent: Sent, sender: Sender | undefined, lateMs?: number): Promise<void>;
  /** Mails of a recorder that are under way never come, and its earlier ones are forgotten. */
  forget(serialNumber: string): void;
}

/** Starts it. Mail goes without encryption: that server is the lab's, on the same machine. */
export async function startRoute(smtp: EmulatorPlan['smtp'], speed?: number): Promise<Route> {
  const transport = createTransport({
    ...smtp,
    secure: false,
    ignoreTLS: true,
    pool: true,
    maxConnections: 4,
    connectionTimeout: 5000,
    greetingTimeout: 5000,
    socketTimeout: 20_000,
  });
  const composer = createTransport({ streamTransport: true, buffer: true, newline: 'windows' });
  const gate = await startGate(smtp);
  const outbox = new Outbox(gate, speed === undefined ? {} : { speed });
  const earlier = new Map<string, Sent>();

  async function compose(mail: SendMailOptions): Promise<Composed> {
    const { message, envelope } = await composer.sendMail(mail);
    const raw = Buffer.isBuffer(message) ? message : Buffer.alloc(0);
    return { raw, envelope: { from: envelope.from === false ? '' : envelope.from, to: envelope.to } };
  }

  return {
    async send(mail, sent, sender, lateMs) {
      const { serialNumber } = sent.letter;
      const turn = sender?.mail.next();
      if (lateMs !== undefined && sender !== undefined)
        outbox.post(serialNumber, sender, [{ ...(await compose(mail)), lateMs, attempts: [0] }]);
      else if (turn === undefined || sender === undefined) await transport.sendMail(mail);
      else {
        const sending = { mail, sent, earlier: earlier.get(serialNumber) };
        outbox.post(serialNumber, sender, await parcelsOf(sending, turn, compose));
      }
      earlier.set(serialNumber, sent);
    },
    forget(serialNumber) {
      outbox.forget(serialNumber);
      earlier.delete(serialNumber);
    },
    async [Symbol.asyncDispose]() {
      outbox.close();
      transport.close();
      await gate[Symbol.asyncDispose]();
    },
  };
}
