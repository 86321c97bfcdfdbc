import sharp from 'sharp';
import t from 'tap';
import { HarnessError } from '../../terms/error.ts';
import type { Box, Pixels } from '../../terms/frame.ts';
import { approvedPicture, moved, pasted, recoloured } from '../approved.fixture.ts';
import { decodePicture } from '../png.ts';
import { type NeedleArea, parseNeedle, writeNeedle } from './format.ts';
import { type Match, matchNeedle, type NearMiss, seek, withTags } from './match.ts';
import { type Needle, needleOf } from './needle.ts';
import { sceneOf } from './scene.ts';

const DIALOG = await approvedPicture('reset-methods');
/** The title "Password Reset". */
const TITLE = { x: 370, y: 276, width: 130, height: 28 };
const OK = { x: 704, y: 404, width: 96, height: 30 };
/** The letters "s" and "e" of the title. */
const LETTER_S = { x: 392, y: 280, width: 8, height: 20 };
const LETTER_E = { x: 458, y: 280, width: 8, height: 20 };
const area = (box: Box, more: Partial<NeedleArea> = {}): NeedleArea => ({
  kind: 'match',
  box,
  other: {},
  ...more,
});
const needle = (areas: readonly NeedleArea[], picture = DIALOG, name = 'dialog'): Needle =>
  needleOf({ name, tags: ['dialog'], areas, properties: [], other: {}, notices: [] }, picture);
const miss = (found: Match | NearMiss) => (found.kind === 'near-miss' ? found.why : 'a match');

t.test('a needle is found at its place, moved within its margin, and anywhere if asked', async (t) => {
  const dialog = needle([area(TITLE, { margin: 20 }), area(OK)]);
  const here = sceneOf(DIALOG);
  const near = sceneOf(moved(DIALOG, 11, -11));
  const far = sceneOf(moved(DIALOG, -90, 160));
  t.equal(matchNeedle(here, dialog, { margin: 0 }).kind, 'match');
  t.equal(matchNeedle(near, dialog, { margin: 0 }).kind, 'near-miss');
  const found = matchNeedle(near, dialog);
  t.equal(found.kind, 'match');
  t.same(
    found.areas.map(({ box }) => box),
    [TITLE, OK].map((box) => ({ ...box, x: box.x + 11, y: box.y - 11 })),
  );
  t.equal(matchNeedle(far, dialog).kind, 'near-miss');
  const anywhere = matchNeedle(far, dialog, { margin: 'everywhere' });
  t.equal(anywhere.kind, 'match');
  t.same(anywhere.areas[0]?.box, { ...TITLE, x: TITLE.x - 90, y: TITLE.y + 160 });
});

t.test('the further areas must lie about the first as they do in the reference', async (t) => {
  const dialog = needle([area(TITLE), area(OK)]);
  const torn = pasted(
    DIALOG,
    moved(DIALOG, 15, 0),
    { x: 0, y: 380, width: 1280, height: 340 },
    { x: 0, y: 380 },
  );
  const found = matchNeedle(sceneOf(torn), dialog);
  t.same(
    found.areas.map(({ ok }) => ok),
    [true, false],
  );
  t.match(miss(found), /^the picture at \d+,\d+ 96x30 is alike by \d+\.\d % of 96\.0 %$/);
});

t.test('one other letter, dimming, another colour and inversion are no match', async (t) => {
  const title = needle([area(TITLE)]);
  const letter = matchNeedle(sceneOf(pasted(DIALOG, DIALOG, LETTER_E, LETTER_S)), title);
  t.equal(letter.kind, 'near-miss', JSON.stringify(letter.areas[0]));
  t.ok((letter.areas[0]?.similarity ?? 0) > 0.5, 'though it is near');
  const button = needle([area(OK)]);
  const dim = sceneOf(recoloured(DIALOG, (r, g, b) => [r * 0.6, g * 0.6, b * 0.6]));
  const dimmed = matchNeedle(dim, button, { margin: 0 });
  t.equal(dimmed.kind, 'near-miss');
  t.ok((dimmed.areas[0]?.likeness?.correlation ?? 0) > 0.99, 'though its shapes are the same');
  const red = matchNeedle(sceneOf(recoloured(DIALOG, (r, g, b) => [g, r, b])), button, { margin: 0 });
  t.equal(red.kind, 'near-miss');
  const inverted = sceneOf(recoloured(DIALOG, (r, g, b) => [255 - r, 255 - g, 255 - b]));
  t.equal(matchNeedle(inverted, button, { margin: 'everywhere' }).kind, 'near-miss');
  t.equal(matchNeedle(dim, needle([area(OK, { match: 30 })]), { margin: 0 }).kind, 'match');
});

t.test('what a capture chain does is a match: JPEG, limited range, gamma, half a pixel aside', async (t) => {
  const dialog = needle([area(TITLE), area(OK)]);
  const raw = { raw: { width: DIALOG.width, height: DIALOG.height, channels: 4 as const } };
  const source = () => sharp(DIALOG.data, raw).removeAlpha();
  const jpeg = await decodePicture(
    await source().jpeg({ quality: 40, chromaSubsampling: '4:2:0' }).toBuffer(),
  );
  const small = await source().resize(854, 480).png().toBuffer();
  const scaled = await decodePicture(await sharp(small).resize(1280, 720).png().toBuffer());
  const range = (value: number) => 16 + (255 * (value / 255) ** 1.1 * 219) / 255;
  const limited = recoloured(DIALOG, (r, g, b) => [range(r), range(g), range(b)]);
  for (const [name, p] of Object.entries({ jpeg, scaled, limited })) {
    const found = matchNeedle(sceneOf(p), dialog, { margin: 'everywhere' });
    t.equal(found.kind, 'match', `${name}: ${JSON.stringify(found.areas)}`);
  }
});

t.test('what is excluded may differ', async (t) => {
  const dialog = needle([
    area(TITLE),
    area({ ...LETTER_S, x: LETTER_S.x - 1, width: 10 }, { kind: 'exclude' }),
  ]);
  const other = sceneOf(pasted(DIALOG, DIALOG, LETTER_E, LETTER_S));
  t.equal(matchNeedle(other, dialog).kind, 'match');
  t.equal(matchNeedle(other, dialog, { margin: 'everywhere' }).kind, 'match');
});

t.test('of several references the best wins, and the others are kept with their scores', async (t) => {
  const elsewhere = await approvedPicture('activation');
  const references = [
    needle([area(TITLE)], pasted(DIALOG, DIALOG, LETTER_E, LETTER_S), 'other'),
    needle([area(TITLE)], DIALOG, 'same'),
    needle([area({ x: 370, y: 158, width: 82, height: 28 })], elsewhere, 'far'),
  ];
  const { match, others } = await seek(sceneOf(DIALOG), references);
  t.equal(match?.needle.name, 'same');
  t.same(
    others.map((one) => [one.kind, one.needle.name]),
    [
      ['near-miss', 'other'],
      ['near-miss', 'far'],
    ],
  );
  t.ok((others[0]?.similarity ?? 0) > (others[1]?.similarity ?? 1));
  const none = await seek(sceneOf(moved(DIALOG, 300, 200)), references);
  t.equal(none.match, undefined);
  t.equal(none.others.length, 3);
});

t.test('texts are read where the pictures say, and must read alike', async (t) => {
  const dialog = needle([area(OK), area(TITLE, { kind: 'ocr', text: 'Password Reset' })]);
  const scene = sceneOf(moved(DIALOG, 11, 0));
  const sizes: string[] = [];
  const readText = (text: string) => async (p: Pixels) => {
    sizes.push(`${p.width}x${p.height}`);
    return text;
  };
  const same = await seek(scene, [dialog], { readText: readText('Password Reset\n') });
  t.match(same.match?.areas[1], { read: 'Password Reset', similarity: 1, box: { x: TITLE.x + 11 } });
  t.same(sizes, ['130x28']);
  const other = await seek(scene, [dialog], { readText: readText('Password') });
  t.equal(other.match, undefined);
  t.match(other.others[0], { why: /alike by 57\.1 % of 96\.0 %, it reads "Password"$/ });
  t.equal((await seek(scene, [dialog])).match, undefined, 'what cannot be read does not match');
});

t.test('click points are px of the frame', async (t) => {
  const dialog = needle([area(TITLE, { click: { x: 5, y: 6, id: 'title' } }), area(OK, { click: 'center' })]);
  const found = matchNeedle(sceneOf(moved(DIALOG, 11, 0)), dialog);
  t.same(found.kind === 'match' && found.clicks, {
    title: { x: TITLE.x + 16, y: TITLE.y + 6 },
    '': { x: OK.x + 59, y: OK.y + 15 },
  });
});

t.test('a frame too small for the needle is a near miss', async (t) => {
  const dialog = needle([area(OK)]);
  const small = { width: 90, height: 90, data: new Uint8ClampedArray(32_400) };
  t.equal(matchNeedle(sceneOf(small), dialog).kind, 'near-miss');
  t.equal(matchNeedle(sceneOf(small), dialog, { margin: 'everywhere' }).kind, 'near-miss');
});

t.test('flat, tiny and outlying areas are refused, all at once', async (t) => {
  const areas = [
    area({ x: 420, y: 420, width: 80, height: 10 }),
    area({ x: 1240, y: 700, width: 80, height: 30 }),
    area({ x: 740, y: 412, width: 4, height: 4 }),
    // What excludes nothing does no harm.
    area({ x: 2000, y: 0, width: 4, height: 4 }, { kind: 'exclude' }),
  ];
  try {
    needle(areas);
    t.fail('nothing was thrown');
  } catch (error) {
    t.ok(error instanceof HarnessError && error.code === 'CONFIG_INVALID');
    t.same(String((error as Error).message).split('\n').length, 3);
    t.match(error, {
      message:
        /area\[0\]: is flat.*\n.*area\[1\]: 1240,700 80x30 lies outside its picture of 1280x720\n.*area\[2\]: has 16 px/,
      hint: 'take an area with writing or an edge in it; xpos, ypos, width and height are px of the picture beside the .json: check that it is the right one',
    });
  }
});

const FILE = {
  area: [
    { type: 'match', xpos: 1, ypos: 2, width: 30, height: 40, match: 97.5, margin: 0, max_offset: 3 },
    { xpos: '5', ypos: '6', width: '70', height: '80', click_point: 'center' },
    { type: 'ocr', xpos: 5, ypos: 6, width: 70, height: 80, refstr: 'OK' },
  ],
  properties: ['dirty', { name: 'workaround', value: 'bsc#1' }],
  tags: ['b', 'a', 'a'],
  verified: { by: 'lab' },
};

t.test('a needle of openQA is read, and written with what is unknown in it', async (t) => {
  const file = parseNeedle(JSON.stringify(FILE), 'lab/needles/login-2024.json');
  t.equal(file.name, 'login-2024');
  t.same(file.tags, ['b', 'a']);
  t.match(file.areas, [
    { kind: 'match', box: { x: 1, y: 2, width: 30, height: 40 }, match: 97.5, margin: 0 },
    { kind: 'match', box: { x: 5, y: 6, width: 70, height: 80 }, click: 'center' },
    { kind: 'ocr', text: 'OK' },
  ]);
  t.same(file.notices.length, 1);
  t.match(file.notices[0], /login-2024\.json: the property workaround has no effect/);
  const written = JSON.parse(writeNeedle(file));
  t.match(written, { verified: { by: 'lab' }, tags: ['a', 'b'], properties: FILE.properties });
  t.equal(written.area[0].max_offset, 3);
  t.equal(written.area[1].match, undefined);
  const again = parseNeedle(writeNeedle(file), 'lab/needles/login-2024.json');
  t.same({ ...again, tags: [] }, { ...file, tags: [] });
  t.same(withTags([{ tags: ['a', 'b'] } as unknown as Needle], 'a b').length, 1);
  t.same(withTags([{ tags: ['a', 'b'] } as unknown as Needle], 'a c').length, 0);
});

t.test('every problem of a file is told at once, with its place', async (t) => {
  const told = (text: string) => {
    try {
      parseNeedle(text, 'x.json');
      return 'nothing';
    } catch (error) {
      if (!(error instanceof HarnessError) || error.code !== 'CONFIG_INVALID') return String(error);
      t.match(error.hint, /^docs\/needles\.md/);
      return error.message;
    }
  };
  t.match(told('{'), /^x\.json: not JSON/);
  t.match(told('[]'), /^x\.json: expected an object/);
  t.match(told('{"area":[],"tags":[]}'), /area: expected at least one area of type match, or of/);
  const read = { type: 'ocr', xpos: 1, ypos: 1, width: 9, height: 9 };
  t.match(told(JSON.stringify({ area: [read], tags: [] })), /area: expected at least one area of type match/);
  const area = { xpos: 'a', ypos: -1, width: 0, type: 'Match', match: 101, click_point: 'left', refstr: 1 };
  t.same(
    told(JSON.stringify({ area: [area], tags: [''] }))
      .split('\n')
      .map((line) => line.split(': ')[1])
      .sort(),
    [
      'area[0].click_point',
      'area[0].height',
      'area[0].match',
      'area[0].refstr',
      'area[0].type',
      'area[0].width',
      'area[0].xpos',
      'area[0].ypos',
      'tags[0]',
    ],
  );
  const clicked = { xpos: 1, ypos: 1, width: 9, height: 9, click_point: 'center' };
  t.match(
    told(JSON.stringify({ area: [clicked, clicked], tags: [] })),
    /area\[1\]\.click_point: expected an id/,
  );
  const far = { ...clicked, click_point: { xpos: 9999, ypos: -3 } };
  t.equal(
    told(JSON.stringify({ area: [far], tags: [] })),
    'x.json: area[0].click_point: expected px from the top left of the area, 0,0 to 9,9; found 9999,-3',
  );
});
