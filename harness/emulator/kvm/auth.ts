import { randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { PIKVM_PASSWORD, PIKVM_USER } from '../../wire/pikvm.ts';
import { Params, wrong } from './params.ts';
import { forbidden, invalid, unauthorized } from './reply.ts';

const COOKIE = 'auth_token';
const USER = /^[a-z_]([a-z0-9@._-]*[a-z0-9_-])?$/;
const PASSWORD = /^[\x20-\x7e]*$/;
const TOKEN = /^[0-9a-f]{64}$/;

/** Who may use a KVM, and the sessions there are; checks as kvmd's `api/auth.py` does, in its order. */
export class Auth {
  readonly #user: string;
  readonly #password: string;
  /** Ends of the sessions in ms since the epoch, by token; 0: none. */
  readonly #sessions = new Map<string, number>();

  constructor({ user, password }: { readonly user: string; readonly password: string }) {
    this.#user = user;
    this.#password = password;
  }

  /** @throws ApiError unless somebody who may asks */
  check(headers: IncomingHttpHeaders): void {
    const user = headers[PIKVM_USER.toLowerCase()];
    if (typeof user === 'string' && user !== '') {
      this.#authorize(user, String(headers[PIKVM_PASSWORD.toLowerCase()] ?? ''));
      return;
    }
    const token = cookieOf(headers);
    if (token !== '') {
      if (!TOKEN.test(token)) throw invalid('The argument is not a valid auth token');
      const ends = this.#sessions.get(token);
      if (ends === undefined || (ends > 0 && ends < Date.now())) throw forbidden();
      return;
    }
    const basic = /^basic (.*)$/i.exec(headers.authorization ?? '')?.[1];
    if (basic === undefined) throw unauthorized();
    const [name, password, ...more] = Buffer.from(basic, 'base64').toString().split(':');
    // kvmd takes the pair apart at every colon.
    if (name === undefined || password === undefined || more.length > 0) throw unauthorized();
    this.#authorize(name, password);
  }

  /** @returns the cookie of a new session. @throws ApiError for who may not */
  login(form: URLSearchParams): string {
    const user = form.get('user') ?? '';
    if (!USER.test(user.trim())) throw wrong(user.trim(), 'username characters');
    const password = form.get('passwd') ?? '';
    if (!PASSWORD.test(password)) throw invalid('The argument is not a valid passwd characters');
    const seconds = new Params(form).whole('expire', 'expiration time', { fallback: 0, min: 0 });
    this.#authorize(user, password);
    const token = randomBytes(32).toString('hex');
    this.#sessions.set(token, seconds === 0 ? 0 : Date.now() + seconds * 1000);
    return `${COOKIE}=${token}; HttpOnly; Path=/; SameSite=Strict`;
  }

  /** Ends all sessions of the user. @throws ApiError without a cookie */
  logout(headers: IncomingHttpHeaders): void {
    if (!TOKEN.test(cookieOf(headers))) throw invalid('The argument is not a valid auth token');
    this.#sessions.clear();
  }

  #authorize(user: string, password: string): void {
    if (!USER.test(user.trim())) throw wrong(user.trim(), 'username characters');
    if (!PASSWORD.test(password)) throw invalid('The argument is not a valid passwd characters');
    if (user.trim() !== this.#user || password !== this.#password) throw forbidden();
  }
}

function cookieOf({ cookie = '' }: IncomingHttpHeaders): string {
  const pairs = cookie.split(';').map((pair) => pair.trim().split('='));
  return pairs.find(([name]) => name === COOKIE)?.[1] ?? '';
}
