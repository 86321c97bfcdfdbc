import t from 'tap';
import { onto, painting } from './painted.fixture.ts';
import { findPictures } from './pictures.ts';
import { planeOf } from './plane.ts';

const SIZE = { width: 960, height: 800 };

/** A window with a square of light and dark modules in a light quiet zone. */
function coded(modules: number, module: number) {
  const paint = painting(SIZE);
  paint.window({ x: 40, y: 20, width: 880, height: 760 });
  const box = { x: 140, y: 110, width: modules * module, height: modules * module };
  const quiet = 4 * module;
  paint.fill(
    { x: box.x - quiet, y: box.y - quiet, width: box.width + 2 * quiet, height: box.height + 2 * quiet },
    [250, 250, 250],
  );
  // Lehmer's generator.
  let state = 7;
  for (let at = 0; at < modules * modules; at += 1) {
    const place = { x: box.x + (at % modules) * module, y: box.y + Math.floor(at / modules) * module };
    if (state % 2 === 0) paint.fill({ ...place, width: module, height: module }, [10, 10, 10]);
    state = (state * 48_271) % 2_147_483_647;
  }
  return { pixels: paint.pixels, box };
}

for (const [modules, module] of [
  [53, 5],
  [45, 9],
  [41, 13],
  [25, 22],
] as const)
  t.test(`a code of ${modules} modules of ${module} px is found, to about a module`, async (t) => {
    const { pixels, box } = coded(modules, module);
    const [found, ...more] = findPictures(planeOf(pixels));
    t.same(more, []);
    const near = 16 * Math.ceil(module / 8);
    for (const side of ['x', 'y', 'width', 'height'] as const)
      t.ok(Math.abs((found?.[side] ?? 0) - box[side]) <= near, `${side}: ${found?.[side]} for ${box[side]}`);
  });

t.test('a page full of writing is none', async (t) => {
  const paint = painting(SIZE);
  paint.window({ x: 40, y: 20, width: 700, height: 680 });
  for (let y = 60; y < 660; y += 20) paint.writing({ x: 80, y }, 78);
  t.same(findPictures(planeOf(paint.pixels)), []);
  // Nor one with light bars behind every other line.
  const bars = onto(paint.pixels);
  for (let y = 55; y < 660; y += 60) bars.fill({ x: 70, y, width: 640, height: 20 }, [235, 235, 235]);
  t.same(findPictures(planeOf(paint.pixels)), []);
});
