import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright';
import { HarnessError } from '../../../terms/error.ts';

/** Names under which systems keep a Chromium on PATH. */
const NAMES = [
  'chromium-headless-shell',
  'chromium',
  'chromium-browser',
  'google-chrome-stable',
  'google-chrome',
];

/**
 * Where the browser is: RESETBENCH_CHROMIUM, Playwright's own, one on PATH.
 * @throws HarnessError BROWSER_MISSING when there is none
 */
export function findChromium(env: NodeJS.ProcessEnv = process.env): string {
  const named = env.RESETBENCH_CHROMIUM;
  if (named !== undefined && named !== '') {
    if (existsSync(named)) return named;
    throw new HarnessError('BROWSER_MISSING', `RESETBENCH_CHROMIUM names ${named}, which does not exist`, {
      port: 'display',
      hint: 'let it name the browser, or unset it',
    });
  }
  const own = chromium.executablePath();
  if (own !== '' && existsSync(own)) return own;
  for (const folder of (env.PATH ?? '').split(delimiter)) {
    for (const name of NAMES) {
      const path = join(folder, name);
      if (folder !== '' && existsSync(path)) return path;
    }
  }
  throw new HarnessError('BROWSER_MISSING', 'no Chromium: none named, none of Playwright, none on PATH', {
    port: 'display',
    hint: 'run `npm run setup`, or set RESETBENCH_CHROMIUM to a browser',
  });
}

/** Starts the browser that all displays of a run share. Closing it closes their pages. */
export async function launchBrowser(executablePath: string): Promise<Browser> {
  try {
    return await chromium.launch({
      executablePath,
      // Who runs the bench ends it: Playwright would end the whole process before the record is written.
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--force-color-profile=srgb',
        '--hide-scrollbars',
        // Without a GPU its process only moves pictures to and fro.
        '--in-process-gpu',
        // See channel.ts; any free port of this machine, for programs on it alone.
        '--remote-debugging-port=0',
        // Pages of many recorders share one renderer: on a bench it is memory that runs out first.
        '--renderer-process-limit=1',
      ],
    });
  } catch (cause) {
    throw new HarnessError('BROWSER_MISSING', `the browser ${executablePath} does not start`, {
      cause,
      port: 'display',
      hint: 'run `npm run setup`, or set RESETBENCH_CHROMIUM to another browser',
    });
  }
}
