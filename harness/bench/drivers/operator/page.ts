import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../../../terms/clock.ts';
import { HarnessError } from '../../../terms/error.ts';
import { PAGE_POLICY, type PageState, promptPage, refusalPage } from './page-html.ts';
import type { Posted, Reply, Way } from './way.ts';

export interface PageOptions {
  readonly clock: Clock;
  /** The name that stands in the form at first: that of the account. */
  readonly by: string;
  /** Hears of a fresh address when something is asked and nobody has the page open. */
  readonly onLink: (link: string) => void;
}
/** Prompts on a page of this machine. */
export interface PageWay extends Way {
  /** A fresh address of the page: it opens it once, in one browser. */
  link(): string;
}

interface Session {
  readonly key: string;
  readonly formToken: string;
  by: string;
  /** When it asked last, ms of monotonic time. */
  seen: number;
}
interface Open {
  readonly posted: Posted;
  readonly reply: Reply;
}

const HOST = '127.0.0.1';
/** With the port behind it: a browser keeps the cookies of all ports of a host together. */
const COOKIE = 'resetbench-desk-';
/** Largest form, bytes. */
const FORM_BYTES = 16_384;
/** Prompts that are over and still shown. */
const KEPT = 20;
/** A page that has not asked for so long is closed, ms. */
const CLOSED_MS = 5_000;

/**
 * Serves the page on a free port of loopback. An address holds a token that is good for one opening: the browser that
 * opens it gets a cookie of the same site, the token is void. A form counts only with that cookie, with a token of its own,
 * and from the page's own origin; a request under any other name of the host is refused (DNS rebinding).
 * @throws HarnessError PORT_UNREACHABLE where it cannot listen
 */
export async function openPage(options: PageOptions): Promise<PageWay> {
  const { clock, onLink } = options;
  const tokens = new Set<string>();
  const sessions = new Map<string, Session>();
  const open = new Map<number, Open>();
  const over: PageState['over'][number][] = [];
  let version = 1;
  let origin = '';
  let cookie = '';

  const link = () => {
    const token = randomBytes(24).toString('base64url');
    tokens.add(token);
    return `${origin}/?open=${token}`;
  };
  const isWatched = () => [...sessions.values()].some(({ seen }) => clock.monotonic() - seen < CLOSED_MS);
  const sessionOf = (request: IncomingMessage) => {
    const key = new RegExp(`(?:^|; )${cookie}=([\\w-]+)`).exec(request.headers.cookie ?? '')?.[1];
    const session = key === undefined ? undefined : sessions.get(key);
    if (session !== undefined) session.seen = clock.monotonic();
    return session;
  };
  const show = (response: ServerResponse, session: Session, status: number, said?: PageState['said']) => {
    const shown = {
      open: [...open.values()].map(({ posted }) => posted),
      over,
      formToken: session.formToken,
      by: session.by,
      now: clock.now(),
      version,
      ...(said === undefined ? {} : { said }),
    };
    response.writeHead(status).end(promptPage(shown));
  };

  function admit(response: ServerResponse, token: string): void {
    // Void from now on, whoever opened it.
    if (!tokens.delete(token)) {
      response.writeHead(403).end(refusalPage('This address was opened before. The run prints another one.'));
      return;
    }
    const key = randomBytes(24).toString('base64url');
    sessions.set(key, {
      key,
      formToken: randomBytes(24).toString('base64url'),
      by: options.by,
      seen: clock.monotonic(),
    });
    response.writeHead(303, {
      location: '/',
      'set-cookie': `${cookie}=${key}; HttpOnly; SameSite=Strict; Path=/`,
    });
    response.end();
  }

  async function take(request: IncomingMessage, response: ServerResponse, session: Session): Promise<void> {
    const form = new URLSearchParams(await bodyOf(request));
    if (request.headers.origin !== origin || !same(form.get('form') ?? '', session.formToken)) {
      response.writeHead(403).end(refusalPage('This form is not of this page. Nothing was answered.'));
      return;
    }
    const number = Number(form.get('number'));
    const asked = open.get(number);
    if (asked === undefined) {
      show(response, session, 409, {
        number: undefined,
        text: 'It was over before your answer came; see below.',
      });
      return;
    }
    session.by = textOf(form, 'by') || options.by;
    const note = asked.posted.prompt.note === undefined ? '' : textOf(form, 'note');
    const objection = asked.reply.answer({
      value: textOf(form, 'value'),
      ...(note === '' ? {} : { note }),
      by: session.by,
      way: 'page',
    });
    if (objection === undefined) response.writeHead(303, { location: '/' }).end();
    else show(response, session, 422, { number, text: objection });
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
    if (`http://${request.headers.host}` !== origin) {
      response.writeHead(421).end();
      return;
    }
    const url = new URL(request.url ?? '/', origin);
    const route = `${request.method} ${url.pathname}`;
    const token = url.searchParams.get('open');
    if (route === 'GET /' && token !== null) return admit(response, token);
    const session = sessionOf(request);
    if (session === undefined) {
      const text = 'Open the address that the run printed: each is good for one opening.';
      response.writeHead(403).end(refusalPage(text));
    } else if (route === 'GET /') show(response, session, 200);
    else if (route === 'GET /state') {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ version, open: [...open.keys()] }));
    } else if (route === 'POST /answer') await take(request, response, session);
    else response.writeHead(404).end(refusalPage('There is no such page.'));
  }

  const server = createServer((request, response) => {
    answer(request, response).catch(() => {
      if (!response.headersSent) response.writeHead(400);
      response.end();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) =>
      reject(
        new HarnessError('PORT_UNREACHABLE', `The page of the operator cannot listen: ${cause.message}.`, {
          port: 'operator',
          hint: `Check that this machine may listen on ${HOST}.`,
          cause,
        }),
      ),
    );
    server.listen(0, HOST, resolve);
  });
  const { port } = server.address() as AddressInfo;
  origin = `http://${HOST}:${port}`;
  cookie = `${COOKIE}${port}`;

  return {
    link,
    show(posted, reply) {
      open.set(posted.number, { posted, reply });
      version += 1;
      if (!isWatched()) onLink(link());
      return {
        over(record) {
          open.delete(posted.number);
          over.unshift({ dut: posted.dut, record });
          over.splice(KEPT);
          version += 1;
        },
      };
    },
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** No referrer policy stricter than this: a form's origin would be told as `null`. */
const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': PAGE_POLICY,
  'cache-control': 'no-store',
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
} as const;

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > FORM_BYTES) throw new Error('the form is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function textOf(form: URLSearchParams, name: string): string {
  return (form.get(name) ?? '').trim();
}

function same(a: string, b: string): boolean {
  const [one, other] = [Buffer.from(a), Buffer.from(b)];
  return one.length === other.length && timingSafeEqual(one, other);
}
