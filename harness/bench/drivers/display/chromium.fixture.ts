import { findChromium } from './chromium.ts';

/**
 * Why tests that start twins with a screen are skipped on this machine; false where they run. Where CI is set, there
 * must be a browser.
 * @throws HarnessError BROWSER_MISSING there
 */
export function withoutChromium(): string | false {
  try {
    findChromium();
    return false;
  } catch (error) {
    if (process.env.CI) throw error;
    return 'no Chromium on this machine: npm run setup';
  }
}
