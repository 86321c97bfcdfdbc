import { readFile } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import { WebSocketServer } from 'ws';
import type { RecorderCore } from '../recorder/api.ts';
import { pageOf } from './page.ts';
import { readEvent } from './protocol.ts';
import { GuiSession } from './session.ts';
import { type GuiTiming, realScheduler, USUAL_TIMING } from './timing.ts';

/** Where the GUI listens, and how fast its machine is. */
export interface GuiOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly timing?: GuiTiming;
  /** 0 <= x < 1; spreads the delays. Default: never the same twice. */
  readonly random?: () => number;
}

/** A GUI that is shown at `url`. */
export interface RunningGui {
  readonly url: string;
  readonly session: GuiSession;
  close(): Promise<void>;
}

/** Largest event a page may send, bytes. */
const MAX_EVENT = 65_536;
const TYPES: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  mjs: 'text/javascript; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  woff2: 'font/woff2',
};

/** Files the page may ask for, by path; read when asked for, kept by nobody. */
function fileOf(path: string): string | undefined {
  const { resolve } = createRequire(import.meta.url);
  if (path === '/idiomorph.js') return resolve('idiomorph/dist/idiomorph.esm.js');
  const font = /^\/fonts\/(latin(?:-ext)?-[46]00)\.woff2$/.exec(path);
  if (font !== null) return resolve(`@fontsource/noto-sans/files/noto-sans-${font[1]}-normal.woff2`);
  const own = /^\/(styles\/[a-z0-9]+\.css|client\/[a-z]+\.mjs)$/.exec(path);
  return own === null ? undefined : new URL(`./${own[1]}`, import.meta.url).pathname;
}

async function serve(path: string, page: () => string, response: ServerResponse): Promise<void> {
  if (path === '/') {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' });
    response.end(page());
    return;
  }
  const file = fileOf(path);
  const bytes = file === undefined ? undefined : await readFile(file).catch(() => undefined);
  if (bytes === undefined) {
    response.writeHead(404).end();
    return;
  }
  const extension = path.slice(path.lastIndexOf('.') + 1);
  response.writeHead(200, {
    'content-type': TYPES[extension] ?? 'application/octet-stream',
    'cache-control': 'max-age=3600',
  });
  response.end(bytes);
}

/** Shows the local GUI of a recorder as a page: its HDMI picture, mouse and USB keyboard. Any number may look at it. */
export async function startGui(core: RecorderCore, options: GuiOptions): Promise<RunningGui> {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_EVENT });
  const session = new GuiSession(core, {
    timing: options.timing ?? USUAL_TIMING,
    scheduler: { ...realScheduler, random: options.random ?? realScheduler.random },
    onPaint: (paint) => {
      const data = JSON.stringify(paint);
      for (const socket of sockets.clients) socket.send(data);
    },
  });
  sockets.on('connection', (socket) => {
    socket.on('error', () => socket.terminate());
    socket.on('message', (data) => {
      const event = readEvent(String(data));
      if (event !== undefined) session.handle(event);
    });
    socket.send(JSON.stringify(session.paint()));
  });
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://recorder');
    serve(pathname, () => pageOf(session), response).catch(() => response.destroy());
  });
  server.on('upgrade', (request, socket, head) => {
    sockets.handleUpgrade(request, socket, head, (open) => sockets.emit('connection', open, request));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : options.port;
  return {
    url: `http://${options.host}:${port}/`,
    session,
    close: async () => {
      session.close();
      for (const socket of sockets.clients) socket.terminate();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}
