import t from 'tap';
import { handClock } from '../bench/fakes/clock.ts';
import type { Display } from '../bench/ports/display.ts';
import type { Baseline } from '../terms/baseline.ts';
import type { Box, Item, Pixels } from '../terms/frame.ts';
import { encodePng } from '../vision/png.ts';
import { compareScreen } from './appearance.ts';
import { Gui } from './gui.ts';
import type { Trace } from './trace.ts';

const WIDTH = 320;
const HEIGHT = 240;
const TITLE = { x: 80, y: 60, width: 80, height: 16 };
const FIELD = { x: 80, y: 90, width: 120, height: 20 };
const BUTTON = { x: 200, y: 130, width: 40, height: 20 };
const ITEMS: readonly Item[] = [
  { kind: 'text', text: 'Reset Password', box: TITLE },
  { kind: 'field', text: '', box: FIELD },
  { kind: 'button', text: 'OK', box: BUTTON },
  { kind: 'image', text: '', box: { x: 0, y: 0, width: WIDTH, height: HEIGHT } },
];

/** A dialog over a live view of one grey. */
function picture(ground: number, changes: readonly (readonly [Box, number])[] = []): Pixels {
  const data = new Uint8ClampedArray(WIDTH * HEIGHT * 4).fill(255);
  const paint = ({ x, y, width, height }: Box, grey: number) => {
    for (let row = y; row < y + height; row += 1)
      for (let column = x; column < x + width; column += 1)
        data.fill(grey, (row * WIDTH + column) * 4, (row * WIDTH + column) * 4 + 3);
  };
  paint({ x: 0, y: 0, width: WIDTH, height: HEIGHT }, ground);
  paint({ x: 70, y: 50, width: 180, height: 110 }, 230);
  for (const box of [TITLE, FIELD, BUTTON]) paint(box, 90);
  for (const [box, grey] of changes) paint(box, grey);
  return { width: WIDTH, height: HEIGHT, data };
}

/** Shows one picture to the comparison; what it kept comes with the answer. */
async function look(
  shown: Pixels,
  baseline: Baseline | undefined,
  source = 'grabber 1',
  noise: number | undefined = undefined,
) {
  const clock = handClock();
  const kept: { screen?: Pixels; differences: number; asked: string[] } = { differences: 0, asked: [] };
  const trace: Trace = {
    step: (_, body) => body(),
    effect: () => undefined,
    frame: () => undefined,
    picture: () => {
      kept.differences += 1;
    },
    screen: (_, pixels) => {
      kept.screen = pixels;
    },
    text: () => undefined,
    measure: () => undefined,
    secret: () => undefined,
  };
  const bytes = await encodePng(shown);
  const display = {
    source,
    ...(noise === undefined ? {} : { calibration: { noise, deviation: undefined } }),
    read: async (wait?: { readonly withinMs: number }) => {
      await clock.advance(wait?.withinMs ?? 20);
      return { items: ITEMS, width: WIDTH, height: HEIGHT, stillMs: 1000 };
    },
    frame: async () => ({ width: WIDTH, height: HEIGHT, bytes, format: 'png', grabbedAt: 0 }),
    moveTo: async () => clock.advance(100),
  } as unknown as Display;
  const gui = new Gui({ display, labels: {}, clock, trace, patienceMs: 1000 });
  const find = async (...words: string[]) => {
    kept.asked.push(...words);
    return baseline;
  };
  return { ...(await compareScreen(gui, find, 'new-password')), kept };
}

async function approved(): Promise<Baseline> {
  const { kept } = await look(picture(40), undefined);
  return { pixels: kept.screen ?? picture(0), source: 'grabber 1' };
}

t.test('a screen that nobody approved is kept, and judged by nothing', async (t) => {
  const seen = await look(picture(40), undefined);
  t.equal(seen.state, 'no-baseline');
  t.ok(seen.kept.screen);
});

t.test(
  'the same screen over another live view, with a filled field and the pointer, looks as approved',
  async (t) => {
    const corner = { x: WIDTH - 12, y: HEIGHT - 12, width: 12, height: 12 };
    const seen = await look(
      picture(140, [
        [FIELD, 20],
        [corner, 255],
      ]),
      await approved(),
    );
    t.match(seen, { state: 'same', share: 0 });
    t.equal(seen.kept.differences, 0);
  },
);

t.test('a button in another colour is found, with its place and a picture of the difference', async (t) => {
  const seen = await look(picture(40, [[BUTTON, 200]]), await approved());
  t.equal(seen.state, 'different');
  if (seen.state === 'different') t.match(seen.places, [BUTTON]);
  t.equal(seen.kept.differences, 1);
});

t.test('a short word that is gone is found', async (t) => {
  const word = { x: 82, y: 62, width: 14, height: 10 };
  t.equal((await look(picture(40, [[word, 230]]), await approved())).state, 'different');
});

t.test('a capture with noise may differ by as much as that, and no more', async (t) => {
  const baseline = await approved();
  const slightly = picture(40, [[BUTTON, 132]]);
  t.equal((await look(slightly, baseline)).state, 'different');
  t.equal((await look(slightly, baseline, 'grabber 1', 2)).state, 'different');
  t.equal((await look(slightly, baseline, 'grabber 1', 20)).state, 'same');
  t.equal((await look(picture(40, [[BUTTON, 230]]), baseline, 'grabber 1', 20)).state, 'different');
});

t.test('what came through another source is not compared', async (t) => {
  const seen = await look(picture(40, [[BUTTON, 200]]), await approved(), 'grabber 2');
  t.match(seen, { state: 'other-source', seen: 'grabber 2', approved: 'grabber 1' });
  t.same(seen.kept.asked, ['new-password', 'grabber 2'], 'one through its own source was asked for');
});

t.test('a capture is compared with an original, by what it leaves alone', async (t) => {
  const original = { ...(await approved()), source: 'chromium 156', isOriginal: true };
  const capture = 'pikvm 4';
  t.match(await look(picture(90), original, capture, 3), { state: 'same', through: 'chromium 156' });
  const lighter = await look(picture(90, [[BUTTON, 140]]), original, capture, 3);
  t.match(lighter, { state: 'different', through: 'chromium 156' });
  t.equal(lighter.kept.differences, 1);
  t.match(
    await look(picture(90, [[BUTTON, 93]]), original, capture, 3),
    { state: 'same' },
    'a codec does that much',
  );
  t.match(await look(picture(90), original, capture), { state: 'other-source' }, 'no capture that is known');
});

t.test('what is kept of a screen shows neither fields nor what lies around', async (t) => {
  const { pixels } = await approved();
  const alpha = (x: number, y: number) => pixels.data[(y * WIDTH + x) * 4 + 3];
  t.equal(alpha(FIELD.x + 5, FIELD.y + 5), 0);
  t.equal(alpha(5, 5), 0);
  t.equal(alpha(BUTTON.x + 5, BUTTON.y + 5), 255);
});
