import t from 'tap';
import { handClock } from '../bench/fakes/clock.ts';
import { grabbed, MENU, painted } from '../flow/pictures.fixture.ts';
import type { Calibration } from '../terms/calibration.ts';
import type { Frame } from '../terms/frame.ts';
import { calibrator } from './capture.ts';

/** Calibrates displays that show one frame; time goes on by itself. */
function bench(shown: Frame) {
  const clock = handClock();
  const told: string[] = [];
  const calibrate = calibrator({
    clock: { ...clock, sleep: (ms) => clock.advance(ms) },
    signal: new AbortController().signal,
    withinMs: 1000,
    resolution: '640x360',
    onBegin: () => told.push('begin'),
    onMeasured: ({ width }) => told.push(`measured ${width} px`),
  });
  /** A display of pixels; `known` is what it has been told of its capture. */
  const camera = () => {
    const known: Calibration[] = [];
    const calibrated = (one: Calibration) => void known.push(one);
    return { source: 'camera', known, frame: async () => shown, moveTo: async () => undefined, calibrated };
  };
  return { calibrate, told, camera };
}

t.test('the first display is measured, and the others take that over', async (t) => {
  const { calibrate, told, camera } = bench(await grabbed(painted(MENU)));
  const displays = [camera(), camera(), camera()] as const;
  await Promise.all([calibrate(displays[0]), calibrate(displays[1])]);
  await calibrate(displays[2]);
  t.same(told, ['begin', 'measured 640 px']);
  const [first] = displays[0].known;
  t.ok(first);
  for (const { known } of displays) t.same(known, [first]);
});

t.test('an unfit capture is told, refused for each display, and used by none', async (t) => {
  const { calibrate, told, camera } = bench(await grabbed(painted(MENU), { blur: 3 }));
  const displays = [camera(), camera()] as const;
  await t.rejects(calibrate(displays[0]), { code: 'FRAME_UNUSABLE', message: /blurred/ });
  await t.rejects(calibrate(displays[1]), { code: 'FRAME_UNUSABLE', message: /blurred/ });
  t.same(told, ['begin', 'measured 640 px']);
  for (const { known } of displays) t.same(known, []);
});

t.test('a screen that stays blank, and a display that is read, are left as they are', async (t) => {
  const { calibrate, told, camera } = bench(await grabbed(painted([], 0)));
  await calibrate({
    source: 'camera',
    frame: () => Promise.reject(new Error('nobody looks')),
    moveTo: () => Promise.reject(new Error('nobody moves')),
  });
  t.same(told, []);
  const blank = camera();
  await calibrate(blank);
  t.same(told, ['begin']);
  t.same(blank.known, []);
});
