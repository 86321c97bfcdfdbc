import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, CDPSession, Page } from 'playwright';
import { WebSocket } from 'ws';

/** A line to one page, in the Chrome DevTools Protocol. */
export interface PageChannel extends AsyncDisposable {
  readonly send: CDPSession['send'];
}

interface Waiting {
  readonly resolve: (result: never) => void;
  readonly reject: (error: Error) => void;
}
interface Answer {
  readonly id?: number;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

/**
 * A line of our own to a page of a browser on this machine: a bench sends thousands of keys and asks as often what is
 * shown, and Playwright's own session costs three times the processor for each. Where the browser is elsewhere, or
 * opens no such line, Playwright's session serves.
 */
export async function openPageChannel(page: Page): Promise<PageChannel> {
  const session = await page.context().newCDPSession(page);
  const browser = page.context().browser();
  const port = browser === null ? undefined : await portOf(browser);
  const { targetInfo } = await session.send('Target.getTargetInfo');
  const own = port === undefined ? undefined : await connect(port, targetInfo.targetId);
  if (own === undefined)
    return {
      send: session.send.bind(session),
      [Symbol.asyncDispose]: () => session.detach().catch(() => undefined),
    };
  await session.detach();
  return own;
}

const PORTS = new WeakMap<Browser, Promise<number | undefined>>();

/** The port on which a browser of this machine listens for such lines. */
function portOf(browser: Browser): Promise<number | undefined> {
  const known = PORTS.get(browser);
  if (known !== undefined) return known;
  const found = findPort(browser).catch(() => undefined);
  PORTS.set(browser, found);
  return found;
}

/** Chromium writes the port it was given into its profile folder, and tells how it was started. */
async function findPort(browser: Browser): Promise<number | undefined> {
  const session = await browser.newBrowserCDPSession();
  try {
    const { commandLine } = await session.send('SystemInfo.getInfo');
    const folder = /--user-data-dir=("[^"]+"|\S+)/.exec(commandLine)?.[1]?.replaceAll('"', '');
    if (folder === undefined) return undefined;
    const port = Number((await readFile(join(folder, 'DevToolsActivePort'), 'utf8')).split('\n')[0]);
    return Number.isInteger(port) && port > 0 ? port : undefined;
  } finally {
    await session.detach();
  }
}

async function connect(port: number, target: string): Promise<PageChannel | undefined> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/devtools/page/${target}`, {
    perMessageDeflate: false,
    maxPayload: 256 * 1024 * 1024,
  });
  const opened = await new Promise<boolean>((resolve) => {
    socket.once('open', () => resolve(true));
    socket.once('error', () => resolve(false));
  });
  if (!opened) return undefined;
  const waiting = new Map<number, Waiting>();
  const end = () => {
    for (const { reject } of waiting.values()) reject(new Error('the page is gone'));
    waiting.clear();
  };
  socket.on('error', () => undefined);
  socket.on('close', end);
  socket.on('message', (data) => {
    const answer = JSON.parse(String(data)) as Answer;
    const call = waiting.get(answer.id ?? -1);
    if (call === undefined || answer.id === undefined) return;
    waiting.delete(answer.id);
    if (answer.error === undefined) call.resolve(answer.result as never);
    else call.reject(new Error(answer.error.message));
  });
  let id = 0;
  return {
    send: (method, params) =>
      new Promise((resolve, reject) => {
        if (socket.readyState !== WebSocket.OPEN) throw new Error('the page is gone');
        id += 1;
        waiting.set(id, { resolve, reject });
        socket.send(JSON.stringify({ id, method, params }));
      }),
    async [Symbol.asyncDispose]() {
      socket.terminate();
      end();
    },
  };
}
