import t from 'tap';
import { handClock } from '../bench/fakes/clock.ts';
import type { Display } from '../bench/ports/display.ts';
import type { Calibration } from '../terms/calibration.ts';
import type { Item } from '../terms/frame.ts';
import { grabbed, MENU, painted } from './pictures.fixture.ts';
import { sighted } from './sight.ts';

const ITEMS: readonly Item[] = [{ kind: 'text', text: 'A', box: { x: 120, y: 80, width: 384, height: 174 } }];

/** How often a seer looks, of three frames that differ by noise alone and one that shows another word. */
async function looks(noise: number, calibrated: boolean) {
  const clock = handClock();
  const word = painted([...MENU, { x: 200, y: 100, width: 30, height: 12, grey: 0 }]);
  let count = 0;
  let seen = 0;
  const display = {
    source: 'grabber',
    frame: async () => {
      count += 1;
      return grabbed(count < 4 ? painted(MENU) : word, { noise }, count);
    },
  } as unknown as Display;
  const seer = async () => {
    seen += 1;
    return ITEMS;
  };
  const eyes = sighted(display, { seer, clock });
  // Of a calibration the noise is all that counts here.
  if (calibrated) eyes.calibrated?.({ noise: noise * 0.75 } as Calibration);
  await eyes.read();
  await eyes.read();
  await eyes.read();
  const before = seen;
  await eyes.read();
  return { still: before, changed: seen - before };
}

t.test('a picture without noise is looked at once, until it changes', async (t) => {
  t.same(await looks(0, false), { still: 1, changed: 1 });
  t.same(await looks(0, true), { still: 1, changed: 1 });
});

t.test('noise that was measured is no change, and a word still is one', async (t) => {
  t.same(await looks(12, false), { still: 3, changed: 1 }, 'each frame seems another');
  t.same(await looks(12, true), { still: 1, changed: 1 });
});

t.test('after a click a capture that is late is waited for', async (t) => {
  const clock = handClock();
  const display = {
    source: 'grabber',
    frame: async () => grabbed(painted(MENU), {}),
    moveTo: async () => undefined,
    click: async () => undefined,
  } as unknown as Display;
  for (const [latencyMs, waited] of [
    [undefined, 60],
    [20, 60],
    [200, 233],
  ] as const) {
    const going = { ...clock, sleep: (ms: number) => clock.advance(ms) };
    const eyes = sighted(display, { seer: async () => ITEMS, clock: going });
    eyes.calibrated?.({ noise: 0, latencyMs } as Calibration);
    await eyes.read();
    await eyes.click(130, 90);
    const from = clock.monotonic();
    await eyes.read();
    t.equal(clock.monotonic() - from, waited, `${latencyMs} ms late`);
  }
});
