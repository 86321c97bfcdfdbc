/**
 * What the faces of a recorder (local GUI, HTTP, serial) may ask of its core. The core holds flash, memory, locks,
 * users, log and clock; it knows no page and no path. Answers are immediate; a face adds the delays a machine has.
 */
import type { DigestAlgorithm, RecorderPlan } from '../../wire/emulator.ts';
import type { Brand } from '../brand/brand.ts';
import type { Defects } from '../defects.ts';
import type { LogName } from './log-names.ts';

export type ResetMethod = 'guid' | 'question' | 'email' | 'hik-connect';
export type UserLevel = 'admin' | 'operator' | 'guest';
export type Channel = 'local' | 'http';

export type LoginOutcome =
  | { readonly ok: true; readonly user: string; readonly level: UserLevel }
  /** `left`: tries before the lock; `lockSeconds` when locked (also on the try that locks). */
  | { readonly ok: false; readonly locked: boolean; readonly left: number; readonly lockSeconds: number };

/** Why a new password is refused; `ok` with its strength 1 weak, 2 fair, 3 strong. */
export type PasswordOutcome =
  | { readonly ok: true; readonly strength: 1 | 2 | 3 }
  | {
      readonly ok: false;
      readonly why: 'too-short' | 'too-long' | 'characters' | 'one-class' | 'user-name' | 'common' | 'run';
    };

export type EmailOutcome =
  | { readonly ok: true }
  | { readonly ok: false; readonly why: 'malformed' | 'too-long' | 'characters' };

export type CodeOutcome =
  | { readonly ok: true }
  | { readonly ok: false; readonly why: 'wrong' | 'locked'; readonly lockSeconds: number };

export interface LogEntry {
  /** Recorder's own time, ISO 8601 with offset. */
  readonly time: string;
  readonly major: 'Information' | 'Operation' | 'Alarm' | 'Exception';
  readonly minor: string;
  readonly user: string;
  readonly channel: Channel | 'system';
  readonly detail: string;
}

/** A running recorder's core. */
export interface RecorderCore {
  readonly plan: RecorderPlan;
  readonly brand: Brand;
  readonly defects: Defects;
  readonly facts: {
    readonly model: string;
    readonly serialNumber: string;
    readonly firmware: string;
    readonly build: string;
    readonly macAddress: string;
    readonly deviceType: 'DVR' | 'NVR';
    readonly channels: number;
    readonly bootTime: string;
    readonly digest: readonly DigestAlgorithm[];
  };
  readonly phase: 'off' | 'booting' | 'ready';
  /** Firmware at or above its family's threshold. */
  readonly supportsReservedEmail: boolean;
  readonly activated: boolean;
  /** The real-time clock, ms since the epoch; moved by users and NTP. */
  readonly now: number;
  /** Monotonic ms since power-on. */
  readonly uptime: number;
  setClock(epochMs: number): void;

  checkPassword(password: string, user?: string): PasswordOutcome;
  activate(
    password: string,
    channel: Channel,
  ): PasswordOutcome | { readonly ok: false; readonly why: 'already' };
  checkEmail(address: string): EmailOutcome;
  /** Right after activation, before anybody logged out; no password is asked again. */
  reserveAtActivation(address: string): EmailOutcome;
  /** In the user menu; a wrong password counts towards the login lock of that channel. */
  confirmAdmin(password: string, channel: Channel): LoginOutcome;
  reserve(address: string, channel: Channel): EmailOutcome;
  /** As shown, e.g. `o***@lab.example`; undefined when none is set. */
  readonly maskedEmail: string | undefined;
  /** As the reset dialog and the menus show it: masked, on a healthy recorder. */
  readonly emailInReset: string | undefined;
  readonly emailInMenu: string | undefined;
  readonly emailInField: string | undefined;
  /** What a user without rights sees of it: nothing, on a healthy recorder. */
  readonly emailForOthers: string | undefined;
  /** Whole address: only for HTTP's email/parameter as admin, if the firmware shows it, and for sealing. */
  readonly reservedEmail: string | undefined;

  login(user: string, password: string, channel: Channel): LoginOutcome;
  /** 9 dots numbered 1 to 9 from the top left; at least 4, each once. */
  loginPattern(dots: readonly number[]): LoginOutcome;
  setPattern(dots: readonly number[]): boolean;
  readonly hasPattern: boolean;
  /** Names at the local login, `admin` first. */
  readonly users: readonly { readonly id: number; readonly name: string; readonly level: UserLevel }[];
  addUser(name: string, password: string, level: 'operator' | 'guest'): PasswordOutcome;
  changePassword(user: string, password: string, channel: Channel): PasswordOutcome;
  /** Clear password of a user for the digest computation of the HTTP face (held like a recorder holds its digest). */
  digestSecret(user: string, algorithm: DigestAlgorithm, realm: string): string | undefined;
  /** State of the lock for a user on a channel. */
  lockState(
    user: string,
    channel: Channel,
  ): { readonly locked: boolean; readonly left: number; readonly seconds: number };

  /** Methods on the dialog behind *Forgot Password*: those supported and configured. */
  resetMethods(): readonly ResetMethod[];
  /** Draws a fresh code and seals it; every call voids the code before it. The reserved email must be set. */
  openReset(): { readonly payload: string; readonly serviceMailbox: string };
  /** The payload shown now, if a reset is open. */
  readonly openPayload: string | undefined;
  enterCode(code: string, channel: Channel): CodeOutcome;
  /** Whether all but the last character is right. */
  nearlyRight(code: string): boolean;
  /** Only after enterCode said ok, once; sets admin's password, voids code, pattern, sessions. */
  finishReset(
    password: string,
    channel: Channel,
  ): PasswordOutcome | { readonly ok: false; readonly why: 'no-code' };
  /** A fresh GUID file, to be written to the drive; the one before it is void. */
  exportGuid(): { readonly name: string; readonly bytes: Uint8Array };
  /** Names of the GUID files on the drive. */
  guidFiles(): readonly string[];
  /** Tries a file of the drive; where it is right, the new password may be set. */
  enterGuid(name: string): CodeOutcome;
  /** Accepted code, reset given up. */
  abandonReset(): void;

  log(entry: Omit<LogEntry, 'time' | 'minor'> & { readonly minor: LogName }): void;
  readonly entries: readonly LogEntry[];
  reboot(): void;
  factoryReset(mode: 'basic' | 'full'): void;
  /** Folder of the inserted USB drive. */
  readonly usbFolder: string | undefined;
  /** Writes a file to the drive. @throws Error when it is full, write-protected or gone */
  writeUsb(name: string, bytes: Uint8Array): void;
  /** The core changed (phase, power, restore, activation by network ...): faces repaint, sessions re-check. */
  onChange(listener: (what: 'phase' | 'restored' | 'security' | 'usb' | 'network') => void): () => void;
  /** Raised with everything a console would print. */
  onConsole(listener: (line: string) => void): () => void;
  print(line: string): void;
}
