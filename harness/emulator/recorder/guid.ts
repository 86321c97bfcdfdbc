import { createHash, randomBytes } from 'node:crypto';
import type { CodeOutcome } from './api.ts';
import type { Store } from './store.ts';

/** Wrong files before the lock, and its length (recorder manuals). */
const TRIES = 7;
const LOCK_MS = 30 * 60_000;
const BYTES = 48;

/** The way back by a file that admin exported: the newest one serves, until the password is reset. */
export class GuidFiles {
  readonly #store: Store;
  constructor(store: Store) {
    this.#store = store;
  }

  get configured(): boolean {
    return this.#store.flash.guid !== undefined;
  }

  /** A fresh file; every one before it is void. */
  export(): { readonly name: string; readonly bytes: Uint8Array } {
    const bytes = this.#repeated() ?? randomBytes(BYTES);
    const { serialNumber } = this.#store.identity;
    const stamp = new Date(this.#store.now).toISOString().replace(/\D/g, '').slice(0, 17);
    this.#store.commit({ guid: hashOf(bytes) });
    this.#store.memory.guidFile = bytes.toString('hex');
    return { name: `GUID-${serialNumber.slice(-9)}-${stamp}`, bytes };
  }

  /** With a defect: what the file of before the reset held. */
  #repeated(): Buffer | undefined {
    const { memory, flash, defects } = this.#store;
    if (memory.guidFile === undefined || flash.guid !== undefined) return undefined;
    return defects.has('guid-export-repeats-after-reset') ? Buffer.from(memory.guidFile, 'hex') : undefined;
  }

  enter(bytes: Uint8Array | undefined): CodeOutcome {
    const { memory, flash, uptime, defects } = this.#store;
    const left = memory.guidLockUntil - uptime;
    if (left > 0) return { ok: false, why: 'locked', lockSeconds: Math.ceil(left / 1000) };
    if (bytes !== undefined && flash.guid !== undefined && hashOf(bytes) === flash.guid) {
      memory.guidTries = 0;
      memory.grant = { channel: 'local', code: '', at: uptime };
      return { ok: true };
    }
    if (
      bytes !== undefined &&
      memory.formerGuid === hashOf(bytes) &&
      defects.has('guid-file-alive-after-reset')
    ) {
      memory.grant = { channel: 'local', code: '', at: uptime };
      return { ok: true };
    }
    memory.guidTries += 1;
    if (memory.guidTries < TRIES || defects.has('guid-lock-missing'))
      return { ok: false, why: 'wrong', lockSeconds: 0 };
    if (memory.guidTries === TRIES && defects.has('guid-lock-after-8'))
      return { ok: false, why: 'wrong', lockSeconds: 0 };
    memory.guidTries = 0;
    memory.guidLockUntil = uptime + (defects.has('guid-lock-of-10-minutes') ? LOCK_MS / 3 : LOCK_MS);
    return { ok: false, why: 'locked', lockSeconds: LOCK_MS / 1000 };
  }

  /** The password was reset: no file serves any more. */
  void(): void {
    this.#store.memory.formerGuid = this.#store.flash.guid;
    this.#store.commit({ guid: undefined });
  }
}

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
