import { chromium } from 'playwright';
import t from 'tap';
import type { RecorderPlan } from '../../wire/emulator.ts';
import { newSealKeys } from '../../wire/seal.ts';
import { findChromium } from '../kvm/chromium.ts';
import { noBrowser } from '../kvm/page.fixture.ts';
import { Recorder } from '../recorder/recorder.ts';
import { startGui } from './server.ts';

t.setTimeout(60_000);
const skip = noBrowser();
const plan: RecorderPlan = {
  id: 'u',
  family: 'nvr',
  model: 'DS-7616NI-K2',
  firmware: 'V4.30.085',
  build: 'build 200922',
  gui: '4.0',
  language: 'en',
  resolution: '1280x720',
  adminPassword: 'Harbour-77',
};

t.test(
  'the caret of a jittery unit blinks, that of others stands still; readers of the screen pass over both',
  { skip },
  async (t) => {
    const browser = await chromium.launch({
      executablePath: findChromium(),
      args: ['--no-sandbox', '--disable-gpu'],
    });
    t.teardown(() => browser.close());
    for (const pace of ['jittery', 'usual'] as const) {
      const core = new Recorder({ ...plan, pace }, { relayKey: newSealKeys().publicKey });
      const served = await startGui(core, { host: '127.0.0.1', port: 0 });
      t.teardown(async () => {
        core.close();
        await served.close();
      });
      const page = await browser.newPage({ viewport: { width: 1280, height: 720 } });
      await page.goto(served.url);
      await page.locator('input[data-field=password]').click();
      const caret = page.locator('#caret');
      await caret.waitFor({ state: 'attached' });
      t.equal(await caret.getAttribute('aria-hidden'), 'true');
      t.equal(await caret.evaluate((element) => element.classList.contains('blinking')), pace === 'jittery');
      if (pace !== 'jittery') continue;
      for (const visibility of ['hidden', 'visible'])
        await page.waitForFunction(
          (wanted) => document.getElementById('caret')?.style.visibility === wanted,
          visibility,
        );
      t.pass('it goes and comes');
    }
  },
);
