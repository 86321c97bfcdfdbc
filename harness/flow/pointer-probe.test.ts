import t from 'tap';
import { handClock } from '../bench/fakes/clock.ts';
import type { Frame, Pixels } from '../terms/frame.ts';
import { encodePng } from '../vision/png.ts';
import { probePointer } from './pointer-probe.ts';

const SIZE = { width: 320, height: 240 };

interface Behaviour {
  /** Where the pointer goes when it is sent somewhere; undefined: it is not drawn. */
  readonly goes?: (x: number, y: number) => readonly [number, number];
  readonly lagMs?: number;
  /** Everything flickers. */
  readonly flickers?: boolean;
}

/** A screen that shows its pointer as a white square, on a clock that goes on by itself. */
function screenOf({ goes, lagMs = 0, flickers = false }: Behaviour) {
  const clock = handClock(1000);
  let pointer: readonly [number, number] | undefined;
  let next: { readonly at: number; readonly to: readonly [number, number] | undefined } | undefined;
  let frames = 0;
  const draw = (): Pixels => {
    frames += 1;
    const data = new Uint8ClampedArray(SIZE.width * SIZE.height * 4).fill(255);
    const ground = flickers && frames % 2 === 0 ? 120 : 40;
    for (let at = 0; at < data.length; at += 4) data.fill(ground, at, at + 3);
    if (pointer !== undefined)
      for (let y = 0; y < 12; y += 1)
        for (let x = 0; x < 8; x += 1) {
          const at = ((pointer[1] + y) * SIZE.width + pointer[0] + x) * 4;
          data.fill(255, at, at + 3);
        }
    return { ...SIZE, data };
  };
  const display = {
    async frame(): Promise<Frame> {
      await clock.advance(10);
      if (next !== undefined && clock.now() >= next.at) {
        pointer = next.to;
        next = undefined;
      }
      return { ...SIZE, bytes: await encodePng(draw()), format: 'png', grabbedAt: clock.now() };
    },
    async moveTo(x: number, y: number) {
      next = { at: clock.now() + lagMs, to: goes?.(x, y) };
    },
  };
  const sleeping = { ...clock, sleep: (ms: number) => clock.advance(ms) };
  return probePointer(display, sleeping, { noise: 0, withinMs: 500 });
}

t.test('a pointer that goes where it is sent is there, with its time', async (t) => {
  const found = await screenOf({ goes: (x, y) => [x, y], lagMs: 100 });
  t.equal(found.state, 'there');
  if (found.state === 'there') t.ok(found.reactedMs >= 100 && found.reactedMs < 200, `${found.reactedMs}`);
});

t.test('one that goes elsewhere is told with both places', async (t) => {
  const found = await screenOf({ goes: (x, y) => [Math.round(x / 2), Math.round(y / 2)] });
  t.match(found, { state: 'elsewhere', sent: { x: 294, y: 192 } });
  if (found.state === 'elsewhere') t.match(found.seen, { x: 144, y: 96 });
});

t.test('one that the picture never shows is unseen', async (t) => {
  t.match(await screenOf({}), { state: 'unseen' });
  t.match(await screenOf({ goes: (x, y) => [x, y], lagMs: 60_000 }), { state: 'unseen' }, 'too late');
});

t.test('where all flickers, nothing can be told of a pointer', async (t) => {
  t.match(await screenOf({ goes: (x, y) => [x, y], flickers: true }), { state: 'restless' });
});
