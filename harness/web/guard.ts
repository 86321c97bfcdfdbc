import type { Context, MiddlewareHandler } from 'hono';
import { getCookie } from 'hono/cookie';
import { isSame, type Session, type Sessions } from './sessions.ts';

/** What a request carries from the guard to its page. */
export interface Env {
  readonly Variables: {
    readonly session: Session | undefined;
    /** Of an open page, without a session or token: nothing of runs is told. */
    readonly isStranger: boolean;
  };
}
export interface GuardOptions {
  /** Names of the host that count, beside addresses in figures where `isOpen`. */
  readonly names: readonly string[];
  /** It listens for other machines: nothing is shown to who has not signed in, and figures are good names. */
  readonly isOpen: boolean;
  readonly sessions: Sessions;
  readonly cookie: string;
}

const PAGE_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
/** No referrer policy stricter than this: a form's origin would be told as `null`. */
const HEADERS = {
  'content-security-policy': PAGE_POLICY,
  'cache-control': 'no-store',
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=()',
} as const;

/** Paths that whoever has not signed in may see of an open page. */
const FREE = /^\/(?:sign-in$|assets\/)/;

/**
 * Lets a request through, or says why not: under a foreign name of the host (DNS rebinding), and on a page open to other
 * machines without a session or a token. Sets the headers of every answer.
 */
export function guard(options: GuardOptions): MiddlewareHandler<Env> {
  const { sessions } = options;
  return async (c, next) => {
    for (const [name, value] of Object.entries(HEADERS)) c.header(name, value);
    const host = c.req.header('host') ?? new URL(c.req.url).host;
    if (!isOwnName(host, options)) return c.text('This page is not served under this name.\n', 421);
    const session = sessions.find(getCookie(c, options.cookie));
    c.set('session', session);
    c.set('isStranger', options.isOpen && session === undefined);
    if (options.isOpen && session === undefined && !FREE.test(c.req.path)) {
      const bearer = /^Bearer (\S+)$/.exec(c.req.header('authorization') ?? '')?.[1];
      const mayRead = c.req.method === 'GET' && bearer !== undefined && sessions.fits(bearer);
      if (!mayRead && (c.req.method !== 'GET' || bearer !== undefined))
        return c.text('Sign in first.\n', 401);
      if (!mayRead) return c.redirect(`/sign-in?back=${encodeURIComponent(pathOf(c))}`, 303);
      c.set('isStranger', false);
    }
    await next();
    return undefined;
  };
}

/** A name that can be made to point here from outside is none of ours; figures point where they say. */
function isOwnName(host: string, { names, isOpen }: GuardOptions): boolean {
  const name = host.replace(/:\d+$/, '').toLowerCase();
  if (['127.0.0.1', 'localhost', '[::1]'].includes(name)) return true;
  const isFigures = /^\d{1,3}(?:\.\d{1,3}){3}$/.test(name) || /^\[[0-9a-f:.]+\]$/.test(name);
  return (isOpen && isFigures) || names.some((one) => one.toLowerCase() === name);
}

/** Whether a request that changes something comes from a page of this server. */
export function isOwnOrigin(c: Context<Env>): boolean {
  const origin = c.req.header('origin');
  if (origin === undefined || !URL.canParse(origin)) return false;
  return new URL(origin).host === (c.req.header('host') ?? new URL(c.req.url).host);
}

/** Whether a form is one that this session was shown. */
export function isOwnForm(form: URLSearchParams, session: Session): boolean {
  return isSame(form.get('form') ?? '', session.formToken);
}

/** Path and query of a request. */
export function pathOf(c: Context<Env>): string {
  const { pathname, search } = new URL(c.req.url);
  return `${pathname}${search}`;
}

/** A path of this server from a form or an address; the first page instead of anything else. */
export function safeBack(back: string | null | undefined): string {
  return back !== null && back !== undefined && /^\/(?![/\\])[\x21-\x7e]*$/.test(back) ? back : '/';
}

/** Largest form, bytes. */
const FORM_BYTES = 16_384;

/** The fields of a posted form; nothing where it is too large or none. */
export async function formOf(c: Context<Env>): Promise<URLSearchParams | undefined> {
  const type = c.req.header('content-type') ?? '';
  if (!type.startsWith('application/x-www-form-urlencoded')) return undefined;
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of c.req.raw.body ?? []) {
    length += chunk.length;
    if (length > FORM_BYTES) return undefined;
    chunks.push(chunk);
  }
  return new URLSearchParams(Buffer.concat(chunks).toString('utf8'));
}
