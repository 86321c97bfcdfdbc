import t from 'tap';
import { handClock } from '../bench/fakes/clock.ts';
import type { Frame, Pixels } from '../terms/frame.ts';
import { encodePng } from '../vision/png.ts';
import { probeMotion } from './motion-probe.ts';

const SIZE = { width: 240, height: 64 };

/** A screen with a white pointer, of which a capture gives a new picture every `everyMs`, `lagMs` late. */
function probed({ everyMs, lagMs = 0 }: { readonly everyMs: number; readonly lagMs?: number }) {
  const clock = handClock(1000);
  const moves: { readonly at: number; readonly x: number }[] = [];
  const draw = (x: number): Pixels => {
    const data = new Uint8ClampedArray(SIZE.width * SIZE.height * 4).fill(40);
    for (let y = 20; y < 32; y += 1)
      for (let px = x; px < x + 8; px += 1)
        data.fill(255, (y * SIZE.width + px) * 4, (y * SIZE.width + px + 1) * 4);
    return { ...SIZE, data };
  };
  const display = {
    async frame(): Promise<Frame> {
      await clock.advance(5);
      const grabbed = Math.floor((clock.now() - lagMs) / everyMs) * everyMs;
      const x = moves.findLast(({ at }) => at <= grabbed)?.x ?? 0;
      return { ...SIZE, bytes: await encodePng(draw(x)), format: 'png', grabbedAt: clock.now() };
    },
    async moveTo(x: number) {
      moves.push({ at: clock.now(), x });
    },
  };
  const sleeping = { ...clock, sleep: (ms: number) => clock.advance(ms) };
  return probeMotion(display, sleeping, { at: { x: 220, y: 20 }, lagMs: lagMs + everyMs, noise: 0 });
}

t.test('a capture that gives a new picture each time repeats none, however late it is', async (t) => {
  t.match(await probed({ everyMs: 1 }), { frames: 20, repeated: 0, tookMs: 800 });
  t.match(await probed({ everyMs: 40, lagMs: 200 }), { repeated: 0 });
});

t.test('one that gives a picture again is told with the share', async (t) => {
  t.equal((await probed({ everyMs: 80 })).repeated, 10);
  const { repeated } = await probed({ everyMs: 400 });
  t.ok(repeated >= 17 && repeated <= 18, `${repeated} of 20`);
});
