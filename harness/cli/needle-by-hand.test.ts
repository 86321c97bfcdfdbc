// Needles learned by hand: on a twin seen through its KVM, by a person with a script.
import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { testBrowser } from '../bench/drivers/display/page.fixture.ts';
import { openDesk } from '../bench/drivers/operator/desk.ts';
import { recordedWay } from '../bench/drivers/operator/recorded.ts';
import type { Way } from '../bench/drivers/operator/way.ts';
import type { Display } from '../bench/ports/display.ts';
import type { Prompt } from '../bench/ports/operator.ts';
import { systemClock } from '../terms/clock.ts';
import { matchNeedle } from '../vision/needle/match.ts';
import { sceneOf } from '../vision/needle/scene.ts';
import { missingTessdata } from '../vision/ocr/tessdata.fixture.ts';
import { decodePicture } from '../vision/png.ts';
import { resetbench } from './command.fixture.ts';
import { openers } from './doctor-display.ts';
import { load, pickDuts, secretsFrom } from './load.ts';
import { learnDut } from './needle-by-hand.ts';
import { loadNeedles } from './needle-files.ts';
import { proposalsIn } from './proposals.ts';
import { readRun } from './render.ts';
import { ROOT } from './root.ts';

t.setTimeout(180_000);
const { skip } = await testBrowser(t);
const noText = missingTessdata(['eng']);

/** At the page: clicks on what the harness says that it found, to bring the next screen up. */
function person(display: Display, judged: Prompt[]): Way {
  const found = new Map<string, { readonly x: number; readonly y: number }>();
  const answerTo = async (prompt: Prompt) => {
    if (prompt.kind === 'picture') {
      judged.push(prompt);
      for (const step of prompt.steps ?? []) {
        const [, label = '', ...box] = /^(\w+): ".*" at (\d+),(\d+) (\d+)x(\d+)$/.exec(step) ?? [];
        const [x = 0, y = 0, width = 0, height = 0] = box.map(Number);
        found.set(label, { x: x + width / 2, y: y + height / 2 });
      }
      return 'keep';
    }
    const forgot = found.get('forgotPassword');
    if (prompt.id === 'bring-reset-methods' && forgot !== undefined) {
      await display.click(forgot.x, forgot.y);
      await display.moveTo(1270, 710);
    }
    return 'there';
  };
  return {
    show({ prompt }, reply) {
      // What the file answers, the person leaves to it.
      if (Object.hasOwn(RECORDED, prompt.id)) return undefined;
      answerTo(prompt).then(
        (value) => reply.answer({ value, by: 'A. Smith', way: 'page' }),
        (error: unknown) => reply.fail(error),
      );
      return { over: () => undefined };
    },
    async [Symbol.asyncDispose]() {},
  };
}
const RECORDED = { 'bring-menu': [{ value: 'skip' }], 'bring-disclaimer': [{ value: 'end' }] } as const;

t.test('that nobody can be asked is told before anything is opened', async (t) => {
  for (const [more, said] of [
    [['--operator', 'none'], /nobody can be asked.*\n=> .*--operator page.*--answers/],
    [['--operator', 'terminal'], /no terminal to ask in/],
  ] as const) {
    const { code, err } = await resetbench(['needle', 'learn', 'nvr-at', '--by-hand', ...more]);
    t.equal(code, 2);
    t.match(err, said);
  }
});

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
    const judged: Prompt[] = [];
    const file = recordedWay({ answers: RECORDED, by: 'the lab', folder });
    const desk = stack.use(openDesk({ ways: [file, person(display, judged)], clock: systemClock }));
    const lines = await learnDut(dut, {
      display,
      operator: desk.at(dut.config.id),
      needles: join(folder, 'needles'),
      reports: join(folder, 'reports'),
    });
    const told = judged.flatMap(({ steps = [] }) => steps).join('\n');
    t.match(
      lines,
      [/needles\/nvr\/1280x720: \d+ needles$/, /2 screens to approve: resetbench baseline list/],
      told,
    );
    const { needles } = await loadNeedles(join(folder, 'needles', 'nvr', '1280x720'));
    const names = needles.map(({ name }) => name);
    t.same(names, ['forgot-password-login', 'login-login', 'ok-reset-methods']);
    const login = needles.find(({ name }) => name === 'login-login')?.pictures[0]?.area.box;
    t.ok((login?.y ?? 0) > 360, 'the button, and not the title that says the same');
    const now = sceneOf(await decodePicture((await display.frame()).bytes));
    for (const one of needles.filter(({ tags }) => tags.includes('screen-reset-methods')))
      t.equal(matchNeedle(now, one).kind, 'match', one.name);
    const [shown] = judged;
    const picture = shown?.kind === 'picture' ? shown.frame.bytes : new Uint8Array();
    t.match(await decodePicture(picture), { width: 1280, height: 720 }, 'the screen itself is judged');
    const [run = ''] = await readdir(join(folder, 'reports'));
    const { record } = await readRun(join(folder, 'reports', run));
    t.same(
      proposalsIn(record, join(folder, 'baselines')).map(({ facts }) => facts.name),
      ['login', 'reset-methods'],
    );
    t.match(record.harness.by, String, 'who made it may not approve it');
    const by = (id: string, value: string, answer: object) => ({ id, answer: { value, ...answer } });
    const [smith, lab] = [
      { by: 'A. Smith', way: 'page' },
      { by: 'the lab', way: 'recorded' },
    ];
    t.match(
      record.cases[0]?.attempts[0]?.prompts,
      [
        by('bring-menu', 'skip', lab),
        by('bring-login', 'there', smith),
        by('judge-login', 'keep', smith),
        by('bring-reset-methods', 'there', smith),
        by('judge-reset-methods', 'keep', smith),
        by('bring-disclaimer', 'end', lab),
      ],
      'who answered what is kept',
    );
    t.equal(
      record.cases[0]?.attempts[0]?.prompts?.[2]?.shown,
      createHash('sha256').update(picture).digest('hex'),
      'and which picture was judged',
    );
  },
);
