import { HarnessError } from '../terms/error.ts';

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
  spent: number;
  /** Of the last wrong try, ms of the ledger's clock. */
  at: number;
}

/**
 * The wrong tries that one recorder has counted, from case to case. A case that does not mean to lock never makes the
 * try that would; what a case has spent is settled before the next one begins.
 */
export class TryLedger {
  readonly #limits: TryLimits;
  readonly #monotonic: () => number;
  readonly #counts = new Map<string, Count & { readonly kind: TryKind; readonly user: string }>();
  #aged = 0;
  #allowed: ReadonlySet<TryKind> = new Set();

  constructor(limits: TryLimits, monotonic: () => number) {
    this.#limits = limits;
    this.#monotonic = monotonic;
  }

  /** Which locks the case that begins now is about; it may spend all tries of these. */
  begin(locks: readonly TryKind[]): void {
    this.#allowed = new Set(locks);
  }

  /**
   * Asks whether a try may be made that may turn out wrong.
   * @param user for logins: recorders count each user's apart
   * @throws HarnessError TRIES_SPENT where one more wrong try would lock, and the case is not about that lock
   */
  ask(kind: TryKind, user = ''): void {
    const spent = this.#counts.get(`${kind} ${user}`)?.spent ?? 0;
    const tries = this.#limit(kind, user);
    if (this.#allowed.has(kind) || spent + 1 < tries) return;
    throw new HarnessError(
      'TRIES_SPENT',
      `${spent} wrong tries of ${tries} are spent (${kind}): one more would lock the recorder`,
      { hint: `a case about this lock says so: locks: ['${kind}']` },
    );
  }

  /** A try was made; a right one clears what was counted before. */
  note(kind: TryKind, accepted: boolean, user = ''): void {
    const key = `${kind} ${user}`;
    if (accepted) this.#counts.delete(key);
    else this.#counts.set(key, { kind, user, spent: (this.#counts.get(key)?.spent ?? 0) + 1, at: this.#now });
  }

  /** The recorder's world has aged by so many ms, in no real time. */
  age(ms: number): void {
    this.#aged += ms;
  }
  /** The recorder was brought back to a state without wrong tries, or counts none any more. */
  clear(...kinds: readonly TryKind[]): void {
    const which = kinds.length === 0 ? TRY_KINDS : kinds;
    for (const [key, { kind }] of this.#counts) if (which.includes(kind)) this.#counts.delete(key);
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
  }
  /** For a record: `3 of 7 codes`; empty where nothing is spent. */
  told(): string {
    return TRY_KINDS.filter((kind) => this.spent(kind) > 0)
      .map((kind) => `${this.spent(kind)} of ${this.#limits[kind].tries} (${kind})`)
      .join(', ');
  }

  #limit(kind: TryKind, user: string): number {
    const { tries, userTries } = this.#limits[kind];
    return user === '' || user === 'admin' ? tries : (userTries ?? tries);
  }
  get #now(): number {
    return this.#monotonic() + this.#aged;
  }
}
