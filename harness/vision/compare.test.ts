import pixelmatch from 'pixelmatch';
import sharp from 'sharp';
import t from 'tap';
import { seeded } from '../../scripts/bench/vision/random.ts';
import { HarnessError } from '../terms/error.ts';
import type { Box, Pixels } from '../terms/frame.ts';
import { comparePictures } from './compare.ts';
import { crop, decodePicture, encodePng } from './png.ts';

/** A grey picture with flat boxes painted on it. */
function picture(width: number, height: number, boxes: readonly Box[] = []): Pixels {
  const data = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let at = 0; at < data.length; at += 4) data.fill(40, at, at + 3);
  for (const box of boxes)
    for (let y = box.y; y < box.y + box.height; y += 1)
      for (let x = box.x; x < box.x + box.width; x += 1) data.set([200, 30, 60], (y * width + x) * 4);
  return { width, height, data };
}

const unusable = (wanted: RegExp) => (error: unknown) =>
  error instanceof HarnessError && error.code === 'FRAME_UNUSABLE' && wanted.test(error.message);

t.test('equal pictures differ in nothing', async (t) => {
  const result = comparePictures(picture(320, 200), picture(320, 200), { masks: [] });
  t.equal(result.pixels, 0);
  t.equal(result.share, 0);
  t.same(result.boxes, []);
  t.same(
    [result.difference.width, result.difference.height, result.difference.data.length],
    [320, 200, 256000],
  );
});

t.test('each changed area has its own tight box, in reading order', async (t) => {
  const first = { x: 200, y: 20, width: 30, height: 10 };
  const second = { x: 10, y: 120, width: 7, height: 40 };
  const result = comparePictures(picture(320, 200, [second, first]), picture(320, 200), { masks: [] });
  t.same(result.boxes, [first, second]);
  t.equal(result.pixels, 300 + 280);
  t.equal(result.share, 580 / 64000);
  const at = (25 * 320 + 210) * 4;
  t.same([...result.difference.data.subarray(at, at + 4)], [255, 0, 0, 255], 'what differs is red');
});

t.test('what lies at the right edge and at the left edge of the next rows is not one area', async (t) => {
  const right = { x: 310, y: 10, width: 10, height: 4 };
  const left = { x: 0, y: 20, width: 10, height: 4 };
  const result = comparePictures(picture(320, 200, [left, right]), picture(320, 200), { masks: [] });
  t.same(result.boxes, [right, left]);
});

t.test('what is masked may differ, and does not count in the share', async (t) => {
  const change = { x: 100, y: 50, width: 40, height: 20 };
  const half = { x: 100, y: 50, width: 20, height: 20 };
  const seen = picture(320, 200, [change]);
  t.equal(comparePictures(seen, picture(320, 200), { masks: [change] }).pixels, 0);
  const result = comparePictures(seen, picture(320, 200), { masks: [half, half] });
  t.equal(result.pixels, 400);
  t.equal(result.share, 400 / (64000 - 400));
  t.same(result.boxes, [{ x: 120, y: 50, width: 20, height: 20 }]);
  t.equal(seen.data[(60 * 320 + 110) * 4], 200, 'the pictures themselves stay as they were');
  const all = { x: -5, y: -5, width: 400, height: 400 };
  t.equal(comparePictures(seen, picture(320, 200), { masks: [all] }).share, 0);
});

t.test('the threshold decides how different a colour may be', async (t) => {
  const seen = picture(64, 64);
  for (let at = 0; at < 64 * 32 * 4; at += 4) seen.data.fill(60, at, at + 3);
  t.equal(comparePictures(seen, picture(64, 64), { masks: [], threshold: 0.5 }).pixels, 0);
  t.equal(comparePictures(seen, picture(64, 64), { masks: [], threshold: 0.01 }).pixels, 64 * 32);
});

t.test('what is found is what pixelmatch finds, soft edges and masks included', async (t) => {
  const random = seeded(3);
  const [one, other] = [picture(160, 120), picture(160, 120)];
  for (let at = 0; at < one.data.length; at += 4) {
    if (random() < 0.3) other.data.fill(40 + 60 * random(), at, at + 3);
    if (random() < 0.02) other.data[at + 3] = 0;
  }
  const hidden = { x: 20, y: 30, width: 50, height: 40 };
  const [a, b] = [one, other].map((p) => {
    const data = new Uint8ClampedArray(p.data);
    for (let at = 0; at < 160 * 120; at += 1) {
      const [x, y] = [at % 160, Math.floor(at / 160)];
      const isHidden = x >= 20 && x < 70 && y >= 30 && y < 70;
      if (isHidden || other.data[at * 4 + 3] === 0) data.set([128, 128, 128, 255], at * 4);
    }
    return data;
  });
  const output = new Uint8ClampedArray(160 * 120 * 4);
  const wanted = pixelmatch(a ?? output, b ?? output, output, 160, 120, { threshold: 0.1 });
  const result = comparePictures(one, other, { masks: [hidden] });
  t.equal(result.pixels, wanted);
  t.ok(wanted > 100, 'and that is something');
  t.same(result.difference.data, output);
  t.equal(result.difference, result.difference, 'drawn once');
});

t.test('a change in a part of the screen is found as in the whole, wherever it is', async (t) => {
  const random = seeded(8);
  for (let round = 0; round < 60; round += 1) {
    const [seen, baseline] = [picture(90, 70), picture(90, 70)];
    const [left, top] = [Math.floor(random() * 80), Math.floor(random() * 70)];
    const [right, bottom] = [left + 1 + random() * 12, Math.min(70, top + 1 + random() * 20)];
    for (let y = top; y < bottom; y += 1)
      for (let x = left; x < Math.min(90, right); x += 1)
        for (const p of [seen, baseline])
          p.data.fill(
            [40, 90, 140, 255][Math.floor(random() * 4)] ?? 0,
            (y * 90 + x) * 4,
            (y * 90 + x) * 4 + 3,
          );
    const output = new Uint8ClampedArray(90 * 70 * 4);
    const wanted = pixelmatch(seen.data, baseline.data, output, 90, 70, { threshold: 0.1 });
    const { pixels, boxes, difference } = comparePictures(seen, baseline, { masks: [] });
    t.equal(pixels, wanted);
    t.same(difference.data, output);
    // Red is what differs: all of it is in the boxes, and each side of a box has some.
    const isRed = (x: number, y: number) =>
      output[(y * 90 + x) * 4 + 1] === 0 && output[(y * 90 + x) * 4] === 255;
    const red = Array.from({ length: 90 * 70 }, (_, at) => ({ x: at % 90, y: Math.floor(at / 90) })).filter(
      ({ x, y }) => isRed(x, y),
    );
    t.ok(
      red.every(({ x, y }) =>
        boxes.some((box) => x >= box.x && y >= box.y && x < box.x + box.width && y < box.y + box.height),
      ),
    );
    for (const box of boxes)
      t.ok(
        red.some(({ y }) => y === box.y),
        'a box is tight',
      );
  }
});

t.test('the difference of equal pictures is the picture, pale', async (t) => {
  const { difference } = comparePictures(picture(32, 32), picture(32, 32), { masks: [] });
  t.ok((difference.data[0] ?? 0) > 200 && (difference.data[0] ?? 255) < 255);
  t.equal(new Set(difference.data).size, 2, 'one grey, opaque');
});

t.test('pictures of different sizes cannot be compared, and both sizes are named', async (t) => {
  try {
    comparePictures(picture(1024, 768), picture(1280, 720), { masks: [] });
    t.fail('nothing was thrown');
  } catch (error) {
    t.ok(unusable(/1024x768.*1280x720/)(error), String(error));
  }
});

t.test('PNG keeps every pixel, with and without transparency', async (t) => {
  const opaque = picture(31, 17, [{ x: 3, y: 4, width: 5, height: 6 }]);
  t.same((await decodePicture(await encodePng(opaque))).data, opaque.data);
  const clear = picture(31, 17);
  clear.data[3] = 128;
  t.same((await decodePicture(await encodePng(clear))).data, clear.data);
});

t.test('JPEG and grey, 16 bit and palette PNGs become RGBA8', async (t) => {
  const source = sharp({ create: { width: 40, height: 30, channels: 3, background: '#c86432' } });
  const shown = async (bytes: Uint8Array) => {
    const { width, height, data } = await decodePicture(bytes);
    return { size: [width, height, data.length], first: [...data.subarray(0, 4)] };
  };
  t.match(await shown(await source.clone().jpeg({ quality: 95 }).toBuffer()), { size: [40, 30, 4800] });
  t.same((await shown(await source.clone().png({ palette: true }).toBuffer())).first, [200, 100, 50, 255]);
  t.same(
    (await shown(await source.clone().toColourspace('rgb16').png().toBuffer())).first,
    [200, 100, 50, 255],
  );
  const grey = await shown(await source.clone().greyscale().png().toBuffer());
  t.equal(new Set(grey.first.slice(0, 3)).size, 1);
});

t.test('what is no picture is an unusable frame', async (t) => {
  const png = await encodePng(picture(64, 64, [{ x: 3, y: 4, width: 50, height: 6 }]));
  await t.rejects(decodePicture(Buffer.from('no signal')), { code: 'FRAME_UNUSABLE' });
  await t.rejects(decodePicture(new Uint8Array()), { code: 'FRAME_UNUSABLE' });
  await t.rejects(decodePicture(png.subarray(0, png.length / 2)), { code: 'FRAME_UNUSABLE' }, 'half a PNG');
  await t.rejects(
    decodePicture(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')),
    {
      code: 'FRAME_UNUSABLE',
    },
  );
});

t.test('a crop is whole pixels inside the picture', async (t) => {
  const p = picture(100, 80, [{ x: 90, y: 70, width: 10, height: 10 }]);
  const part = crop(p, { x: 89.5, y: 69.5, width: 50, height: 50 });
  t.same([part.width, part.height], [11, 11]);
  t.same([...part.data.subarray(0, 3)], [40, 40, 40]);
  t.same([...part.data.subarray((11 + 1) * 4, (11 + 1) * 4 + 3)], [200, 30, 60]);
  try {
    crop(p, { x: 100, y: 0, width: 5, height: 5 });
    t.fail('nothing was thrown');
  } catch (error) {
    t.ok(unusable(/100,0 5x5.*100x80/)(error), String(error));
  }
});
