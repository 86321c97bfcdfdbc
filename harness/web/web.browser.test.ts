// The pages in a real browser: what the policy lets through, what a person does, and whether all can use them.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import axe from 'axe-core';
import type { Page } from 'playwright';
import t from 'tap';
import { testBrowser } from '../bench/drivers/display/page.fixture.ts';
import { beginRun, LIVE, openLab, PAGES, PASSWORD, RUNS, writeLab } from './lab.fixture.ts';
import { serveWeb } from './serve.ts';

// Forty pages are looked through.
t.setTimeout(180_000);
const reports = join(t.testdir({ reports: {} }), 'reports');
await writeLab(reports);
const live = await beginRun(reports);
await live.step('open the menu');
const lab = await openLab(reports);
const served = await serveWeb({ ...lab.options, host: '127.0.0.1', port: 0 });
t.teardown(async () => {
  await served[Symbol.asyncDispose]();
  await live.end();
  lab.index[Symbol.dispose]();
});
const browser = await testBrowser(t, 'bare');

/** A page that remembers what its browser complained of. */
async function opened(): Promise<{ readonly page: Page; readonly said: string[] }> {
  const page = await browser.get().newPage({ viewport: { width: 1280, height: 900 } });
  const said: string[] = [];
  page.on('console', (one) => one.type() === 'error' && said.push(one.text()));
  page.on('pageerror', (error) => said.push(error.message));
  return { page, said };
}
const to = (path: string) => new URL(path, served.url).href;

t.test('a person signs in, approves a picture, and signs out', { skip: browser.skip }, async (t) => {
  const { page, said } = await opened();
  await page.goto(to(`/baselines?run=${RUNS[2]}`));
  await page.getByRole('link', { name: 'Sign in' }).first().click();
  await page.getByLabel('Your name').fill('Ann');
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
  t.match(page.url(), `/baselines?run=${RUNS[2]}`, 'back where it began');
  await page.getByLabel('Reason').fill('as in the manual');
  await page.getByRole('button', { name: 'Approve' }).click();
  await page.getByText('Nothing waits').waitFor();
  t.match(lab.decided, [{ reviewer: 'Ann', decision: 'approved', screen: 'reset-qr' }]);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('link', { name: 'Sign in' }).waitFor();
  t.same(said, []);
  await page.close();
});

t.test('a run under way is followed without loading the page again', { skip: browser.skip }, async (t) => {
  const { page, said } = await opened();
  await page.goto(to(`/runs/${LIVE}`));
  await page.getByText('last step: open the menu').waitFor();
  t.ok(
    await page
      .getByRole('img', { name: /^Last screen of nvr-a/ })
      .evaluate((image) => (image as HTMLImageElement).naturalWidth > 0),
  );
  await live.step('press OK');
  await page.getByText('last step: press OK').waitFor();
  t.equal(await page.evaluate(() => 'pwned' in window), false, 'what a recorder says is text');
  live.write({ type: 'run-end', ended: 'complete' });
  await page.getByText('The run has ended.').waitFor();
  t.same(said, []);
  await page.close();
});

t.test('a report opens in an origin of its own', { skip: browser.skip }, async (t) => {
  const { page } = await opened();
  await page.goto(to(`/runs/${RUNS[2]}/files/index.html`));
  await page.getByRole('heading', { name: 'Report' }).waitFor();
  t.equal(await page.evaluate(() => origin), 'null');
  t.equal(
    await page
      .getByRole('img', { name: 'Screen' })
      .evaluate((image) => (image as HTMLImageElement).naturalWidth),
    1,
    'and shows its pictures all the same',
  );
  await page.close();
});

t.test('axe finds nothing, in light and dark, wide and on a phone', { skip: browser.skip }, async (t) => {
  const { page } = await opened();
  const shots = process.env.RESETBENCH_SHOTS;
  if (shots !== undefined) await mkdir(shots, { recursive: true });
  const paths = [...PAGES, `/baselines?run=${RUNS[1]}`];
  for (const colorScheme of ['light', 'dark'] as const)
    for (const [name, width] of [
      ['wide', 1280],
      ['phone', 390],
    ] as const) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 900 });
      for (const [at, path] of paths.entries()) {
        await page.goto(to(path));
        // Within the page's policy: as what the browser's tools do, not as a script of the page.
        await page.evaluate(axe.source);
        const violations = await page.evaluate(async () => {
          const { violations } = await (window as unknown as { axe: typeof axe }).axe.run();
          return violations.map(
            ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(' | ')}`,
          );
        });
        t.same(violations, [], `${path} ${colorScheme} ${name}`);
        const place = page.locator('.places [aria-current]');
        if ((await place.count()) > 0) {
          const { x = -1, width: wide = 0 } = (await place.boundingBox()) ?? {};
          t.ok(x >= 0 && x + wide <= width, `${path} ${name}: where one is can be seen`);
        }
        const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        t.ok(over <= 0, `${path} ${name}: nothing sticks out, ${over} px`);
        if (shots !== undefined)
          await page.screenshot({ path: join(shots, `${at}-${colorScheme}-${name}.png`), fullPage: true });
      }
    }
  await page.close();
});
