import t from 'tap';
import { handClock } from '../bench/fakes/clock.ts';
import type { Pixels } from '../terms/frame.ts';
import { grabbed, MENU, painted, SIZE } from './pictures.fixture.ts';
import { watchPointer } from './pointer-watch.ts';
import { calibrateMoving, refuseUnfit } from './still.ts';

/** A recorder that draws its pointer, through a capture that is late and takes one frame in so many; 20 ms a frame. */
function bench({ delayMs = 0, keepOneIn = 1, shows = true, seed = 0, noise = 0 } = {}) {
  const clock = handClock();
  const moves: { readonly at: number; readonly x: number; readonly y: number }[] = [];
  const display = {
    async frame() {
      await clock.advance(10);
      const step = 33 * keepOneIn;
      const grabbedAt = Math.floor(clock.now() / step) * step;
      const last = moves.findLast(({ at }) => at <= grabbedAt - delayMs);
      const pointer =
        last === undefined || !shows ? [] : [{ x: last.x, y: last.y, width: 10, height: 10, grey: 255 }];
      const shown: Pixels = painted([...MENU, ...pointer]);
      return { ...(await grabbed(shown, { noise }, seed + grabbedAt)), grabbedAt };
    },
    async moveTo(x: number, y: number) {
      await clock.advance(5);
      moves.push({ at: clock.now(), x, y });
    },
  };
  return { display, moves, clock: { ...clock, sleep: (ms: number) => clock.advance(ms) } };
}
async function watched(chain: Parameters<typeof bench>[0]) {
  const { display, clock, moves } = bench(chain);
  const found = await watchPointer(display, clock, { noise: 0 });
  return { ...found, last: moves.at(-1), milliseconds: clock.monotonic() };
}

t.test('a good capture shows each move soon, and the pointer is put aside', async (t) => {
  const { latencyMs = -1, repeated = -1, last, milliseconds } = await watched({});
  t.ok(latencyMs >= 0 && latencyMs <= 70, `${latencyMs} ms`);
  t.equal(repeated, 0);
  t.match(last, { x: SIZE.width - 2, y: SIZE.height - 2 });
  t.ok(milliseconds < 1000, `${milliseconds} ms in all`);
});

t.test('how late it is, and how many frames are lost, is what the chain was set to', async (t) => {
  const late = await watched({ delayMs: 300 });
  t.ok(Math.abs((late.latencyMs ?? 0) - 300) <= 70, `${late.latencyMs} ms`);
  const lossy = await watched({ keepOneIn: 6 });
  t.ok(Math.abs((lossy.repeated ?? 0) - 0.72) <= 0.15, `${lossy.repeated} repeated of looks each 55 ms`);
});

t.test('where no pointer is shown, nothing is told and nothing held against the capture', async (t) => {
  t.match(await watched({ shows: false }), { latencyMs: undefined, repeated: undefined });
  const { display, clock } = bench({ shows: false });
  const found = await calibrateMoving(display, clock, { withinMs: 1000 });
  t.match(found?.untold, { latencyMs: /no picture shows the pointer/, repeated: /no picture/ });
});

t.test('a calibration tells them, and by what', async (t) => {
  const { display, clock } = bench({ delayMs: 200, keepOneIn: 3 });
  const found = await calibrateMoving(display, clock, { withinMs: 1000 }, { size: SIZE });
  t.match(found, { repeatedBy: 'pointer', across: { scale: 1, offset: 0 } });
  t.ok(Math.abs((found?.latencyMs ?? 0) - 200) < 130, `${found?.latencyMs} ms`);
  t.notOk(found?.untold && ('latencyMs' in found.untold || 'repeated' in found.untold));
  if (found !== undefined)
    t.doesNotThrow(() => refuseUnfit({ ...found, repeated: 1 }), 'its pointer may be slow');
  const noisy = bench({ noise: 4 });
  const other = await calibrateMoving(noisy.display, noisy.clock, { withinMs: 1000 });
  t.equal(other?.repeatedBy, undefined, 'noise tells it without the pointer');
  t.type(other?.latencyMs, 'number');
});
