import { randomInt } from 'node:crypto';
import { CODE_LENGTH } from '../../wire/relay.ts';
import { sealLetter } from '../../wire/seal.ts';
import type { Defects } from '../defects.ts';
import { sameText } from './accounts.ts';
import type { Channel, CodeOutcome } from './api.ts';
import { hintAbout, isTakenFor, isYoung } from './flawed-codes.ts';
import { ResetLog } from './reset-log.ts';
import { freshMemory, type OpenCode } from './state.ts';
import type { Store } from './store.ts';

/** No letter or digit that is taken for another: 0 O 1 I l are missing. */
const ALPHABET = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';
/** Wrong codes before the lock, and its length: as documented for GUID files (7 tries, 30 minutes). */
const CODE_TRIES = 7;
const CODE_LOCK_MS = 30 * 60_000;
/** How long an accepted code waits for the new password. */
const GRANT_MS = 10 * 60_000;
/** How close two openings of the dialog are for a recorder that mistakes them for one. */
const QUICK_MS = 60_000;
/** Where an exported QR may be mailed to. */
export const SERVICE_MAILBOX = 'pw-recovery@device-service.example';

/** What resets need beside the recorder's own state. */
export interface ResetsDeps {
  /** Public key of the mail service, base64url. */
  readonly relayKey: string;
  /** Codes drawn by all units of the emulator: only a defective recorder looks at them. */
  readonly drawn: Map<string, { readonly serialNumber: string; readonly address: string }>;
}

/** The reset by reserved email: one open code at most, and the ledger of wrong ones. */
export class Resets {
  readonly #store: Store;
  readonly #deps: ResetsDeps;
  readonly #log: ResetLog;
  constructor(store: Store, deps: ResetsDeps) {
    this.#store = store;
    this.#deps = deps;
    this.#log = new ResetLog(store);
  }

  /** @throws Error when no address is reserved. */
  open(): { readonly payload: string; readonly serviceMailbox: string } {
    const { flash, identity, plan, memory, defects } = this.#store;
    const address = flash.reservedEmail;
    if (address === undefined) throw new Error('no reserved email is set');
    const code = drawCode();
    const letter = {
      serialNumber: identity.serialNumber,
      address,
      code,
      sealedAt: Math.floor(this.#store.now),
      language: plan.language,
      model: identity.model,
    };
    const payload = sealLetter(letter, this.#deps.relayKey);
    this.#renewTries();
    const { reset } = memory;
    const quick = reset !== undefined && this.#store.uptime - reset.openedAt <= QUICK_MS;
    this.void(
      () => defects.has('code-survives-newer-qr') || (quick && defects.has('code-survives-quick-newer-qr')),
    );
    memory.reset = { code, payload, address, openedAt: this.#store.uptime, drawnAt: this.#store.now };
    this.#deps.drawn.set(code, { serialNumber: identity.serialNumber, address });
    this.#log.start(memory.reset);
    return { payload, serviceMailbox: SERVICE_MAILBOX };
  }

  /** The clock or its server was set: the life of a code goes on, in a healthy recorder. */
  clockSet(flaw: 'code-renewed-by-clock' | 'code-renewed-by-ntp'): void {
    const { memory, uptime, defects } = this.#store;
    if (memory.reset && defects.has(flaw)) memory.reset = { ...memory.reset, openedAt: uptime };
  }
  get openPayload(): string | undefined {
    return this.openCode?.payload;
  }
  /** The code that is drawn and lives. */
  get openCode(): OpenCode | undefined {
    const { reset } = this.#store.memory;
    return reset && this.#young(reset) ? reset : undefined;
  }

  enter(code: string, channel: Channel): CodeOutcome {
    const lockSeconds = this.lockSeconds();
    const { memory, defects, flash } = this.#store;
    const taken = this.#takes(code, channel);
    if (lockSeconds > 0 && !(taken && defects.has('code-accepted-during-lock'))) {
      if (defects.has('code-lock-shortened-by-tries')) memory.codeLockUntil -= CODE_LOCK_MS / 6;
      return { ok: false, why: 'locked', lockSeconds };
    }
    const again = this.#granted(channel) && sameText(code, memory.grant?.code ?? '');
    const tired = flash.codeTries > 0 && taken && defects.has('code-refused-after-wrong');
    if (!again && (!taken || tired || defects.has('code-right-refused'))) {
      // What can't be a code is refused without costing a try.
      return isCode(code) ? this.#countWrong(code, channel) : { ok: false, why: 'wrong', lockSeconds: 0 };
    }
    this.#store.commit({ codeTries: 0, codeLockMs: 0 });
    this.#use(channel);
    memory.grant = { channel, code, at: this.#store.uptime };
    this.#log.accepted(code, channel);
    return { ok: true };
  }

  /** Whether a code was accepted on this channel and a new password may be set now. */
  granted(channel: Channel): boolean {
    return this.#granted(channel);
  }

  /** Ends whatever is open: the code, and the leave to set a password. `survives`: asked where a code is open. */
  void(survives: () => boolean = () => false): void {
    const { memory } = this.#store;
    if (memory.reset && survives()) memory.spare = [...memory.spare, memory.reset];
    memory.reset = undefined;
    memory.grant = undefined;
  }

  /** The reserved address was changed. */
  readdress(address: string): void {
    const { memory, defects } = this.#store;
    const back = memory.parked.filter((each) => each.address === address);
    if (back.length > 0 && defects.has('code-survives-change-back'))
      memory.spare = [...memory.spare, ...back];
    if (memory.reset) memory.parked = [...memory.parked, memory.reset];
    this.void(() => defects.has('code-survives-address-change'));
  }

  /** The machine stops; memory becomes what it is at the next start. */
  stop(how: 'reboot' | 'power-cut'): void {
    const store = this.#store;
    const { defects, uptime } = store;
    this.lockSeconds();
    const tries = store.flash.codeTries > 0;
    this.void(() => {
      const renewed =
        tries &&
        (defects.has('reboot-renews-tries') ||
          (how === 'power-cut' && defects.has('power-cut-renews-tries')));
      if (renewed) store.commit({ codeTries: 0, codeLockMs: 0 });
      if (renewed || defects.has('code-survives-reboot')) return true;
      return defects.has(how === 'reboot' ? 'code-survives-soft-reboot' : 'code-survives-power-cut');
    });
    const spare = store.memory.spare.map((each) => ({ ...each, openedAt: each.openedAt - uptime }));
    store.memory = { ...freshMemory(store.flash), spare };
  }

  abandon(): void {
    if (this.#store.memory.grant) this.#log.cancelled(this.#store.memory.grant.channel);
    this.#store.memory.grant = undefined;
  }

  noteSuccess(channel: Channel, password: string): void {
    this.#log.success(channel, password);
  }

  /** Seconds until codes are taken again; 0 when they are. What is left goes to flash, so that a reboot gains nothing. */
  lockSeconds(): number {
    const { memory, flash, uptime } = this.#store;
    const left = memory.codeLockUntil - uptime;
    if (memory.codeLockUntil > 0 && left <= 0) {
      memory.codeLockUntil = 0;
      this.#store.commit({ codeTries: 0, codeLockMs: 0 });
    } else if (left > 0 && flash.codeLockMs - left > 1000) this.#store.commit({ codeLockMs: left });
    return Math.max(0, Math.ceil(left / 1000));
  }

  /** What opening the dialog anew does to the ledger: nothing, in a healthy recorder. */
  #renewTries(): void {
    const { memory, flash, defects } = this.#store;
    const locked = this.lockSeconds() > 0;
    const renewed = locked
      ? defects.has('code-lock-ends-on-reopen')
      : flash.codeTries > 0 && defects.has('code-tries-renewed-on-reopen');
    if (!renewed) return;
    memory.codeLockUntil = 0;
    this.#store.commit({ codeTries: 0, codeLockMs: 0 });
  }

  /** Whether it is the code that is open, or what a defect takes for it. */
  #takes(typed: string, channel: Channel): boolean {
    const { memory, defects, flash, identity } = this.#store;
    const spare = memory.spare.filter(({ only }) => only === undefined || only === channel);
    const exact = [memory.reset, ...spare].find((each) => each !== undefined && sameText(typed, each.code));
    if (exact) return this.#young(exact);
    const foreign = this.#deps.drawn.get(typed);
    if (foreign && foreign.serialNumber !== identity.serialNumber) {
      if (defects.has('code-of-other-unit-accepted')) return true;
      if (foreign.address === flash.reservedEmail && defects.has('code-of-same-address-accepted'))
        return true;
    }
    const open = this.openCode;
    return open !== undefined && isTakenFor({ typed, code: open.code, tries: flash.codeTries }, defects);
  }

  /** The code has served. */
  #use(channel: Channel): void {
    const { memory, defects } = this.#store;
    const { reset } = memory;
    this.void(() => defects.has('code-reusable'));
    if (reset && channel === 'local' && defects.has('code-reusable-over-http'))
      memory.spare = [...memory.spare, { ...reset, only: 'http' }];
  }

  #countWrong(code: string, channel: Channel): CodeOutcome {
    const { memory, flash, defects, uptime } = this.#store;
    const open = this.openCode;
    const hint = channel === 'local' && open ? hintAbout(code, open.code, defects) : '';
    const wrong = { ok: false, why: 'wrong', lockSeconds: 0, ...(hint !== '' && { hint }) } as const;
    const http = channel === 'http';
    if (http && defects.has('http-codes-uncounted')) return wrong;
    const apart = http && defects.has('http-codes-counted-apart');
    const tries = (apart ? memory.httpCodeTries : flash.codeTries) + 1;
    const locked = tries >= CODE_TRIES && !isSpared(tries, defects);
    if (apart) memory.httpCodeTries = tries;
    else this.#store.commit({ codeTries: tries, codeLockMs: locked ? CODE_LOCK_MS : 0 });
    if (locked) memory.codeLockUntil = uptime + CODE_LOCK_MS;
    this.#log.wrong(code, channel, locked);
    return locked ? { ok: false, why: 'locked', lockSeconds: CODE_LOCK_MS / 1000 } : wrong;
  }

  #young(code: OpenCode): boolean {
    const { uptime, now: clock, defects } = this.#store;
    return isYoung(code, { uptime, clock }, defects);
  }

  #granted(channel: Channel): boolean {
    const { grant } = this.#store.memory;
    return grant !== undefined && grant.channel === channel && this.#store.uptime - grant.at <= GRANT_MS;
  }
}

/** Whether a defect keeps the lock away at this wrong code, the last of those allowed or a later one. */
function isSpared(tries: number, defects: Defects): boolean {
  if (defects.has('code-lock-missing')) return true;
  if (tries === CODE_TRIES && defects.has('code-lock-after-8')) return true;
  return tries < 12 && defects.has('code-lock-after-12');
}

function isCode(text: string): boolean {
  return new RegExp(`^[A-Za-z0-9]{${CODE_LENGTH}}$`).test(text);
}

function drawCode(): string {
  return Array.from({ length: CODE_LENGTH }, () => ALPHABET.charAt(randomInt(ALPHABET.length))).join('');
}
