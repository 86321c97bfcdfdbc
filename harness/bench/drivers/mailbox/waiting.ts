import type { Clock } from '../../../terms/clock.ts';
import { HarnessError } from '../../../terms/error.ts';
import type { Mail } from '../../ports/mailbox.ts';

/** How many mails a MAIL_TIMEOUT names. */
const NAMED = 5;

/** `owner@lab.example` as `o***r@lab.example`: enough to tell addresses apart. */
export function maskAddress(address: string): string {
  const at = address.lastIndexOf('@');
  const box = at < 0 ? address : address.slice(0, at);
  const masked = box.length < 3 ? '***' : `${box.at(0)}***${box.at(-1)}`;
  return at < 0 ? masked : `${masked}${address.slice(at)}`;
}

export interface WaitOptions {
  readonly clock: Clock;
  readonly address: string;
  readonly timeoutMs: number;
  readonly known: readonly string[];
  /** Aborted, with the reason to throw, when the mailbox is closed. */
  readonly closed: AbortSignal;
  /** Ends this wait; its reason is thrown. */
  readonly signal?: AbortSignal | undefined;
  /** Mails to the address, oldest first. */
  readonly list: () => Promise<readonly Mail[]>;
  /** All mails, for the story of what did arrive. */
  readonly listAll: () => Promise<readonly Mail[]>;
  /** Resolves when looking again is worth it; given before each look, so that no arrival falls between. */
  readonly worthALook: (signal: AbortSignal) => Promise<void>;
  /** Where mails should be sent to, for the cure. */
  readonly place: string;
  /** What the mailbox itself knows of why nothing came: thrown in place of MAIL_TIMEOUT. */
  readonly reason?: () => Promise<HarnessError | undefined>;
}

/** Waits for the first mail that is not known. @throws HarnessError MAIL_TIMEOUT, PORT_CLOSED, or the signal's reason */
export async function waitForMail(options: WaitOptions): Promise<Mail> {
  const over = new AbortController();
  const ends = [options.closed, ...(options.signal === undefined ? [] : [options.signal])];
  const stop = AbortSignal.any([over.signal, ...ends]);
  const goOn = () => {
    for (const end of ends) end.throwIfAborted();
  };
  let late = false;
  const deadline = options.clock.sleep(options.timeoutMs, stop).then(
    () => {
      late = true;
    },
    () => undefined,
  );
  try {
    for (;;) {
      goOn();
      const lastLook = late;
      const again = options.worthALook(stop).catch(() => undefined);
      const found = (await options.list()).find((mail) => !options.known.includes(mail.id));
      goOn();
      if (found !== undefined) return found;
      if (lastLook) throw (await options.reason?.()) ?? (await timeout(options));
      await Promise.race([again, deadline]);
    }
  } finally {
    over.abort();
  }
}

async function timeout(options: WaitOptions): Promise<HarnessError> {
  const all = await options.listAll();
  const wanted = maskAddress(options.address);
  const news = all.filter((mail) => !options.known.includes(mail.id));
  const names = news
    .slice(-NAMED)
    .map((mail) => `"${mail.subject}" to ${mail.envelopeTo.map(maskAddress).join(', ')}`);
  const seen =
    news.length === 0
      ? `nothing new arrived for anybody (${all.length} in the mailbox)`
      : `arrived for others: ${news.length} mail${news.length === 1 ? '' : 's'}, ${names.join('; ')}`;
  return new HarnessError(
    'MAIL_TIMEOUT',
    `No new mail to ${wanted} within ${options.timeoutMs} ms; ${seen}.`,
    {
      port: 'mailbox',
      hint:
        news.length === 0
          ? `Check that the mail service delivers to ${options.place}, and that it accepted the scan.`
          : `Check the address that is reserved in the recorder: mails came, but none for ${wanted}.`,
    },
  );
}
