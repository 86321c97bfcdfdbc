import { HarnessError } from '../terms/error.ts';
import type { TryStore } from '../terms/tries.ts';

/** What recorders count wrong tries of, each with a lock of its own: logins at the screen, over the network, codes, files. */
export const TRY_KINDS = ['login', 'network', 'code', 'file'] as const;
export type TryKind = (typeof TRY_KINDS)[number];

/** The wrong try that locks, and how long, s. */
export interface TryLimit {
  readonly tries: number;
  /** The same for users other than admin, where it differs. */
  readonly userTries?: number;
  readonly seconds: number;
}
export type TryLimits = Readonly<Record<TryKind, TryLimit>>;

interface Count {
  readonly kind: TryKind;
  readonly user: string;
  readonly spent: number;
  /** Of the last wrong try, ms of the ledger's clock. */
  readonly at: number;
  /** So many more were asked for, and what became of them is not known yet. */
  readonly open: number;
}

/**
 * The wrong tries that one recorder has counted, from case to case. A case that does not mean to lock never makes the
 * try that would; what a case has spent is settled before the next one begins.
 */
export class TryLedger {
  readonly #limits: TryLimits;
  readonly #monotonic: () => number;
  readonly #store: TryStore | undefined;
  readonly #counts = new Map<string, Count>();
  #aged = 0;
  #allowed: ReadonlySet<TryKind> = new Set();

  /** @param store where the tries of runs before stand, and those of this one are kept */
  constructor(limits: TryLimits, monotonic: () => number, store?: TryStore) {
    this.#limits = limits;
    this.#monotonic = monotonic;
    this.#store = store;
    for (const { kind, user, spent, agoMs, open } of store?.load() ?? []) {
      const known = TRY_KINDS.find((one) => one === kind);
      // What a run began and never noted may have been counted as wrong.
      const total = open ? spent + 1 : spent;
      if (known !== undefined && total > 0)
        this.#counts.set(`${kind} ${user}`, {
          kind: known,
          user,
          spent: total,
          at: this.#now - agoMs,
          open: 0,
        });
    }
  }

  /** Which locks the case that begins now is about; it may spend all tries of these. */
  begin(locks: readonly TryKind[]): void {
    this.#allowed = new Set(locks);
  }

  /**
   * Asks whether a try may be made that may turn out wrong. Until it is noted or dropped it counts as a wrong one.
   * @param user for logins: recorders count each user's apart
   * @throws HarnessError TRIES_SPENT where one more wrong try would lock, and the case is not about that lock
   */
  ask(kind: TryKind, user = ''): void {
    const { spent, open } = this.#of(kind, user);
    const tries = this.#limit(kind, user);
    if (this.#allowed.has(kind) || spent + open + 1 < tries) {
      this.#keep({ kind, user, spent, at: this.#now, open: open + 1 }, false);
      return;
    }
    throw new HarnessError(
      'TRIES_SPENT',
      `${spent + open} wrong tries of ${tries} are spent (${kind}): one more would lock the recorder`,
      { hint: `a case about this lock says so: locks: ['${kind}']` },
    );
  }

  /**
   * A try was made; a right one clears what was counted before. One whose outcome nobody knows is noted as a wrong one: the
   * recorder may have counted it.
   */
  note(kind: TryKind, accepted: boolean, user = ''): void {
    const { spent, open } = this.#of(kind, user);
    const left = Math.max(0, open - 1);
    this.#keep({ kind, user, spent: accepted ? 0 : spent + 1, at: this.#now, open: left }, !accepted);
  }
  /** What was asked for never came to a try: nothing that is judged was sent, or the answer did not judge it. */
  drop(kind: TryKind, user = ''): void {
    const { open, ...one } = this.#of(kind, user);
    this.#keep({ ...one, open: Math.max(0, open - 1) }, false);
  }

  /** Wrong tries that may still be made, so that none locks. */
  left(kind: TryKind, user = ''): number {
    const { spent, open } = this.#of(kind, user);
    return Math.max(0, this.#limit(kind, user) - 1 - spent - open);
  }
  /** How long until the tries of a user may count no more, ms: as long as a lock would hold from the last wrong one on. */
  restMs(kind: TryKind, user = ''): number {
    const one = this.#of(kind, user);
    if (one.spent + one.open === 0) return 0;
    return Math.max(0, one.at + this.#limits[kind].seconds * 1000 - this.#now);
  }
  /** How long a lock of a kind holds, ms. */
  lockMs(kind: TryKind): number {
    return this.#limits[kind].seconds * 1000;
  }
  /** So long was waited: the tries of a user count no more. */
  rested(kind: TryKind, user = ''): void {
    this.#counts.delete(`${kind} ${user}`);
    this.#save(true);
  }

  /** The recorder's world has aged by so many ms, in no real time. */
  age(ms: number): void {
    this.#aged += ms;
  }
  /** The recorder was brought back to a state without wrong tries, or counts none any more. */
  clear(...kinds: readonly TryKind[]): void {
    const which = kinds.length === 0 ? TRY_KINDS : kinds;
    for (const [key, { kind }] of this.#counts) if (which.includes(kind)) this.#counts.delete(key);
    this.#save(true);
  }

  /** Wrong tries of a kind since the last right one, of the user with the most. */
  spent(kind: TryKind): number {
    return Math.max(
      0,
      ...[...this.#counts.values()].filter((one) => one.kind === kind).map((one) => one.spent),
    );
  }
  /** How long until no lock can hold any more, ms; 0 where none can. */
  coolDownMs(): number {
    const locked = [...this.#counts.values()].filter(
      ({ kind, user, spent }) => spent >= this.#limit(kind, user),
    );
    const until = locked.map(({ kind, at }) => at + this.#limits[kind].seconds * 1000);
    return Math.max(0, ...until.map((end) => end - this.#now));
  }
  /** Locks are over: what led to them counts no more. */
  unlocked(): void {
    for (const [key, { kind, user, spent }] of this.#counts)
      if (spent >= this.#limit(kind, user)) this.#counts.delete(key);
    this.#save(true);
  }
  /** For a record: `3 of 7 codes`; empty where nothing is spent. */
  told(): string {
    return TRY_KINDS.filter((kind) => this.spent(kind) > 0)
      .map((kind) => `${this.spent(kind)} of ${this.#limits[kind].tries} (${kind})`)
      .join(', ');
  }

  #of(kind: TryKind, user: string): Count {
    return this.#counts.get(`${kind} ${user}`) ?? { kind, user, spent: 0, at: this.#now, open: 0 };
  }
  #keep(count: Count, isDurable: boolean): void {
    const key = `${count.kind} ${count.user}`;
    if (count.spent + count.open === 0) this.#counts.delete(key);
    else this.#counts.set(key, count);
    this.#save(isDurable);
  }
  #save(isDurable: boolean): void {
    const now = this.#now;
    this.#store?.save(
      [...this.#counts.values()].map(({ at, spent, open, ...one }) => ({
        ...one,
        // A file tells of one open try; the others are as good as wrong.
        spent: spent + Math.max(0, open - 1),
        open: open > 0,
        agoMs: Math.max(0, now - at),
      })),
      isDurable,
    );
  }

  #limit(kind: TryKind, user: string): number {
    const { tries, userTries } = this.#limits[kind];
    return user === '' || user === 'admin' ? tries : (userTries ?? tries);
  }
  get #now(): number {
    return this.#monotonic() + this.#aged;
  }
}
