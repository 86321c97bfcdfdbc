import { createHash, timingSafeEqual } from 'node:crypto';
import type { DigestAlgorithm } from '../../wire/emulator.ts';
import type { Channel, LoginOutcome, PasswordOutcome, UserLevel } from './api.ts';
import { checkPassword, isPattern } from './rules.ts';
import { type Account, makeAccount, passwordFits } from './state.ts';
import type { Store } from './store.ts';

/** Wrong logins before the lock (recorder manuals), and its length. */
const ADMIN_TRIES = 7;
const USER_TRIES = 5;
const LOGIN_LOCK_MS = 60_000;
/** Names the ledger remembers; beyond that unknown names share one entry. */
const LEDGER_SIZE = 64;

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
    const account = this.find(user);
    return this.settle(user, channel, account !== undefined && passwordFits(account, password));
  }

  loginPattern(dots: readonly number[]): LoginOutcome {
    const pattern = this.#store.flash.pattern;
    return this.settle(
      'admin',
      'local',
      pattern !== undefined && pattern === patternHash(dots, this.find('admin')),
    );
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
    const tries = before.limit - before.left + 1;
    const locked = tries >= before.limit;
    ledger[key] = { tries, until: locked ? this.#store.uptime + LOGIN_LOCK_MS : 0 };
    const detail = locked ? 'locked' : `${before.limit - tries} left`;
    // A name that is no account may be a password typed in the wrong field.
    const name = account ? user : '';
    this.#store.log({ major: 'Alarm', minor: 'Illegal Login', user: name, channel, detail });
    return { ok: false, locked, left: before.limit - tries, lockSeconds: locked ? LOGIN_LOCK_MS / 1000 : 0 };
  }

  lockState(user: string, channel: Channel) {
    const limit = user === 'admin' ? ADMIN_TRIES : USER_TRIES;
    const entry = this.#store.memory.logins[this.#ledgerKey(user, channel)];
    const rest = (entry?.until ?? 0) - this.#store.uptime;
    if (entry && entry.until > 0 && rest > 0) {
      return { locked: true, left: 0, seconds: Math.ceil(rest / 1000), limit };
    }
    const tries = entry && entry.until === 0 ? entry.tries : 0;
    return { locked: false, left: limit - tries, seconds: 0, limit };
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
    const outcome = checkPassword(password, name);
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
    const outcome = checkPassword(password, user);
    const account = this.find(user);
    if (!outcome.ok || !account) return outcome;
    const { id, name, level } = account;
    const renewed = makeAccount({ id, name, level }, password, this.#store.identity.realm);
    const { flash } = this.#store;
    const accounts = flash.accounts.map((each) => (each === account ? renewed : each));
    this.#store.commit({ accounts, pattern: level === 'admin' ? undefined : flash.pattern });
    this.#store.endSessions((session) => session.user !== user);
    return outcome;
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

function patternHash(dots: readonly number[], admin: Account | undefined): string {
  return createHash('sha256')
    .update(`${admin?.salt}:${dots.join('-')}`)
    .digest('hex');
}

/** Compares without telling by its time how much was right. */
export function sameText(a: string, b: string): boolean {
  const left = createHash('sha256').update(a).digest();
  return timingSafeEqual(left, createHash('sha256').update(b).digest());
}
