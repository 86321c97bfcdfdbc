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
  readonly ipAddress: string;
  readonly recordMode: 'CMR' | 'MOTION';
}

/** All that survives a power cut (besides the log and the battery clock). Plain and immutable: a commit swaps it whole. */
export interface Flash {
  readonly accounts: readonly Account[];
  readonly pattern: string | undefined;
  /** With a defect: the pattern that a reset made void, and the salt of its hash. */
  readonly formerPattern: { readonly hash: string; readonly salt: string } | undefined;
  readonly reservedEmail: string | undefined;
  /** With a defect: the address before the last full reset. */
  readonly formerEmail: string | undefined;
  readonly settings: Settings;
  /** Wrong reset codes, and what was left of the lock at the last commit, ms. */
  readonly codeTries: number;
  readonly codeLockMs: number;
  /** With a defect: what every later reset shows again. */
  readonly firstReset: { readonly code: string; readonly payload: string } | undefined;
  /** SHA-256 of the newest GUID file. */
  readonly guid: string | undefined;
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

/** A code that was drawn and not used. `openedOn`: the real-time clock, ms since the epoch. */
export interface OpenCode {
  readonly code: string;
  readonly payload: string;
  readonly openedAt: number;
  readonly openedOn: number;
}

/** All that a power cut or reboot loses. Times are uptime in ms. */
export interface Memory {
  readonly logins: Record<string, { tries: number; until: number }>;
  codeLockUntil: number;
  reset: OpenCode | undefined;
  /** With a defect: the code before it, still alive. */
  older: OpenCode | undefined;
  /** With a defect: what a change of the address voided. */
  voided: { readonly reset: OpenCode; readonly address: string } | undefined;
  /** How often the code was typed in the other case. */
  swapped: number;
  /** With a defect: the right code that was keyed in before. */
  keyedIn: string | undefined;
  /** Uptime until which flash is being written, ms. */
  savingUntil: number;
  guidTries: number;
  guidLockUntil: number;
  /** SHA-256 of the file that served until the last reset. */
  formerGuid: string | undefined;
  /** With a defect: what the newest GUID file holds, hexadecimal. */
  guidFile: string | undefined;
  /** With defects: a pause in the recording (uptime and length, ms), cameras that got another password, a clear password. */
  recordingPause: { readonly from: number; readonly ms: number } | undefined;
  camerasChanged: boolean;
  lastPassword: string | undefined;
  /** Who was logged in when the password was reset. */
  beforeReset: readonly Session[];
  /** Admin as it was before the last reset. */
  former: Account | undefined;
  /** The password was reset since power-on. */
  afterReset: boolean;
  /** Wrong codes by HTTP, for a recorder that defectively counts them apart. */
  httpCodeTries: number;
  /** A code that served at the GUI, for the defect that takes it over HTTP. */
  served: string | undefined;
  grant: { readonly channel: Channel; readonly code: string; readonly at: number } | undefined;
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

/** What a recorder is called that nobody gave a name. */
export function deviceNameOf({ deviceType }: Pick<Identity, 'deviceType'>): string {
  return deviceType === 'NVR' ? 'Network Video Recorder' : 'Embedded Net DVR';
}

/** Settings as they leave the factory. */
export function factorySettings(identity: Identity, deviceName?: string): Settings {
  return {
    deviceName: deviceName ?? deviceNameOf(identity),
    timeZone: 'CST-1:00:00',
    timeMode: 'manual',
    ntpServer: 'time.lab.example',
    ntpInterval: 60,
    ipAddress: '192.0.2.64',
    recordMode: 'CMR',
  };
}

/** Flash as it leaves the factory: inactive. */
export function blankFlash(identity: Identity, deviceName?: string): Flash {
  return {
    accounts: [],
    pattern: undefined,
    formerPattern: undefined,
    reservedEmail: undefined,
    formerEmail: undefined,
    settings: factorySettings(identity, deviceName),
    codeTries: 0,
    codeLockMs: 0,
    firstReset: undefined,
    guid: undefined,
  };
}

/** Memory right after power-on. */
export function freshMemory(flash: Flash): Memory {
  return {
    logins: {},
    codeLockUntil: flash.codeLockMs,
    reset: undefined,
    older: undefined,
    voided: undefined,
    swapped: 0,
    keyedIn: undefined,
    savingUntil: 0,
    guidTries: 0,
    guidLockUntil: 0,
    formerGuid: undefined,
    guidFile: undefined,
    recordingPause: undefined,
    camerasChanged: false,
    lastPassword: undefined,
    beforeReset: [],
    former: undefined,
    afterReset: false,
    httpCodeTries: 0,
    served: undefined,
    grant: undefined,
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
export function plannedFlash(plan: RecorderPlan, identity: Identity, deviceName?: string): Flash {
  const blank = blankFlash(identity, deviceName);
  if (plan.adminPassword === undefined) return blank;
  const admin = makeAccount({ id: 1, name: 'admin', level: 'admin' }, plan.adminPassword, identity.realm);
  return { ...blank, accounts: [admin], reservedEmail: plan.reservedEmail };
}
