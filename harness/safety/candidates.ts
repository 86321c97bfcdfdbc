import type { MayHold, Proof } from '../terms/passwords.ts';

/** One line of a journal of passwords. `of` names the line that intended the password. */
export type PasswordFact = { readonly seq: number; readonly at: number } & (
  | { readonly kind: 'first'; readonly user: string; readonly password?: string }
  | { readonly kind: 'intended'; readonly user: string; readonly password: string }
  | { readonly kind: 'keyed'; readonly of: number }
  | { readonly kind: 'confirmed'; readonly of: number; readonly by: Proof }
  | { readonly kind: 'abandoned'; readonly of: number; readonly why: string }
  | { readonly kind: 'held'; readonly user: string; readonly password: string }
  | { readonly kind: 'ended' }
);

interface Known {
  readonly password: string;
  readonly user: string;
  state: MayHold['state'];
  at: number;
  /** Of its last line. */
  seq: number;
  wasKeyed: boolean;
  isFirst: boolean;
}

/** What may be, in the order in which it is tried. */
const RANKS: readonly ((one: Known, sureSince: number) => boolean)[] = [
  // Confirmed at the screen, or sent, and no answer heard: as likely in as not.
  (one, sure) => one.state === 'keyed' && one.seq > sure,
  // The last one that was seen to hold.
  (one, sure) => one.seq === sure,
  (one) => one.isFirst,
  // Never confirmed, so never in, if all that was kept is there.
  (one, sure) => one.state === 'intended' && one.seq > sure,
  // Refused, if the recorder told the truth.
  (one, sure) => one.state === 'abandoned' && one.wasKeyed && one.seq > sure,
  () => true,
];

/** The passwords that a user may have, each once, the likeliest first, of the same likelihood the newest. */
export function likeliest(facts: readonly PasswordFact[], user: string): readonly MayHold[] {
  const known = new Map<number, Known>();
  let sure = 0;
  for (const fact of facts) {
    switch (fact.kind) {
      case 'first':
      case 'held':
      case 'intended': {
        if (fact.user !== user) break;
        const isSure = fact.kind !== 'intended';
        if (isSure) sure = fact.seq;
        if (fact.password === undefined) break;
        known.set(fact.seq, {
          password: fact.password,
          user,
          state: fact.kind === 'held' ? 'confirmed' : fact.kind,
          at: fact.at,
          seq: fact.seq,
          wasKeyed: isSure,
          isFirst: fact.kind === 'first',
        });
        break;
      }
      case 'keyed':
      case 'confirmed':
      case 'abandoned': {
        const one = known.get(fact.of);
        if (one === undefined) break;
        Object.assign(one, { state: fact.kind, at: fact.at, seq: fact.seq });
        if (fact.kind !== 'abandoned') one.wasKeyed = true;
        if (fact.kind === 'confirmed') sure = fact.seq;
        break;
      }
      case 'ended':
        break;
      default:
        fact satisfies never;
    }
  }
  const ranked = [...known.values()]
    .map((one) => ({ one, rank: RANKS.findIndex((fits) => fits(one, sure)) }))
    .sort((a, b) => a.rank - b.rank || b.one.seq - a.one.seq);
  const told = new Set<string>();
  return ranked.flatMap(({ one: { password, state, at } }) => {
    if (told.has(password)) return [];
    told.add(password);
    return [{ password, state, at }];
  });
}
