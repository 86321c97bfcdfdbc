import t from 'tap';
import type { Pixels } from '../../terms/frame.ts';
import { bulletsIn } from './bullets.ts';

const EM = 15;
const FIELD = { x: 20, y: 30, width: 200, height: 24 };

/** A light field on a dark form, with dots and a caret in it. */
function painted(dots: number): Pixels {
  const size = { width: 240, height: 80 };
  const data = new Uint8ClampedArray(size.width * size.height * 4).fill(255);
  const fill = (x: number, y: number, width: number, height: number, grey: number) => {
    for (let row = y; row < y + height; row += 1)
      for (let column = x; column < x + width; column += 1) {
        const at = (row * size.width + column) * 4;
        data.fill(grey, at, at + 3);
      }
  };
  fill(0, 0, size.width, size.height, 34);
  fill(FIELD.x, FIELD.y, FIELD.width, FIELD.height, 198);
  for (let dot = 0; dot < dots; dot += 1) fill(FIELD.x + 8 + dot * 7, FIELD.y + 10, 4, 4, 20);
  fill(FIELD.x + 8 + dots * 7, FIELD.y + 3, 1, 18, 20);
  return { ...size, data };
}

t.test('the dots of a masked field are counted, the caret is none', async (t) => {
  for (const dots of [0, 1, 12, 24]) t.equal(bulletsIn(painted(dots), FIELD, EM), dots);
});

t.test('also where the line above the field, or below it, was taken for its edge', async (t) => {
  const above = { ...FIELD, y: FIELD.y - 5, height: FIELD.height + 5 };
  t.equal(bulletsIn(painted(12), above, EM), 12);
  t.equal(bulletsIn(painted(12), { ...FIELD, height: FIELD.height + 6 }, EM), 12);
});
