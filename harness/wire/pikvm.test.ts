import t from 'tap';
import { pikvmPoint, pixelOf } from './pikvm.ts';

/** Width or height, px; pixel; position of the API. */
const GOLDEN: readonly (readonly [size: number, px: number, point: number])[] = [
  [1920, 0, -32_768],
  [1920, 1, -32_734],
  [1920, 960, 17],
  [1920, 1919, 32_767],
  [1280, 640, 25],
  [1280, 639, -26],
  [1080, 540, 30],
  [720, 719, 32_767],
  [2, 1, 32_767],
  [1, 0, -32_768],
];

t.test('pixels and positions of the API are the golden ones, both ways', async (t) => {
  for (const [size, px, point] of GOLDEN) {
    t.equal(pikvmPoint(px, size), point, `pixel ${px} of ${size}`);
    t.equal(pixelOf(point, size), px, `position ${point} of ${size}`);
  }
});

t.test('every pixel comes back, also by the 15 bits of a USB mouse', async (t) => {
  for (const size of [720, 768, 1024, 1080, 1280, 1920]) {
    const lost = Array.from({ length: size }, (_, px) => px).filter((px) => {
      const point = pikvmPoint(px, size);
      // kvmd halves the range for its HID report.
      const report = Math.trunc((point + 32_768) / 2);
      return pixelOf(point, size) !== px || Math.round((report / 32_767) * (size - 1)) !== px;
    });
    t.same(lost, [], `${size} px`);
  }
});

t.test('what lies outside the picture is its edge', async (t) => {
  t.equal(pikvmPoint(-5, 1280), -32_768);
  t.equal(pikvmPoint(1300, 1280), 32_767);
});
