import type { DigestAlgorithm, RecorderPlan } from '../../wire/emulator.ts';
import type { Defects } from '../defects.ts';
import { Accounts } from './accounts.ts';
import { afterCut, afterReset, afterStart } from './aftermath.ts';
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
import { announcesReservedEmail, type Identity, supportsReservedEmail } from './firmware.ts';
import { judgePassword } from './flawed-rules.ts';
import { Resets, type ResetsDeps, SERVICE_MAILBOX } from './resets.ts';
import { checkEmail, checkPassword, maskEmail } from './rules.ts';
import { blankFlash, factorySettings, freshMemory, type Snapshot } from './state.ts';
import { type Change, Store } from './store.ts';
import { type HostClock, hostClock } from './time.ts';

/** What a recorder needs from outside. */
export interface RecorderDeps {
  /** Public key of the mail service, base64url. */
  readonly relayKey: string;
  readonly clock?: HostClock;
  /** Shared by the units of one emulator. */
  readonly drawn?: ResetsDeps['drawn'];
}

const DEFAULT_BOOT_MS = 1200;
/** How long the picture is gone between reboot and boot. */
const OFF_MS = 60;

/** The core of one recorder; starts powered on and booted. */
export class Recorder implements RecorderCore {
  readonly store: Store;
  readonly accounts: Accounts;
  readonly resets: Resets;
  readonly supportsReservedEmail: boolean;
  readonly announcesReservedEmail: boolean;
  readonly serviceMailbox = SERVICE_MAILBOX;
  #phase: 'off' | 'booting' | 'ready' = 'ready';
  #powered = true;
  #bootTime: string;
  #timers: NodeJS.Timeout[] = [];
  #usbFolder: string | undefined;

  constructor(plan: RecorderPlan, deps: RecorderDeps) {
    this.store = new Store(plan, deps.clock ?? hostClock);
    this.accounts = new Accounts(this.store);
    this.resets = new Resets(this.store, { relayKey: deps.relayKey, drawn: deps.drawn ?? new Map() });
    this.supportsReservedEmail = supportsReservedEmail(plan.family, plan.firmware);
    this.announcesReservedEmail = announcesReservedEmail(plan.family, plan.firmware);
    this.#bootTime = this.store.localTime;
  }

  get plan(): RecorderPlan {
    return this.store.plan;
  }
  get defects(): Defects {
    return this.store.defects;
  }
  get facts(): Identity & { readonly bootTime: string } {
    return { ...this.store.identity, bootTime: this.#bootTime };
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
    return judgePassword(password, user, this.defects);
  }
  strengthOf(password: string, user: string): 0 | 1 | 2 | 3 {
    const outcome = checkPassword(password, user);
    return outcome.ok ? outcome.strength : 0;
  }
  activate(
    password: string,
    channel: Channel,
  ): PasswordOutcome | { readonly ok: false; readonly why: 'already' } {
    if (this.activated) return { ok: false, why: 'already' };
    const outcome = this.checkPassword(password);
    if (!outcome.ok) return outcome;
    this.accounts.createAdmin(password);
    this.log({ major: 'Operation', minor: 'Activate', user: 'admin', channel, detail: '' });
    this.store.emit('security');
    return outcome;
  }
  checkEmail(address: string): EmailOutcome {
    return checkEmail(address);
  }
  reserveAtActivation(address: string): EmailOutcome {
    return this.reserve(address, 'local');
  }
  confirmAdmin(password: string, channel: Channel): LoginOutcome {
    return this.accounts.login('admin', password, channel);
  }
  /** @throws Error when the firmware hasn't the function, or the recorder is inactive. */
  reserve(address: string, channel: Channel): EmailOutcome {
    if (!this.supportsReservedEmail || !this.activated) throw new Error('reserved email is not available');
    const outcome = checkEmail(address);
    if (!outcome.ok) return outcome;
    this.store.commit({ reservedEmail: address });
    this.resets.readdress(address);
    this.log({ major: 'Operation', minor: 'Edit Reserved Email', user: 'admin', channel, detail: '' });
    if (this.defects.has('serial-tells-address')) this.print(`cfg: reserved_mail=${address}`);
    this.store.emit('security');
    return outcome;
  }
  get reservedEmail(): string | undefined {
    return this.supportsReservedEmail ? this.store.flash.reservedEmail : undefined;
  }
  get maskedEmail(): string | undefined {
    if (this.reservedEmail === undefined) return undefined;
    const bare = this.store.flash.former !== undefined && this.defects.has('address-unmasked-after-reset');
    return bare ? this.reservedEmail : maskEmail(this.reservedEmail);
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
      const survives = () =>
        this.defects.has('code-survives-password-change') ||
        (channel === 'http' && this.defects.has('code-survives-password-change-by-http'));
      if (user === 'admin') this.resets.void(survives);
      this.log({ major: 'Operation', minor: 'Edit User', user, channel, detail: 'password changed' });
      this.store.emit('security');
    }
    return outcome;
  }
  digestSecret(user: string, algorithm: DigestAlgorithm, realm: string): string | undefined {
    return this.accounts.digestSecret(user, algorithm, realm);
  }
  lockState(user: string, channel: Channel) {
    const { locked, left, seconds } = this.accounts.lockState(user, channel);
    return { locked, left, seconds };
  }

  resetMethods(): readonly ResetMethod[] {
    return this.activated && this.reservedEmail !== undefined ? ['email'] : [];
  }
  /** @throws Error when the method is not offered. */
  openReset() {
    if (!this.resetMethods().includes('email')) throw new Error('reset by reserved email is not available');
    return this.resets.open();
  }
  get openPayload(): string | undefined {
    return this.resets.openPayload;
  }
  enterCode(code: string, channel: Channel): CodeOutcome {
    if (this.lockState('admin', 'local').locked && this.defects.has('login-lock-refuses-codes'))
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
      this.resets.void();
      afterReset(this.store, password);
      this.resets.noteSuccess(channel, password);
      this.store.emit('security');
    }
    return outcome;
  }
  abandonReset(): void {
    this.resets.abandon();
  }

  log(entry: Omit<LogEntry, 'time'>): void {
    this.store.log(entry);
  }
  get entries(): readonly LogEntry[] {
    return this.store.entries;
  }
  get usbFolder(): string | undefined {
    return this.#usbFolder;
  }
  /** Plugs a drive in, or pulls it. */
  setUsb(folder: string | undefined): void {
    this.#usbFolder = folder;
    this.store.emit('usb');
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
    const { identity } = this.store;
    this.log({
      major: 'Operation',
      minor: 'Restore Default Settings',
      user: 'admin',
      channel: 'system',
      detail: mode,
    });
    this.resets.void(
      () =>
        this.defects.has('code-survives-factory-reset') ||
        (mode === 'basic' && this.defects.has('code-survives-basic-restore')),
    );
    if (mode === 'full') this.store.commit(blankFlash(identity));
    else this.store.commit({ settings: factorySettings(identity) });
    this.reboot();
  }
  reboot(): void {
    if (this.#phase === 'off') return;
    this.log({ major: 'Operation', minor: 'Reboot', user: '', channel: 'system', detail: '' });
    this.#halt('reboot');
    this.#later(OFF_MS, () => this.powerOn());
  }
  /** Cuts the mains: memory is gone at once. */
  powerOff(): void {
    this.#powered = false;
    this.#halt('power-cut');
  }
  #halt(how: 'reboot' | 'power-cut'): void {
    this.#stopTimers();
    // Uptime means nothing while it is off: what memory holds then counts from the next power-on.
    if (this.#phase === 'off') return;
    if (how === 'power-cut') afterCut(this.store);
    this.resets.stop(how);
    this.#enter('off');
  }
  powerOn(): void {
    this.#powered = true;
    if (this.#phase !== 'off') return;
    this.#stopTimers();
    this.store.uptime = 0;
    this.store.memory = { ...freshMemory(this.store.flash), spare: this.store.memory.spare };
    afterStart(this.store);
    this.#bootTime = this.store.localTime;
    this.#enter('booting');
    const total = this.plan.bootMs ?? DEFAULT_BOOT_MS;
    const lines = [...bootText(this.store.identity)];
    const address = this.reservedEmail;
    if (address !== undefined && this.defects.has('boot-tells-address'))
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
