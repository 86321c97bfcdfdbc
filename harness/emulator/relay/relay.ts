import { randomBytes, randomUUID } from 'node:crypto';
import type { EmulatorPlan } from '../../wire/emulator.ts';
import { RESET_QR_MAX_BYTES, type ScanResult } from '../../wire/relay.ts';
import { newSealKeys, openLetter, type SealKeys } from '../../wire/seal.ts';
import { HOUSE_BRAND } from '../brand/brand.ts';
import { Defects } from '../defects.ts';
import { record, textOf } from '../http/xml.ts';
import { type JsonAnswer, type JsonRequest, problem, startJsonServer } from '../json-server.ts';
import { sameText } from '../recorder/accounts.ts';
import { faultyMails } from './faults.ts';
import { type Intake, startIntake } from './intake.ts';
import { Limits } from './limits.ts';
import { APP_WORDS, type AppWords } from './mail-texts.ts';
import { type Route, type Sender, startRoute } from './route.ts';

/** A recorder as the service knows it. */
export interface Unit extends Sender {
  /** Its switches. */
  readonly defects: Defects;
}

/** The running app-and-mail service. Recorders seal their letters for `publicKey`. */
export interface Relay extends AsyncDisposable {
  readonly url: string;
  /** Where it takes mails with a QR. */
  readonly smtp: Intake['smtp'];
  readonly publicKey: string;
  /** As if a unit had never asked for a mail: for one whose world was brought back. What is under way never comes. */
  forget(serialNumber: string): void;
}

export interface RelayOptions {
  readonly smtp: EmulatorPlan['smtp'];
  readonly host?: string;
  readonly keys?: SealKeys;
  /** ms since the epoch. */
  readonly now?: () => number;
  /** The unit with a serial number. Default: none is known, and letters are those of healthy ones of the house. */
  readonly unitOf?: (serialNumber: string) => Unit | undefined;
  /** Whether a mail address is the service's own. Default: that of the house. */
  readonly isOwn?: (address: string) => boolean;
  /** How many times faster the world of a unit goes while its mail is under way. Default 10. */
  readonly speed?: number;
}

/** Starts the service; its mails go to `smtp`. */
export async function startRelay(options: RelayOptions): Promise<Relay> {
  const keys = options.keys ?? newSealKeys();
  const route = await startRoute(options.smtp, options.speed);
  const app = new App(keys, options, route);
  const host = options.host ?? '127.0.0.1';
  const server = await startJsonServer(host, (request) => app.answer(request));
  const isOwn = options.isOwn ?? ((address) => address === HOUSE_BRAND.service.mailbox);
  const intake = await startIntake({ host, isOwn, take: (payload) => app.mailed(payload) });
  return {
    url: server.url,
    smtp: intake.smtp,
    publicKey: keys.publicKey,
    forget: (serialNumber) => app.forget(serialNumber),
    async [Symbol.asyncDispose]() {
      await intake[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
      await route[Symbol.asyncDispose]();
    },
  };
}

/** How late mails are, with a defect; of real time. */
const LATE_MS = 6 * 60_000;

class App {
  readonly #keys: SealKeys;
  readonly #now: () => number;
  readonly #unitOf: (serialNumber: string) => Unit | undefined;
  readonly #route: Route;
  readonly #tokens = new Set<string>();
  /** Accounts are made by their first login. */
  readonly #accounts = new Map<string, string>();
  readonly #limits = new Limits();

  constructor(keys: SealKeys, options: Pick<RelayOptions, 'now' | 'unitOf'>, route: Route) {
    this.#keys = keys;
    this.#now = options.now ?? Date.now;
    this.#unitOf = options.unitOf ?? (() => undefined);
    this.#route = route;
  }

  async answer(request: JsonRequest): Promise<JsonAnswer> {
    const { method, path } = request;
    if (path !== '/app/session' && path !== '/app/scan') return problem(404, `no such path: ${path}`);
    if (method !== 'POST') return problem(405, `${path} takes POST`);
    return path === '/app/session' ? this.#session(request.body) : await this.#scan(request);
  }

  forget(serialNumber: string): void {
    this.#limits.forget(serialNumber);
    this.#route.forget(serialNumber);
  }

  #session(body: unknown): JsonAnswer {
    const fields = record(body);
    const mode = textOf(fields, 'mode');
    if (mode === 'account') {
      const user = textOf(fields, 'user') ?? '';
      const password = textOf(fields, 'password') ?? '';
      if (user === '' || password === '') return problem(400, 'user and password are needed');
      if (!sameText(this.#accounts.get(user) ?? password, password)) return problem(401, 'wrong password');
      this.#accounts.set(user, password);
    } else if (mode !== 'visitor') return problem(400, "mode is 'visitor' or 'account'");
    const token = randomBytes(24).toString('base64url');
    this.#tokens.add(token);
    return { status: 200, body: { token } };
  }

  async #scan(request: JsonRequest): Promise<JsonAnswer> {
    const token = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    if (!this.#tokens.has(token)) return problem(401, 'no session');
    const payload = textOf(record(request.body), 'payload');
    if (payload === undefined) return problem(400, 'payload is needed');
    return this.#serve(payload);
  }

  /** What came by mail is served as what was scanned; a refusal is told to nobody. */
  async mailed(payload: string): Promise<void> {
    const { status, body } = await this.#serve(payload);
    const result = record(body);
    const told = textOf(result, 'reason') ?? textOf(result, 'error');
    if (told !== undefined) console.error(`mail: the QR of a mail was refused: ${told} (${status})`);
  }

  async #serve(payload: string): Promise<JsonAnswer> {
    // The service reads the sealed part; what may stand behind it is none of its business.
    const sealed = payload.split('.').slice(0, 2).join('.');
    const letter = payload.length <= RESET_QR_MAX_BYTES ? openLetter(sealed, this.#keys) : undefined;
    if (!letter) return refused('invalid-qr');
    const unit = this.#unitOf(letter.serialNumber);
    const { defects, brand } = unit ?? { defects: new Defects(), brand: HOUSE_BRAND };
    const admitted = this.#limits.admit(payload, letter.serialNumber, this.#now());
    const { appSays } = brand;
    const unlimited = admitted === 'rate-limited' && defects.has('scans-without-limit');
    if (admitted !== 'ok' && !unlimited) {
      if (admitted === 'rate-limited' && defects.has('scan-limit-cleared-by-refusal'))
        this.#limits.clear(payload);
      return refused(admitted, appSays);
    }
    try {
      const stamp = { id: randomUUID(), date: new Date(this.#now()) };
      const mails = faultyMails(letter, stamp, { defects, brand });
      const late = mails.length > 0 && defects.has('mail-after-six-minutes');
      for (const mail of mails)
        await this.#route.send(mail, { letter, stamp, brand }, unit, late ? LATE_MS : undefined);
    } catch (error) {
      const reason = error instanceof Error && 'code' in error ? String(error.code) : 'no answer';
      return problem(502, `the mail server did not take the mail (${reason})`);
    }
    return {
      status: 200,
      body: { status: 'sent', message: appSays.sent ?? APP_WORDS.sent } satisfies ScanResult,
    };
  }
}

function refused(
  reason: 'invalid-qr' | 'rate-limited' | 'expired',
  says: Partial<AppWords> = {},
): JsonAnswer {
  return {
    status: 200,
    body: { status: 'refused', reason, message: says[reason] ?? APP_WORDS[reason] } satisfies ScanResult,
  };
}
