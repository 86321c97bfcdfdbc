import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Browser, chromium, type Page } from 'playwright';
import type { Test } from 'tap';
import { systemClock as clock } from '../../../terms/clock.ts';
import { HarnessError } from '../../../terms/error.ts';
import type { Display } from '../../ports/display.ts';
import { openBrowserDisplay } from './browser.ts';
import { findChromium, launchBrowser } from './chromium.ts';

export const SIZE = { width: 800, height: 600 };

/** A browser for tests, or the reason why there is none. */
export interface TestBrowser {
  /** Why tests are skipped; false where they run. */
  readonly skip: string | false;
  get(): Browser;
}

/** `bare`: one that opens no line of its own to its pages. Where CI is set, there must be a browser. */
export async function testBrowser(t: Test, kind?: 'bare'): Promise<TestBrowser> {
  try {
    const path = findChromium();
    const browser = await (kind === 'bare'
      ? chromium.launch({ executablePath: path, args: ['--no-sandbox', '--hide-scrollbars'] })
      : launchBrowser(path));
    t.teardown(() => browser.close());
    return { skip: false, get: () => browser };
  } catch (error) {
    if (process.env.CI || !(error instanceof HarnessError)) throw error;
    const get = () => {
      throw error;
    };
    return { skip: error.message, get };
  }
}

export interface PageServer extends AsyncDisposable {
  readonly url: string;
  /** What it gives from now on; undefined: it hangs up. */
  show(html: string | undefined): void;
  /** The `Cookie` of each request for the page. */
  readonly cookies: readonly (string | undefined)[];
}

/** A web server on loopback with one page. */
export async function servePage(html: string): Promise<PageServer> {
  let page: string | undefined = html;
  const cookies: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    if (page === undefined) return request.socket.destroy();
    if (request.url !== '/') return response.writeHead(404).end();
    cookies.push(request.headers.cookie);
    response.writeHead(200, {
      'content-type': 'text/html; charset=utf-8',
      'set-cookie': `visit=${cookies.length}`,
    });
    return response.end(page);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    show: (next) => {
      page = next;
    },
    cookies,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export interface ShownPage extends AsyncDisposable {
  readonly display: Display & { readonly read: NonNullable<Display['read']> };
  /** The page itself, as the recorder's end has it. */
  readonly page: Page;
  readonly server: PageServer;
}

/** A page on a display of its own. */
export async function showPage(browser: Browser, html: string, timeoutMs?: number): Promise<ShownPage> {
  const server = await servePage(html);
  const known = browser.contexts();
  try {
    const display = await openBrowserDisplay({
      browser,
      url: server.url,
      ...SIZE,
      clock,
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    });
    const [page] =
      browser
        .contexts()
        .find((context) => !known.includes(context))
        ?.pages() ?? [];
    if (page === undefined) throw new Error('the display opened no page');
    // `autofocus` is done with the first picture, which a busy machine paints late.
    await page.waitForFunction(() => {
      const field = document.querySelector('[autofocus]');
      return field === null || field === document.activeElement;
    });
    return {
      display,
      page,
      server,
      async [Symbol.asyncDispose]() {
        await display[Symbol.asyncDispose]();
        await server[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await server[Symbol.asyncDispose]();
    throw error;
  }
}
