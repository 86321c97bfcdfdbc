import { serveJson } from '../json-server.fixture.ts';

/** A screen of an app of words: what stands on it, and where a tap leads. */
export interface AppScreen {
  /** By id: what is written there. */
  readonly items: Readonly<Record<string, string>>;
  /** By id of what is tapped: the next screen. */
  readonly next?: Readonly<Record<string, string>>;
  /** It is left as soon as it was seen, as a camera that finds a QR leaves its own. */
  readonly leaves?: () => AppScreen;
}
/** A phone behind a server that speaks W3C WebDriver. */
export interface FixturePhone extends AsyncDisposable {
  readonly url: string;
  /** The commands in order: `POST /session`, `POST /element {…}` … without the session's id. */
  readonly commands: string[];
  /** What was keyed in, by id of the field. */
  readonly typed: Map<string, string>;
  /** What was tapped since the session began. */
  readonly taps: string[];
  readonly sessions: { open: number; begun: number };
  /** From now on: the session is not known any more, the phone is off, or it begins no session. */
  trouble(kind: 'lost' | 'gone' | 'refuses' | undefined): void;
}

const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf';
/** A grey pixel. */
const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==';

/** Serves an app that begins at the screen `start`. */
export async function servePhone(screens: Readonly<Record<string, AppScreen>>): Promise<FixturePhone> {
  const commands: string[] = [];
  const typed = new Map<string, string>();
  const taps: string[] = [];
  const sessions = { open: 0, begun: 0 };
  let now: AppScreen | undefined;
  let trouble: 'lost' | 'gone' | 'refuses' | undefined;
  const failed = (status: number, error: string, message: string) =>
    [status, { value: { error, message, stacktrace: '' } }] as const;
  const server = await serveJson(async ({ route, body }) => {
    const [method = '', path = ''] = route.split(' ');
    const command = path.replace(/^\/session\/s\d+/, '');
    commands.push(`${method} ${command}${command === '/element' ? ` ${JSON.stringify(body)}` : ''}`);
    if (route === 'POST /session') {
      if (trouble === 'refuses') return failed(500, 'session not created', 'no device 4711 is connected');
      sessions.open += 1;
      sessions.begun += 1;
      now = screens.start;
      taps.length = 0;
      return [200, { value: { sessionId: `s${sessions.begun}`, capabilities: {} } }];
    }
    if (trouble === 'lost')
      return failed(404, 'invalid session id', 'A session is either terminated or not started');
    if (trouble === 'gone') return failed(500, 'unknown error', "adb: device '4711' not found");
    if (now === undefined || !path.startsWith(`/session/s${sessions.begun}`))
      return failed(404, 'invalid session id', 'no such session');
    if (method === 'DELETE') {
      sessions.open -= 1;
      now = undefined;
      return [200, { value: null }];
    }
    if (command === '/screenshot') return [200, { value: PIXEL }];
    if (command === '/element') {
      const found = Object.entries(now.items).find(([id, text]) => fits(body as Sought, id, text));
      if (found === undefined) return failed(404, 'no such element', 'An element could not be located');
      const [id] = found;
      const leave = now.leaves;
      if (leave !== undefined) now = leave();
      return [200, { value: { [ELEMENT]: id } }];
    }
    const [, id = '', act] = /^\/element\/([^/]+)\/(\w+)$/.exec(command) ?? [];
    if (act === 'click') {
      taps.push(id);
      now = screens[now.next?.[id] ?? ''] ?? now;
      return [200, { value: null }];
    }
    if (act === 'value') {
      typed.set(id, (body as { readonly text: string }).text);
      return [200, { value: null }];
    }
    if (act === 'text') return [200, { value: now.items[id] ?? '' }];
    return failed(404, 'unknown command', command);
  });
  return {
    url: server.url,
    commands,
    typed,
    taps,
    sessions,
    trouble: (kind) => {
      trouble = kind;
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

interface Sought {
  readonly using: string;
  readonly value: string;
}

/** An id, or as much of XPath as the profiles use: attributes that are, begin with, or contain a text. */
function fits({ using, value }: Sought, id: string, text: string): boolean {
  if (using === 'id') return value === id;
  const tests = [...value.matchAll(/(contains|starts-with)\(@[\w-]+,\s*"([^"]*)"\)|@[\w-]+="([^"]*)"/g)];
  return tests.some(([, how, part = '', whole]) => {
    if (how === 'contains') return text.includes(part);
    return how === 'starts-with' ? text.startsWith(part) : text === whole;
  });
}
