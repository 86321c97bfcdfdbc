import { createHash, randomBytes } from 'node:crypto';
import { SESSION_ITERATIONS, sessionKey } from '../../wire/credentials.ts';
import type { DigestAlgorithm, RecorderPlan } from '../../wire/emulator.ts';
import type { Channel, LogEntry, UserLevel } from './api.ts';
import type { Identity } from './firmware.ts';

/** An account as flash holds it: no clear password, only what each way of login needs. */
export interface Account {
  readonly id: number;
  readonly name: string;
  readonly level: UserLevel;
  readonly salt: string;
  /** {@link sessionKey} of the password. */
  readonly key: string;
  /** Digest HA1 per algorithm, for the unit's realm. */
  readonly ha1: Readonly<Record<DigestAlgorithm, string>>;
}

/** The parts of flash that `factoryReset?mode=basic` sets back. */
export interface Settings {
  readonly deviceName: string;
  /** POSIX sign, reversed: `CST-1:00:00` is an hour ahead of UTC. */
  readonly timeZone: string;
  readonly timeMode: 'manual' | 'NTP';
  readonly ntpServer: string;
  readonly ntpInterval: number;
}

/** What the last reset replaced: only a defective recorder looks at it. */
export interface Former {
  readonly account: Account;
  readonly pattern: string | undefined;
}

/** All that survives a power cut (besides the log and the battery clock). Plain and immutable: a commit swaps it whole. */
export interface Flash {
  readonly accounts: readonly Account[];
  readonly pattern: string | undefined;
  readonly reservedEmail: string | undefined;
  readonly settings: Settings;
  /** Wrong reset codes, and what was left of the lock at the last commit, ms. */
  readonly codeTries: number;
  readonly codeLockMs: number;
  /** Undefined again when the password is changed by another way. */
  readonly former: Former | undefined;
}

/** A login by session cookie or digest, as onlineUser shows it. */
export interface Session {
  readonly id: string;
  readonly kind: 'session' | 'digest';
  readonly user: string;
  readonly level: UserLevel;
  readonly address: string;
  /** Recorder's time. */
  readonly loginTime: string;
  /** Uptime of the last request, ms. */
  readonly seen: number;
}

/** A code that was drawn and sealed for an address. */
export interface OpenCode {
  readonly code: string;
  readonly payload: string;
  readonly address: string;
  /** Uptime, ms; negative when it was drawn before the last start. */
  readonly openedAt: number;
  /** Real-time clock, ms since the epoch. */
  readonly drawnAt: number;
}

/** All that a power cut or reboot loses. Times are uptime in ms. */
export interface Memory {
  readonly logins: Record<string, { tries: number; until: number }>;
  codeLockUntil: number;
  /** Wrong codes by HTTP, for a recorder that defectively counts them apart. */
  httpCodeTries: number;
  reset: OpenCode | undefined;
  grant: { readonly channel: Channel; readonly code: string; readonly at: number } | undefined;
  /** Dead codes that a defective recorder still takes. */
  spare: readonly (OpenCode & { readonly only?: Channel })[];
  /** Codes that a change of the address made void. */
  parked: readonly OpenCode[];
  /** When the last reset wrote the password. */
  savedAt: number | undefined;
  sessions: Session[];
  /** Keys the digest nonces; drawn afresh to make all nonces dead. */
  nonceKey: string;
}

/** Everything a snapshot holds. */
export interface Snapshot {
  readonly flash: Flash;
  readonly memory: Memory;
  readonly entries: readonly LogEntry[];
  readonly uptime: number;
  readonly rtcOffset: number;
  readonly powered: boolean;
  readonly phase: 'off' | 'booting' | 'ready';
  readonly bootTime: string;
}

/** Settings as they leave the factory. */
export function factorySettings(identity: Identity): Settings {
  return {
    deviceName: identity.deviceType === 'NVR' ? 'Network Video Recorder' : 'Embedded Net DVR',
    timeZone: 'CST-1:00:00',
    timeMode: 'manual',
    ntpServer: 'time.lab.example',
    ntpInterval: 60,
  };
}

/** Flash as it leaves the factory: inactive. */
export function blankFlash(identity: Identity): Flash {
  return {
    accounts: [],
    pattern: undefined,
    reservedEmail: undefined,
    settings: factorySettings(identity),
    codeTries: 0,
    codeLockMs: 0,
    former: undefined,
  };
}

/** Memory right after power-on. */
export function freshMemory(flash: Flash): Memory {
  return {
    logins: {},
    codeLockUntil: flash.codeLockMs,
    httpCodeTries: 0,
    reset: undefined,
    grant: undefined,
    spare: [],
    parked: [],
    savedAt: undefined,
    sessions: [],
    nonceKey: randomBytes(16).toString('hex'),
  };
}

/** An account with all that is derived from its password. */
export function makeAccount(
  who: { readonly id: number; readonly name: string; readonly level: UserLevel },
  password: string,
  realm: string,
): Account {
  const salt = randomBytes(32).toString('hex');
  const digest = (algorithm: string) =>
    createHash(algorithm).update(`${who.name}:${realm}:${password}`).digest('hex');
  return {
    ...who,
    salt,
    key: sessionKey({ user: who.name, password, salt, iterations: SESSION_ITERATIONS }),
    ha1: { MD5: digest('md5'), 'SHA-256': digest('sha256') },
  };
}

/** Whether the password is the account's. */
export function passwordFits(account: Account, password: string): boolean {
  const key = sessionKey({
    user: account.name,
    password,
    salt: account.salt,
    iterations: SESSION_ITERATIONS,
  });
  return key === account.key;
}

/** Flash of a planned recorder: blank, or activated with its admin and reserved address. */
export function plannedFlash(plan: RecorderPlan, identity: Identity): Flash {
  const blank = blankFlash(identity);
  if (plan.adminPassword === undefined) return blank;
  const admin = makeAccount({ id: 1, name: 'admin', level: 'admin' }, plan.adminPassword, identity.realm);
  return { ...blank, accounts: [admin], reservedEmail: plan.reservedEmail };
}
