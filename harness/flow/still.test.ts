import t from 'tap';
import { handClock } from '../bench/fakes/clock.ts';
import type { Frame, Pixels } from '../terms/frame.ts';
import { changedCells } from '../vision/changes.ts';
import { grabbed, MENU, painted } from './pictures.fixture.ts';
import { calibrateStill, refuseUnfit, stillPicture } from './still.ts';

/** A display that shows what is grabbed, the first frame being 1; time goes on by itself. */
function bench(grab: (at: number) => Promise<Frame>) {
  const clock = handClock();
  let count = 0;
  const frame = async () => {
    count += 1;
    return grab(count);
  };
  return {
    display: { frame },
    clock: { ...clock, sleep: (ms: number) => clock.advance(ms) },
    frames: () => count,
  };
}
function calibrated(grab: (at: number) => Promise<Frame>, withinMs = 1000) {
  const { display, clock } = bench(grab);
  return calibrateStill(display, clock, { withinMs });
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

/** Waits for a still picture, and tells when it was there. */
async function stood(shown: (at: number) => Pixels, withinMs = 1000) {
  const { display, clock, frames } = bench((at) => grabbed(shown(at)));
  const { pixels, isStill } = await stillPicture(display, clock, withinMs);
  const isLast = changedCells(pixels, shown(frames()), 0).length === 0;
  return { isStill, isLast, frames: frames(), milliseconds: clock.monotonic() };
}

t.test('a picture stands still that three frames in a row show', async (t) => {
  t.same(await stood(() => menu), { isStill: true, isLast: true, frames: 3, milliseconds: 200 });
  // It fades in.
  const fading = (at: number) => painted(MENU, Math.min(60 + 40 * at, 220));
  t.same(await stood(fading), { isStill: true, isLast: true, frames: 6, milliseconds: 500 });
});

t.test('what a camera sees may move a little meanwhile, a dialog may not', async (t) => {
  const at = { y: 10, height: 16, grey: 0 };
  const beside = (count: number) => painted([...MENU, { ...at, x: 20 * count, width: 16 }]);
  t.match(await stood(beside), { isStill: true, isLast: true, frames: 3 });
  const wide = (count: number) => painted([...MENU, { ...at, x: 300 * (count % 2), width: 200 }]);
  t.same(
    await stood(wide, 500),
    { isStill: false, isLast: true, frames: 6, milliseconds: 500 },
    'given up in time',
  );
});
