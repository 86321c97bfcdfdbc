import sharp from 'sharp';
import t from 'tap';
import { HarnessError } from '../../terms/error.ts';
import type { Box, Pixels } from '../../terms/frame.ts';
import { decodePicture } from '../png.ts';
import { type NeedleArea, parseNeedle, writeNeedle } from './format.ts';
import { type Match, matchNeedle, type NearMiss, seek, withTags } from './match.ts';
import { type Needle, needleOf } from './needle.ts';
import { sceneOf } from './scene.ts';

/** A dark window with a title and two buttons; `x`, `y` move it, `title` is written on it. */
async function screen(
  change: { readonly x?: number; readonly y?: number; readonly title?: string; readonly dim?: number } = {},
): Promise<Pixels> {
  const { x = 120, y = 60, title = 'Reset Password 01', dim = 1 } = change;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="640" height="360">
    <rect width="640" height="360" fill="#101214"/>
    <rect x="${x}" y="${y}" width="400" height="220" fill="#17181a" stroke="#4a4d51"/>
    <text x="${x + 20}" y="${y + 34}" font-family="sans-serif" font-size="20" fill="#dcdcdc">${title}</text>
    <rect x="${x + 60}" y="${y + 160}" width="110" height="34" fill="#26796e"/>
    <text x="${x + 100}" y="${y + 183}" font-family="sans-serif" font-size="18" fill="#ececec">OK</text>
    <rect x="${x + 220}" y="${y + 160}" width="110" height="34" fill="#34373a"/>
    <text x="${x + 245}" y="${y + 183}" font-family="sans-serif" font-size="18" fill="#ececec">Cancel</text>
    <rect width="640" height="360" fill="#000" opacity="${1 - dim}"/></svg>`;
  return decodePicture(await sharp(Buffer.from(svg)).png().toBuffer());
}

const TITLE = { x: 136, y: 70, width: 200, height: 36 };
const OK = { x: 180, y: 220, width: 110, height: 34 };
const area = (box: Box, more: Partial<NeedleArea> = {}): NeedleArea => ({
  kind: 'match',
  box,
  other: {},
  ...more,
});
const needle = (areas: readonly NeedleArea[], picture: Pixels, name = 'dialog'): Needle =>
  needleOf({ name, tags: ['dialog'], areas, properties: [], other: {}, notices: [] }, picture);
const miss = (found: Match | NearMiss) => (found.kind === 'near-miss' ? found.why : 'a match');

t.test('a needle is found at its place, moved within its margin, and anywhere if asked', async (t) => {
  const dialog = needle([area(TITLE, { margin: 20 }), area(OK)], await screen());
  const here = sceneOf(await screen());
  const near = sceneOf(await screen({ x: 131, y: 49 }));
  const far = sceneOf(await screen({ x: 30, y: 120 }));
  t.equal(matchNeedle(here, dialog, { margin: 0 }).kind, 'match');
  t.equal(matchNeedle(near, dialog, { margin: 0 }).kind, 'near-miss');
  const moved = matchNeedle(near, dialog);
  t.equal(moved.kind, 'match');
  t.same(
    moved.areas.map(({ box }) => box),
    [
      { ...TITLE, x: TITLE.x + 11, y: TITLE.y - 11 },
      { ...OK, x: OK.x + 11, y: OK.y - 11 },
    ],
  );
  t.equal(matchNeedle(far, dialog).kind, 'near-miss');
  const anywhere = matchNeedle(far, dialog, { margin: 'everywhere' });
  t.equal(anywhere.kind, 'match');
  t.same(anywhere.areas[0]?.box, { ...TITLE, x: TITLE.x - 90, y: TITLE.y + 60 });
});

t.test('the further areas must lie about the first as they do in the reference', async (t) => {
  const dialog = needle([area(TITLE), area(OK)], await screen());
  const torn = await screen();
  const buttons = await screen({ x: 135 });
  // The lower half of the window is moved by 15 px.
  torn.data.set(buttons.data.subarray(200 * 640 * 4), 200 * 640 * 4);
  const found = matchNeedle(sceneOf(torn), dialog);
  t.same(
    found.areas.map(({ ok }) => ok),
    [true, false],
  );
  t.match(miss(found), /^the picture at \d+,\d+ 110x34 is alike by \d+\.\d % of 96\.0 %$/);
});

t.test('one other letter, dimming, another colour and inversion are no match', async (t) => {
  const title = needle([area(TITLE)], await screen());
  for (const other of ['Reset Password 02', 'Reset Password O1', 'Reset Passwort 01']) {
    const found = matchNeedle(sceneOf(await screen({ title: other })), title);
    t.equal(found.kind, 'near-miss', `${other}: ${JSON.stringify(found.areas[0])}`);
  }
  const button = needle([area(OK)], await screen());
  const dimmed = matchNeedle(sceneOf(await screen({ dim: 0.6 })), button, { margin: 0 });
  t.equal(dimmed.kind, 'near-miss');
  t.ok((dimmed.areas[0]?.likeness?.correlation ?? 0) > 0.99, 'though its shapes are the same');
  const red = await screen();
  for (let at = 0; at < red.data.length; at += 4) {
    const [r = 0, g = 0] = red.data.subarray(at, at + 2);
    red.data.set([g, r], at);
  }
  t.equal(matchNeedle(sceneOf(red), button, { margin: 0 }).kind, 'near-miss');
  const inverted = await screen();
  for (let at = 0; at < inverted.data.length; at += 4)
    for (let by = 0; by < 3; by += 1) inverted.data[at + by] = 255 - (inverted.data[at + by] ?? 0);
  t.equal(matchNeedle(sceneOf(inverted), button, { margin: 'everywhere' }).kind, 'near-miss');
  const lenient = needle([area(OK, { match: 40 })], await screen());
  t.equal(matchNeedle(sceneOf(await screen({ dim: 0.6 })), lenient, { margin: 0 }).kind, 'match');
});

t.test('what is excluded may differ', async (t) => {
  const number = { x: 306, y: 72, width: 28, height: 30 };
  const dialog = needle([area(TITLE), area(number, { kind: 'exclude' })], await screen());
  const other = sceneOf(await screen({ title: 'Reset Password 97' }));
  t.equal(matchNeedle(other, dialog).kind, 'match');
  t.equal(matchNeedle(other, dialog, { margin: 'everywhere' }).kind, 'match');
});

t.test('of several references the best wins, and the others are kept with their scores', async (t) => {
  const references = [
    needle([area(TITLE)], await screen({ title: 'Reset Password 02' }), 'other'),
    needle([area(TITLE)], await screen(), 'same'),
    needle([area(TITLE)], await screen({ title: 'Activation' }), 'far'),
  ];
  const { match, others } = await seek(sceneOf(await screen()), references);
  t.equal(match?.needle.name, 'same');
  t.same(
    others.map((one) => [one.kind, one.needle.name]),
    [
      ['near-miss', 'other'],
      ['near-miss', 'far'],
    ],
  );
  t.ok((others[0]?.similarity ?? 0) > (others[1]?.similarity ?? 1));
  const none = await seek(sceneOf(await screen({ title: 'Nothing' })), references);
  t.equal(none.match, undefined);
  t.equal(none.others.length, 3);
});

t.test('texts are read where the pictures say, and must read alike', async (t) => {
  const picture = await screen();
  const dialog = needle([area(OK), area(TITLE, { kind: 'ocr', text: 'Reset Password 01' })], picture);
  const scene = sceneOf(await screen({ x: 131 }));
  const sizes: string[] = [];
  const readText = (text: string) => async (p: Pixels) => {
    sizes.push(`${p.width}x${p.height}`);
    return text;
  };
  const same = await seek(scene, [dialog], { readText: readText('Reset Password 01\n') });
  t.match(same.match?.areas[1], { read: 'Reset Password 01', similarity: 1, box: { x: TITLE.x + 11 } });
  t.same(sizes, ['200x36']);
  const other = await seek(scene, [dialog], { readText: readText('Reset Password') });
  t.equal(other.match, undefined);
  t.match(other.others[0], { why: /alike by 82\.4 % of 96\.0 %, it reads "Reset Password"$/ });
  t.equal((await seek(scene, [dialog])).match, undefined, 'what cannot be read does not match');
});

t.test('click points are px of the frame', async (t) => {
  const picture = await screen();
  const dialog = needle(
    [area(TITLE, { click: { x: 5, y: 6, id: 'title' } }), area(OK, { click: 'center' })],
    picture,
  );
  const found = matchNeedle(sceneOf(await screen({ x: 131 })), dialog);
  t.same(found.kind === 'match' && found.clicks, {
    title: { x: TITLE.x + 16, y: TITLE.y + 6 },
    '': { x: OK.x + 66, y: OK.y + 17 },
  });
});

t.test('a frame too small for the needle is a near miss', async (t) => {
  const dialog = needle([area(OK)], await screen());
  const small = { width: 100, height: 100, data: new Uint8ClampedArray(40_000) };
  t.equal(matchNeedle(sceneOf(small), dialog).kind, 'near-miss');
  t.equal(matchNeedle(sceneOf(small), dialog, { margin: 'everywhere' }).kind, 'near-miss');
});

t.test('flat, tiny and outlying areas are refused, all at once', async (t) => {
  const picture = await screen();
  const areas = [
    area({ x: 10, y: 10, width: 80, height: 30 }),
    area({ x: 600, y: 340, width: 80, height: 30 }),
    area({ x: 180, y: 222, width: 4, height: 4 }),
  ];
  try {
    needle(areas, picture);
    t.fail('nothing was thrown');
  } catch (error) {
    t.ok(error instanceof HarnessError && error.code === 'CONFIG_INVALID');
    t.same(String((error as Error).message).split('\n').length, 3);
    t.match(error, {
      message:
        /area\[0\]: is flat.*\n.*area\[1\]: lies outside its picture of 640x360\n.*area\[2\]: has 16 px/,
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
      return error instanceof HarnessError && error.code === 'CONFIG_INVALID' ? error.message : String(error);
    }
  };
  t.match(told('{'), /^x\.json: not JSON/);
  t.match(told('[]'), /^x\.json: expected an object/);
  t.match(told('{"area":[],"tags":[]}'), /area: expected at least one area of type match or ocr/);
  const area = { xpos: 1.5, ypos: -1, width: 0, type: 'Match', match: 101, click_point: 'left', refstr: 1 };
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
});
