import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import type { Recorder } from '../recorder/recorder.ts';
import { accountRoutes } from './account-routes.ts';
import { contentRoutes } from './content-routes.ts';
import { checkDigest } from './digest.ts';
import { logRoutes } from './log-routes.ts';
import { type Call, type Problem, type Reply, type Route, refuse, refuseJson } from './reply.ts';
import { resetRoutes } from './reset-routes.ts';
import { noteDigest, sessionOf, sessionRoutes } from './sessions.ts';
import { systemRoutes } from './system-routes.ts';
import { unauthorized } from './unauthorized.ts';

/** Just after a boot, writes are refused for so long (seen on recorders: 403 Invalid Operation). */
const SETTLE_MS = 250;
const BODY_MAX = 64 * 1024;

/** The open HTTP face; its port is the recorder's as long as it lives, whether powered or not. */
export interface HttpFace extends AsyncDisposable {
  readonly url: string;
}

/**
 * Opens the HTTP face on a free port of `host`. While the recorder is not up, connections are reset.
 * @param delayMs how late the next answer is sent
 */
export async function startHttpFace(
  recorder: Recorder,
  host = '127.0.0.1',
  delayMs: () => number = () => 0,
): Promise<HttpFace> {
  const routes = [
    ...accountRoutes(),
    ...sessionRoutes(),
    ...resetRoutes(),
    ...systemRoutes(),
    ...logRoutes(),
    ...contentRoutes(),
  ];
  const sockets = new Set<Socket>();
  let settledAt = 0;
  const server = createServer((request, response) => {
    readBody(request)
      .then((body) => answer({ recorder, routes, settled: recorder.uptime >= settledAt }, request, body))
      .then(async (reply) => {
        const late = delayMs();
        if (late > 0) await setTimeout(late);
        send(recorder, response, reply);
      })
      .catch(() => request.socket.destroy());
  });
  server.on('connection', (socket) => {
    if (recorder.phase !== 'ready' || !recorder.networkUp) return void socket.resetAndDestroy();
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  const stopListening = recorder.onChange((what) => {
    if (what === 'restored') settledAt = 0;
    if (what === 'network' && !recorder.networkUp) for (const socket of sockets) socket.resetAndDestroy();
    if (what !== 'phase') return;
    if (recorder.phase === 'ready') settledAt = recorder.uptime + SETTLE_MS;
    else for (const socket of sockets) socket.resetAndDestroy();
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${host}:${port}`,
    async [Symbol.asyncDispose]() {
      stopListening();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

interface Context {
  readonly recorder: Recorder;
  readonly routes: readonly Route[];
  readonly settled: boolean;
}

function answer(context: Context, request: IncomingMessage, body: string): Reply {
  const { recorder, routes } = context;
  const target = request.url ?? '/';
  const url = new URL(target, 'http://recorder');
  const base = {
    recorder,
    method: request.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    body,
    cookie: request.headers.cookie ?? '',
    address: request.socket.remoteAddress ?? '',
    who: undefined,
    rest: url.pathname.slice(url.pathname.lastIndexOf('/') + 1),
  } satisfies Call;
  const here = routes.filter((route) => fits(route, base.path));
  const route = here.find(({ method }) => method === base.method);
  const no = (problem: Problem) => (here[0]?.json ? refuseJson(base, problem) : refuse(base, problem));
  if (here.length === 0) return no('notFound');
  if (!route) return no('methodNotAllowed');
  if (!recorder.activated && !route.inactive && !route.whileInactive?.(base)) return no('notActivated');
  const writes = route.method === 'PUT';
  if (route.access === 'open')
    return writes && !context.settled ? no('invalidOperation') : route.handle(base);
  if (request.headers.authorization === undefined && route.opened?.(base, undefined))
    return route.handle(base);
  const who = authenticate(base, { target, authorization: request.headers.authorization });
  if ('status' in who) return who;
  if (route.access === 'admin' && who.level !== 'admin' && !route.opened?.(base, who))
    return no('lowPrivilege');
  if (writes && !context.settled) return no('invalidOperation');
  return route.handle({ ...base, who });
}

/** Who asks, or the 401 to send: by session cookie, else by digest. Failures count towards the login lock. */
function authenticate(
  call: Call,
  header: { readonly target: string; readonly authorization: string | undefined },
): NonNullable<Call['who']> | Reply {
  const { recorder } = call;
  const session = header.authorization === undefined ? sessionOf(recorder, call.cookie) : undefined;
  if (session) return session;
  const proof = { method: call.method, url: header.target, authorization: header.authorization };
  const finding = checkDigest(recorder, proof);
  if (finding.kind === 'none') return unauthorized(call, { user: undefined, stale: false });
  if (finding.kind === 'stale') return unauthorized(call, { user: finding.user, stale: true });
  const outcome = recorder.accounts.settle(finding.user, 'http', finding.kind === 'right');
  if (!outcome.ok) return unauthorized(call, { user: finding.user, stale: false });
  noteDigest(recorder, outcome, call.address);
  return { user: outcome.user, level: outcome.level };
}

function fits(route: Route, path: string): boolean {
  if (!route.path.endsWith('*')) return route.path === path;
  const prefix = route.path.slice(0, -1);
  return path.startsWith(prefix) && /^[^/]+$/.test(path.slice(prefix.length));
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > BODY_MAX) throw new Error('body too long');
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function send(recorder: Recorder, response: ServerResponse, reply: Reply): void {
  const name = recorder.facts.deviceType === 'NVR' ? 'DNVRS-Webs' : 'DVRDVS-Webs';
  for (const [header, value] of Object.entries(reply.headers ?? {})) {
    response.setHeader(header, typeof value === 'string' ? value : [...value]);
  }
  if (reply.after) response.once('finish', reply.after);
  response.writeHead(reply.status, {
    Server: name,
    'Cache-Control': 'no-store',
    'Content-Type': `${reply.type}; charset="UTF-8"`,
    'Content-Length': Buffer.byteLength(reply.body),
  });
  response.end(reply.body);
}
