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

  /** Whether a password is the user's; nothing is counted. */
  fits(user: string, password: string): boolean {
    const account = this.find(user);
    return account !== undefined && passwordFits(account, password);
  }

  login(user: string, password: string, channel: Channel): LoginOutcome {
    const { memory, defects, flash } = this.#store;
    const former = memory.former;
    const renewed = user === 'admin' && former !== undefined && this.fits(user, password);
    if (renewed && defects.has('new-password-not-at-gui')) return this.settle(user, channel, false);
    const right =
      this.fits(user, password) ||
      (user === 'admin' &&
        former !== undefined &&
        passwordFits(former, password) &&
        defects.has('old-password-alive-at-gui'));
    if (user === 'admin' && flash.codeLockMs > 0 && right && defects.has('code-lock-locks-admin-out'))
      return { ok: false, locked: true, left: 0, lockSeconds: Math.ceil(flash.codeLockMs / 1000) };
    return this.settle(user, channel, right);
  }

  /** The rules, as this recorder keeps them. */
  checkPassword(password: string, user: string): PasswordOutcome {
    const outcome = checkPassword(password, user);
    const { defects } = this.#store;
    if (outcome.ok && password.length === 8 && defects.has('password-of-8-refused'))
      return { ok: false, why: 'too-short' };
    if (outcome.ok)
      return password.length === 16 && defects.has('password-of-16-refused')
        ? { ok: false, why: 'too-long' }
        : outcome;
    const { why } = outcome;
    const length = why === 'too-short' || why === 'too-long';
    const taken =
      (length && password !== '' && defects.has('password-of-any-length-taken')) ||
      (why === 'too-short' && password.length === 7 && defects.has('password-of-7-taken')) ||
      (why === 'too-long' && password.length === 17 && defects.has('password-of-17-taken')) ||
      (why === 'one-class' && defects.has('password-of-one-class-taken')) ||
      (why === 'common' && /admin/i.test(password) && defects.has('password-with-admin-taken')) ||
      (why === 'common' && password.includes('ADMIN') && defects.has('password-with-capital-admin-taken')) ||
      (why === 'common' && password.includes('123') && defects.has('password-with-123-taken')) ||
      (why === 'run' && defects.has('password-with-runs-taken')) ||
      (why === 'run' && /dcba/.test(password) && defects.has('password-with-falling-run-taken'));
    return taken ? { ok: true, strength: 1 } : outcome;
  }

  loginPattern(dots: readonly number[]): LoginOutcome {
    const { pattern, formerPattern } = this.#store.flash;
    const salts = [this.find('admin')?.salt, formerPattern?.salt].filter((salt) => salt !== undefined);
    const right = pattern !== undefined && salts.some((salt) => pattern === patternHash(dots, salt));
    return this.settle('admin', 'local', right);
  }

  /** Counts one try whose credentials somebody has checked: locks, logs, answers. */
  settle(user: string, channel: Channel, right: boolean): LoginOutcome {
    const before = this.lockState(user, channel);
    const account = this.find(user);
    const ledger = this.#store.memory.logins;
    const key = this.#ledgerKey(user, channel);
    if (before.locked) return { ok: false, locked: true, left: 0, lockSeconds: before.seconds };
    const codesLocked = this.#store.memory.codeLockUntil > this.#store.uptime && user === 'admin' && right;
    if (codesLocked && channel === 'http' && this.#store.defects.has('code-lock-locks-admin-out-over-http'))
      return { ok: false, locked: true, left: 0, lockSeconds: LOGIN_LOCK_MS / 1000 };
    if (right && account) {
      delete ledger[key];
      return { ok: true, user, level: account.level };
    }
    const tries = before.limit - before.left + 1;
    const { defects } = this.#store;
    const locked =
      tries >= before.limit &&
      !defects.has('login-lock-missing') &&
      (user === 'admin' || !defects.has('operator-never-locked')) &&
      (user === 'admin' || tries >= ADMIN_TRIES || !defects.has('operator-lock-after-7'));
    ledger[key] = { tries, until: locked ? this.#store.uptime + this.#lockMs() : 0 };
    const detail = locked ? 'locked' : `${before.limit - tries} left`;
    // A name that is no account may be a password typed in the wrong field.
    const name = account ? user : '';
    this.#store.log({ major: 'Alarm', minor: 'Illegal Login', user: name, channel, detail });
    return { ok: false, locked, left: before.limit - tries, lockSeconds: locked ? LOGIN_LOCK_MS / 1000 : 0 };
  }

  #lockMs(): number {
    return this.#store.defects.has('login-lock-of-20-seconds') ? LOGIN_LOCK_MS / 3 : LOGIN_LOCK_MS;
  }

  lockState(user: string, channel: Channel) {
    const usual = user === 'admin' ? ADMIN_TRIES : USER_TRIES;
    const used = this.#store.memory.logins[this.#ledgerKey(user, channel)]?.tries ?? 0;
    const late = used >= usual - 1 && user === 'admin' && this.#store.defects.has('login-lock-after-9');
    const limit = late ? usual + 2 : usual;
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
    const outcome = this.checkPassword(password, name);
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
    const outcome = this.checkPassword(password, user);
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

  /** The same for admin at the end of a reset. */
  resetPassword(password: string): PasswordOutcome {
    const { defects, flash, memory } = this.#store;
    const former = this.find('admin');
    const pattern = flash.pattern;
    const nonceKey = memory.nonceKey;
    const sessions = memory.sessions;
    const kept = password.length > 15 && defects.has('password-cut-at-15') ? password.slice(0, 15) : password;
    const outcome = this.setPassword('admin', kept);
    if (!outcome.ok || former === undefined) return outcome;
    memory.former = former;
    // What ends with a reset is the caller's to say.
    memory.nonceKey = nonceKey;
    memory.sessions = sessions;
    if (pattern !== undefined) {
      this.#store.commit({ formerPattern: { hash: pattern, salt: former.salt } });
      if (defects.has('pattern-alive-after-reset')) this.#store.commit({ pattern });
    }
    this.#change('admin', (fresh) => ({
      ...fresh,
      ...(defects.has('new-password-not-for-digest') && { ha1: former.ha1 }),
      ...(defects.has('new-password-not-for-sessions') && { key: former.key, salt: former.salt }),
    }));
    return outcome;
  }
  /** Whether a digest login that the user's secret does not fit is taken for the password before a reset. */
  fitsFormer(user: string, algorithm: DigestAlgorithm, fits: (ha1: string) => boolean): boolean {
    const { memory, defects } = this.#store;
    const { former } = memory;
    if (former === undefined || former.name !== user || !fits(former.ha1[algorithm])) return false;
    if (defects.has('old-password-alive-by-digest')) return true;
    return algorithm === 'SHA-256' && defects.has('old-password-alive-by-sha-256');
  }
  /** With a defect: gives other users the password of the reset. */
  spread(password: string): void {
    for (const { id, name, level } of this.#store.flash.accounts)
      if (level !== 'admin')
        this.#change(name, () => makeAccount({ id, name, level }, password, this.#store.identity.realm));
  }
  /** With a defect: digest logins go by the password before the reset. */
  tear(former: Account): void {
    this.#change('admin', (account) => ({ ...account, ha1: former.ha1 }));
  }
  /** With a defect: leaves an account whose password nobody knows. */
  spoil(user: string): void {
    this.#change(user, (account) => ({ ...account, key: '', ha1: { MD5: '', 'SHA-256': '' } }));
  }
  #change(user: string, how: (account: Account) => Account): void {
    const accounts = this.#store.flash.accounts.map((one) => (one.name === user ? how(one) : one));
    this.#store.commit({ accounts });
  }

  setPattern(dots: readonly number[]): boolean {
    const admin = this.find('admin');
    if (!isPattern(dots) || !admin) return false;
    this.#store.commit({ pattern: patternHash(dots, admin.salt), formerPattern: undefined });
    return true;
  }

  digestSecret(user: string, algorithm: DigestAlgorithm, realm: string): string | undefined {
    return realm === this.#store.identity.realm ? this.find(user)?.ha1[algorithm] : undefined;
  }
}

function patternHash(dots: readonly number[], salt: string): string {
  return createHash('sha256')
    .update(`${salt}:${dots.join('-')}`)
    .digest('hex');
}

/** Compares without telling by its time how much was right. */
export function sameText(a: string, b: string): boolean {
  const left = createHash('sha256').update(a).digest();
  return timingSafeEqual(left, createHash('sha256').update(b).digest());
}
