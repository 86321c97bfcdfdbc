import { randomBytes } from 'node:crypto';
import type { RecorderPlan } from '../../wire/emulator.ts';
import { type Brand, HOUSE_BRAND } from '../brand/brand.ts';
import { Defects, isDefectId } from '../defects.ts';
import type { LogEntry } from './api.ts';
import { type Identity, identify } from './firmware.ts';
import type { LogName } from './log-names.ts';
import { type Flash, freshMemory, type Memory, plannedFlash, type Session, type Settings } from './state.ts';
import { type HostClock, localTime } from './time.ts';

/** Entries that the log keeps; older ones fall out. */
const LOG_SIZE = 2000;
/** What a listener of the core hears. */
export type Change = 'phase' | 'restored' | 'security' | 'usb' | 'network';

/** The state that the parts of one recorder share: flash, memory, log, clocks, listeners. */
export class Store {
  readonly plan: RecorderPlan;
  readonly brand: Brand;
  readonly identity: Identity;
  readonly defects: Defects;
  flash: Flash;
  memory: Memory;
  /** The log is on the hard disk: it survives power cuts and a basic reset. */
  entries: LogEntry[] = [];
  /** Battery clock against the host's, ms. */
  rtcOffset = 0;
  readonly #clock: HostClock;
  #poweredAt: number;
  readonly #changes = new Set<(what: Change) => void>();
  readonly #consoles = new Set<(line: string) => void>();

  constructor(plan: RecorderPlan, clock: HostClock, brand: Brand = HOUSE_BRAND) {
    this.plan = plan;
    this.brand = brand;
    this.defects = new Defects((plan.defects ?? []).filter(isDefectId));
    this.identity = identify(plan, brand);
    this.flash = plannedFlash(plan, this.identity, brand.deviceName);
    this.memory = freshMemory(this.flash);
    this.#clock = clock;
    this.#poweredAt = clock.monotonic();
  }

  /** Real-time clock, ms since the epoch. */
  get now(): number {
    return this.#clock.now() + this.rtcOffset;
  }
  set now(epochMs: number) {
    this.rtcOffset = epochMs - this.#clock.now();
  }
  /** Monotonic ms since power-on. */
  get uptime(): number {
    return this.#clock.monotonic() - this.#poweredAt;
  }
  set uptime(ms: number) {
    this.#poweredAt = this.#clock.monotonic() - ms;
  }
  /** The recorder's time as it writes it. */
  get localTime(): string {
    return localTime(this.now, this.flash.settings.timeZone);
  }

  /** Writes flash in one go: a power cut finds either the old or the new content. */
  commit(patch: Partial<Flash>): void {
    this.flash = Object.freeze({ ...this.flash, ...patch });
  }
  changeSettings(patch: Partial<Settings>): void {
    this.commit({ settings: { ...this.flash.settings, ...patch } });
  }

  /** Writes the log and, in short, the console. */
  log(what: Omit<LogEntry, 'time' | 'minor'> & { readonly minor: LogName }): void {
    const entry = { ...what, minor: this.brand.log.entries[what.minor] ?? what.minor };
    this.entries.push({ time: this.localTime, ...entry });
    if (this.entries.length > LOG_SIZE) this.entries = this.entries.slice(-LOG_SIZE);
    this.print(
      `[${(this.uptime / 1000).toFixed(3)}] log: ${entry.minor} user=${entry.user || '-'} from=${entry.channel}`,
    );
  }
  print(line: string): void {
    for (const listener of this.#consoles) listener(line);
  }
  emit(what: Change): void {
    for (const listener of this.#changes) listener(what);
  }
  onChange(listener: (what: Change) => void): () => void {
    this.#changes.add(listener);
    return () => this.#changes.delete(listener);
  }
  onConsole(listener: (line: string) => void): () => void {
    this.#consoles.add(listener);
    return () => this.#consoles.delete(listener);
  }

  /** Drops sessions that `keep` refuses, and makes every digest nonce dead. */
  endSessions(keep: (session: Session) => boolean = () => false): void {
    this.memory.sessions = this.memory.sessions.filter(keep);
    this.memory.nonceKey = randomBytes(16).toString('hex');
  }
}
