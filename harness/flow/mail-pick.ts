import type { Mail } from '../bench/ports/mailbox.ts';
import { sentAt } from './mail-arrival.ts';
import { type CodeRules, codesOf } from './mail-code.ts';
import { type MailUnit, namedIn } from './mail-unit.ts';

/** What is known when mails to an address are looked through. */
export interface Wanted {
  readonly unit: MailUnit;
  readonly codes: CodeRules;
  /** When the QR was scanned, ms since the epoch. */
  readonly scannedAt: number;
  /** Codes of mails that were there before the scan; empty where the same QR was scanned before. */
  readonly seen: ReadonlySet<string>;
}

/**
 * `take`: this is the mail. `doubt`: it may be, another may still come. `torn`: several may be. `none`: not one may.
 * A person would read it so: mails for other recorders are not ours, the same code twice is one, and of several codes
 * the one that was sent after the scan counts.
 */
export type Picked =
  | { readonly kind: 'take' | 'doubt'; readonly mail: Mail }
  | { readonly kind: 'torn'; readonly codes: number }
  | { readonly kind: 'none' };

/** Mails that are for this recorder, or that tell nothing against it while none is; oldest first, as they came. */
export function mailsOf(unit: MailUnit, mails: readonly Mail[]): readonly Mail[] {
  const told = mails.map((mail) => ({ mail, named: namedIn(mail, unit) }));
  const named = told.some((one) => one.named === 'this');
  return told.filter((one) => one.named === (named ? 'this' : 'nobody')).map(({ mail }) => mail);
}

/** Looks through the mails that came since the scan, oldest first. */
export function pickMail(news: readonly Mail[], wanted: Wanted): Picked {
  const mine = mailsOf(wanted.unit, news);
  const coded = mine.flatMap((mail) => {
    const codes = codesOf(mail, wanted.codes);
    return codes.length === 0 ? [] : [{ mail, key: codes.join() }];
  });
  if (coded.length === 0) {
    const last = mine.at(-1);
    return last === undefined ? { kind: 'none' } : { kind: 'doubt', mail: last };
  }
  const unseen = coded.filter(({ key }) => !wanted.seen.has(key));
  const fresh = unseen.filter(({ mail }) => !isBefore(mail, wanted.scannedAt));
  if (fresh.length > 0) return decide('take', fresh);
  // Nothing but mails that seem to be older than the scan: clocks may differ, or ours is still under way.
  return decide('doubt', unseen.length > 0 ? unseen : coded);
}

interface Coded {
  readonly mail: Mail;
  readonly key: string;
}

/** One code: its first mail. Several: the newest, where the times of sending and of arrival agree on it. */
function decide(kind: 'take' | 'doubt', found: readonly Coded[]): Picked {
  const keys = new Set(found.map(({ key }) => key));
  const [first] = found;
  if (keys.size === 1 && first !== undefined) return { kind, mail: first.mail };
  const last = found.at(-1);
  const newer = (other: Coded) =>
    other.key === last?.key || (sentAt(other.mail) ?? Infinity) < (sentAt(last?.mail) ?? -Infinity);
  if (kind === 'take' && last !== undefined && found.every(newer)) return { kind, mail: last.mail };
  return { kind: 'torn', codes: keys.size };
}

/** Times in mails have whole seconds. */
function isBefore(mail: Mail, at: number): boolean {
  return (sentAt(mail) ?? at) < Math.floor(at / 1000) * 1000;
}
