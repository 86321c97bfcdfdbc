import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright';
import { findChromium } from '../../../harness/bench/drivers/display/chromium.ts';

/**
 * Opens a report in a browser, each time in a window of its own, until it can be used: a requirement was typed into the
 * search, and the matrix shows that one alone.
 * @param file its `index.html`
 * @param requirement id of one that the report has
 * @returns ms of each opening
 */
export async function openReport(
  file: string,
  requirement: string,
  times: number,
): Promise<readonly number[]> {
  const browser = await chromium.launch({
    executablePath: findChromium(),
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
  try {
    const all: number[] = [];
    for (let count = 0; count < times; count += 1) {
      const page = await browser.newPage({ viewport: { width: 1366, height: 800 } });
      const began = performance.now();
      await page.goto(pathToFileURL(file).href, { waitUntil: 'commit' });
      await page.locator('#q').fill(requirement);
      await page.waitForFunction(
        () => document.querySelectorAll('.matrix tr[data-req]:not([hidden])').length === 1,
      );
      all.push(performance.now() - began);
      await page.close();
    }
    return all;
  } finally {
    await browser.close();
  }
}
