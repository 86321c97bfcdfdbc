import { createHash } from 'node:crypto';

/** One QR is mailed for at most 5 times in 10 minutes, one recorder at most 60 times an hour. */
const PER_QR = { count: 5, ms: 10 * 60_000 };
const PER_UNIT = { count: 60, ms: 3_600_000 };
/** The service forgets nothing about a QR for as long as a code may live. */
const QR_LIFE_MS = 48 * 3_600_000;

/** Who asked how often; times in ms of the service's own clock. */
export class Limits {
  readonly #firstSeen = new Map<string, number>();
  readonly #mails = new Map<string, readonly number[]>();

  /** Whether a scan may lead to a mail; counts it when so. */
  admit(payload: string, serialNumber: string, now: number): 'ok' | 'expired' | 'rate-limited' {
    const qr = keyOf(payload);
    const first = this.#firstSeen.get(qr) ?? now;
    if (now - first > QR_LIFE_MS) return 'expired';
    const ofQr = this.#recent(qr, now - PER_QR.ms);
    const ofUnit = this.#recent(`unit ${serialNumber}`, now - PER_UNIT.ms);
    if (ofQr.length >= PER_QR.count || ofUnit.length >= PER_UNIT.count) return 'rate-limited';
    this.#firstSeen.set(qr, first);
    this.#mails.set(qr, [...ofQr, now]);
    this.#mails.set(`unit ${serialNumber}`, [...ofUnit, now]);
    return 'ok';
  }

  /** Forgets what a unit asked for. */
  forget(serialNumber: string): void {
    this.#mails.delete(`unit ${serialNumber}`);
  }

  /** Forgets how often a QR was mailed for. */
  clear(payload: string): void {
    this.#mails.delete(keyOf(payload));
  }

  #recent(key: string, since: number): readonly number[] {
    return (this.#mails.get(key) ?? []).filter((at) => at > since);
  }
}

function keyOf(payload: string): string {
  return `qr ${createHash('sha256').update(payload).digest('hex')}`;
}
