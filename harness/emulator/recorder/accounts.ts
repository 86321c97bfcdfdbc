import { createHash, timingSafeEqual } from 'node:crypto';
import type { DigestAlgorithm } from '../../wire/emulator.ts';
import type { Channel, LoginOutcome, PasswordOutcome, UserLevel } from './api.ts';
import { judgePassword } from './flawed-rules.ts';
import { isPattern } from './rules.ts';
import { type Account, makeAccount, passwordFits } from './state.ts';
import type { Store } from './store.ts';

/** Wrong logins before the lock (recorder manuals), and its length. */
const ADMIN_TRIES = 7;
const USER_TRIES = 5;
const LOGIN_LOCK_MS = 60_000;
/** Names the ledger remembers; beyond that unknown names share one entry. */
const LEDGER_SIZE = 64;

/** A digest login by its algorithm. */
type Way = 'digest' | 'digest-sha-256';

/** Users, their logins and locks. */
export class Accounts {
  readonly #store: Store;
  constructor(store: Store) {
    this.#store = store;
  }

  find(user: string): Account | undefined {
    return this.#store.flash.accounts.find((account) => account.name === user);
  }

  login(user: string, password: string, channel: Channel): LoginOutcome {
    return this.settle(
      user,
      channel,
      this.proven(user, 'local', (account) => passwordFits(account, password)),
    );
  }

  /** Whether a login proves the password of a user; `fits` says so of an account's secrets. */
  proven(user: string, way: 'local' | Way, fits: (account: Account) => boolean): boolean {
    const account = this.find(user);
    const former = this.#former(user);
    const { defects } = this.#store;
    if (account === undefined) return false;
    const kind = way === 'local' ? way : 'digest';
    if (fits(account)) return former === undefined || !defects.has(`new-password-not-for-${kind}`);
    if (former === undefined || !fits(former)) return false;
    return (
      defects.has(`old-password-alive-${kind}`) ||
      (way === 'digest-sha-256' && defects.has('old-password-alive-sha-256'))
    );
  }

  /** The account that the session login goes by. */
  forSession(user: string): Account | undefined {
    const former = this.#former(user);
    return former && this.#store.defects.has('new-password-not-for-session') ? former : this.find(user);
  }

  #former(user: string): Account | undefined {
    const former = this.#store.flash.former?.account;
    return former?.name === user ? former : undefined;
  }

  loginPattern(dots: readonly number[]): LoginOutcome {
    const { pattern } = this.#store.flash;
    // A pattern that a defect kept through a reset was salted for the account before.
    const salts = [this.find('admin'), this.#former('admin')];
    const fits = salts.some((account) => account !== undefined && pattern === patternHash(dots, account));
    return this.settle('admin', 'local', pattern !== undefined && fits);
  }

  /** Counts one try whose credentials somebody has checked: locks, logs, answers. */
  settle(user: string, channel: Channel, right: boolean): LoginOutcome {
    const before = this.lockState(user, channel);
    const account = this.find(user);
    const ledger = this.#store.memory.logins;
    const key = this.#ledgerKey(user, channel);
    if (before.locked) return { ok: false, locked: true, left: 0, lockSeconds: before.seconds };
    if (right && account) {
      delete ledger[key];
      return { ok: true, user, level: account.level };
    }
    const tries = before.tries + 1;
    const locked = tries >= before.limit && !this.#spared(user, tries);
    const lockMs =
      locked && this.#store.defects.has('login-lock-of-30-s') ? LOGIN_LOCK_MS / 2 : LOGIN_LOCK_MS;
    ledger[key] = { tries, until: locked ? this.#store.uptime + lockMs : 0 };
    const left = Math.max(0, before.limit - tries);
    const detail = locked ? 'locked' : `${left} left`;
    // A name that is no account may be a password typed in the wrong field.
    const name = account ? user : '';
    this.#store.log({ major: 'Alarm', minor: 'Illegal Login', user: name, channel, detail });
    return { ok: false, locked, left, lockSeconds: locked ? lockMs / 1000 : 0 };
  }

  /** Whether a defect keeps the lock away at this try, the last of those allowed or a later one. */
  #spared(user: string, tries: number): boolean {
    const { defects } = this.#store;
    if (defects.has('login-lock-missing')) return true;
    if (user === 'admin') return tries === ADMIN_TRIES && defects.has('login-lock-after-8');
    return tries < ADMIN_TRIES && defects.has('operator-lock-after-7');
  }

  lockState(user: string, channel: Channel) {
    const limit = user === 'admin' ? ADMIN_TRIES : USER_TRIES;
    const entry = this.#store.memory.logins[this.#ledgerKey(user, channel)];
    const own = (entry?.until ?? 0) - this.#store.uptime;
    const rest = entry && entry.until > 0 && own > 0 ? own : this.#codeLock(user, channel);
    if (rest > 0) return { locked: true, left: 0, tries: limit, seconds: Math.ceil(rest / 1000), limit };
    const tries = entry && entry.until === 0 ? entry.tries : 0;
    return { locked: false, left: Math.max(0, limit - tries), tries, seconds: 0, limit };
  }

  /** What the lock for codes means for a login, ms: nothing, in a healthy recorder. */
  #codeLock(user: string, channel: Channel): number {
    const { memory, uptime, defects } = this.#store;
    const rest = memory.codeLockUntil - uptime;
    if (user !== 'admin' || rest <= 0) return 0;
    if (defects.has('code-lock-blocks-login')) return rest;
    return channel === 'http' && defects.has('code-lock-blocks-http-login') ? rest : 0;
  }

  #ledgerKey(user: string, channel: Channel): string {
    const key = `${channel} ${user}`;
    const { logins } = this.#store.memory;
    return Object.hasOwn(logins, key) || this.find(user) || Object.keys(logins).length < LEDGER_SIZE
      ? key
      : `${channel} ?`;
  }

  /** Adds the first account; the caller has seen that there is none. */
  createAdmin(password: string): void {
    const admin = makeAccount({ id: 1, name: 'admin', level: 'admin' }, password, this.#store.identity.realm);
    this.#store.commit({ accounts: [admin] });
  }

  add(name: string, password: string, level: Exclude<UserLevel, 'admin'>): PasswordOutcome {
    if (!/^[A-Za-z0-9_.-]{1,32}$/.test(name)) return { ok: false, why: 'characters' };
    const outcome = judgePassword(password, name, this.#store.defects);
    if (!outcome.ok) return outcome;
    if (this.find(name)) return { ok: false, why: 'user-name' };
    const { accounts } = this.#store.flash;
    const id = Math.max(...accounts.map((account) => account.id), 0) + 1;
    const account = makeAccount({ id, name, level }, password, this.#store.identity.realm);
    this.#store.commit({ accounts: [...accounts, account] });
    return outcome;
  }

  /**
   * Sets a password that obeys the rules. All that hung on the old one ends: sessions of the user, every nonce, and
   * for admin the unlock pattern.
   */
  setPassword(user: string, password: string): PasswordOutcome {
    const { defects, flash } = this.#store;
    const outcome = judgePassword(password, user, defects);
    const account = this.find(user);
    if (!outcome.ok || !account) return outcome;
    const left = account.level === 'admin' ? { pattern: undefined, former: undefined } : {};
    this.#store.commit({ ...left, accounts: this.#renewed(flash.accounts, account, password) });
    this.#store.endSessions((session) => session.user !== user);
    return outcome;
  }

  /** Sets admin's password in a reset; logins are ended by the caller. */
  resetPassword(password: string): PasswordOutcome {
    const { defects, flash } = this.#store;
    const outcome = judgePassword(password, 'admin', defects);
    const account = this.find('admin');
    if (!outcome.ok || !account) return outcome;
    const { pattern } = flash;
    const cut = password.length === 16 && defects.has('password-cut-at-15');
    this.#store.commit({
      accounts: this.#renewed(flash.accounts, account, cut ? password.slice(0, 15) : password),
      former: { account, pattern },
      pattern: pattern !== undefined && defects.has('pattern-survives-reset') ? pattern : undefined,
    });
    return outcome;
  }

  #renewed(accounts: readonly Account[], account: Account, password: string): readonly Account[] {
    const { id, name, level } = account;
    const renewed = makeAccount({ id, name, level }, password, this.#store.identity.realm);
    return accounts.map((each) => (each === account ? renewed : each));
  }

  setPattern(dots: readonly number[]): boolean {
    const admin = this.find('admin');
    if (!isPattern(dots) || !admin) return false;
    this.#store.commit({ pattern: patternHash(dots, admin) });
    return true;
  }

  digestSecret(user: string, algorithm: DigestAlgorithm, realm: string): string | undefined {
    return realm === this.#store.identity.realm ? this.find(user)?.ha1[algorithm] : undefined;
  }
}

function patternHash(dots: readonly number[], admin: Account): string {
  return createHash('sha256')
    .update(`${admin.salt}:${dots.join('-')}`)
    .digest('hex');
}

/** Compares without telling by its time how much was right. */
export function sameText(a: string, b: string): boolean {
  const left = createHash('sha256').update(a).digest();
  return timingSafeEqual(left, createHash('sha256').update(b).digest());
}
