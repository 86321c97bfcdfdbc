import { createHash, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { HttpPduOptions } from './http-pdu.ts';

/** A power switch on loopback, and what it may be made to do. */
export interface Pdu extends AsyncDisposable {
  readonly url: string;
  readonly world: {
    outlet: 'on' | 'off';
    /** So many of the next requests are answered with this status. */
    failing: { status: number; times: number };
    /** Requests are taken and never answered. */
    hanging: boolean;
    /** Orders are confirmed, and not followed. */
    stuck: boolean;
    /** The state that is told is older than the last so many requests for it. */
    staleFor: number;
  };
  readonly asked: string[];
  vanish(): Promise<void>;
}
/** The manner of a common family: what its requests look like, and its template for it. */
export type PduKind = keyof typeof KINDS;

const USER = 'bench';
export const PASSWORD = 'Pdu/pass word&1';
const NONCE = 'dcd98b7102dd2f0e8b11d0f600bfb0c0';

interface Manner {
  readonly order: (request: IncomingMessage, body: string) => 'on' | 'off' | undefined;
  readonly tell: (outlet: 'on' | 'off') => string;
  readonly allowed: (request: IncomingMessage) => boolean;
  readonly challenge?: string;
  readonly template: (url: string) => Pick<HttpPduOptions, 'on' | 'off' | 'state' | 'auth'>;
}

const basic = `Basic ${Buffer.from(`${USER}:${PASSWORD}`).toString('base64')}`;
const turnOf = (text: string | null) =>
  text === null || !/^(on|off)$/i.test(text) ? undefined : text.toLowerCase() === 'on' ? 'on' : 'off';
const query = (request: IncomingMessage) => new URL(request.url ?? '/', 'http://pdu').searchParams;

/** Requests and answers as the makers' documents have them. */
const KINDS = {
  // Shelly, first generation: GET /relay/0?turn=on, {"ison":true}; basic.
  shelly: {
    order: (request) => turnOf(query(request).get('turn')),
    tell: (outlet) => JSON.stringify({ ison: outlet === 'on', has_timer: false, source: 'http' }),
    allowed: (request) => request.headers.authorization === basic,
    challenge: 'Basic realm="shelly"',
    template: (url) => ({
      on: { url: `${url}/relay/0?turn=on` },
      off: { url: `${url}/relay/0?turn=off` },
      state: { url: `${url}/relay/0`, read: { pointer: '/ison', on: true, off: false } },
      auth: { kind: 'basic', user: USER, password: PASSWORD },
    }),
  },
  // Tasmota: GET /cm?cmnd=Power On, {"POWER":"ON"}; user and password in the address.
  tasmota: {
    order: (request) =>
      turnOf(
        query(request)
          .get('cmnd')
          ?.replace(/^Power ?/, '') ?? null,
      ),
    tell: (outlet) => JSON.stringify({ POWER: outlet.toUpperCase() }),
    allowed: (request) => query(request).get('password') === PASSWORD,
    template: (url) => ({
      on: { url: `${url}/cm?user=admin&password={password}&cmnd=Power%20On` },
      off: { url: `${url}/cm?user=admin&password={password}&cmnd=Power%20Off` },
      state: {
        url: `${url}/cm?user=admin&password={password}&cmnd=Power`,
        read: { pattern: '"POWER":"(\\w+)"', on: 'on', off: 'off' },
      },
      auth: { kind: 'template', password: PASSWORD },
    }),
  },
  // Digital Loggers: PUT /restapi/relay/outlets/0/state/ with value=true; digest.
  dli: {
    order: (request, body) =>
      request.method === 'PUT' && request.headers['x-csrf'] === 'x'
        ? body === 'value=true'
          ? 'on'
          : 'off'
        : undefined,
    tell: (outlet) => String(outlet === 'on'),
    allowed: (request) => digestIsRight(request),
    challenge: `Digest realm="pdu", nonce="${NONCE}", qop="auth", algorithm=SHA-256`,
    template: (url) => {
      const state = `${url}/restapi/relay/outlets/0/state/`;
      const headers = { 'X-CSRF': 'x', 'Content-Type': 'application/x-www-form-urlencoded' };
      return {
        on: { method: 'PUT', url: state, headers, body: 'value=true' },
        off: { method: 'PUT', url: state, headers, body: 'value=false' },
        state: { url: state, read: { pointer: '', on: true, off: false } },
        auth: { kind: 'digest', user: USER, password: PASSWORD },
      };
    },
  },
  // NETIO: POST /netio.json with the action of an output, 1 or 0.
  netio: {
    order: (request, body) => {
      if (request.method !== 'POST') return undefined;
      const { Outputs } = JSON.parse(body) as { readonly Outputs?: readonly { readonly Action: number }[] };
      return Outputs?.[0]?.Action === 1 ? 'on' : 'off';
    },
    tell: (outlet) => JSON.stringify({ Outputs: [{ ID: 1, State: outlet === 'on' ? 1 : 0, Load: 32 }] }),
    allowed: (request) => request.headers.authorization === `Bearer ${PASSWORD}`,
    template: (url) => {
      const order = (action: number) => ({
        method: 'POST' as const,
        url: `${url}/netio.json`,
        body: JSON.stringify({ Outputs: [{ ID: 1, Action: action }] }),
      });
      return {
        on: order(1),
        off: order(0),
        state: { url: `${url}/netio.json`, read: { pointer: '/Outputs/0/State', on: 1, off: 0 } },
        auth: { kind: 'bearer', password: PASSWORD },
      };
    },
  },
} as const satisfies Record<string, Manner>;
export const PDU_KINDS = Object.keys(KINDS) as readonly PduKind[];

/** A server that behaves like one of the kinds. */
export async function servePdu(
  kind: PduKind,
): Promise<Pdu & { readonly template: ReturnType<Manner['template']> }> {
  const manner: Manner = KINDS[kind];
  const world: Pdu['world'] = {
    outlet: 'on',
    failing: { status: 500, times: 0 },
    hanging: false,
    stuck: false,
    staleFor: 0,
  };
  const asked: string[] = [];
  let told: 'on' | 'off' = 'on';
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString('utf8');
    if (world.hanging) return;
    const say = (status: number, text: string, headers: Readonly<Record<string, string>> = {}) => {
      response.writeHead(status, headers);
      response.end(text);
    };
    if (!manner.allowed(request))
      return say(401, 'no', manner.challenge === undefined ? {} : { 'www-authenticate': manner.challenge });
    asked.push(`${request.method} ${request.url}`);
    if (world.failing.times > 0) {
      world.failing.times -= 1;
      return say(world.failing.status, 'Internal Server Error');
    }
    const order = manner.order(request, body);
    if (order !== undefined && !world.stuck) world.outlet = order;
    if (order === undefined) {
      if (world.staleFor > 0) world.staleFor -= 1;
      else told = world.outlet;
    }
    say(200, manner.tell(order ?? told));
  };
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const vanish = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url, world, asked, vanish, template: manner.template(url), [Symbol.asyncDispose]: vanish };
}

function digestIsRight(request: IncomingMessage): boolean {
  const value = (name: string) =>
    new RegExp(`${name}="?([^",]+)`).exec(request.headers.authorization ?? '')?.[1] ??
    randomBytes(4).toString('hex');
  const hash = (text: string) => createHash('sha256').update(text).digest('hex');
  const a1 = hash(`${USER}:pdu:${PASSWORD}`);
  const a2 = hash(`${request.method}:${request.url}`);
  return value('response') === hash(`${a1}:${NONCE}:${value('nc')}:${value('cnonce')}:auth:${a2}`);
}
