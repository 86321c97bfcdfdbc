import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DigestAlgorithm, RecorderPlan } from '../../wire/emulator.ts';
import type { Brand } from '../brand/brand.ts';
import type { Defects } from '../defects.ts';
import { Accounts } from './accounts.ts';
import type {
  Channel,
  CodeOutcome,
  EmailOutcome,
  LogEntry,
  LoginOutcome,
  PasswordOutcome,
  RecorderCore,
  ResetMethod,
} from './api.ts';
import { bootText, SHELL_BANNER } from './boot.ts';
import { announcesReservedEmail, type Identity, isThreshold, supportsReservedEmail } from './firmware.ts';
import { GuidFiles } from './guid.ts';
import type { LogName } from './log-names.ts';
import { Resets } from './resets.ts';
import { checkEmail, maskEmail } from './rules.ts';
import { blankFlash, factorySettings, freshMemory, type Memory, type Snapshot } from './state.ts';
import { type Change, Store } from './store.ts';
import { type HostClock, hostClock } from './time.ts';

/** What a recorder needs from outside. */
export interface RecorderDeps {
  /** Public key of the mail service, base64url. */
  readonly relayKey: string;
  readonly clock?: HostClock;
  /** Default: the house's own firmware. */
  readonly brand?: Brand;
}

/** What a USB drive does with a file. */
export type UsbState = 'ok' | 'full' | 'read-only';

const DEFAULT_BOOT_MS = 1200;
/** How long the picture is gone between reboot and boot. */
const OFF_MS = 60;
/** How long flash is being written after a reset, for the defects of a power cut meanwhile. */
const SAVING_MS = 3000;

/** The core of one recorder; starts powered on and booted. */
export class Recorder implements RecorderCore {
  readonly store: Store;
  readonly accounts: Accounts;
  readonly resets: Resets;
  readonly guid: GuidFiles;
  #phase: 'off' | 'booting' | 'ready' = 'ready';
  #powered = true;
  #bootTime: string;
  #timers: NodeJS.Timeout[] = [];
  #usbFolder: string | undefined;
  #usbState: UsbState = 'ok';
  #networkUp = true;

  constructor(plan: RecorderPlan, deps: RecorderDeps) {
    this.store = new Store(plan, deps.clock ?? hostClock, deps.brand);
    this.accounts = new Accounts(this.store);
    this.guid = new GuidFiles(this.store);
    this.resets = new Resets(this.store, deps.relayKey);
    this.#bootTime = this.store.localTime;
  }

  get plan(): RecorderPlan {
    return this.store.plan;
  }
  get brand(): Brand {
    return this.store.brand;
  }
  get serviceMailbox(): string {
    return this.brand.service.mailbox;
  }
  get defects(): Defects {
    return this.store.defects;
  }
  get facts(): Identity & { readonly bootTime: string } {
    return { ...this.store.identity, bootTime: this.#bootTime };
  }
  get supportsReservedEmail(): boolean {
    const { family, firmware } = this.plan;
    const { threshold } = this.brand;
    if (!supportsReservedEmail(family, firmware, threshold))
      return this.defects.has('function-below-threshold');
    return !isThreshold(family, firmware, threshold) || !this.defects.has('function-missing-at-threshold');
  }
  /** Whether HTTP says that there is the function; many recorders that have it say nothing. */
  get announcesReservedEmail(): boolean {
    const { family, firmware } = this.plan;
    return announcesReservedEmail(family, firmware, this.brand.threshold);
  }
  get phase() {
    return this.#phase;
  }
  /** Whether the mains is there; between the two halves of a reboot it is, though the phase is `off`. */
  get powered(): boolean {
    return this.#powered;
  }
  get activated(): boolean {
    return this.store.flash.accounts.length > 0;
  }
  get now(): number {
    return this.store.now;
  }
  get uptime(): number {
    return this.#phase === 'off' ? 0 : this.store.uptime;
  }
  setClock(epochMs: number): void {
    this.store.now = epochMs;
    this.resets.clockSet('code-renewed-by-clock');
  }
  /** Control port: the whole world ages. */
  advance(ms: number): void {
    this.store.rtcOffset += ms;
    this.store.uptime += ms;
  }

  checkPassword(password: string, user = 'admin'): PasswordOutcome {
    return this.accounts.checkPassword(password, user);
  }
  activate(
    password: string,
    channel: Channel,
  ): PasswordOutcome | { readonly ok: false; readonly why: 'already' } {
    if (this.activated) return { ok: false, why: 'already' };
    const outcome = this.accounts.checkPassword(password, 'admin');
    if (!outcome.ok) return outcome;
    if (this.defects.has('serial-prints-password')) this.print(`activate: admin/${password}`);
    this.accounts.createAdmin(password);
    this.store.memory.lastPassword = password;
    const { formerEmail } = this.store.flash;
    if (formerEmail !== undefined && this.defects.has('address-back-after-full-reset'))
      this.store.commit({ reservedEmail: formerEmail });
    this.log({ major: 'Operation', minor: 'Activate', user: 'admin', channel, detail: '' });
    this.store.emit('security');
    return outcome;
  }
  checkEmail(address: string): EmailOutcome {
    const outcome = checkEmail(address);
    if (outcome.ok) return outcome;
    const taken =
      (!address.includes('@') && this.defects.has('address-without-at-taken')) ||
      (address.includes(' ') && this.defects.has('address-with-blank-taken')) ||
      (address.length === 129 && this.defects.has('address-of-129-bytes-taken'));
    return taken ? { ok: true } : outcome;
  }
  reserveAtActivation(address: string): EmailOutcome {
    return this.#reserve(address, 'local');
  }
  confirmAdmin(password: string, channel: Channel): LoginOutcome {
    const admin = { ok: true, user: 'admin', level: 'admin' } as const;
    if (password === '' && this.defects.has('address-without-password')) return admin;
    if (!this.accounts.fits('admin', password)) {
      if (password !== '' && this.defects.has('address-with-wrong-password')) return admin;
      if (this.defects.has('wrong-password-there-not-counted'))
        return { ok: false, locked: false, left: 7, lockSeconds: 0 };
    }
    return this.accounts.login('admin', password, channel);
  }
  /** @throws Error when the firmware hasn't the function, or the recorder is inactive. */
  reserve(address: string, channel: Channel): EmailOutcome {
    const first = this.supportsReservedEmail && this.store.flash.reservedEmail === undefined;
    if (first && this.checkEmail(address).ok && this.defects.has('first-address-refused'))
      return { ok: false, why: 'malformed' };
    return this.#reserve(address, channel);
  }
  #reserve(address: string, channel: Channel): EmailOutcome {
    if (!this.supportsReservedEmail || !this.activated) throw new Error('reserved email is not available');
    const outcome = this.checkEmail(address);
    if (!outcome.ok) return outcome;
    const { memory, flash } = this.store;
    const back = memory.voided?.address === address ? memory.voided.reset : undefined;
    if (memory.reset !== undefined && flash.reservedEmail !== undefined)
      memory.voided = { reset: memory.reset, address: flash.reservedEmail };
    if (flash.reservedEmail !== undefined || !this.defects.has('first-address-not-saved'))
      this.store.commit({ reservedEmail: this.#asSaved(address) });
    if (!this.resets.isOpen || !this.defects.has('code-survives-address-change')) this.resets.void();
    if (back !== undefined && this.defects.has('code-alive-when-address-is-changed-back'))
      memory.reset = back;
    if (this.defects.has('serial-prints-address')) this.print(`email: reserved ${address}`);
    this.log({ major: 'Operation', minor: 'Edit Reserved Email', user: 'admin', channel, detail: '' });
    this.store.emit('security');
    return outcome;
  }
  #asSaved(address: string): string {
    const [name = '', domain = ''] = address.split('@');
    if (address.length > 64 && this.defects.has('address-cut-at-64-bytes'))
      return `${name.slice(0, 32)}@${domain}`;
    if (name.includes('+') && this.defects.has('plus-tag-dropped'))
      return `${name.replace(/\+.*/, '')}@${domain}`;
    return address;
  }
  get reservedEmail(): string | undefined {
    return this.supportsReservedEmail ? this.store.flash.reservedEmail : undefined;
  }
  get maskedEmail(): string | undefined {
    return this.reservedEmail === undefined ? undefined : maskEmail(this.reservedEmail);
  }
  /** As the dialog of the reset shows it. */
  get emailInReset(): string | undefined {
    if (this.reservedEmail === undefined) return undefined;
    if (this.defects.has('address-unmasked-in-reset')) return this.reservedEmail;
    const whole = this.store.memory.afterReset && this.defects.has('address-unmasked-after-reset');
    return whole ? this.reservedEmail : this.maskedEmail;
  }
  /** As the dialog in which it is changed shows it. */
  get emailInField(): string | undefined {
    return this.reservedEmail !== undefined && this.defects.has('address-unmasked-in-field')
      ? this.reservedEmail
      : this.emailInMenu;
  }
  /** What a user without rights sees of it: nothing, on a healthy recorder. */
  get emailForOthers(): string | undefined {
    return this.reservedEmail !== undefined && this.defects.has('operator-sees-address')
      ? this.reservedEmail
      : undefined;
  }
  /** As the menus show it. */
  get emailInMenu(): string | undefined {
    return this.reservedEmail !== undefined && this.defects.has('address-unmasked-in-menu')
      ? this.reservedEmail
      : this.maskedEmail;
  }

  login(user: string, password: string, channel: Channel): LoginOutcome {
    return this.#noteLogin(this.accounts.login(user, password, channel), channel);
  }
  loginPattern(dots: readonly number[]): LoginOutcome {
    return this.#noteLogin(this.accounts.loginPattern(dots), 'local');
  }
  #noteLogin(outcome: LoginOutcome, channel: Channel): LoginOutcome {
    if (outcome.ok) {
      const minor = channel === 'local' ? 'Local: Login' : 'Remote: Login';
      this.log({ major: 'Operation', minor, user: outcome.user, channel, detail: '' });
    }
    return outcome;
  }
  setPattern(dots: readonly number[]): boolean {
    return this.accounts.setPattern(dots);
  }
  get hasPattern(): boolean {
    return this.store.flash.pattern !== undefined;
  }
  get users() {
    return this.store.flash.accounts.map(({ id, name, level }) => ({ id, name, level }));
  }
  addUser(name: string, password: string, level: 'operator' | 'guest'): PasswordOutcome {
    const outcome = this.accounts.add(name, password, level);
    if (outcome.ok) {
      this.log({ major: 'Operation', minor: 'Add User', user: 'admin', channel: 'system', detail: name });
      this.store.emit('security');
    }
    return outcome;
  }
  changePassword(user: string, password: string, channel: Channel): PasswordOutcome {
    const outcome = this.accounts.setPassword(user, password);
    if (outcome.ok) {
      if (user === 'admin' && !this.#codeSurvives(channel)) this.resets.void();
      this.log({ major: 'Operation', minor: 'Edit User', user, channel, detail: 'password changed' });
      this.store.emit('security');
    }
    return outcome;
  }
  /** Whether a defect keeps the code alive when the password is changed in a menu or over HTTP. */
  #codeSurvives(channel: Channel): boolean {
    if (!this.resets.isOpen) return false;
    if (this.defects.has('code-survives-password-change')) return true;
    return channel === 'http' && this.defects.has('code-survives-password-change-over-http');
  }
  digestSecret(user: string, algorithm: DigestAlgorithm, realm: string): string | undefined {
    return this.accounts.digestSecret(user, algorithm, realm);
  }
  lockState(user: string, channel: Channel) {
    const { locked, left, seconds } = this.accounts.lockState(user, channel);
    return { locked, left, seconds };
  }

  resetMethods(): readonly ResetMethod[] {
    if (!this.activated) return [];
    const byFile: readonly ResetMethod[] = this.guid.configured && this.supportsReservedEmail ? ['guid'] : [];
    if (this.reservedEmail === undefined && byFile.length > 0) return byFile;
    if (this.reservedEmail === undefined)
      return this.supportsReservedEmail &&
        (this.defects.has('method-without-address') ||
          (this.store.memory.lastPassword === undefined &&
            this.defects.has('method-without-address-after-reboot')))
        ? ['email']
        : [];
    if (this.defects.has('method-hidden')) return [];
    if (this.defects.has('method-listed-that-is-not-set')) return ['email', 'guid'];
    if (this.defects.has('method-listed-twice')) return [...byFile, 'email', 'email'];
    return [...byFile, 'email'];
  }
  /** @throws Error when the method is not offered. */
  openReset() {
    if (!this.resetMethods().includes('email')) throw new Error('reset by reserved email is not available');
    return this.resets.open();
  }
  get openPayload(): string | undefined {
    return this.resets.openPayload;
  }
  nearlyRight(code: string): boolean {
    return this.resets.nearly(code);
  }
  enterCode(code: string, channel: Channel): CodeOutcome {
    if (this.lockState('admin', 'local').locked && this.defects.has('login-lock-refuses-codes'))
      return { ok: false, why: 'wrong', lockSeconds: 0 };
    if (!this.networkUp && this.defects.has('code-refused-without-network'))
      return { ok: false, why: 'wrong', lockSeconds: 0 };
    const outcome = this.resets.enter(code, channel);
    if (!outcome.ok && outcome.why === 'wrong' && this.defects.has('wrong-code-counts-as-login'))
      this.accounts.settle('admin', channel, false);
    return outcome;
  }
  finishReset(
    password: string,
    channel: Channel,
  ): PasswordOutcome | { readonly ok: false; readonly why: 'no-code' } {
    if (!this.resets.granted(channel)) return { ok: false, why: 'no-code' };
    const outcome = this.accounts.resetPassword(password);
    if (outcome.ok) {
      if (!this.resets.isOpen || !this.defects.has('code-reusable')) this.resets.void();
      this.#afterReset(password);
      for (const each of ['local', 'http']) delete this.store.memory.logins[`${each} admin`];
      this.resets.noteSuccess(channel);
      this.store.emit('security');
    }
    return outcome;
  }
  exportGuid(): { readonly name: string; readonly bytes: Uint8Array } {
    return this.guid.export();
  }
  guidFiles(): readonly string[] {
    if (this.#usbFolder === undefined) return [];
    return readdirSync(this.#usbFolder)
      .filter((name) => name.startsWith('GUID-'))
      .sort();
  }
  enterGuid(name: string): CodeOutcome {
    const known = this.guidFiles().includes(name);
    return this.guid.enter(known ? readFileSync(join(this.#usbFolder ?? '', name)) : undefined);
  }
  /** What hangs on the old password ends, and what a defect changes besides. */
  #afterReset(password: string): void {
    const { store, defects } = this;
    if (this.guid.configured) this.guid.void();
    store.memory.afterReset = true;
    store.memory.lastPassword = password;
    store.memory.savingUntil = store.uptime + SAVING_MS;
    store.memory.beforeReset = store.memory.sessions;
    if (store.memory.sessions.length === 0 || !defects.has('sessions-alive-after-reset')) {
      const nonceKey = store.memory.nonceKey;
      store.endSessions(
        ({ kind, level }) =>
          kind === 'session' && level !== 'admin' && defects.has('operator-session-alive-after-reset'),
      );
      if (defects.has('nonces-alive-after-reset')) store.memory.nonceKey = nonceKey;
    }
    if (defects.has('address-lost-by-reset')) store.commit({ reservedEmail: undefined });
    if (defects.has('time-server-changed-by-reset'))
      store.changeSettings({ ntpInterval: store.flash.settings.ntpInterval + 1 });
    if (defects.has('network-lost-by-reset')) store.changeSettings({ ipAddress: '192.0.2.1' });
    if (defects.has('record-plan-changed-by-reset')) store.changeSettings({ recordMode: 'MOTION' });
    if (defects.has('recording-stops-during-reset'))
      store.memory.recordingPause = { from: store.uptime - 3000, ms: 2500 };
    if (defects.has('cameras-get-the-password-unasked')) store.memory.camerasChanged = true;
    const { accounts } = store.flash;
    if (accounts.length > 1) {
      if (defects.has('operators-get-the-new-password')) this.accounts.spread(password);
      if (defects.has('users-deleted-by-reset'))
        store.commit({ accounts: accounts.filter(({ level }) => level === 'admin') });
      if (defects.has('operators-demoted-by-reset'))
        store.commit({
          accounts: accounts.map((one) => (one.level === 'operator' ? { ...one, level: 'guest' } : one)),
        });
    }
    if (defects.has('serial-prints-new-password')) this.print(`reset: set ${password}`);
    if (defects.has('log-holds-password'))
      this.log({
        major: 'Operation',
        minor: 'Reset Password: Set',
        user: '',
        channel: 'local',
        detail: password,
      });
  }
  abandonReset(): void {
    this.resets.abandon();
  }

  log(entry: Omit<LogEntry, 'time' | 'minor'> & { readonly minor: LogName }): void {
    this.store.log(entry);
  }
  get entries(): readonly LogEntry[] {
    return this.store.entries;
  }
  get usbFolder(): string | undefined {
    return this.#usbFolder;
  }
  /** Plugs a drive in, or pulls it. */
  setUsb(folder: string | undefined, state: UsbState = 'ok'): void {
    this.#usbFolder = folder;
    this.#usbState = state;
    this.store.emit('usb');
  }
  writeUsb(name: string, bytes: Uint8Array): void {
    if (this.#usbFolder === undefined || this.#usbState !== 'ok') {
      if (
        this.#usbFolder !== undefined &&
        this.#usbState === 'full' &&
        this.defects.has('export-to-full-drive-leaves-stump')
      )
        writeFileSync(join(this.#usbFolder, name), bytes.subarray(0, bytes.length / 2));
      throw new Error('the drive takes nothing');
    }
    writeFileSync(join(this.#usbFolder, name), bytes);
  }
  /** Whether the network cable is in. */
  get networkUp(): boolean {
    return this.#networkUp;
  }
  setNetwork(up: boolean): void {
    this.#networkUp = up;
    if (!up && this.resets.isOpen && this.defects.has('code-void-without-network')) this.resets.void();
    this.store.emit('network');
  }
  onChange(listener: (what: Change) => void): () => void {
    return this.store.onChange(listener);
  }
  onConsole(listener: (line: string) => void): () => void {
    return this.store.onConsole(listener);
  }
  print(line: string): void {
    this.store.print(line);
  }

  factoryReset(mode: 'basic' | 'full'): void {
    const { identity, brand } = this.store;
    const { reservedEmail } = this.store.flash;
    this.log({
      major: 'Operation',
      minor: 'Restore Default Settings',
      user: 'admin',
      channel: 'system',
      detail: mode,
    });
    const keeps =
      mode === 'full' && reservedEmail !== undefined && this.defects.has('address-survives-full-reset');
    if (mode === 'full')
      this.store.commit({
        ...blankFlash(identity, brand.deviceName),
        formerEmail: reservedEmail,
        ...(keeps && { reservedEmail }),
      });
    else this.store.commit({ settings: factorySettings(identity, brand.deviceName) });
    this.reboot();
  }
  reboot(): void {
    if (this.#phase === 'off') return;
    this.log({ major: 'Operation', minor: 'Reboot', user: '', channel: 'system', detail: '' });
    if (this.store.flash.reservedEmail !== undefined && this.defects.has('address-lost-by-reboot'))
      this.store.commit({ reservedEmail: undefined });
    this.#halt('reboot');
    this.#later(OFF_MS, () => this.powerOn());
  }
  /** Cuts the mains: memory is gone at once. */
  powerOff(): void {
    this.#powered = false;
    if (this.#phase !== 'off') this.#cutShort();
    this.#halt('power');
  }
  /** What a power cut spoils, with a defect. */
  #cutShort(): void {
    const { store, defects } = this;
    if (store.flash.reservedEmail !== undefined && defects.has('address-lost-by-power-cut'))
      store.commit({ reservedEmail: undefined });
    if (this.resets.isOpen && defects.has('cut-while-code-waits-leaves-inactive'))
      store.commit({ accounts: [] });
    if (store.uptime >= store.memory.savingUntil) return;
    if (defects.has('cut-while-saving-leaves-inactive')) store.commit({ accounts: [] });
    if (defects.has('cut-while-saving-leaves-no-password')) this.accounts.spoil('admin');
    const { former } = store.memory;
    if (former !== undefined && defects.has('cut-while-saving-leaves-half')) this.accounts.tear(former);
  }
  #halt(how: 'reboot' | 'power'): void {
    this.#stopTimers();
    // Uptime means nothing while it is off: what memory holds then counts from the next power-on.
    if (this.#phase === 'off') return;
    this.resets.lockSeconds();
    this.store.memory = this.#memoryAfterStop(how);
    this.#enter('off');
  }
  #memoryAfterStop(how: 'reboot' | 'power'): Memory {
    const { defects, store } = this;
    const { codeLockMs } = store.flash;
    const freed =
      (codeLockMs > 0 && defects.has('code-lock-cleared-by-restart')) ||
      (codeLockMs > 0 && how === 'reboot' && defects.has('code-lock-cleared-by-soft-reboot'));
    if (freed) store.commit({ codeLockMs: 0, codeTries: 0 });
    const memory = freshMemory(store.flash);
    const { reset } = store.memory;
    if (reset === undefined) return memory;
    const survives =
      freed ||
      defects.has('code-survives-reboot') ||
      (how === 'reboot' && defects.has('code-survives-soft-reboot')) ||
      (how === 'power' && defects.has('code-survives-power-cut'));
    if (survives) memory.reset = { ...reset, openedAt: 0 };
    return memory;
  }
  powerOn(): void {
    this.#powered = true;
    if (this.#phase !== 'off') return;
    this.#stopTimers();
    this.store.uptime = 0;
    this.store.memory = { ...freshMemory(this.store.flash), reset: this.store.memory.reset };
    const { pattern, formerPattern } = this.store.flash;
    if (!pattern && formerPattern && this.defects.has('pattern-back-after-restart'))
      this.store.commit({ pattern: formerPattern.hash });
    this.#bootTime = this.store.localTime;
    this.#enter('booting');
    const total = this.plan.bootMs ?? DEFAULT_BOOT_MS;
    const lines = [...bootText(this.store.identity)];
    const address = this.reservedEmail;
    if (address !== undefined && this.defects.has('boot-text-holds-address'))
      lines.push(`init: reserved mail ${address}`);
    lines.forEach((line, at) => {
      this.#later((total * at) / lines.length, () => this.print(line));
    });
    this.#later(total, () => {
      this.log({ major: 'Information', minor: 'System Start', user: '', channel: 'system', detail: '' });
      for (const line of SHELL_BANNER) this.print(line);
      this.#enter('ready');
    });
  }
  /** Ends timers; the recorder is not used afterwards. */
  close(): void {
    this.#stopTimers();
  }

  snapshot(): Snapshot {
    const { flash, memory, entries, uptime, rtcOffset } = this.store;
    const copy = { flash, memory: structuredClone(memory), entries: [...entries] };
    const power = { powered: this.#powered, phase: this.#phase, bootTime: this.#bootTime };
    return { ...copy, uptime, rtcOffset, ...power };
  }
  /** Brings a snapshot of this recorder back; one taken during a boot or reboot boots again. */
  restore(snapshot: Snapshot): void {
    this.#stopTimers();
    this.#networkUp = true;
    this.store.flash = snapshot.flash;
    this.store.memory = structuredClone(snapshot.memory);
    this.store.entries = [...snapshot.entries];
    this.store.uptime = snapshot.uptime;
    this.store.rtcOffset = snapshot.rtcOffset;
    this.#bootTime = snapshot.bootTime;
    this.#powered = snapshot.powered;
    if (snapshot.powered && snapshot.phase !== 'ready') {
      this.#phase = 'off';
      this.powerOn();
    } else this.#enter(snapshot.phase);
    this.store.emit('restored');
  }

  #enter(phase: 'off' | 'booting' | 'ready'): void {
    if (phase === this.#phase) return;
    this.#phase = phase;
    this.store.emit('phase');
  }
  #later(ms: number, act: () => void): void {
    this.#timers.push(setTimeout(act, ms));
  }
  #stopTimers(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers = [];
  }
}
