import { MAIL_FATES, type MailFate, type MailRoute } from '../../wire/mail-route.ts';
import { seededRandom } from '../random.ts';

/** What happens to one mail, and the numbers for its details. */
export interface Turn {
  readonly fates: ReadonlySet<MailFate>;
  /** 0 <= x < 1, the same numbers for the same seed and mail. */
  readonly random: () => number;
}

/** How likely each fate is on a jittery twin. Every mail is late, by 0 to 20 s of twin time. */
export const JITTERY_CHANCES: Readonly<Record<MailFate, number>> = {
  delay: 1,
  duplicate: 0.15,
  resent: 0.1,
  reorder: 0.1,
  greylist: 0.15,
  'legacy-charset': 0.1,
  'wrong-charset': 0.1,
  'qp-break': 0.2,
  'html-only': 0.15,
  spam: 0.15,
  misdated: 0.05,
  'second-code': 0.15,
  foreign: 0.15,
};

/** The fates of one twin's mails, in the order in which the service sends them. */
export class MailFates {
  #route: MailRoute;
  #count = 0;
  constructor(route: MailRoute = { kind: 'straight' }) {
    this.#route = route;
  }

  /** From the next mail on; scripts and seeds begin anew. */
  set(route: MailRoute): void {
    this.#route = route;
    this.#count = 0;
  }

  /** What happens to the next mail; undefined where it goes straight. */
  next(): Turn | undefined {
    const route = this.#route;
    const count = this.#count;
    this.#count += 1;
    if (route.kind === 'straight') return undefined;
    const random = seededRandom(route.seed ?? 0, `mail ${count}`);
    if (route.kind === 'seeded') return { fates: drawn(route, count), random };
    const fates = route.mails[count];
    return fates === undefined ? undefined : { fates: new Set(fates), random };
  }
}

/** Each fate has its own draw: a chance that is changed changes no other fate. */
function drawn(route: MailRoute & { readonly kind: 'seeded' }, count: number): ReadonlySet<MailFate> {
  const chances = { ...JITTERY_CHANCES, ...route.chances };
  const random = seededRandom(route.seed, `fates ${count}`);
  const fates = new Set(MAIL_FATES.filter((fate) => random() < chances[fate]));
  if (fates.has('legacy-charset')) fates.delete('wrong-charset');
  return fates;
}
