// Needles learned by hand: on a twin seen through its KVM, by a person with a script.
import { access, readdir, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import t from 'tap';
import { testBrowser } from '../bench/drivers/display/page.fixture.ts';
import type { Display } from '../bench/ports/display.ts';
import type { AskPerson } from '../flow/by-hand.ts';
import { matchNeedle } from '../vision/needle/match.ts';
import { sceneOf } from '../vision/needle/scene.ts';
import { missingTessdata } from '../vision/ocr/tessdata.fixture.ts';
import { decodePicture } from '../vision/png.ts';
import { openers } from './doctor-display.ts';
import { load, pickDuts, ROOT, secretsFrom } from './load.ts';
import { learnDut } from './needle-by-hand.ts';
import { loadNeedles } from './needle-files.ts';
import { proposalsIn } from './proposals.ts';
import { readRun } from './render.ts';

t.setTimeout(180_000);
const { skip } = await testBrowser(t);
const noText = missingTessdata(['eng']);

/** Clicks on what the harness says that it found, to bring the next screen up. */
function person(display: Display, told: string[]): AskPerson {
  const found = new Map<string, { readonly x: number; readonly y: number }>();
  return async ({ text }) => {
    told.push(text);
    if (text.startsWith('Screen ')) {
      const screen = /"(.*?)"/.exec(text)?.[1] ?? '';
      if (screen === 'login') return '';
      if (screen !== 'reset-methods') return screen === 'disclaimer' ? 'q' : 's';
      const forgot = found.get('forgotPassword');
      if (forgot === undefined) return 'q';
      await display.click(forgot.x, forgot.y);
      await display.moveTo(1270, 710);
      return '';
    }
    for (const [, label = '', x, y, width, height] of text.matchAll(
      /^(\w+): ".*" at (\d+),(\d+) (\d+)x(\d+)$/gm,
    ))
      found.set(label, { x: Number(x) + Number(width) / 2, y: Number(y) + Number(height) / 2 });
    return '';
  };
}

t.test(
  'screens that a person brings up become needles and proposals',
  { skip: skip || noText },
  async (t) => {
    const loaded = await load(join(ROOT, 'devices.yaml'));
    const duts = pickDuts(loaded, ['nvr-at']);
    const [dut] = duts;
    if (dut === undefined) return t.fail('no twin nvr-at');
    const folder = t.testdir({ drives: {}, needles: {}, reports: {} });
    await using stack = new AsyncDisposableStack();
    const open = openers(loaded, {
      duts,
      folder: join(folder, 'drives'),
      stack,
      secret: secretsFrom(undefined),
      state: join(folder, 'state'),
    });
    const { display } = stack.use(await open(dut.config));
    // The login stands there once the twin has booted.
    for (let tries = 0; tries < 100; tries += 1) {
      const { data } = await decodePicture((await display.frame()).bytes);
      if (new Set(data.filter((_, at) => at % 4004 === 0)).size > 8) break;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const told: string[] = [];
    const lines = await learnDut(dut, display, person(display, told), {
      needles: join(folder, 'needles'),
      reports: join(folder, 'reports'),
    });
    t.match(
      lines,
      [/needles\/nvr\/1280x720: \d+ needles$/, /2 screens to approve: resetbench baseline list/],
      told.join('\n'),
    );
    const needles = await loadNeedles(join(folder, 'needles', 'nvr', '1280x720'));
    const names = needles.map(({ name }) => name);
    t.same(names, ['forgot-password-login', 'login-login', 'ok-reset-methods']);
    const login = needles.find(({ name }) => name === 'login-login')?.pictures[0]?.area.box;
    t.ok((login?.y ?? 0) > 360, 'the button, and not the title that says the same');
    const now = sceneOf(await decodePicture((await display.frame()).bytes));
    for (const one of needles.filter(({ tags }) => tags.includes('screen-reset-methods')))
      t.equal(matchNeedle(now, one).kind, 'match', one.name);
    const picture = /Look at (\S+)\. /.exec(told.find((text) => text.includes('Look at')) ?? '')?.[1] ?? '';
    t.teardown(() => rm(dirname(picture), { recursive: true, force: true }));
    await access(picture);
    t.ok((await stat(picture)).size > 1000);
    const [run = ''] = await readdir(join(folder, 'reports'));
    const { record } = await readRun(join(folder, 'reports', run));
    t.same(
      proposalsIn(record, join(folder, 'baselines')).map(({ facts }) => facts.name),
      ['login', 'reset-methods'],
    );
    t.match(record.harness.by, String, 'who made it may not approve it');
  },
);
