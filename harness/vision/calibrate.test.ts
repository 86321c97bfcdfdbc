import sharp from 'sharp';
import t, { type Test } from 'tap';
import { type Chain, captured } from '../../scripts/bench/vision/chain.ts';
import { liveView, screenWith } from '../../scripts/bench/vision/screen.ts';
import type { Calibration } from '../terms/calibration.ts';
import type { Pixels } from '../terms/frame.ts';
import { straightened } from './adapt.ts';
import { type CalibrationInput, calibrate } from './calibrate.ts';
import { comparePictures } from './compare.ts';
import { jpegFacts } from './jpeg.ts';
import { crop, decodePicture, encodePng } from './png.ts';

t.setTimeout(120_000);

/** Parts of screens, 960x540. */
const PART = { x: 480, y: 270, width: 960, height: 540 };
const BACKGROUND = crop(liveView(6), PART);
const SCREEN = crop(
  screenWith(liveView(6), { payload: 'calibration', perModule: 6, centred: true, seed: 2 }).pixels,
  PART,
);

async function grab(p: Pixels, chain: Chain, seed: number) {
  const { pixels, bytes } = await captured(p, chain, seed);
  return { bytes: bytes ?? (await encodePng(pixels)), grabbedAt: 1000 + 40 * seed };
}

/** A still screen through a chain, three frames. */
async function still(chain: Chain) {
  return Promise.all([1, 2, 3].map((seed) => grab(SCREEN, chain, seed)));
}

async function measured(chain: Chain, more: Partial<CalibrationInput> = {}): Promise<Calibration> {
  return calibrate({ still: await still(chain), ...more });
}

function near(t: Test, seen: number | undefined, wanted: number, off: number, about: string) {
  t.ok(Math.abs((seen ?? Number.NaN) - wanted) <= off, `${about}: ${seen}, ${wanted} wanted`);
}

t.test('a lossless chain has no figure to correct', async (t) => {
  const found = await measured({}, { reference: SCREEN });
  t.match(found, { width: 960, height: 540, range: 'full', black: 0, white: 255, noise: 0 });
  t.match(found, { jpegQuality: undefined, chroma: undefined, repeated: undefined });
  t.ok((found.deviation ?? 9) <= 1, `deviation ${found.deviation}`);
  t.same(
    [found.across, found.down],
    [
      { scale: 1, offset: 0 },
      { scale: 1, offset: 0 },
    ],
  );
  near(t, found.gamma, 1, 0.02, 'gamma');
  t.same(JSON.parse(JSON.stringify(found)).black, 0, 'plain data');
});

t.test('range, levels and gamma are measured, and undone', async (t) => {
  const limited = await measured({ range: 'limited', jpeg: { quality: 90, chroma: '4:2:0' } });
  t.equal(limited.range, 'limited', 'without a reference too');
  near(t, limited.black, 16, 4, 'black, without a reference, and JPEG rings');
  near(t, limited.white, 235, 4, 'white');
  const known = await measured(
    { range: 'limited', jpeg: { quality: 90, chroma: '4:2:0' } },
    { reference: SCREEN },
  );
  near(t, known.black, 16, 1, 'black');
  near(t, known.white, 235, 1, 'white');
  for (const gamma of [0.6, 1.8]) {
    const chain: Chain = { range: 'limited', gamma };
    const found = await measured(chain, { reference: SCREEN });
    near(t, found.gamma, gamma, 0.06, 'gamma');
    const [frame] = await still(chain);
    const curve = straightened(found);
    const shown = await decodePicture(frame?.bytes ?? new Uint8Array());
    const back = { ...shown, data: shown.data.map((value) => curve[value] ?? 0) };
    t.ok(comparePictures(back, SCREEN, { masks: [], threshold: 0.05 }).share < 0.001, 'the screen is back');
  }
});

t.test('quality and sampling are read from the header of the JPEG', async (t) => {
  for (const [quality, chroma] of [
    [95, '4:2:0'],
    [80, '4:4:4'],
    [50, '4:2:0'],
    [30, '4:2:0'],
  ] as const) {
    const found = await measured({ jpeg: { quality, chroma } });
    t.equal(found.chroma, chroma);
    near(t, found.jpegQuality, quality, 1, 'quality');
  }
  t.equal(jpegFacts(await encodePng(SCREEN)), undefined, 'a PNG has none');
  const jpeg = await sharp({ create: { width: 40, height: 40, channels: 3, background: '#345' } })
    .jpeg({ quality: 70 })
    .toBuffer();
  t.equal(jpegFacts(jpeg.subarray(0, 60)), undefined, 'nor half a header');
});

t.test('noise is measured between frames, wherever the screen is plain or not', async (t) => {
  // Of luma: channels with a noise of their own each have 0.75 of it together.
  for (const noise of [2, 6, 12])
    near(t, (await measured({ noise })).noise, 0.75 * noise, 0.1 * noise, 'noise');
});

t.test('the softness of the chain is measured', async (t) => {
  near(t, (await measured({})).softness, 0.4, 0.05, 'sharp');
  for (const blur of [0.8, 1.2, 2])
    near(t, (await measured({ blur })).softness, blur, 0.05 + 0.15 * blur, `blur ${blur}`);
});

t.test('scale and offset are measured against a reference', async (t) => {
  const small = await measured(
    { outputHeight: 360, jpeg: { quality: 80, chroma: '4:2:0' } },
    { reference: SCREEN },
  );
  near(t, small.across?.scale, 2 / 3, 0.001, 'scale across');
  near(t, small.down?.scale, 2 / 3, 0.001, 'scale down');
  near(t, small.across?.offset, 0, 1, 'offset');
  // 1024x768 in the middle of 960x540, as a capture card that keeps the aspect shows it.
  const inner = { left: 120, right: 120, top: 0, bottom: 0, background: '#000' };
  const raw = { raw: { width: 960, height: 540, channels: 4 as const } };
  const boxed = await sharp(SCREEN.data, raw)
    .resize(720, 540, { fit: 'fill' })
    .extend(inner)
    .png()
    .toBuffer();
  const one = { bytes: boxed, grabbedAt: 0 };
  const reference = await decodePicture(
    await sharp(SCREEN.data, raw).resize(1024, 768, { fit: 'fill' }).png().toBuffer(),
  );
  const pillars = await calibrate({ still: [one, one], reference });
  near(t, pillars.across?.offset, 120, 2, 'offset of the pillars');
  near(t, pillars.across?.scale, 720 / 1024, 0.003, 'scale across');
  near(t, pillars.down?.scale, 540 / 768, 0.003, 'scale down');
});

t.test('a picture that is another screen has no place in the captured one', async (t) => {
  const other = crop(liveView(99), PART);
  const found = await measured({}, { reference: { ...other, data: other.data.map((value) => 255 - value) } });
  t.same([found.across, found.down, found.deviation], [undefined, undefined, undefined]);
});

t.test('frames that come twice are counted', async (t) => {
  const frames = await still({ noise: 5 });
  const twice = frames.flatMap((frame) => [frame, frame]);
  near(t, (await calibrate({ still: twice })).repeated, 3 / 5, 0.001, 'repeated');
  t.equal((await calibrate({ still: frames })).repeated, 0);
  near(t, (await calibrate({ still: twice })).noise, 3.75, 0.5, 'and do not count in the noise');
});

t.test('what of a chain is known by an approved picture, by sizes, and why the rest is not', async (t) => {
  const chain: Chain = { range: 'limited', gamma: 1.25, noise: 3, jpeg: { quality: 80, chroma: '4:2:0' } };
  // A part that varies is not known.
  const approved = { ...SCREEN, data: SCREEN.data.slice() };
  for (let at = 3; at < 960 * 100 * 4; at += 4) approved.data[at] = 0;
  const size = { width: 1920, height: 1080 };
  const found = await measured(chain, { screens: [BACKGROUND, approved], size });
  near(t, found.black, 16, 3, 'black');
  near(t, found.white, 235, 4, 'white');
  near(t, found.gamma, 1.25, 0.1, 'gamma');
  t.ok((found.deviation ?? 0) > 3 && (found.deviation ?? 0) < 60, `deviation ${found.deviation}`);
  t.match(
    [found.across, found.down],
    [
      { scale: 0.5, offset: 0 },
      { scale: 0.5, offset: 0 },
    ],
  );
  t.same(Object.keys(found.untold ?? {}), ['latencyMs']);
  const grey = {
    ...BACKGROUND,
    data: BACKGROUND.data.map((value, at) => (at % 4 === 3 ? value : 40 + value / 2)),
  };
  const frames = await Promise.all([1, 2].map((seed) => grab(grey, chain, seed)));
  t.match(await calibrate({ still: frames }), { range: undefined, untold: { range: /black or white/ } });
  const unknown = await measured(chain, { screens: [BACKGROUND], size });
  t.equal(unknown.gamma, undefined);
  t.match(unknown.untold, {
    gamma: /no screen that is known/,
    offset: /of the sizes/,
    deviation: /no screen/,
  });
});

t.test('one frame, or frames of two sizes, are no series', async (t) => {
  const [one] = await still({});
  const other = await grab(SCREEN, { outputHeight: 360 }, 1);
  await t.rejects(calibrate({ still: one === undefined ? [] : [one] }), { code: 'FRAME_UNUSABLE' });
  await t.rejects(calibrate({ still: one === undefined ? [] : [one, other] }), { code: 'FRAME_UNUSABLE' });
});
