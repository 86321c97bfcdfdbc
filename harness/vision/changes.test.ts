import t from 'tap';
import type { Pixels } from '../terms/frame.ts';
import { changedCells, isSamePart } from './changes.ts';

/** Neither side a whole number of cells. */
const SIZE = { width: 50, height: 37 };
type Spot = readonly [x: number, y: number, green: number];
/** A picture with some pixels of another green. */
function picture(...spots: readonly Spot[]): Pixels {
  const data = new Uint8ClampedArray(SIZE.width * SIZE.height * 4).fill(100);
  for (const [x, y, green] of spots) data[(y * SIZE.width + x) * 4 + 1] = green;
  return { ...SIZE, data };
}

t.test('a cell has changed where one pixel of it differs by more than noise', async (t) => {
  const cells = (...spots: readonly Spot[]) => changedCells(picture(), picture(...spots), 10);
  t.same(cells(), []);
  t.same(cells([3, 4, 110]), [], 'noise');
  t.same(cells([3, 4, 111]), [{ x: 0, y: 0 }]);
  t.same(cells([15, 16, 89], [16, 16, 89], [49, 36, 0]), [
    { x: 0, y: 16 },
    { x: 16, y: 16 },
    { x: 48, y: 32 },
  ]);
});

t.test('a part is the same byte for byte, or not', async (t) => {
  const [a, b] = [picture(), picture([20, 10, 101])];
  const same = (x: number, y: number, width: number, height: number) =>
    isSamePart(a, b, { x, y, width, height });
  t.notOk(same(0, 0, 50, 37), 'all of it');
  t.notOk(same(20, 10, 1, 1), 'the pixel that differs');
  t.ok(same(0, 10, 20, 1), 'left of it');
  t.ok(same(21, 10, 29, 1), 'right of it');
  t.ok(same(0, 0, 50, 10), 'whole rows above');
  t.ok(same(0, 11, 50, 26), 'below');
  t.notOk(same(-5, -5, 100, 100), 'as far as it lies inside');
  t.ok(same(60, 5, 10, 10), 'outside nothing differs');
});
