import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Entry, Topic } from '../session/channels.ts';
import { TOPICS } from '../session/channels.ts';
import type { SessionReader } from '../session/reader.ts';
import { lineOf } from '../session/timeline.ts';
import { wholeOf } from '../session/whole.ts';
import type { Clock } from '../terms/clock.ts';
import { type Served, serve, serveRecordedHttp } from './http.ts';
import { replayPage } from './page.ts';
import { openPosition, type Position } from './position.ts';
import { type ServedSerial, serveRecordedSerial } from './serial.ts';

/** A recording, served as the recorder that it was made of. */
export interface Replay extends AsyncDisposable {
  /** The page with screen and time line. */
  readonly pageUrl: string;
  /** The recorder's HTTP. */
  readonly httpUrl: string;
  /** The recorder's console; undefined where the recording has none. */
  readonly serialPath: string | undefined;
  readonly position: Position;
}

/** Largest body that the page may send, bytes. */
const MAX_BODY = 4096;

/**
 * Serves a recording on loopback: HTTP, console and a page with the screen, all at one time of it, which stands until it
 * is played.
 */
export async function openReplay(
  session: SessionReader,
  options: { readonly clock: Clock; readonly speed?: number; readonly at?: number },
): Promise<Replay> {
  await using stack = new AsyncDisposableStack();
  const { clock, speed = 1 } = options;
  const position = openPosition({ from: session.from, to: session.to, speed, clock });
  if (options.at !== undefined) position.seek(options.at);
  const entries: Exclude<Entry, { topic: 'frame' }>[] = [];
  for await (const entry of session.entries({ topics: TOPICS.filter((topic) => topic !== 'frame') }))
    if (entry.topic !== 'frame') entries.push(entry);
  const frames: number[] = [];
  for await (const entry of session.entries({ topics: ['frame'] }))
    if (entry.topic === 'frame' && entry.value.frame_id === 'display') frames.push(entry.at);
  const http = stack.use(await serveRecordedHttp(of(entries, 'http'), position));
  const printed = of(entries, 'serial');
  const serial: ServedSerial | undefined =
    printed.length === 0 ? undefined : stack.use(serveRecordedSerial(printed, { position, clock }));
  const page = replayPage(session, { httpUrl: http.url, serialPath: serial?.path });
  const topics = TOPICS.filter((topic) => entries.some((entry) => entry.topic === topic));
  const timeline = JSON.stringify({
    from: session.from,
    to: session.to,
    topics,
    frames,
    lines: entries.map((entry) => [entry.at, entry.topic, lineOf(entry), toneOf(entry)]),
  });

  const routes: Readonly<Record<string, (query: URLSearchParams) => Promise<Reply> | Reply>> = {
    'GET /': () => ({ type: 'text/html; charset=utf-8', body: page.text }),
    'GET /timeline.json': () => ({ type: 'application/json', body: timeline }),
    'GET /position': () => json({ at: position.now, playing: position.playing }),
    'GET /entry': (query) => {
      const entry = entries[Number(query.get('n'))];
      return entry === undefined ? NOT_FOUND : { type: 'text/plain; charset=utf-8', body: wholeOf(entry) };
    },
    'GET /frame': async (query) => {
      const at = Number(query.get('at'));
      if (!Number.isFinite(at)) return NOT_FOUND;
      const found = frames.findLast((time) => time <= at);
      if (found === undefined) return NOT_FOUND;
      for await (const { topic, value } of session.entries({ topics: ['frame'], from: found, to: found }))
        if (topic === 'frame' && value.frame_id === 'display')
          return { type: `image/${value.format}`, body: Buffer.from(value.data, 'base64') };
      return NOT_FOUND;
    },
  };
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = 'GET', url = '/' } = request;
    const { pathname, searchParams } = new URL(url, 'http://replay');
    if (method === 'POST' && pathname === '/position') {
      // Pages of others can send no JSON here.
      if (!/^application\/json/.test(request.headers['content-type'] ?? '')) return send(response, NOT_FOUND);
      moveTo(position, await bodyOf(request));
      return send(response, json({ at: position.now, playing: position.playing }));
    }
    const route = routes[`${method} ${pathname}`];
    response.setHeader('content-security-policy', page.policy);
    send(response, route === undefined ? NOT_FOUND : await route(searchParams));
  };
  const pages: Served = stack.use(
    await serve((request, response) => {
      answer(request, response).catch(() => response.destroy());
    }),
  );
  const held = stack.move();
  return {
    pageUrl: pages.url,
    httpUrl: http.url,
    serialPath: serial?.path,
    position,
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}

interface Reply {
  readonly status?: number;
  readonly type: string;
  readonly body: string | Uint8Array;
}
const NOT_FOUND: Reply = { status: 404, type: 'text/plain', body: 'There is no such thing here.\n' };

function json(value: object): Reply {
  return { type: 'application/json', body: JSON.stringify(value) };
}

function send(response: ServerResponse, { status = 200, type, body }: Reply): void {
  response.writeHead(status, {
    'content-type': type,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  response.end(body);
}

function of<T extends Topic>(entries: readonly Entry[], topic: T): readonly Extract<Entry, { topic: T }>[] {
  return entries.filter((entry): entry is Extract<Entry, { topic: T }> => entry.topic === topic);
}

function moveTo(position: Position, body: string): void {
  let asked: unknown;
  try {
    asked = JSON.parse(body);
  } catch {
    return;
  }
  if (typeof asked !== 'object' || asked === null) return;
  if ('at' in asked && typeof asked.at === 'number' && Number.isFinite(asked.at)) position.seek(asked.at);
  if ('playing' in asked && asked.playing === true) position.play();
  if ('playing' in asked && asked.playing === false) position.pause();
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) {
    text += String(chunk);
    if (text.length > MAX_BODY) throw new Error('body too long');
  }
  return text;
}

/** The colour of a message on the time line. */
function toneOf(entry: Entry): 'pass' | 'fail' | 'error' | 'odd' | '' {
  const { value } = entry;
  if ('failure' in value && value.failure !== undefined) return 'error';
  if (entry.topic === 'http') return entry.value.notes.length > 0 ? 'odd' : '';
  if (entry.topic !== 'step') return '';
  const { verdict, error } = entry.value;
  if (error !== undefined || verdict === 'error') return 'error';
  return verdict === 'pass' || verdict === 'fail' ? verdict : verdict === undefined ? '' : 'odd';
}
