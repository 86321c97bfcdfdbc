import type { Clock } from '../../terms/clock.ts';
import { HarnessError } from '../../terms/error.ts';
import type { Mail, Mailbox } from '../ports/mailbox.ts';
import { otherEnd } from './other-end.ts';

export interface FakeDelivery {
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text?: string;
  readonly html?: string;
  /** Beside From and Subject; names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
}
export interface FakeMailbox extends Mailbox {
  /** A mail arrives now. */
  deliver(mail: FakeDelivery): Mail;
  vanish(): void;
}

/** An empty mailbox in memory. */
export function fakeMailbox(options: { readonly clock: Clock }): FakeMailbox {
  const { clock } = options;
  const end = otherEnd('mailbox');
  const waiting = new Set<() => void>();
  const closing = new AbortController();
  let mails: readonly Mail[] = [];
  let count = 0;
  const to = (address: string) =>
    mails.filter((mail) => mail.envelopeTo.some((one) => one.toLowerCase() === address.toLowerCase()));

  return {
    async list(address) {
      end.check();
      return to(address);
    },
    async listAll() {
      end.check();
      return mails.slice();
    },
    async wait(address, { known, timeoutMs, signal }) {
      const over = new AbortController();
      const stop = AbortSignal.any([over.signal, closing.signal, ...(signal === undefined ? [] : [signal])]);
      let late = false;
      const deadline = clock.sleep(timeoutMs, stop).then(
        () => {
          late = true;
        },
        () => undefined,
      );
      try {
        for (;;) {
          end.check();
          signal?.throwIfAborted();
          const found = to(address).find((mail) => !known.includes(mail.id));
          if (found !== undefined) return found;
          if (late)
            throw timeout(
              mails.filter((mail) => !known.includes(mail.id)),
              timeoutMs,
            );
          const arrival = Promise.withResolvers<void>();
          waiting.add(arrival.resolve);
          const wake = () => arrival.resolve();
          signal?.addEventListener('abort', wake, { once: true });
          await Promise.race([arrival.promise, deadline]);
          signal?.removeEventListener('abort', wake);
          waiting.delete(arrival.resolve);
        }
      } finally {
        over.abort();
      }
    },
    async remove(ids) {
      end.check();
      mails = mails.filter(({ id }) => !ids.includes(id));
    },
    deliver(delivery) {
      count += 1;
      const mail = mailOf(delivery, count, clock.now());
      mails = [...mails, mail];
      for (const wake of [...waiting]) wake();
      return mail;
    },
    vanish() {
      end.vanish();
      for (const wake of [...waiting]) wake();
    },
    async [Symbol.asyncDispose]() {
      end.close();
      closing.abort();
    },
  };
}

function mailOf(delivery: FakeDelivery, number: number, receivedAt: number): Mail {
  const { from, subject, html } = delivery;
  const text = delivery.text ?? html?.replace(/<[^>]*>/g, '') ?? '';
  return {
    id: `fake-${number}`,
    envelopeTo: delivery.to,
    from,
    subject,
    text,
    html,
    headers: { from, subject, ...delivery.headers },
    receivedAt,
    raw: `From: ${from}\r\nSubject: ${subject}\r\n\r\n${html ?? text}\r\n`,
  };
}

function timeout(others: readonly Mail[], timeoutMs: number): HarnessError {
  const subjects = others.map((mail) => `"${mail.subject}"`).join(', ');
  return new HarnessError(
    'MAIL_TIMEOUT',
    `No new mail within ${timeoutMs} ms; arrived for others: ${others.length} mail${others.length === 1 ? '' : 's'}, ${subjects}.`,
    { port: 'mailbox', hint: 'Deliver one.' },
  );
}
