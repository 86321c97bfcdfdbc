import { randomInt, randomUUID } from 'node:crypto';
import type { SendMailOptions } from 'nodemailer';
import { MAIL_DELAY_MAX_S } from '../../wire/mail-route.ts';
import type { Letter } from '../../wire/seal.ts';
import type { Brand } from '../brand/brand.ts';
import { drawCode } from '../recorder/resets.ts';
import type { Turn } from './fates.ts';
import type { Envelope } from './gate.ts';
import { codeMail } from './mail.ts';
import type { Parcel } from './outbox.ts';
import { type Rewriting, rewrite } from './rewrite.ts';

/** A letter that was mailed, and how that mail was stamped. */
export interface Sent {
  readonly letter: Letter;
  readonly stamp: { readonly id: string; readonly date: Date };
  /** Whose service mailed it. */
  readonly brand: Pick<Brand, 'service' | 'mail'>;
}
/** A mail as it goes over the wire. */
export interface Composed {
  readonly raw: Buffer;
  readonly envelope: Envelope;
}
export interface Sending {
  readonly mail: SendMailOptions;
  readonly sent: Sent;
  /** The letter before it, of the same recorder. */
  readonly earlier: Sent | undefined;
}

/** Shortest time between two mails that are to come in an order, and of a greylisted one's second attempt, s. */
const GAP_S = 1;
const RETRY_S = 3;
const MINUTE = 60_000;

/** What becomes of a mail: itself, changed and delayed, and the mails that come along with it. */
export async function parcelsOf(
  { mail, sent, earlier }: Sending,
  { fates, random }: Turn,
  compose: (mail: SendMailOptions) => Promise<Composed>,
): Promise<readonly Parcel[]> {
  // Every number is drawn, needed or not, so that each detail has its own.
  const draw = {
    delay: random() * MAIL_DELAY_MAX_S,
    copy: random() * MAIL_DELAY_MAX_S,
    wrong: random(),
    minutes: (random() < 0.5 ? 1 : -1) * (3 + random() * 90),
    second: { first: random() < 0.5, old: random() < 0.5, minutes: 3 + random() * 50 },
    foreign: { first: random() < 0.5 },
  };
  const others: { readonly first: boolean; readonly sent: Sent }[] = [];
  if (fates.has('second-code'))
    others.push({ first: draw.second.first, sent: secondCode(sent, draw.second, earlier) });
  if (fates.has('foreign')) others.push({ first: draw.foreign.first, sent: foreign(sent) });

  const { language, code } = sent.letter;
  const how: Rewriting = {
    htmlOnly: fates.has('html-only'),
    spam: fates.has('spam'),
    ...(fates.has('legacy-charset') && { charset: legacy(language) }),
    ...(fates.has('wrong-charset') && { charset: wrong(language, draw.wrong) }),
    ...(fates.has('qp-break') && { broken: code }),
    ...(fates.has('misdated') && { date: new Date(sent.stamp.date.getTime() + draw.minutes * MINUTE) }),
  };
  const original = await compose(mail);
  const domain = domainOf(sent);
  const raw = stamped(rewrite(original.raw, how), domain, sent.stamp.date);
  const greylisted = fates.has('greylist');
  const before = others.some(({ first }) => first) ? GAP_S : 0;
  const at = Math.max(before, fates.has('delay') ? draw.delay : 0);
  const main: Parcel = {
    raw,
    envelope: original.envelope,
    attempts: greylisted ? [before, Math.max(before + RETRY_S, at)] : [at],
    greylisted,
    held: fates.has('reorder'),
    awaited: true,
  };
  const there = main.attempts.at(-1) ?? 0;
  const copy = (changed: Buffer): Parcel => ({
    raw: changed,
    envelope: original.envelope,
    attempts: [there + GAP_S + (fates.has('delay') ? draw.copy : 0)],
  });
  const along = others.map(async ({ first, sent: { letter, stamp, brand } }): Promise<Parcel> => {
    const composed = await compose(codeMail(letter, stamp, brand));
    return {
      ...composed,
      raw: stamped(composed.raw, domain, stamp.date),
      attempts: [first ? 0 : there + GAP_S + (fates.has('delay') ? draw.copy / 2 : 0)],
    };
  });
  return [
    ...(await Promise.all(along)),
    main,
    ...(fates.has('duplicate') ? [copy(raw)] : []),
    ...(fates.has('resent') ? [copy(rewrite(raw, { messageId: `<${randomUUID()}@mail.${domain}>` }))] : []),
  ];
}

/** The mail of an earlier QR: the one before, where there was one, or one that nobody ever took. */
function secondCode(
  { letter, stamp, brand }: Sent,
  { old, minutes }: { readonly old: boolean; readonly minutes: number },
  earlier: Sent | undefined,
): Sent {
  const fits = earlier?.letter.address === letter.address && earlier.letter.code !== letter.code;
  if (old && fits) return earlier;
  const date = new Date(stamp.date.getTime() - minutes * MINUTE);
  return { letter: { ...letter, code: drawCode() }, stamp: { id: randomUUID(), date }, brand };
}

/** A mail for a recorder of the same model, whose owner has the same address. */
function foreign({ letter, stamp, brand }: Sent): Sent {
  const digits = /\d{4}(?=\D*$)/.exec(letter.serialNumber)?.[0] ?? '0000';
  const other = String((Number(digits) + randomInt(1, 9999)) % 10_000).padStart(4, '0');
  const serialNumber = letter.serialNumber.replace(/\d{4}(?=\D*$)/, other);
  return {
    letter: { ...letter, serialNumber, code: drawCode() },
    stamp: { ...stamp, id: randomUUID() },
    brand,
  };
}

function domainOf({ brand }: Sent): string {
  return brand.service.sender.split('@')[1] ?? '';
}

/** A mail as the first server on its way stamps it: that clock is right, whatever the Date header says. */
function stamped(raw: Buffer, domain: string, date: Date): Buffer {
  const at = date.toUTCString().replace(/GMT$/, '+0000');
  const hop = `from app.${domain} by mail.${domain} with ESMTP; ${at}`;
  return Buffer.concat([Buffer.from(`Received: ${hop}\r\n`), raw]);
}

function legacy(language: Letter['language']): NonNullable<Rewriting['charset']> {
  const charset = language === 'pl' ? 'windows-1250' : 'iso-8859-1';
  return { declared: charset, used: charset };
}

/** Bytes in one charset, declared as another. */
function wrong(language: Letter['language'], draw: number): NonNullable<Rewriting['charset']> {
  const { used } = legacy(language);
  if (draw < 0.4) return { declared: used, used: 'utf-8' };
  if (draw < 0.7) return { declared: 'utf-8', used };
  return { declared: draw < 0.85 ? 'windows-1251' : 'x-unknown', used };
}
