import sharp from 'sharp';
import t from 'tap';
import type { Pixels } from '../../terms/frame.ts';
import { APPROVED_TEXTS, approvedPicture, recoloured } from '../approved.fixture.ts';
import { crop, decodePicture } from '../png.ts';
import type { GlyphAtlas } from './atlas.ts';
import { readByGlyphs, readerOf, SURE } from './glyphs.ts';
import { learnGlyphs } from './learn.ts';

/** All lines of two approved screens, as `change` leaves the pictures. */
async function lines(change: (p: Pixels) => Promise<Pixels> | Pixels = (p) => p) {
  const found: { readonly text: string; readonly pixels: Pixels }[] = [];
  for (const [screen, texts] of Object.entries(APPROVED_TEXTS)) {
    const picture = await change(await approvedPicture(screen));
    for (const [text, box] of texts) found.push({ text, pixels: crop(picture, box) });
  }
  return found;
}
const atlas = learnGlyphs(await lines());
const reader = readerOf(atlas);

t.test('what was learned is read exactly', async (t) => {
  for (const { text, pixels } of await lines()) {
    const read = readByGlyphs(pixels, reader);
    t.equal(read?.text, text);
    t.ok((read?.score ?? 0) > SURE, `${text}: ${read?.score}`);
  }
});

t.test('a JPEG, dark writing on light and a shaded ground are read too', async (t) => {
  const jpeg = async (p: Pixels) => {
    const raw = { raw: { width: p.width, height: p.height, channels: 4 as const } };
    return decodePicture(await sharp(p.data, raw).removeAlpha().jpeg({ quality: 90 }).toBuffer());
  };
  const inverted = (p: Pixels) => recoloured(p, (r, g, b) => [255 - r, 255 - g, 255 - b]);
  const shaded = (p: Pixels) => {
    const data = p.data.map((value, at) => (at % 4 === 3 ? 255 : value * 0.8 + (at / p.width / 4) * 0.05));
    return { ...p, data };
  };
  for (const change of [jpeg, inverted, shaded])
    for (const { text, pixels } of await lines(change)) {
      const read = readByGlyphs(pixels, reader);
      t.equal(read?.text, text, `${text}: ${JSON.stringify(read)}`);
    }
});

t.test('a text caret is not read', async (t) => {
  const [line] = await lines();
  if (line === undefined) return t.fail('no line');
  const { width, height, data } = line.pixels;
  const withCaret = data.slice();
  for (let y = 0; y < height - 1; y += 1)
    withCaret.fill(220, (y * width + width - 1) * 4, (y * width + width) * 4);
  return t.equal(readByGlyphs({ width, height, data: withCaret }, reader)?.text, line.text);
});

t.test('letters that were never seen give no sure reading', async (t) => {
  const few = readerOf(learnGlyphs((await lines()).filter(({ text }) => text === 'OK' || text === 'Cancel')));
  for (const { text, pixels } of await lines()) {
    if (text === 'OK' || text === 'Cancel') continue;
    t.ok((readByGlyphs(pixels, few)?.score ?? 0) < SURE, text);
  }
});

t.test('an empty crop has no text; an atlas is plain data', async (t) => {
  const empty = { width: 60, height: 20, data: new Uint8ClampedArray(4800).fill(90) };
  t.same(readByGlyphs(empty, reader), { text: '', score: 1 });
  const copy = readerOf(JSON.parse(JSON.stringify(atlas)) as GlyphAtlas);
  const [first] = await lines();
  if (first !== undefined) t.equal(readByGlyphs(first.pixels, copy)?.text, first.text);
});

t.test('labels that are wrong are outvoted', async (t) => {
  const all = await lines();
  const [wrong] = all;
  if (wrong === undefined) return t.fail('no line');
  const misled = readerOf(learnGlyphs([...all, ...all, { ...wrong, text: 'Passvvard Raset' }]));
  return t.equal(readByGlyphs(wrong.pixels, misled)?.text, wrong.text);
});
