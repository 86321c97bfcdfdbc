import type { Mail } from '../bench/ports/mailbox.ts';

/** When a mail was sent and when it arrived, by its own account and by its servers'. */
export interface Arrival {
  /** When the lab's mailbox took it, by the mailbox's clock, ms since the epoch. */
  readonly at: number;
  /** When its first server took it, else as its Date says, ms since the epoch. */
  readonly sentAt: number | undefined;
  /** Times of the servers on its way, first to last, ms since the epoch; whole seconds. */
  readonly hops: readonly number[];
  /** Where clocks cannot agree, one sentence each. */
  readonly skews: readonly string[];
}

/** Stamps in mails have whole seconds; ms. */
const SECOND = 1000;

/** When a mail was sent, ms since the epoch: as its first server stamped it, else as it says itself. */
export function sentAt(mail: Pick<Mail, 'headers'> | undefined): number | undefined {
  const hops = hopsOf(mail);
  const at = hops.length > 0 ? Math.min(...hops) : Date.parse(mail?.headers.date ?? '');
  return Number.isNaN(at) ? undefined : at;
}

/**
 * Reads a mail's way from its Received lines and its Date.
 * @param times when its QR was scanned and when the mail was seen, by this machine's clock, ms since the epoch
 */
export function arrivalOf(
  mail: Pick<Mail, 'headers' | 'receivedAt'>,
  times: { readonly scannedAt?: number | undefined; readonly seenAt: number },
): Arrival {
  const hops = hopsOf(mail).reverse();
  const at = mail.receivedAt;
  const date = Date.parse(mail.headers.date ?? '');
  const skews: string[] = [];
  const apart = (early: number, late: number, text: string) => {
    if (early - late > SECOND) skews.push(`${text} (${Math.round((early - late) / SECOND)} s)`);
  };
  const { scannedAt, seenAt } = times;
  apart(at, seenAt, "the mailbox's clock is ahead of this machine's");
  const [first] = hops;
  const last = hops.at(-1);
  if (last !== undefined) apart(last, at + SECOND, "the last server's clock is ahead of the mailbox's");
  for (const [index, hop] of hops.entries()) {
    const next = hops[index + 1];
    if (next !== undefined)
      apart(hop, next, `server ${index + 1} of ${hops.length} is ahead of the next one`);
  }
  if (scannedAt !== undefined) {
    const begun = Math.floor(scannedAt / SECOND) * SECOND;
    if (first !== undefined) apart(begun, first, 'the first server stamped it before the scan');
    apart(begun, at, 'the mailbox took it before the scan');
  }
  if (!Number.isNaN(date)) {
    const reference = first ?? at;
    apart(date, reference + SECOND, 'its Date is ahead of its first server');
    // A queue may hold a mail back for minutes, and is no clock gone wrong.
    if (reference - date > 3600 * SECOND) apart(reference, date, 'its Date is behind its first server');
  }
  return { at, sentAt: sentAt(mail), hops, skews };
}

/** An arrival for people: one line, and one for each clock that is wrong. */
export function arrivalText(arrival: Arrival, scannedAt?: number): string {
  const { at, sentAt: sent, hops, skews } = arrival;
  const seconds = (from: number, to: number) => `${Math.round((to - from) / 100) / 10} s`;
  const parts = [
    `arrived ${new Date(at).toISOString()}`,
    ...(scannedAt === undefined ? [] : [`${seconds(scannedAt, at)} after the scan`]),
    ...(sent === undefined ? [] : [`${seconds(sent, at)} after it was sent`]),
    `${hops.length} server${hops.length === 1 ? '' : 's'} on its way`,
  ];
  return [parts.join(', '), ...skews.map((skew) => `clocks differ: ${skew}`)].join('\n');
}

/** The times of the Received lines, last server first, as they stand in a head. */
function hopsOf(mail: Pick<Mail, 'headers'> | undefined): number[] {
  const stamps = (mail?.headers.received ?? '').split('\n').map((hop) => hop.slice(hop.lastIndexOf(';') + 1));
  return stamps.map(Date.parse).filter((at) => !Number.isNaN(at));
}
