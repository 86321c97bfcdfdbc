import t from 'tap';
import { painting } from './painted.fixture.ts';
import { planeOf } from './plane.ts';
import { lowest, type Steps, stepsOf } from './steps.ts';

/** The places of the bits that are set, as `x,y`. */
function places(bits: Int32Array, { words }: Steps, height: number): readonly string[] {
  const found: string[] = [];
  for (let y = 0; y < height; y += 1)
    for (let word = 0; word < words; word += 1)
      for (let rest = bits[y * words + word] ?? 0; rest !== 0; rest &= rest - 1)
        found.push(`${word * 32 + lowest(rest)},${y}`);
  return found;
}

/** The same, pixel by pixel. */
function expected(
  { width, height, data }: ReturnType<typeof planeOf>,
  [dx, dy]: readonly [number, number],
  least: number,
): readonly string[] {
  const found: string[] = [];
  for (let y = dy; y < height; y += 1)
    for (let x = dx; x < width; x += 1) {
      const step = (data[y * width + x] ?? 0) - (data[(y - dy) * width + x - dx] ?? 0);
      if (Math.abs(step) >= least) found.push(`${x},${y}`);
    }
  return found;
}

// Widths of whole words, of whole eights, and of neither: flat places are skipped in some of them.
for (const width of [96, 72, 77])
  t.test(`steps of a picture ${width} px wide are where its brightness changes`, async (t) => {
    const height = 40;
    const paint = painting({ width, height });
    paint.fill({ x: 0, y: 30, width, height: 10 }, [128, 138, 147]);
    paint.fill({ x: 8, y: 4, width: 24, height: 16 }, [23, 24, 26]);
    paint.fill({ x: 33, y: 7, width: 1, height: 9 }, [128, 138, 148]);
    paint.fill({ x: 31, y: 22, width: 2, height: 3 }, [129, 140, 150]);
    paint.fill({ x: width - 1, y: 0, width: 1, height: 3 }, [255, 255, 255]);
    paint.writing({ x: 40, y: 10 }, 4);
    const plane = planeOf(paint.pixels);
    const steps = stepsOf(plane);
    const of = (bits: Int32Array) => places(bits, steps, height);
    t.same(of(steps.aside), expected(plane, [1, 0], 9));
    t.same(of(steps.above), expected(plane, [0, 1], 9));
    t.same(of(steps.strokeAside), expected(plane, [1, 0], 24));
    t.same(of(steps.strokeAbove), expected(plane, [0, 1], 24));
    t.ok(of(steps.aside).length > of(steps.strokeAside).length, 'there are faint steps');
  });

t.test('brightness is that of BT.601, four equal pixels in a row or not', async (t) => {
  const paint = painting({ width: 11, height: 2 });
  paint.fill({ x: 0, y: 0, width: 11, height: 2 }, [10, 20, 30]);
  paint.fill({ x: 5, y: 0, width: 1, height: 1 }, [255, 255, 255]);
  paint.fill({ x: 9, y: 1, width: 2, height: 1 }, [200, 0, 0]);
  const of = ([r, g, b]: readonly [number, number, number]) => (r * 77 + g * 150 + b * 29) >> 8;
  const ground = of([10, 20, 30]);
  t.same(
    [...planeOf(paint.pixels).data],
    Array.from({ length: 22 }, (_, at) => (at === 5 ? 255 : at >= 20 ? of([200, 0, 0]) : ground)),
  );
});

t.test('the lowest bit of a word', async (t) => {
  t.same([1, 2, 12, 0x8000_0000, -2_147_483_648, -1].map(lowest), [0, 1, 2, 31, 31, 0]);
});
