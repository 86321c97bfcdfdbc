import t from 'tap';
import { handClock } from '../bench/fakes/clock.ts';
import type { Frame } from '../terms/frame.ts';
import { grabbed, MENU, painted } from './pictures.fixture.ts';
import { calibrateStill, refuseUnfit } from './still.ts';

/** Calibrates from what is grabbed; time goes on by itself. */
function calibrated(grab: (at: number) => Promise<Frame>, withinMs = 1000) {
  const clock = handClock();
  let count = 0;
  const frame = async () => {
    count += 1;
    return grab(count);
  };
  const going = { ...clock, sleep: (ms: number) => clock.advance(ms) };
  return calibrateStill({ frame }, going, { withinMs });
}
const menu = painted(MENU);

t.test('a good capture is calibrated, once the screen shows something', async (t) => {
  const black = await grabbed(painted([], 0));
  const found = await calibrated((at) => (at < 4 ? Promise.resolve(black) : grabbed(menu, { jpeg: 90 })));
  t.match(found, { width: 640, height: 360, jpegQuality: 90, noise: 0 });
  if (found !== undefined) t.doesNotThrow(() => refuseUnfit(found));
});

t.test('of a screen that stays blank nothing is told', async (t) => {
  const black = await grabbed(painted([], 0));
  t.equal(await calibrated(() => Promise.resolve(black)), undefined);
});

t.test('a noise is measured, and a large one refused with its figure', async (t) => {
  const small = await calibrated((at) => grabbed(menu, { noise: 6 }, at));
  t.ok(small !== undefined && small.noise > 4 && small.noise < 7, `${small?.noise}`);
  const large = await calibrated((at) => grabbed(menu, { noise: 60 }, at));
  t.throws(() => large && refuseUnfit(large), {
    code: 'FRAME_UNUSABLE',
    message: /noise of \d+(\.\d)? of 255/,
  });
});

t.test('a soft picture is refused with its figure', async (t) => {
  const found = await calibrated(() => grabbed(menu, { blur: 2.5 }));
  t.throws(() => found && refuseUnfit(found), {
    code: 'FRAME_UNUSABLE',
    message: /blurred by 2\.\d px/,
    hint: /doctor --display/,
  });
});

t.test('a screen that changes while it is measured is measured again', async (t) => {
  const [boot, up] = [await grabbed(painted(MENU, 250)), await grabbed(menu)];
  const found = await calibrated((at) => Promise.resolve(at < 5 ? boot : up));
  t.match(found, { noise: 0 });
});
