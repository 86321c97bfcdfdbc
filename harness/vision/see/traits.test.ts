import t from 'tap';
import type { Box, Pixels } from '../../terms/frame.ts';
import { lineColours, strongParts } from './traits.ts';

const GROUND = 30;

/** A strip of 20 px in height: strokes from and to a column, each of a brightness, on dark ground. */
function strip(...strokes: readonly (readonly [from: number, to: number, level: number])[]): Pixels {
  const [width, height] = [200, 20];
  const data = new Uint8ClampedArray(width * height * 4).fill(GROUND);
  for (const [from, to, level] of strokes)
    for (let y = 6; y < 14; y += 1) data.fill(level, (y * width + from) * 4, (y * width + to) * 4);
  return { width, height, data };
}
const line = (x: number, width: number): Box => ({ x, y: 6, width, height: 8 });
const partsOf = (pixels: Pixels, box: Box) =>
  strongParts(pixels, box, { ...lineColours(pixels, box), gap: 10 }).map(({ x, width }) => [x, x + width]);

t.test('writing is as long as it is strong', async (t) => {
  t.same(partsOf(strip([20, 60, 240]), line(20, 40)), [[20, 60]]);
  t.same(
    partsOf(strip([10, 20, 60], [30, 60, 240]), line(10, 50)),
    [[30, 60]],
    'what shines through before it',
  );
  t.same(partsOf(strip([30, 60, 240], [64, 90, 60]), line(30, 60)), [[30, 60]], 'and behind it');
  t.same(partsOf(strip([18, 20, 80], [20, 60, 240]), line(18, 42)), [[18, 60]], 'a soft edge is part of it');
});

t.test('two writings with something faint between them are two', async (t) => {
  const both = strip([20, 60, 240], [62, 98, 60], [100, 140, 240]);
  t.same(partsOf(both, line(20, 120)), [
    [20, 60],
    [100, 140],
  ]);
  t.same(partsOf(strip([20, 60, 240], [68, 90, 240]), line(20, 70)), [[20, 90]], 'a blank parts nothing');
});

t.test('what is faint all over is no writing', async (t) => {
  t.same(partsOf(strip([20, 60, 55]), line(20, 40)), []);
  t.same(partsOf(strip([20, 60, 70]), line(20, 40)), [[20, 60]], 'what is greyed out is');
});
