import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecure } from 'node:https';
import type { AddressInfo } from 'node:net';
import sharp from 'sharp';
import { WebSocketServer } from 'ws';
import { PIKVM_PASSWORD, PIKVM_USER, SNAPSHOT_HEADERS } from '../../../wire/pikvm.ts';
import type { ContractInput } from '../../ports/display.contract.ts';
import { type MadeCertificate, makeCertificate } from './certificate.fixture.ts';
import { flag, invalid, Refusal, usbOf, whole } from './usb.fixture.ts';

/** What the device and the recorder behind it are like; tests change it at will. */
export interface KvmdWorld {
  /** As GET /api/hid tells. */
  hid: { online: boolean; keyboard: boolean; mouse: boolean; absolute: boolean; caps: boolean };
  atx: { enabled: boolean; power: boolean; busy: boolean; wired: boolean };
  signal: boolean;
  /** Replaces the picture's bytes. */
  bytes: Buffer | undefined;
  /** s from grab to answer, by the device's monotonic clock. */
  grabAge: number;
  /** How many frames since were the same, and how long ago, s, the last was compared. */
  same: { dropped: number; age: number } | undefined;
  /** Ends of the names of time headers; none: they are missing. */
  stamps: '-Timestamp' | '-Time' | 'none';
  /** Answers of this status, for requests whose path this matches. */
  broken: { readonly path: RegExp; readonly status: number | 'hang' | 'cut' } | undefined;
  /** Whether the streamer runs without anybody who looks. */
  forever: boolean;
  /** Whether there is a WebSocket at all. */
  sockets: boolean;
  /** Polls of the state until a streamer that was started runs. */
  startPolls: number;
}

export interface KvmdServer extends AsyncDisposable {
  readonly url: string;
  readonly certificate: MadeCertificate;
  readonly world: KvmdWorld;
  /** What the recorder shows from now on, as SVG of its size. */
  paint(svg: string): Promise<void>;
  /** All that came in at the recorder's USB socket, in order. */
  readonly inputs: readonly ContractInput[];
  /** Requests, as `METHOD path?query`. */
  readonly asked: readonly string[];
  /** Ends all sockets of events, and with them the streamer. */
  dropSockets(): void;
  vanish(): Promise<void>;
}

export const SIZE = { width: 1280, height: 720 };
export const USER = { user: 'admin', password: 'Quay:Lantern-7' };

/** Parameters that each route takes; others are refused, which is stricter than a device is. */
const ROUTES: Readonly<Record<string, readonly string[]>> = {
  'GET /api/auth/check': [],
  'GET /api/info': ['fields'],
  'GET /api/hid': [],
  'GET /api/streamer': [],
  'GET /api/streamer/snapshot': ['save', 'load', 'allow_offline'],
  'POST /api/hid/events/send_mouse_move': ['to_x', 'to_y'],
  'POST /api/hid/events/send_mouse_button': ['button', 'state'],
  'POST /api/hid/events/send_key': ['key', 'state', 'finish'],
  'POST /api/hid/print': ['limit', 'keymap', 'slow', 'delay'],
  'GET /api/atx': [],
  'POST /api/atx/power': ['action', 'wait'],
};

/** A PiKVM with a recorder behind it, by the public documentation; on loopback, with a certificate of its own. */
export async function serveKvmd(
  options: { readonly plain?: true; readonly size?: typeof SIZE } = {},
): Promise<KvmdServer> {
  const size = options.size ?? SIZE;
  const certificate = makeCertificate();
  const world: KvmdWorld = {
    hid: { online: true, keyboard: true, mouse: true, absolute: true, caps: false },
    atx: { enabled: true, power: true, busy: false, wired: true },
    signal: true,
    bytes: undefined,
    grabAge: 0.02,
    same: undefined,
    stamps: '-Timestamp',
    broken: undefined,
    forever: false,
    sockets: true,
    startPolls: 1,
  };
  const asked: string[] = [];
  let picture = await jpeg(blank(size));
  let polls = 0;
  const usb = usbOf(size);

  const running = () => (world.forever || sockets.clients.size > 0) && polls >= world.startPolls;

  async function atx(action: string | null): Promise<void> {
    if (world.atx.busy) throw new Refusal(409, 'AtxIsBusyError', 'Performing another ATX operation');
    if (action !== 'on' && action !== 'off_hard' && action !== 'off') throw invalid(`no action ${action}`);
    world.atx.busy = true;
    await new Promise((resolve) => setTimeout(resolve, 20));
    world.atx.busy = false;
    if (world.atx.wired) world.atx.power = action === 'on';
  }
  function streamer() {
    if (world.forever || sockets.clients.size > 0) polls += 1;
    else polls = 0;
    if (!running()) return { streamer: null };
    const source = {
      resolution: size,
      online: world.signal,
      desired_fps: 40,
      captured_fps: world.signal ? 25 : 0,
    };
    return { streamer: { encoder: { type: 'M2M-IMAGE', quality: 80 }, source } };
  }

  async function route(what: string, query: URLSearchParams, body: string): Promise<unknown> {
    switch (what) {
      case 'GET /api/auth/check':
        return {};
      case 'GET /api/info':
        return { system: { kvmd: { version: '4.82' }, streamer: { app: 'ustreamer', version: '6.36' } } };
      case 'GET /api/hid': {
        const { online, keyboard, mouse, absolute, caps } = world.hid;
        const leds = { caps, num: false, scroll: false };
        return {
          online,
          busy: false,
          keyboard: { online: keyboard, leds },
          mouse: { online: mouse, absolute },
        };
      }
      case 'GET /api/streamer':
        return streamer();
      case 'POST /api/hid/events/send_mouse_move':
        usb.move(whole(query.get('to_x'), -32_768, 32_767), whole(query.get('to_y'), -32_768, 32_767));
        return {};
      case 'POST /api/hid/events/send_mouse_button':
        usb.button(query.get('button') ?? '', flag(query.get('state')));
        return {};
      case 'POST /api/hid/events/send_key':
        usb.key(query.get('key') ?? '');
        return {};
      case 'POST /api/hid/print':
        usb.print(body, query);
        return {};
      case 'GET /api/atx': {
        const { enabled, busy, power } = world.atx;
        return { enabled, busy, acts: { power: busy, reset: false }, leds: { power, hdd: false } };
      }
      case 'POST /api/atx/power':
        await atx(query.get('action'));
        return {};
      default:
        throw new Refusal(404, 'HTTPNotFound', 'Not Found');
    }
  }

  function snapshot(response: ServerResponse): void {
    if (!running() || !world.signal) throw new Refusal(503, 'UnavailableError', 'Service Unavailable');
    const sent = 5190.338;
    const stamp = (seconds: number) => seconds.toFixed(6);
    const named = (name: string) =>
      name.replace('-Timestamp', world.stamps === '-Time' ? '-Time' : '-Timestamp');
    const { same } = world;
    const compared = same === undefined ? sent : sent - same.age;
    response.writeHead(200, {
      'content-type': 'image/jpeg',
      // A device without a battery, that has not been on the network since it was started.
      [SNAPSHOT_HEADERS.sentAt]: '1521.5',
      [SNAPSHOT_HEADERS.online]: 'true',
      [SNAPSHOT_HEADERS.width]: size.width,
      [SNAPSHOT_HEADERS.height]: size.height,
      ...(world.stamps === 'none'
        ? {}
        : {
            [SNAPSHOT_HEADERS.dropped]: same?.dropped ?? 0,
            [named(SNAPSHOT_HEADERS.grabTime)]: stamp(sent - world.grabAge),
            [named(SNAPSHOT_HEADERS.sendTime)]: stamp(sent),
            [named(SNAPSHOT_HEADERS.compareBegin)]: stamp(compared),
            [named(SNAPSHOT_HEADERS.compareEnd)]: stamp(same === undefined ? compared : compared + 0.0004),
          }),
    });
    response.end(world.bytes ?? picture);
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://kvm');
    asked.push(`${request.method} ${url.pathname}${url.search}`);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const json = (status: number, result: unknown) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ ok: status === 200, result }, undefined, 4));
    };
    const broken = world.broken?.path.test(url.pathname) ? world.broken.status : undefined;
    if (broken === 'hang') return;
    if (broken === 'cut') return void request.socket.destroy();
    if (broken === 502) return void response.writeHead(502).end('<html>502 Bad Gateway</html>');
    if (broken !== undefined) return json(broken, { error: 'SomeError', error_msg: 'as the test wants it' });
    try {
      authorize(request);
      const what = `${request.method} ${url.pathname}`;
      const known = ROUTES[what];
      for (const name of url.searchParams.keys())
        if (known?.includes(name) === false) throw invalid(`unknown parameter ${name}`);
      if (what === 'GET /api/streamer/snapshot') return snapshot(response);
      json(200, await route(what, url.searchParams, Buffer.concat(chunks).toString('utf8')));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      json(error.status, { error: error.error, error_msg: error.message });
    }
  }

  const hear = (request: IncomingMessage, response: ServerResponse) => void answer(request, response);
  const server = options.plain === true ? createServer(hear) : createSecure(certificate, hear);
  const sockets = new WebSocketServer({ noServer: true });
  server.on('upgrade', (request, socket, head) => {
    try {
      authorize(request);
      if (!world.sockets || !request.url?.startsWith('/api/ws'))
        throw new Refusal(404, 'HTTPNotFound', 'Not Found');
      sockets.handleUpgrade(request, socket, head, (opened) =>
        opened.send(JSON.stringify({ event_type: 'loop', event: {} })),
      );
    } catch (error) {
      socket.end(`HTTP/1.1 ${error instanceof Refusal ? error.status : 500} No\r\n\r\n`);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const dropSockets = () => {
    for (const one of sockets.clients) one.terminate();
  };
  let down: Promise<void> | undefined;
  const vanish = () => {
    down ??= new Promise<void>((resolve) => {
      dropSockets();
      server.close(() => resolve());
      server.closeAllConnections();
    });
    return down;
  };
  return {
    url: `${options.plain === true ? 'http' : 'https'}://127.0.0.1:${port}`,
    certificate,
    world,
    inputs: usb.inputs,
    asked,
    dropSockets,
    vanish,
    async paint(svg) {
      picture = await jpeg(svg);
    },
    [Symbol.asyncDispose]: vanish,
  };
}

/** By the X headers, as kvmd reads them. */
function authorize({ headers }: IncomingMessage): void {
  const user = headers[PIKVM_USER.toLowerCase()];
  if (user === undefined) throw new Refusal(401, 'UnauthorizedError', 'Unauthorized');
  if (user !== USER.user || headers[PIKVM_PASSWORD.toLowerCase()] !== USER.password)
    throw new Refusal(403, 'ForbiddenError', 'Forbidden');
}

/** Lines of white text on black. */
export function lines(texts: readonly string[], { width, height } = SIZE): string {
  const spans = texts.map(
    (text, at) => `<text x="40" y="${80 + at * 60}" font-size="40" fill="white">${text}</text>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="100%" height="100%"/>${spans.join('')}</svg>`;
}
const blank = (size: typeof SIZE) => lines([], size);

/** As the hardware encoder of a PiKVM makes it: JPEG 4:2:0. */
function jpeg(svg: string): Promise<Buffer> {
  return sharp(Buffer.from(svg)).jpeg({ quality: 90, chromaSubsampling: '4:2:0' }).toBuffer();
}
