import { createServer, type IncomingMessage, STATUS_CODES } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { PIKVM } from '../../wire/pikvm.ts';
import { OPEN_ROUTES, type Parts, routesOf, VERSION } from './api.ts';
import { Params } from './params.ts';
import { ApiError, failed, plain, type Reply } from './reply.ts';

/** Longest body, bytes (aiohttp's default). */
const BODY_MAX = 1024 * 1024;
/** How long a connection may idle (the default of the nginx before kvmd). */
const KEEP_ALIVE_MS = 75_000;
/** Operation of a ping that is no JSON, and of its answer. */
const PING = 0;
const PONG = 255;

export interface ApiServer extends AsyncDisposable {
  readonly url: string;
}

/** Serves the API of a KVM on a free port of `host`. */
export async function serveApi(parts: Parts, host: string): Promise<ApiServer> {
  const routes = routesOf(parts);
  const known = new Set([...Object.keys(routes), PIKVM.ws].map((route) => route.split(' ')[1]));
  const handle = async (request: IncomingMessage): Promise<Reply> => {
    const { route, path, query } = addressOf(request);
    const act = routes[route];
    if (act === undefined && route !== PIKVM.ws)
      return known.has(path) ? plain(405, 'Method Not Allowed') : plain(404, 'Not Found');
    if (!OPEN_ROUTES.has(route)) parts.auth.check(request.headers);
    if (act === undefined)
      return plain(400, 'No WebSocket UPGRADE hdr: None\n Can "Upgrade" only to "WebSocket".');
    const body = await readBody(request);
    return body === undefined
      ? plain(413, 'Request Entity Too Large')
      : act({ route, query, headers: request.headers, body });
  };
  const server = createServer((request, response) => {
    handle(request)
      .catch(replyTo)
      .then(({ status, headers, body }) => {
        response.writeHead(status, { ...headers, 'Content-Length': Buffer.byteLength(body) });
        response.end(body);
      })
      .catch(() => response.destroy());
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  const sockets = new WebSocketServer({ noServer: true, maxPayload: 65_536 });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    try {
      const { route, query } = addressOf(request);
      if (route !== PIKVM.ws) throw plain(404, 'Not Found');
      parts.auth.check(request.headers);
      const stream = query.flag('stream', true);
      sockets.handleUpgrade(request, socket, head, (open) => greet(open, parts, stream));
    } catch (error) {
      refuse(socket, isReply(error) ? error : replyTo(error));
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, host, resolve);
  });
  return {
    url: `http://${host}:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets.clients) socket.terminate();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** A viewer came: it keeps the streamer awake if it wants pictures, hears how things are, and all keys are let go of. */
function greet(socket: WebSocket, { streamer, hid, atx }: Parts, stream: boolean): void {
  const leave = stream ? streamer.addViewer() : () => undefined;
  const say = (type: string, event: object) => socket.send(JSON.stringify({ event_type: type, event }));
  // Nothing listens where the page is gone.
  const letGo = () => void hid.reset().catch(() => undefined);
  letGo();
  socket.on('error', () => socket.terminate());
  socket.on('close', () => {
    leave();
    letGo();
  });
  socket.on('message', (data, binary) => {
    const bytes = Buffer.from(data as Buffer);
    if (binary) {
      if (bytes[0] === PING) socket.send(Buffer.from([PONG]));
    } else if (typeOf(bytes.toString('utf8')) === 'ping') say('pong', {});
  });
  const [major = 0, minor = 0] = VERSION.kvmd.split('.').map(Number);
  say('loop', { version: { major, minor } });
  say('hid', hid.state());
  say('atx', atx.state());
  say('streamer', streamer.state());
}

function typeOf(message: string): unknown {
  try {
    const value: unknown = JSON.parse(message);
    return typeof value === 'object' && value !== null && 'event_type' in value
      ? value.event_type
      : undefined;
  } catch {
    return undefined;
  }
}

/** Slashes at the end or twice in a row mean nothing (aiohttp's `normalize_path_middleware`). */
function addressOf({ method = 'GET', url = '/' }: IncomingMessage) {
  const { pathname, searchParams } = new URL(url.replace(/^\/+/, '/'), 'http://kvm');
  const path = pathname.replace(/\/{2,}/g, '/').replace(/(.)\/$/, '$1');
  return { route: `${method} ${path}`, path, query: new Params(searchParams) };
}

async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > BODY_MAX) return undefined;
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

function replyTo(error: unknown): Reply {
  return error instanceof ApiError ? failed(error) : plain(500, 'Internal Server Error');
}

function refuse(socket: Duplex, { status, headers, body }: Reply): void {
  const lines = Object.entries({
    ...headers,
    'Content-Length': Buffer.byteLength(body),
    Connection: 'close',
  });
  socket.write(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n`);
  socket.write(lines.map(([name, value]) => `${name}: ${value}\r\n`).join(''));
  socket.write('\r\n');
  socket.end(body);
}

function isReply(value: unknown): value is Reply {
  return typeof value === 'object' && value !== null && 'status' in value && 'body' in value;
}
