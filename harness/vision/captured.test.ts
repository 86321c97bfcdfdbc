// Screens as twins show them, through ways of capturing, beside their approved pictures.
import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import t from 'tap';
import { type Chain, captured } from '../../scripts/bench/vision/chain.ts';
import type { Box, Pixels } from '../terms/frame.ts';
import { APPROVED_TEXTS, pasted, recoloured } from './approved.fixture.ts';
import { compareCaptured } from './captured.ts';
import { crop, decodePicture } from './png.ts';

t.setTimeout(240_000);

/** Noise as the chain adds it is more than a JPEG leaves of it. */
const CHAINS: Readonly<Record<string, Chain>> = {
  'a good KVM': { jpeg: { quality: 90, chroma: '4:2:0' } },
  'quality 40': { jpeg: { quality: 40, chroma: '4:2:0' } },
  'scaled to two thirds and back': { scaledToHeight: 2 / 3, jpeg: { quality: 80, chroma: '4:2:0' } },
  'the wrong range, and darker': { range: 'limited', gamma: 1.3, jpeg: { quality: 80, chroma: '4:2:0' } },
  noise: { noise: 6, jpeg: { quality: 70, chroma: '4:2:0' } },
  'all of it': {
    scaledToHeight: 2 / 3,
    range: 'limited',
    gamma: 0.8,
    noise: 6,
    jpeg: { quality: 50, chroma: '4:2:0' },
  },
};
const SAME = 1e-4;

async function read(screen: string): Promise<Pixels> {
  return decodePicture(await readFile(new URL(`../../suites/baselines/${screen}.png`, import.meta.url)));
}
/** A live view that is drawn where an approved picture is transparent; another for each seed. */
function over(approved: Pixels, seed: number): Pixels {
  const data = approved.data.slice();
  for (let at = 0; at < data.length; at += 4) {
    if (data[at + 3] !== 0) continue;
    const [x, y] = [(at / 4) % approved.width, Math.floor(at / 4 / approved.width)];
    const grey =
      (Math.imul(Math.floor(x / 9) * 7919 + Math.floor(y / 7) * 104_729 + seed, 2654435761) >>> 8) & 255;
    data.set([grey, (grey * 3) & 255, 255 - grey, 255], at);
  }
  return { ...approved, data };
}
async function compared(shown: Pixels, approved: Pixels, chain: Chain) {
  const { scaledToHeight: share } = chain;
  const scaled = share === undefined ? {} : { scaledToHeight: Math.round(approved.height * share) };
  const { pixels } = await captured(over(shown, 5), { ...chain, ...scaled }, 3);
  return compareCaptured(pixels, approved, { noise: (chain.noise ?? 0) * 0.8 });
}

const HEALTHY = [
  'nvr/1280x720/activation',
  'nvr-halmwerk/1280x720/reset-methods',
  'dvr-k/1024x768/reset-qr',
  'dvr-k-lite/1280x720/new-password',
  'hghi-f/1024x768/activation',
  'nvr/1920x1080/reset-methods',
];
for (const screen of HEALTHY)
  t.test(`${screen} is the same through every chain`, async (t) => {
    const approved = await read(screen);
    for (const [name, chain] of Object.entries(CHAINS)) {
      const { share, boxes } = await compared(approved, approved, chain);
      t.ok(share <= SAME, `${name}: ${share} ${JSON.stringify(boxes.slice(0, 3))}`);
    }
  });

const approved = await read('nvr/1280x720/reset-methods');
const [, [, LABEL], [, OK], [, CANCEL]] = APPROVED_TEXTS['reset-methods'] as [
  readonly [string, Box],
  readonly [string, Box],
  readonly [string, Box],
  readonly [string, Box],
];
/** The box with what stands left of it drawn over it: nothing is there any more. */
function without(p: Pixels, box: Box): Pixels {
  const data = p.data.slice();
  for (let y = box.y; y < box.y + box.height; y += 1)
    for (let x = box.x; x < box.x + box.width; x += 1) {
      const from = (y * p.width + box.x - 3) * 4;
      data.copyWithin((y * p.width + x) * 4, from, from + 4);
    }
  return { ...p, data };
}
async function resized(p: Pixels, box: Box, by: number): Promise<Pixels> {
  const part = crop(p, box);
  const size = { width: Math.round(box.width * by), height: Math.round(box.height * by) };
  const data = await sharp(part.data, { raw: { width: box.width, height: box.height, channels: 4 } })
    .resize({ ...size, fit: 'fill' })
    .raw()
    .toBuffer();
  return pasted(
    without(p, box),
    { ...size, data: new Uint8ClampedArray(data) },
    { x: 0, y: 0, ...size },
    box,
  );
}
/** Part of the picture in other colours. */
function coloured(p: Pixels, box: Box, change: Parameters<typeof recoloured>[1]): Pixels {
  return pasted(p, recoloured(crop(p, box), change), { ...box, x: 0, y: 0 }, box);
}

const CHANGES: Readonly<Record<string, () => Pixels | Promise<Pixels>>> = {
  'a label moved by 4 px': () =>
    pasted(without(approved, LABEL), approved, LABEL, { ...LABEL, x: LABEL.x + 4 }),
  'a label moved by 4 px down': () =>
    pasted(without(approved, LABEL), approved, LABEL, { ...LABEL, y: LABEL.y + 4 }),
  'a button missing': () => without(approved, { ...OK, x: OK.x - 2, width: OK.width + 4 }),
  'a button of the text of another': () => pasted(approved, approved, CANCEL, OK),
  'a text an eighth larger': () => resized(approved, LABEL, 1.125),
  'a text cut off at its end': () => without(approved, { ...LABEL, x: LABEL.x + 190, width: 40 }),
  'a button in another colour': () => coloured(approved, OK, (red, green, blue) => [blue, green, red]),
  'a button lighter': () => coloured(approved, OK, (red, green, blue) => [red + 40, green + 40, blue + 40]),
};
for (const [what, change] of Object.entries(CHANGES))
  t.test(`${what} is found through every chain`, async (t) => {
    const shown = await change();
    for (const [name, chain] of Object.entries(CHAINS)) {
      const { share, difference } = await compared(shown, approved, chain);
      t.ok(share > SAME, `${name}: ${share}`);
      const reds = crop(difference, { ...LABEL, width: 600, height: 120 }).data.filter(
        (red, at, all) => at % 4 === 0 && red === 255 && all[at + 1] === 0,
      );
      t.ok(reds.length > 0, `${name}: drawn in red`);
    }
  });

t.test('a picture of another size is refused', async (t) => {
  const other = crop(approved, { x: 0, y: 0, width: 640, height: 360 });
  t.throws(() => compareCaptured(other, approved, { noise: 0 }), { code: 'FRAME_UNUSABLE' });
});
