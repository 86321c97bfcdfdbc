import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type Page } from 'playwright';
import t from 'tap';
import { attestRun } from '../../attest/attest.ts';
import { type KeyKind, newKey, readSigningKey } from '../../attest/keys.ts';
import { type RunOptions, writeRun } from '../../attest/run.fixture.ts';
import { keyNotary } from '../../attest/sign.ts';
import { withoutChromium } from '../../bench/drivers/display/chromium.fixture.ts';
import { findChromium } from '../../bench/drivers/display/chromium.ts';

const PAGE = join(import.meta.dirname, '..', '..', '..', 'docs', 'verify.html');
const NOW = Date.UTC(2026, 10, 26, 6, 0, 0);
const HOSTILE = '<img src=x onerror="window.pwned=1"></script><script>window.pwned=1</script>';

t.test('the page of the verifier, in a browser and offline', { skip: withoutChromium() }, async (t) => {
  const base = t.testdir({});
  const browser = await chromium.launch({
    executablePath: findChromium(),
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
  t.teardown(() => browser.close());
  const problems: string[] = [];

  const opened = async (): Promise<Page> => {
    const page = await browser.newPage();
    page.on('console', (message) => problems.push(message.text()));
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('request', (request) => /^(file|data):/.test(request.url()) || problems.push(request.url()));
    await page.goto(pathToFileURL(PAGE).href);
    return page;
  };
  /** A run signed by a new key; answers its folder and the file of the public key. */
  const signed = async (name: string, kind: KeyKind, options: RunOptions) => {
    const [folder, file] = [join(base, name), join(base, `${name}.key`)];
    await newKey(file, kind);
    await writeRun(folder, options);
    await attestRun(folder, keyNotary(await readSigningKey(file)), NOW);
    return { folder, key: `${file}.pub` };
  };
  const outcome = (page: Page) => page.locator('#outcome').textContent();
  const good = await signed('good', 'ed25519', { clean: true });
  const twin = await signed('twin', 'p256', { kind: 'twin', clean: true });

  await t.test('a run is verified by the key of who signed it; without one it is unproven', async (t) => {
    const page = await opened();
    await page.locator('#folder').setInputFiles(good.folder);
    t.equal(await outcome(page), 'Unproven');
    await page.locator('#key-file').setInputFiles(good.key);
    await page.locator('.outcome[data-s=verified]').waitFor();
    t.equal(await outcome(page), 'Verified');
    t.equal(await page.locator('.checks > li[data-s=holds]').count(), 7);
    t.match(await page.locator('.recorders').textContent(), /hardware NVR 32 nvr-1, firmware V4\.30\.085/);
    await page.locator('#certification').check();
    await page.getByText('This run can stand for a certificate').waitFor();
    await page.close();
  });

  await t.test('a key of ECDSA P-256 does as well, and a twin yields no certificate', async (t) => {
    const page = await opened();
    await page.locator('#key').fill(await readFile(twin.key, 'utf8'));
    await page.locator('#certification').check();
    await page.locator('#folder').setInputFiles(twin.folder);
    await page.locator('.outcome').waitFor();
    t.equal(await outcome(page), 'Refused');
    t.equal(await page.locator('.checks > li[data-s=broken]').count(), 1);
    t.match(await page.locator('.problems').textContent(), /a twin can never yield a certificate/);
    await page.close();
  });

  await t.test('a folder may be dropped, as from a file manager', async (t) => {
    const page = await opened();
    await page.locator('#key-file').setInputFiles(good.key);
    const box = await page.locator('#zone').boundingBox();
    const at = { x: (box?.x ?? 0) + 40, y: (box?.y ?? 0) + 40 };
    const session = await page.context().newCDPSession(page);
    const data = { items: [], files: [good.folder], dragOperationsMask: 1 };
    for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
      await session.send('Input.dispatchDragEvent', { type, ...at, data });
    await page.locator('.outcome[data-s=verified]').waitFor();
    t.match(await page.locator('.checks').textContent(), /4 files, each under the hash/);
    await page.close();
  });

  await t.test('what was altered is told, by file and with a cure', async (t) => {
    const folder = join(base, 'altered');
    await cp(good.folder, folder, { recursive: true });
    const text = await readFile(join(folder, 'run.json'), 'utf8');
    await writeFile(
      join(folder, 'run.json'),
      text.replace('Verify by Reserved Email', HOSTILE.replaceAll('"', "'")),
    );
    const page = await opened();
    await page.locator('#key-file').setInputFiles(good.key);
    await page.locator('#folder').setInputFiles(folder);
    await page.locator('.outcome').waitFor();
    t.equal(await outcome(page), 'Refused');
    const told = (await page.locator('.problems').allTextContents()).join('\n');
    t.match(told, /run\.json cases\[0\]\.attempts\[0\]\.expectations\[0\]/);
    t.match(told, /onerror/, 'markup is shown as text');
    t.equal(await page.locator('#result img').count(), 0);
    t.equal(await page.evaluate(() => Reflect.get(window, 'pwned')), undefined);
    await page.close();
  });

  await t.test('a folder that is none of a run, and a key that is none, are told', async (t) => {
    const folder = join(base, 'other');
    await cp(join(good.folder, 'evidence'), folder, { recursive: true });
    const page = await opened();
    await page.locator('#folder').setInputFiles(folder);
    t.match(await page.getByRole('alert').textContent(), /it has no events\.jsonl/);
    await page.locator('#key').fill('ssh-ed25519 AAAA');
    await page.locator('#certification').check();
    await page.getByText('This is no public key').waitFor();
    t.equal(await page.locator('#key').getAttribute('aria-invalid'), 'true');
    await page.close();
  });

  t.strictSame(problems, [], 'nothing was asked of the network, and nothing went wrong');
});

t.test('the page may run its own script alone, and may not speak to anybody', async (t) => {
  const page = await readFile(PAGE, 'utf8');
  const policy = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(page)?.[1] ?? '';
  t.match(policy, /^default-src 'none'; script-src 'sha256-[^' ]+'; style-src 'sha256-[^' ]+';/);
  t.notMatch(policy, /connect-src|unsafe/);
  t.notMatch(page.split('<script>')[0], / (?:src|href)="(?!data:)/);
});
