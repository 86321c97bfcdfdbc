import { randomInt } from 'node:crypto';
import { CODE_LENGTH } from '../../wire/relay.ts';
import { type Letter, sealLetter } from '../../wire/seal.ts';
import { sameText } from './accounts.ts';
import type { Channel, CodeOutcome } from './api.ts';
import type { LogName } from './log-names.ts';
import type { Store } from './store.ts';

/** No letter or digit that is taken for another: 0 O 1 I l are missing. */
const ALPHABET = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';
/** A code lives 48 hours (app help, camera manual), counted on uptime so that no clock change stretches it. */
const CODE_LIFE_MS = 48 * 3_600_000;
/** The same with a defect. */
const EARLY_MS = 47 * 3_600_000;
const LATE_MS = 49 * 3_600_000;
const DAY_MS = 24 * 3_600_000;
/** How close two openings of the dialog are for a recorder that mistakes them for one. */
const QUICK_MS = 60_000;
/** Wrong codes before the lock, and its length: as documented for GUID files (7 tries, 30 minutes). */
const CODE_TRIES = 7;
const CODE_LOCK_MS = 30 * 60_000;
/** What defects make of it: tries before a late lock, and what each try in the lock takes off. */
const LATE_TRIES = 12;
const LOCK_SHORTENED_MS = 10 * 60_000;
/** How long an accepted code waits for the new password. */
const GRANT_MS = 10 * 60_000;

/** Who drew which code, of all units of this program: for the defects that take another's. */
const DRAWN = new Map<string, string>();

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
    const { defects } = this.#store;
    const first = flash.firstReset;
    const repeats = first !== undefined && defects.has('qr-never-changes');
    const { voided } = memory;
    const stays =
      voided !== undefined &&
      voided.address !== flash.reservedEmail &&
      defects.has('qr-survives-address-change');
    const shown = repeats ? first : stays ? voided.reset : undefined;
    const code = shown?.code ?? drawCode();
    DRAWN.set(code, identity.serialNumber);
    if (flash.codeTries > 0 && flash.codeLockMs === 0 && defects.has('code-tries-cleared-by-dialog'))
      this.#store.commit({ codeTries: 0 });
    if (this.lockSeconds() > 0 && defects.has('code-lock-ended-by-dialog')) {
      memory.codeLockUntil = 0;
      this.#store.commit({ codeTries: 0, codeLockMs: 0 });
    }
    const letter = {
      serialNumber: identity.serialNumber,
      address: flash.reservedEmail,
      code,
      sealedAt: Math.floor(this.#store.now),
      language: plan.language,
      model: identity.model,
    };
    const payload = shown?.payload ?? this.#marked(sealLetter(letter, this.#relayKey), letter);
    if (first === undefined) this.#store.commit({ firstReset: { code, payload } });
    if (memory.reset !== undefined && defects.has('code-of-older-qr-alive')) memory.older = memory.reset;
    const quick = memory.reset !== undefined && this.#store.uptime - memory.reset.openedAt <= QUICK_MS;
    if (quick && defects.has('code-alive-after-quick-reopening')) memory.older = memory.reset;
    const former = memory.reset?.code;
    const taken = former !== undefined && defects.has('code-of-first-qr-alone-taken') ? former : code;
    memory.reset = {
      code: taken,
      payload,
      openedAt: this.#store.uptime,
      openedOn: this.#store.now,
    };
    if (memory.recordingPause === undefined && defects.has('recording-ends-with-the-dialog'))
      memory.recordingPause = { from: this.#store.uptime, ms: Number.POSITIVE_INFINITY };
    memory.grant = undefined;
    if (!defects.has('log-without-start'))
      this.#store.log({
        major: 'Operation',
        minor: 'Reset Password: Start',
        user: '',
        channel: 'local',
        detail: 'Verify by Reserved Email',
      });
    if (defects.has('serial-prints-payload')) this.#store.print(`reset: qr ${payload}`);
    if (defects.has('serial-prints-code-in-hex'))
      this.#store.print(`reset: key ${Buffer.from(code).toString('hex')}`);
    if (defects.has('serial-prints-code-reversed'))
      this.#store.print(`reset: seed ${[...code].reverse().join('')}`);
    return { payload, serviceMailbox: this.#store.brand.service.mailbox };
  }

  /** Whether a code was drawn that nothing has voided yet, however old. */
  get isOpen(): boolean {
    return this.#store.memory.reset !== undefined;
  }
  get openPayload(): string | undefined {
    return this.#alive()?.payload;
  }

  /** The clock or its server was set: the life of a code goes on, in a healthy recorder. */
  clockSet(defect: 'code-renewed-by-clock' | 'code-renewed-by-time-server'): void {
    const { memory, uptime, defects } = this.#store;
    if (memory.reset && defects.has(defect)) memory.reset = { ...memory.reset, openedAt: uptime };
  }

  enter(code: string, channel: Channel): CodeOutcome {
    const { memory, defects, identity } = this.#store;
    if (defects.has('serial-prints-entered-code')) this.#store.print(`reset: entered ${code}`);
    const lockSeconds = this.lockSeconds();
    const open = this.#alive();
    if (lockSeconds > 0 && defects.has('code-lock-shortened-by-tries')) {
      memory.codeLockUntil -= LOCK_SHORTENED_MS;
      return { ok: false, why: 'locked', lockSeconds: Math.max(1, lockSeconds - LOCK_SHORTENED_MS / 1000) };
    }
    const through =
      lockSeconds > 0 &&
      open !== undefined &&
      sameText(code, open.code) &&
      defects.has('code-lock-lets-right-in');
    if (lockSeconds > 0 && !through) return { ok: false, why: 'locked', lockSeconds };
    // What can't be a code is refused without costing a try.
    if (!new RegExp(`^[A-Za-z0-9]{${CODE_LENGTH}}$`).test(code) && !this.#misread(code, open?.code))
      return wrong();
    const right =
      open !== undefined &&
      (sameText(code, open.code) || this.#misread(code, open.code) || this.#mistaken(code, open.code));
    const older = memory.older !== undefined && sameText(code, memory.older.code);
    const foreign =
      !right &&
      code !== open?.code &&
      (DRAWN.get(code) ?? identity.serialNumber) !== identity.serialNumber &&
      (defects.has('code-of-other-unit-taken') ||
        (channel === 'http' && defects.has('code-of-other-unit-taken-over-http')));
    const again = this.#granted(channel) && sameText(code, memory.grant?.code ?? '');
    const served = channel === 'http' && memory.served === code && defects.has('code-reusable-over-http');
    const refused =
      right && !again && (defects.has('code-right-refused') || this.#refusedAtFirst(code, channel));
    if (refused || (!right && !again && !older && !foreign && !served)) {
      if (open !== undefined && defects.has('code-void-after-wrong-one')) memory.reset = undefined;
      return this.#countWrong(code, channel);
    }
    if (channel === 'local') memory.served = code;
    this.#store.commit({ codeTries: 0, codeLockMs: 0 });
    if (!this.#store.defects.has('code-reusable')) memory.reset = undefined;
    memory.grant = { channel, code, at: this.#store.uptime };
    this.#note(
      'Reset Password: Code Accepted',
      channel,
      this.#store.defects.has('log-holds-code') ? code : '',
    );
    return { ok: true };
  }

  /** With a defect: whether the right code is keyed in for the first time. */
  #refusedAtFirst(code: string, channel: Channel): boolean {
    const { memory, defects } = this.#store;
    if (channel !== 'local' || memory.keyedIn === code) return false;
    memory.keyedIn = code;
    return defects.has('code-right-refused-at-first');
  }
  /** What the defects of the reading take for the code though it has another shape. */
  #misread(typed: string, code: string | undefined): boolean {
    const { defects } = this.#store;
    if (code === undefined) return false;
    if (typed === '') return defects.has('code-empty-taken');
    if (typed.trim() === code) return typed !== code && defects.has('code-padded-taken');
    if (typed.length === CODE_LENGTH + 1 && typed.startsWith(code)) return defects.has('code-of-9-taken');
    return typed.length === CODE_LENGTH - 1 && code.startsWith(typed) && defects.has('code-of-7-taken');
  }
  /** The same for codes of the right shape. */
  #mistaken(typed: string, code: string): boolean {
    const { defects, memory } = this.#store;
    if (typed === code) return false;
    if (typed.slice(0, 4) === code.slice(0, 4) && defects.has('code-second-half-ignored')) return true;
    if (typed.slice(0, -1) === code.slice(0, -1)) return defects.has('code-last-character-ignored');
    if (typed.toUpperCase() === code) {
      memory.swapped += 1;
      return memory.swapped % 2 === 0 && defects.has('code-case-by-turns');
    }
    return defects.has('code-any-taken');
  }
  /** A payload with what a defect adds behind it. */
  #marked(payload: string, { address, code, serialNumber }: Letter): string {
    const { defects } = this.#store;
    const base64 = (text: string) => Buffer.from(text).toString('base64url');
    if (defects.has('payload-holds-address')) return `${payload}.${address}`;
    if (defects.has('payload-holds-code-in-base64')) return `${payload}.${base64(code)}`;
    if (defects.has('payload-holds-code-reversed')) return `${payload}.${[...code].reverse().join('')}`;
    if (defects.has('payload-too-long')) return `${payload}.${base64(serialNumber.repeat(30))}`;
    if (defects.has('payload-with-credentials')) return `${payload}.?user=admin&password=none`;
    return payload;
  }

  nearly(code: string): boolean {
    const { reset } = this.#store.memory;
    return reset !== undefined && code !== reset.code && code.slice(0, -1) === reset.code.slice(0, -1);
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
    if (this.#store.defects.has('log-without-success')) return;
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

  #countWrong(code: string, channel: Channel): CodeOutcome {
    const { defects } = this.#store;
    if (channel === 'http' && defects.has('code-tries-over-http-free')) return wrong();
    const apart = channel === 'http' && defects.has('code-tries-over-http-counted-apart');
    const tries = (apart ? this.#store.memory.httpCodeTries : this.#store.flash.codeTries) + 1;
    const locked =
      tries >= CODE_TRIES &&
      !defects.has('code-lock-missing') &&
      (tries >= LATE_TRIES || !defects.has('code-lock-after-12')) &&
      (tries > CODE_TRIES || !defects.has('code-lock-after-8'));
    if (apart) this.#store.memory.httpCodeTries = tries;
    else this.#store.commit({ codeTries: tries, codeLockMs: locked ? CODE_LOCK_MS : 0 });
    if (locked) this.#store.memory.codeLockUntil = this.#store.uptime + CODE_LOCK_MS;
    if (!defects.has('log-without-wrong-codes'))
      this.#note(
        'Reset Password: Wrong Code',
        channel,
        `${locked ? 'locked' : ''}${defects.has('log-holds-wrong-codes') ? ` ${code}` : ''}`,
      );
    return locked ? { ok: false, why: 'locked', lockSeconds: CODE_LOCK_MS / 1000 } : wrong();
  }

  #alive() {
    const { memory, uptime, now, defects } = this.#store;
    const { reset } = memory;
    if (reset === undefined) return undefined;
    const age = uptime - reset.openedAt;
    const byClock = now - reset.openedOn <= CODE_LIFE_MS;
    const alive = age <= CODE_LIFE_MS;
    if (byClock !== alive && defects.has('code-expires-by-the-clock')) return byClock ? reset : undefined;
    if (alive && age > DAY_MS && defects.has('code-dies-after-a-day')) return undefined;
    if (alive) return age > EARLY_MS && defects.has('code-dies-at-47-hours') ? undefined : reset;
    if (defects.has('code-never-expires')) return reset;
    return age <= LATE_MS && defects.has('code-lives-49-hours') ? reset : undefined;
  }

  #granted(channel: Channel): boolean {
    const { grant } = this.#store.memory;
    return grant !== undefined && grant.channel === channel && this.#store.uptime - grant.at <= GRANT_MS;
  }

  #note(minor: LogName, channel: Channel, detail: string): void {
    const other = channel === 'local' && this.#store.defects.has('log-names-another-channel');
    this.#store.log({
      major: 'Operation',
      minor,
      user: '',
      channel: other ? 'http' : channel,
      detail,
    });
  }
}

function wrong(): CodeOutcome {
  return { ok: false, why: 'wrong', lockSeconds: 0 };
}

/** A code as recorders draw them. */
export function drawCode(): string {
  return Array.from({ length: CODE_LENGTH }, () => ALPHABET.charAt(randomInt(ALPHABET.length))).join('');
}
