import type { Mail, Mailbox } from '../bench/ports/mailbox.ts';
import type { Clock } from '../terms/clock.ts';
import { HarnessError } from '../terms/error.ts';
import { type CodeRules, candidatesOf } from './mail-code.ts';
import { pickMail } from './mail-pick.ts';
import type { MailUnit } from './mail-unit.ts';

/** The mail that is looked for. */
interface Search {
  /** The recorder that it is for. */
  readonly unit: MailUnit;
  /** Ids of the mails that were there before. */
  readonly known: readonly string[];
  readonly codes: CodeRules;
  /** Its QR may have been scanned before: then its code is the same. */
  readonly recurs: boolean;
  /** When the QR was scanned, ms since the epoch. */
  readonly scannedAt: number;
  /** How long to wait, ms. */
  readonly timeoutMs: number;
}

/** How long another mail is waited for where the one that came may not be the one, ms at most. */
const DOUBT_MS = 30_000;

/**
 * The mail that answers a scan, whatever else came to the address since: duplicates, mails for other recorders, mails
 * of earlier QRs.
 * @throws HarnessError MAIL_TIMEOUT where none came, STATE_NOT_REACHED where several may be it; the mailbox's as they are
 */
export async function searchMail(
  { mailbox, clock }: { readonly mailbox: Mailbox; readonly clock: Clock },
  address: string,
  { unit, known, codes, recurs, scannedAt, timeoutMs }: Search,
): Promise<Mail> {
  const from = clock.monotonic();
  let until = from + timeoutMs;
  for (let doubted = false; ; ) {
    const all = await mailbox.list(address);
    const old = all.filter(({ id }) => known.includes(id));
    const seen = new Set(recurs ? [] : old.flatMap((mail) => candidatesOf(mail, codes)));
    const news = all.filter(({ id }) => !known.includes(id));
    const picked = pickMail(news, { unit, codes, seen, scannedAt });
    if (picked.kind === 'take') return picked.mail;
    if (picked.kind !== 'none' && !doubted) {
      doubted = true;
      until = Math.min(until, clock.monotonic() + Math.min(DOUBT_MS, timeoutMs / 2));
    }
    const left = Math.max(0, until - clock.monotonic());
    const more = await mailbox.wait(address, { known: all.map(({ id }) => id), timeoutMs: left }).then(
      () => undefined,
      (error: unknown) => error,
    );
    if (more === undefined) continue;
    if (!(more instanceof HarnessError) || more.code !== 'MAIL_TIMEOUT') throw more;
    if (picked.kind === 'doubt') return picked.mail;
    if (picked.kind === 'torn')
      throw new HarnessError(
        'STATE_NOT_REACHED',
        `mails with ${picked.codes} different codes came after the scan, and nothing in them tells which one answers it`,
        { port: 'mailbox' },
      );
    if (news.length === 0) throw more;
    throw new HarnessError(
      'MAIL_TIMEOUT',
      `No mail for this recorder within ${timeoutMs} ms; those that came to its address (${news.length}) name another one.`,
      { port: 'mailbox', hint: 'Give each recorder an address of its own.', cause: more },
    );
  }
}
