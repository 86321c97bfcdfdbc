import { createTransport } from 'nodemailer';
import { MAIL_DELAY_MAX_S } from '../../wire/mail-route.ts';
import type { Envelope, Gate } from './gate.ts';

/** One mail ready to go. */
export interface Parcel {
  readonly raw: Buffer;
  readonly envelope: Envelope;
  /** When it is tried, s of twin time from now: the second time where the first attempt is refused for now. */
  readonly attempts: readonly [number, ...number[]];
  /** Waits so long first, ms of real time. */
  readonly lateMs?: number;
  /** The first attempt is made to be refused. */
  readonly greylisted?: boolean;
  /** Lets the next mail of the recorder pass first, where one comes in time. */
  readonly held?: boolean;
  /** While it is under way the recorder's world ages. */
  readonly awaited?: boolean;
}

/** A recorder whose world ages while its mails are under way. */
export interface Ageing {
  age(ms: number): void;
}

interface Lane {
  readonly unit: Ageing;
  readonly held: Set<() => void>;
  readonly timers: Set<NodeJS.Timeout>;
  /** Mails go out one after the other. */
  turn: Promise<void>;
  awaited: number;
  /** Ends the haste of its world. */
  calm?: () => void;
  gone?: true;
}

/** How many times faster a twin's world goes while a mail is under way. */
const SPEED = 10;
/** How often the world is moved on, ms. */
const TICK_MS = 50;
/** Between further attempts, s of twin time, and how many there are at most. */
const AGAIN_S = 5;
const ATTEMPTS = 6;

/** The queue of the mail service: mails wait in it, and are tried again where the other server says later. */
export class Outbox {
  readonly #gate: Gate;
  readonly #transport: ReturnType<typeof createTransport>;
  readonly #speed: number;
  readonly #lanes = new Map<string, Lane>();

  constructor(gate: Gate, { speed = SPEED }: { readonly speed?: number } = {}) {
    this.#gate = gate;
    this.#speed = speed;
    this.#transport = createTransport({ ...gate.smtp, secure: false, ignoreTLS: true });
  }

  /** Puts mails into the queue of a recorder. */
  post(serialNumber: string, unit: Ageing, parcels: readonly Parcel[]): void {
    const lane = this.#lanes.get(serialNumber) ?? newLane(unit);
    this.#lanes.set(serialNumber, lane);
    for (const parcel of parcels) {
      if (parcel.awaited === true) this.#await(lane);
      if (parcel.held === true) this.#hold(lane, parcel);
      else {
        const late = ((parcel.lateMs ?? 0) / 1000) * this.#speed;
        this.#later(lane, late + parcel.attempts[0], () => this.#go(lane, parcel, 1));
      }
    }
  }

  /** Mails of a recorder that are under way never come. */
  forget(serialNumber: string): void {
    const lane = this.#lanes.get(serialNumber);
    if (lane === undefined) return;
    this.#lanes.delete(serialNumber);
    lane.gone = true;
    for (const timer of lane.timers) clearTimeout(timer);
    lane.timers.clear();
    lane.held.clear();
    lane.calm?.();
  }

  close(): void {
    for (const serialNumber of [...this.#lanes.keys()]) this.forget(serialNumber);
    this.#transport.close();
  }

  #hold(lane: Lane, parcel: Parcel): void {
    const release = () => {
      if (lane.held.delete(release)) this.#go(lane, parcel, 1);
    };
    lane.held.add(release);
    this.#later(lane, MAIL_DELAY_MAX_S, release);
  }

  #go(lane: Lane, parcel: Parcel, attempt: number): void {
    lane.turn = lane.turn.then(() => this.#attempt(lane, parcel, attempt));
  }

  async #attempt(lane: Lane, parcel: Parcel, attempt: number): Promise<void> {
    if (lane.gone === true) return;
    const { raw, envelope, attempts } = parcel;
    if (attempt === 1 && parcel.greylisted === true) this.#gate.greylist(envelope);
    const refused = await this.#transport
      .sendMail({ raw, envelope: { ...envelope, to: [...envelope.to] } })
      .then(
        () => undefined,
        (error: { readonly responseCode?: number }) => error,
      );
    const code = refused?.responseCode ?? 0;
    if (refused !== undefined && code >= 400 && code < 500 && attempt < ATTEMPTS) {
      const wait = (attempts[attempt] ?? (attempts.at(-1) ?? 0) + AGAIN_S) - (attempts[attempt - 1] ?? 0);
      this.#later(lane, Math.max(0, wait), () => this.#go(lane, parcel, attempt + 1));
      return;
    }
    if (refused !== undefined) console.error(`mail: one was given up after ${attempt} attempts (${code})`);
    if (parcel.awaited === true) this.#arrived(lane);
    for (const release of [...lane.held]) release();
  }

  #later(lane: Lane, seconds: number, act: () => void): void {
    const timer = setTimeout(
      () => {
        lane.timers.delete(timer);
        act();
      },
      (seconds * 1000) / this.#speed,
    );
    lane.timers.add(timer);
  }

  /** One more mail under way: until it is there the recorder's world goes faster than ours. */
  #await(lane: Lane): void {
    lane.awaited += 1;
    if (lane.calm !== undefined) return;
    let last = performance.now();
    const tick = () => {
      if (lane.gone === true) return;
      const now = performance.now();
      lane.unit.age((now - last) * (this.#speed - 1));
      last = now;
    };
    const timer = setInterval(tick, TICK_MS);
    lane.calm = () => {
      clearInterval(timer);
      delete lane.calm;
      tick();
    };
  }

  #arrived(lane: Lane): void {
    lane.awaited -= 1;
    if (lane.awaited === 0) lane.calm?.();
  }
}

function newLane(unit: Ageing): Lane {
  return { unit, held: new Set(), timers: new Set(), turn: Promise.resolve(), awaited: 0 };
}
