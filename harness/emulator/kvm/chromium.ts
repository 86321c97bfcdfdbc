import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright';

/** Names under which systems keep a Chromium on PATH. */
const NAMES = [
  'chromium-headless-shell',
  'chromium',
  'chromium-browser',
  'google-chrome-stable',
  'google-chrome',
];

/**
 * Starts the browser.
 * @throws Error when there is none, or it does not start
 */
export async function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: findChromium(),
    // The emulator ends it when it ends itself.
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
      // Pages of many recorders share one renderer: memory runs out first.
      '--renderer-process-limit=1',
    ],
  });
}

/**
 * Where the browser is: RESETBENCH_CHROMIUM, Playwright's own, one on PATH.
 * @throws Error when there is none
 */
export function findChromium(env: NodeJS.ProcessEnv = process.env): string {
  const named = env.RESETBENCH_CHROMIUM;
  if (named !== undefined && named !== '') {
    if (existsSync(named)) return named;
    throw new Error(`RESETBENCH_CHROMIUM names ${named}, which does not exist`);
  }
  const own = chromium.executablePath();
  if (own !== '' && existsSync(own)) return own;
  for (const folder of (env.PATH ?? '').split(delimiter)) {
    for (const name of NAMES) {
      const path = join(folder, name);
      if (folder !== '' && existsSync(path)) return path;
    }
  }
  throw new Error('a KVM needs a Chromium: run `npm run setup`, or set RESETBENCH_CHROMIUM');
}
