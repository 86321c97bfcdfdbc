import sharp, { type Sharp } from 'sharp';
import t from 'tap';
import type { Pixels } from '../terms/frame.ts';
import { changedShare, readLevels } from './levels.ts';
import { decodePicture } from './png.ts';
import { readTestCard, testCard } from './test-card.ts';

const SIZE = { width: 320, height: 180 };
const picture = (svg: string) => sharp(Buffer.from(svg));
const card = picture(testCard(SIZE.width, SIZE.height));
const decoded = async (image: Sharp): Promise<Pixels> => decodePicture(await image.png().toBuffer());

t.test('the card is read as it was painted, also after JPEG and scaling', async (t) => {
  const exact = readTestCard(await decoded(card.clone()));
  t.match(exact, { range: 'full', black: 0, white: 255, distinct: true });
  for (const { painted, seen } of exact.patches) t.same(seen, painted);
  const jpeg = await card.clone().resize(213).resize(320, 180).jpeg({ quality: 75 }).toBuffer();
  t.match(readTestCard(await decodePicture(jpeg)), { range: 'full', distinct: true });
});

t.test('a chain of the wrong range is found by the card', async (t) => {
  const limited = readTestCard(await decoded(card.clone().linear(219 / 255, 16)));
  t.match(limited, { range: 'limited', black: 16, white: 235, distinct: true });
  // Full levels that are taken for limited ones: what lies outside is lost.
  const clipped = readTestCard(await decoded(card.clone().linear(255 / 219, (-16 * 255) / 219)));
  t.match(clipped, { range: 'full', distinct: false });
  t.match(readTestCard(await decoded(card.clone().linear(0.5, 60))), { range: 'other' });
  const swapped = readTestCard(
    await decoded(
      card.clone().recomb([
        [0, 0, 1],
        [0, 1, 0],
        [1, 0, 0],
      ]),
    ),
  );
  t.same(swapped.patches.at(-1), { painted: [0, 0, 255], seen: [255, 0, 0] });
});

t.test('the range of an ordinary picture is told by its blacks and whites', async (t) => {
  const menu = picture(
    `<svg xmlns="http://www.w3.org/2000/svg" width="320" height="180"><rect width="100%" height="100%"/>
     <rect x="20" y="20" width="120" height="40" fill="white"/></svg>`,
  );
  const levels = async (image: Sharp) => readLevels(await decoded(image));
  t.match(await levels(menu.clone()), { range: 'full', darkest: 0, brightest: 255 });
  t.match(await levels(menu.clone().linear(219 / 255, 16)), {
    range: 'limited',
    darkest: 16,
    brightest: 235,
  });
  t.match(await levels(menu.clone().linear(0.3, 60)), { range: 'unknown' });
});

t.test('what has changed between two pictures is a share of them', async (t) => {
  const black = await decoded(sharp({ create: { ...SIZE, channels: 3, background: 'black' } }));
  const half = await decoded(
    picture(`<svg xmlns="http://www.w3.org/2000/svg" width="320" height="180"><rect width="100%" height="100%"/>
      <rect width="160" height="180" fill="#202020"/></svg>`),
  );
  t.equal(changedShare(black, black, 0), 0);
  t.equal(changedShare(black, half, 20), 0.5);
  t.equal(changedShare(black, half, 40), 0);
  t.equal(changedShare(black, { ...half, width: 160, height: 360 }, 0), 1, 'another size');
});
