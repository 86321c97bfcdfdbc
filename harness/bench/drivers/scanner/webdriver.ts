import type { Clock } from '../../../terms/clock.ts';
import { HarnessError } from '../../../terms/error.ts';
import type { Frame } from '../../../terms/frame.ts';

/** How an element is found: the strategy and its value, as they go over the wire. */
export interface Locator {
  readonly using: string;
  readonly value: string;
}
export interface SessionOptions {
  /** Of the server, with its base path. */
  readonly url: string;
  readonly capabilities: Readonly<Record<string, unknown>>;
  readonly clock: Clock;
}
/** A session with a phone. */
export interface Session {
  /** The first element that fits, by its id; undefined where none is there now. */
  find(locator: Locator): Promise<string | undefined>;
  tap(element: string): Promise<void>;
  type(element: string, text: string): Promise<void>;
  /** What is written on an element; empty where it has no text. */
  text(element: string): Promise<string>;
  screenshot(): Promise<Frame>;
  /** Ends it; one that is lost already is over. */
  end(): Promise<void>;
}

/** Longest time for a command, and for a session to begin: it installs a helper on the phone, ms. */
const COMMAND_MS = 30_000;
const BEGIN_MS = 180_000;
/** By which an element is named in JSON (W3C WebDriver, 12.1). */
const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf';

/**
 * Begins a session, by W3C WebDriver over HTTP: the six commands that a menu takes. Every call throws PORT_UNREACHABLE
 * where the server or the phone does not answer, SESSION_LOST where the server knows the session no more, PORT_PROTOCOL
 * for anything else that it refuses.
 */
export async function beginSession({ url, capabilities, clock }: SessionOptions): Promise<Session> {
  const base = url.replace(/\/$/, '');
  const begun = await call({ clock, base, timeoutMs: BEGIN_MS }, 'POST', '/session', {
    capabilities: { alwaysMatch: capabilities, firstMatch: [{}] },
  });
  const id = textIn(begun, 'sessionId');
  if (id === undefined) throw strange(`${base} began a session without an id`);
  const order = (method: Method, path: string, body?: object) =>
    call({ clock, base, timeoutMs: COMMAND_MS }, method, `/session/${id}${path}`, body);
  return {
    async find(locator) {
      try {
        const found = textIn(await order('POST', '/element', locator), ELEMENT);
        if (found === undefined) throw strange('an element without an id');
        return found;
      } catch (error) {
        if (error instanceof HarnessError && error.cause instanceof Refusal && error.cause.isAbsent)
          return undefined;
        throw error;
      }
    },
    async tap(element) {
      await order('POST', `/element/${element}/click`, {});
    },
    async type(element, text) {
      await order('POST', `/element/${element}/value`, { text, value: [...text] });
    },
    async text(element) {
      const text = await order('GET', `/element/${element}/text`);
      return typeof text === 'string' ? text : '';
    },
    async screenshot() {
      const base64 = await order('GET', '/screenshot');
      return frameOf(Buffer.from(typeof base64 === 'string' ? base64 : '', 'base64'), clock.now());
    },
    async end() {
      await order('DELETE', '').catch(() => undefined);
    },
  };
}

type Method = 'GET' | 'POST' | 'DELETE';

/** The server's own word for what went wrong (W3C WebDriver, 6.6). */
class Refusal extends Error {
  readonly word: string;
  constructor(word: string, message: string) {
    super(message);
    this.word = word;
  }
  get isAbsent(): boolean {
    return this.word === 'no such element';
  }
}

async function call(
  { clock, base, timeoutMs }: { readonly clock: Clock; readonly base: string; readonly timeoutMs: number },
  method: Method,
  path: string,
  body?: object,
): Promise<unknown> {
  const over = new AbortController();
  const late = new AbortController();
  clock.sleep(timeoutMs, over.signal).then(
    () => late.abort(new Error(`no answer within ${timeoutMs} ms`)),
    () => undefined,
  );
  const command = `${method} ${path.replace(/^\/session\/[^/]+/, '/session/…')}`;
  try {
    const response = await fetch(`${base}${path}`, {
      method,
      signal: late.signal,
      headers: { 'content-type': 'application/json; charset=utf-8' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer = jsonOf(await response.text());
    if (answer === undefined)
      throw strange(`${base} answers ${command} with ${response.status}, and no WebDriver`);
    if (response.ok) return answer.value;
    throw refused(command, base, answer.value);
  } catch (cause) {
    if (cause instanceof HarnessError) throw cause;
    throw new HarnessError(
      'PORT_UNREACHABLE',
      `The Appium server at ${base} does not answer: ${reason(cause)}.`,
      {
        port: 'scanner',
        hint: `Start it, and check that its address is ${base}.`,
        cause,
      },
    );
  } finally {
    over.abort();
  }
}

function refused(command: string, base: string, value: unknown): HarnessError {
  const word = textIn(value, 'error') ?? 'unknown error';
  const said = (textIn(value, 'message') ?? 'no message').split('\n')[0] ?? '';
  const cause = new Refusal(word, said);
  if (word === 'invalid session id')
    return new HarnessError('SESSION_LOST', `The Appium server lost the session with the phone: ${said}`, {
      port: 'scanner',
      hint: 'See that the phone stays awake and that nobody else uses it; appium:newCommandTimeout may be too short.',
      cause,
    });
  // Appium has no word of its own for a phone that is gone: it begins no session, or fails for an unknown reason.
  if (word === 'session not created' || word === 'unknown error')
    return new HarnessError('PORT_UNREACHABLE', `The phone does not answer (${command}): ${said}`, {
      port: 'scanner',
      hint: 'Check its cable, that it is unlocked and allows debugging, and the capabilities in devices.yaml.',
      cause,
    });
  return new HarnessError(
    'PORT_PROTOCOL',
    `The Appium server at ${base} refuses ${command}: ${word}, ${said}`,
    {
      port: 'scanner',
      hint: "See the server's own log.",
      cause,
    },
  );
}

function strange(what: string): HarnessError {
  return new HarnessError('PORT_PROTOCOL', `No WebDriver as W3C has it: ${what}.`, {
    port: 'scanner',
    hint: 'Check that the address is that of an Appium server, with its base path.',
  });
}

/** Size out of a PNG's header (ISO/IEC 15948, 11.2.2). */
function frameOf(bytes: Buffer, grabbedAt: number): Frame {
  if (bytes.length < 24 || bytes.toString('latin1', 1, 4) !== 'PNG')
    throw strange('a screenshot that is no PNG');
  return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20), bytes, format: 'png', grabbedAt };
}

function jsonOf(text: string): { readonly value?: unknown } | undefined {
  try {
    const answer: unknown = JSON.parse(text);
    return typeof answer === 'object' && answer !== null && 'value' in answer ? answer : undefined;
  } catch {
    return undefined;
  }
}

function textIn(value: unknown, key: string): string | undefined {
  const found = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  const text: unknown = found.find(([name]) => name === key)?.[1];
  return typeof text === 'string' ? text : undefined;
}

/** fetch says only "fetch failed"; what failed is in its cause. */
function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error && error.cause.message !== '' ? error.cause.message : error.message;
}
