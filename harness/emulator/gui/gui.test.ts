import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import jsqr from 'jsqr';
import { type Browser, chromium, type Page } from 'playwright';
import { PNG } from 'pngjs';
import t from 'tap';
import type { GuiGeneration, RecorderPlan } from '../../wire/emulator.ts';
import { newSealKeys, openLetter } from '../../wire/seal.ts';
import { findChromium } from '../kvm/chromium.ts';
import { noBrowser } from '../kvm/page.fixture.ts';
import { Recorder } from '../recorder/recorder.ts';
import { startGui } from './server.ts';
import { USUAL_TIMING } from './timing.ts';

// Browsers are slow on a busy machine.
t.setTimeout(120_000);

const PASSWORD = 'Harbour-77';
const NEW_PASSWORD = 'Lantern_88';
const keys = newSealKeys();
const skip = noBrowser();
const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'];
const quick = { ...USUAL_TIMING, paintMs: [2, 6], flashMs: [10, 20] } as const;
const MODELS = {
  '3.0': { family: 'hghi-f', model: 'DS-7216HGHI-F2', firmware: 'V3.5.10' },
  '4.0': { family: 'nvr', model: 'DS-7616NI-K2', firmware: 'V4.30.085' },
  lite: { family: 'dvr-k', model: 'DS-7104HGHI-K1', firmware: 'V4.21.150' },
} as const;

async function setUp(browser: Browser, gui: GuiGeneration, change: Partial<RecorderPlan> = {}) {
  const active = { adminPassword: PASSWORD, reservedEmail: 'owner@lab.example' };
  const resolution = '1280x720';
  const plan = {
    id: 'u',
    build: 'build 200922',
    gui,
    language: 'en',
    resolution,
    bootMs: 50,
    ...MODELS[gui],
    ...active,
    ...change,
  } as const;
  const core = new Recorder(plan, { relayKey: keys.publicKey });
  const served = await startGui(core, { host: '127.0.0.1', port: 0, timing: quick });
  const [width = 0, height = 0] = plan.resolution.split('x').map(Number);
  const page = await browser.newPage({ viewport: { width, height } });
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('response', (response) => {
    if (response.status() >= 400) faults.push(response.url());
  });
  await page.goto(served.url);
  const layer = () => page.locator('.layer:not([inert])');
  const see = (text: string) => layer().getByText(text, { exact: true }).first().waitFor();
  return {
    core,
    page,
    served,
    faults,
    width,
    height,
    see,
    /** Moves the mouse onto a text and clicks. */
    async click(text: string) {
      const target = layer().getByText(text, { exact: true }).first();
      await target.waitFor();
      const box = await target.boundingBox();
      if (box === null) throw new Error(`${text} is not on the screen`);
      await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
    },
    async clickField(at: number) {
      await layer().locator('input:not([type=checkbox]):not([type=radio])').nth(at).click();
    },
    /** Types on the keyboard on the screen, with the mouse. */
    async softly(text: string) {
      const press = async (name: string) => {
        const key = page.locator('.keyboard').getByText(name, { exact: true });
        const box = await key.boundingBox();
        if (box === null) throw new Error(`no key ${name}`);
        await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
      };
      for (const character of text) {
        const capital = /[A-Z]/.test(character);
        if (capital) await press('Shift');
        await press(character);
        if (capital) {
          await press('Shift');
          await page.locator('.keyboard').getByText(character.toLowerCase(), { exact: true }).waitFor();
        }
      }
      await press('Enter');
      await page.locator('.keyboard').waitFor({ state: 'detached' });
    },
    async close() {
      await page.close();
      await served.close();
      core.close();
    },
  };
}
type Rig = Awaited<ReturnType<typeof setUp>>;

async function toVerify(rig: Rig) {
  await rig.click('Forgot Password');
  await rig.click('Verify by Reserved Email');
  await rig.click('OK');
  await rig.click('Next');
  await rig.see('Verification Code');
}
function codeFrom(payload: string): string {
  const letter = openLetter(payload, keys);
  if (!letter) throw new Error('the QR holds no letter');
  return letter.code;
}
async function scan(page: Page) {
  const { data, width, height } = PNG.sync.read(await page.screenshot());
  return jsqr.default(new Uint8ClampedArray(data), width, height)?.data;
}

if (skip) t.test('the local GUI in a browser', { skip }, () => {});
else {
  const browser = await chromium.launch({ executablePath: findChromium(), args });
  t.teardown(() => browser.close());

  const places = { '3.0': '1024x768', '4.0': '1920x1080', lite: '1280x720' } as const;
  for (const gui of ['3.0', '4.0', 'lite'] as const) {
    t.test(
      `GUI ${gui} at ${places[gui]}: the whole reset by mouse, keyboard and keyboard on the screen`,
      async (t) => {
        const rig = await setUp(browser, gui, { resolution: places[gui] });
        await rig.see('Password');
        await toVerify(rig);
        const payload = await scan(rig.page);
        t.equal(payload, rig.core.openPayload, 'the QR on the screen is the recorder’s');
        await rig.clickField(0);
        await rig.softly(codeFrom(payload ?? ''));
        await rig.click('OK');
        await rig.see('Reset Password');
        await rig.page.keyboard.type(NEW_PASSWORD);
        await rig.page.keyboard.press('Tab');
        await rig.page.keyboard.type(NEW_PASSWORD);
        await rig.page.keyboard.press('Enter');
        await rig.see('The password is reset. Log in with the new password.');
        await rig.click('OK');
        if (gui === '4.0') await rig.click('No');
        await rig.clickField(0);
        await rig.softly(NEW_PASSWORD);
        await rig.page.keyboard.press('Enter');
        if (gui === '3.0') {
          await rig.page.locator('.layer').waitFor({ state: 'detached' });
          await rig.page.mouse.click(300, 300, { button: 'right' });
          await rig.click('Menu');
        }
        await rig.see('Maintenance');
        t.same(rig.faults, []);
        await rig.close();
      },
    );

    t.test(
      `GUI ${gui}: every window and the keyboard lie on the screen, and no button under the keyboard`,
      async (t) => {
        const rig = await setUp(browser, gui, { resolution: '1024x768', language: 'de' });
        const inside = async (what: string) => {
          const box = await rig.page.locator(what).last().boundingBox();
          const fits =
            box !== null &&
            box.x >= 0 &&
            box.y >= 0 &&
            box.x + box.width <= rig.width &&
            box.y + box.height <= rig.height;
          t.ok(fits, `${what} ${JSON.stringify(box)}`);
        };
        await rig.see('Passwort');
        await inside('.dialog');
        for (const text of ['Passwort vergessen', 'OK', 'Weiter']) {
          await rig.click(text);
          await inside('.dialog');
        }
        await rig.see('Prüfcode');
        await inside('.dialog');
        await rig.clickField(0);
        await rig.page.locator('.keyboard').waitFor();
        await inside('.keyboard');
        const covered = await rig.page.evaluate(() => {
          const under = [...document.querySelectorAll('.foot button, input')].filter((element) => {
            const box = element.getBoundingClientRect();
            const hit = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
            return hit !== element;
          });
          return under.length;
        });
        t.equal(covered, 0);
        await rig.close();
      },
    );
  }

  t.test(
    'activation with the reserved email, then an unlock pattern drawn with the mouse, which logs in',
    async (t) => {
      const {
        adminPassword: _password,
        reservedEmail: _email,
        ...rest
      } = { adminPassword: '', reservedEmail: '' };
      const rig = await setUp(browser, '4.0', rest);
      rig.core.factoryReset('full');
      await rig.click('Reserved Email Settings');
      await rig.clickField(0);
      await rig.page.keyboard.type(PASSWORD);
      await rig.clickField(1);
      await rig.page.keyboard.type(PASSWORD);
      await rig.see('Strong');
      await rig.click('OK');
      await rig.see('E-mail Address');
      await rig.page.keyboard.type('owner+unit@lab.example');
      await rig.page.keyboard.press('Enter');
      await rig.see('Set Unlock Pattern');
      t.equal(rig.core.reservedEmail, 'owner+unit@lab.example');
      const draw = async () => {
        for (const [index, dot] of [1, 2, 5, 8].entries()) {
          const box = await rig.page.locator(`[data-dot="${dot}"]`).boundingBox();
          if (box === null) throw new Error('no dot');
          await rig.page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
          if (index === 0) await rig.page.mouse.down();
        }
        await rig.page.mouse.up();
      };
      await draw();
      await rig.see('Draw the pattern again to confirm.');
      await draw();
      await rig.click('OK');
      t.ok(rig.core.hasPattern);
      await rig.click('Shutdown');
      await rig.click('Lock');
      await rig.see('Draw the unlock pattern to log in.');
      await draw();
      await rig.see('Live View');
      t.same(rig.faults, []);
      await rig.close();
    },
  );

  t.test('Export writes the QR of the screen to the USB drive; without one it says so', async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'gui-'));
    t.teardown(() => rm(folder, { recursive: true }));
    const rig = await setUp(browser, '4.0');
    await toVerify(rig);
    await rig.click('Export');
    await rig.see('No USB flash drive is found.');
    await rig.click('OK');
    rig.core.setUsb(folder);
    await rig.click('Export');
    await rig.page.getByText('The QR code is exported').waitFor();
    const [name = ''] = await readdir(folder);
    const png = PNG.sync.read(await readFile(join(folder, name)));
    t.equal(jsqr.default(new Uint8ClampedArray(png.data), png.width, png.height)?.data, rig.core.openPayload);
    await rig.close();
  });

  t.test(
    'a second viewer and a reload see the same screen; Enter, Tab, Esc and the right button do what they should',
    async (t) => {
      const rig = await setUp(browser, '4.0');
      await rig.see('Password');
      await rig.page.keyboard.type('half');
      await rig.page.locator('input[value="••••"]').waitFor();
      await rig.page.reload();
      t.equal(await rig.page.locator('input[value="••••"]').count(), 1);
      const second = await browser.newPage();
      await second.goto(rig.served.url);
      await second.locator('input[value="••••"]').waitFor();
      await second.close();
      await rig.page.keyboard.press('Tab');
      t.equal(await rig.page.evaluate(() => document.activeElement?.textContent), 'Forgot Password');
      await rig.page.keyboard.press('Enter');
      await rig.see('Verify by Reserved Email');
      await rig.page.keyboard.press('Escape');
      await rig.see('Forgot Password');
      await rig.page.mouse.click(5, 5, { button: 'right' });
      await rig.page.locator('.layer').waitFor({ state: 'detached' });
      await rig.close();
    },
  );

  t.test('without power the page is black and says No signal; it comes back by itself', async (t) => {
    const rig = await setUp(browser, '3.0');
    await rig.see('Password');
    rig.core.powerOff();
    await rig.page.getByText('No signal').waitFor();
    t.equal(await rig.page.locator('.layer').count(), 0);
    rig.core.powerOn();
    await rig.see('Password');
    await rig.close();
  });
}
