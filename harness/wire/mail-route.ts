/**
 * What may happen to a mail between the app-and-mail service and the lab's mailbox. Several may happen to one mail:
 *
 * - `delay`: it comes later;
 * - `duplicate`: it comes twice, byte for byte; `resent`: it comes again under another Message-ID;
 * - `reorder`: it lets the next mail of that recorder pass first, where one comes within {@link MAIL_DELAY_MAX_S};
 * - `greylist`: the first attempt is answered 451, and the sender's queue tries again later;
 * - `legacy-charset`: a charset of one byte a character, rightly declared; `wrong-charset`: one that is not the text's;
 * - `qp-break`: quoted-printable, with soft line breaks inside the code, in every part;
 * - `html-only`: the text part is gone;
 * - `spam`: subject and headers as a spam filter leaves them;
 * - `misdated`: the Date header is off, back or ahead;
 * - `second-code`: a mail with another code of the same recorder, from an earlier QR, comes before or after it;
 * - `foreign`: a mail for another recorder, with a code of its own, comes to the same address before or after it.
 */
export const MAIL_FATES = [
  'delay',
  'duplicate',
  'resent',
  'reorder',
  'greylist',
  'legacy-charset',
  'wrong-charset',
  'qp-break',
  'html-only',
  'spam',
  'misdated',
  'second-code',
  'foreign',
] as const;
export type MailFate = (typeof MAIL_FATES)[number];

/** Longest time that a mail is under way, s of twin time; a tenth of it in real time. */
export const MAIL_DELAY_MAX_S = 20;

/** How the mails of a twin travel; body of `POST /mail`. Mails that are under way already keep their fates. */
export type MailRoute =
  /** Straight to the lab's mailbox; the app hears of it when the mail is there. */
  | { readonly kind: 'straight' }
  /** The fates of the next mails, one list a mail; after the last of them mails go straight again. */
  | { readonly kind: 'script'; readonly mails: readonly (readonly MailFate[])[]; readonly seed?: number }
  /** Fates drawn for each mail. The same seed and chances (0 to 1, default: those of a jittery twin) draw the same. */
  | {
      readonly kind: 'seeded';
      readonly seed: number;
      readonly chances?: Readonly<Partial<Record<MailFate, number>>>;
    };
