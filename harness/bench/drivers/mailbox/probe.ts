import { randomUUID } from 'node:crypto';
import { createTransport } from 'nodemailer';
import type { Clock } from '../../../terms/clock.ts';
import { HarnessError } from '../../../terms/error.ts';
import type { Mailbox } from '../../ports/mailbox.ts';

export interface ProbeOptions {
  /** Where mails for this mailbox come in. */
  readonly smtp: { readonly host: string; readonly port: number };
  readonly clock: Clock;
  /** How long the lab's own mail may take, ms. Default 20 s. */
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 20_000;

/** A mailbox that can tell whether the lab's own mails arrive in it: one is sent, and waited for, and deleted. */
export function withProbe(mailbox: Mailbox, { smtp, clock, timeoutMs = TIMEOUT_MS }: ProbeOptions): Mailbox {
  const place = `${smtp.host}:${smtp.port}`;

  async function send(address: string, subject: string): Promise<void> {
    const transport = createTransport({
      ...smtp,
      ignoreTLS: true,
      connectionTimeout: timeoutMs,
      greetingTimeout: timeoutMs,
      socketTimeout: timeoutMs,
    });
    try {
      // No word of it is as long as a code.
      await transport.sendMail({ from: address, to: address, subject, text: 'Do mails come in here?' });
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new HarnessError('PORT_PROTOCOL', `The mail server of the lab, ${place}, takes no mail: ${why}`, {
        port: 'mailbox',
        hint: 'See that it runs, and that it takes mails for the reserved address.',
        cause,
      });
    } finally {
      transport.close();
    }
  }

  return {
    list: (address) => mailbox.list(address),
    listAll: () => mailbox.listAll(),
    wait: (address, wish) => mailbox.wait(address, wish),
    remove: (ids) => mailbox.remove(ids),
    async probe(address) {
      const subject = `Resetbench probe ${randomUUID()}`;
      const until = clock.monotonic() + timeoutMs;
      await send(address, subject);
      for (;;) {
        const mails = await mailbox.list(address);
        const own = mails.find((mail) => mail.subject === subject);
        if (own !== undefined) return mailbox.remove([own.id]);
        const left = until - clock.monotonic();
        const known = mails.map(({ id }) => id);
        if (left > 0 && (await comes(mailbox, address, { known, timeoutMs: left }))) continue;
        throw new HarnessError(
          'MAIL_TIMEOUT',
          `A mail that the harness itself sent by ${place} did not reach the mailbox within ${timeoutMs} ms: mails are lost on the way, whoever sends them.`,
          {
            port: 'mailbox',
            hint: `See that what ${place} takes is delivered to the mailbox of devices.yaml; see its log and its spam folder.`,
          },
        );
      }
    },
    [Symbol.asyncDispose]: () => mailbox[Symbol.asyncDispose](),
  };
}

/** Whether any further mail came in time. */
function comes(mailbox: Mailbox, address: string, wish: Parameters<Mailbox['wait']>[1]): Promise<boolean> {
  return mailbox.wait(address, wish).then(
    () => true,
    (error: unknown) => {
      if (error instanceof HarnessError && error.code === 'MAIL_TIMEOUT') return false;
      throw error;
    },
  );
}
