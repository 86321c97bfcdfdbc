import t from 'tap';
import { pikvmPoint, pixelOf } from './pikvm.ts';

/** px, size, point: the ends and the middle of the range of a PiKVM, by hand. */
const GOLDEN = [
  [0, 1920, -32_768],
  [1919, 1920, 32_767],
  [960, 1920, 17],
  [959, 1920, -18],
  [0, 720, -32_768],
  [719, 720, 32_767],
  [100, 720, -23_653],
  [0, 1, -32_768],
  [639, 1279, 0],
] as const;

t.test('pixels have the golden points', async (t) => {
  for (const [px, size, point] of GOLDEN) t.equal(pikvmPoint(px, size), point, `${px} of ${size}`);
});

t.test('a point means the pixel it was made of, at each usual size', async (t) => {
  for (const size of [768, 1024, 720, 1280, 1080, 1920]) {
    const wrong = Array.from({ length: size }, (_, px) => px).filter(
      (px) => pixelOf(pikvmPoint(px, size), size) !== px,
    );
    t.same(wrong, [], `${size} px`);
  }
});

t.test('the 15 bits of a USB mouse are enough for each pixel', async (t) => {
  for (const size of [768, 1024, 720, 1280, 1080, 1920]) {
    const wrong = Array.from({ length: size }, (_, px) => px).filter((px) => {
      // kvmd halves the range for its HID report.
      const report = Math.trunc((pikvmPoint(px, size) + 32_768) / 2);
      return Math.round((report / 32_767) * (size - 1)) !== px;
    });
    t.same(wrong, [], `${size} px`);
  }
});

t.test('what lies outside the picture is taken to its edge', async (t) => {
  t.equal(pikvmPoint(-5, 1280), -32_768);
  t.equal(pikvmPoint(4000, 1280), 32_767);
});
