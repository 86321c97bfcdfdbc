import { randomInt } from 'node:crypto';
import { CODE_LENGTH } from '../../wire/relay.ts';
import { sealLetter } from '../../wire/seal.ts';
import { sameText } from './accounts.ts';
import type { Channel, CodeOutcome } from './api.ts';
import type { Store } from './store.ts';

/** No letter or digit that is taken for another: 0 O 1 I l are missing. */
const ALPHABET = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';
/** A code lives 48 hours (app help, camera manual), counted on uptime so that no clock change stretches it. */
const CODE_LIFE_MS = 48 * 3_600_000;
/** Wrong codes before the lock, and its length: as documented for GUID files (7 tries, 30 minutes). */
const CODE_TRIES = 7;
const CODE_LOCK_MS = 30 * 60_000;
/** How long an accepted code waits for the new password. */
const GRANT_MS = 10 * 60_000;
/** Where an exported QR may be mailed to. */
export const SERVICE_MAILBOX = 'pw-recovery@device-service.example';

/** The reset by reserved email: one open code at most, and the ledger of wrong ones. */
export class Resets {
  readonly #store: Store;
  readonly #relayKey: string;
  constructor(store: Store, relayKey: string) {
    this.#store = store;
    this.#relayKey = relayKey;
  }

  /** @throws Error when no address is reserved. */
  open(): { readonly payload: string; readonly serviceMailbox: string } {
    const { flash, identity, plan, memory } = this.#store;
    if (flash.reservedEmail === undefined) throw new Error('no reserved email is set');
    const code = drawCode();
    const letter = {
      serialNumber: identity.serialNumber,
      address: flash.reservedEmail,
      code,
      sealedAt: Math.floor(this.#store.now),
      language: plan.language,
      model: identity.model,
    };
    const payload = sealLetter(letter, this.#relayKey);
    memory.reset = { code, payload, openedAt: this.#store.uptime };
    memory.grant = undefined;
    this.#store.log({
      major: 'Operation',
      minor: 'Reset Password: Start',
      user: '',
      channel: 'local',
      detail: 'Verify by Reserved Email',
    });
    return { payload, serviceMailbox: SERVICE_MAILBOX };
  }

  /** Whether a code was drawn that nothing has voided yet, however old. */
  get isOpen(): boolean {
    return this.#store.memory.reset !== undefined;
  }
  get openPayload(): string | undefined {
    return this.#alive()?.payload;
  }

  enter(code: string, channel: Channel): CodeOutcome {
    const { memory } = this.#store;
    const lockSeconds = this.lockSeconds();
    if (lockSeconds > 0) return { ok: false, why: 'locked', lockSeconds };
    // What can't be a code is refused without costing a try.
    if (!new RegExp(`^[A-Za-z0-9]{${CODE_LENGTH}}$`).test(code)) return wrong();
    const open = this.#alive();
    const right = open !== undefined && sameText(code, open.code);
    const again = this.#granted(channel) && sameText(code, memory.grant?.code ?? '');
    if (!right && !again) return this.#countWrong(channel);
    this.#store.commit({ codeTries: 0, codeLockMs: 0 });
    if (!this.#store.defects.has('code-reusable')) memory.reset = undefined;
    memory.grant = { channel, code, at: this.#store.uptime };
    this.#note('Reset Password: Code Accepted', channel, '');
    return { ok: true };
  }

  /** Whether a code was accepted on this channel and a new password may be set now. */
  granted(channel: Channel): boolean {
    return this.#granted(channel);
  }

  /** Ends whatever is open: the code, and the leave to set a password. */
  void(): void {
    this.#store.memory.reset = undefined;
    this.#store.memory.grant = undefined;
  }

  abandon(): void {
    if (this.#store.memory.grant)
      this.#note('Reset Password: Cancelled', this.#store.memory.grant.channel, '');
    this.#store.memory.grant = undefined;
  }

  noteSuccess(channel: Channel): void {
    this.#note('Reset Password: Success', channel, 'Verify by Reserved Email');
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

  #countWrong(channel: Channel): CodeOutcome {
    const tries = this.#store.flash.codeTries + 1;
    const locked = tries >= CODE_TRIES && !this.#store.defects.has('code-lock-missing');
    this.#store.commit({ codeTries: tries, codeLockMs: locked ? CODE_LOCK_MS : 0 });
    if (locked) this.#store.memory.codeLockUntil = this.#store.uptime + CODE_LOCK_MS;
    this.#note('Reset Password: Wrong Code', channel, locked ? 'locked' : '');
    return locked ? { ok: false, why: 'locked', lockSeconds: CODE_LOCK_MS / 1000 } : wrong();
  }

  #alive() {
    const { reset } = this.#store.memory;
    return reset &&
      (this.#store.uptime - reset.openedAt <= CODE_LIFE_MS || this.#store.defects.has('code-never-expires'))
      ? reset
      : undefined;
  }

  #granted(channel: Channel): boolean {
    const { grant } = this.#store.memory;
    return grant !== undefined && grant.channel === channel && this.#store.uptime - grant.at <= GRANT_MS;
  }

  #note(minor: string, channel: Channel, detail: string): void {
    this.#store.log({ major: 'Operation', minor, user: '', channel, detail });
  }
}

function wrong(): CodeOutcome {
  return { ok: false, why: 'wrong', lockSeconds: 0 };
}

function drawCode(): string {
  return Array.from({ length: CODE_LENGTH }, () => ALPHABET.charAt(randomInt(ALPHABET.length))).join('');
}
