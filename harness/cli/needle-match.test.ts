// `resetbench needle match` as a person starts it, with needles as os-autoinst writes them.
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import t from 'tap';
import { missingTessdata } from '../vision/ocr/tessdata.fixture.ts';
import { resetbench } from './command.fixture.ts';
import { loadNeedles } from './needle-files.ts';
import { ROOT } from './root.ts';

t.setTimeout(180_000);
const folder = t.testdir({ needles: {}, empty: {} });
const SCREEN = join(ROOT, 'suites', 'baselines', 'nvr', '1280x720', 'reset-methods.png');
const noText = missingTessdata(['eng']);

const needleCommand = (...args: readonly string[]) => resetbench(['needle', ...args], { cwd: folder });

/** A needle's two files, as os-autoinst's editor leaves them. */
async function needle(name: string, area: readonly object[], more: object = {}): Promise<string> {
  const file = join('needles', `${name}.json`);
  const json = { area, properties: [], tags: ['ENV-LANG-en', name], ...more };
  await writeFile(join(folder, file), JSON.stringify(json, undefined, 2));
  await copyFile(SCREEN, join(folder, 'needles', `${name}.png`));
  return file;
}
const TITLE = { type: 'match', xpos: 370, ypos: 276, width: 130, height: 28 };
const OK = { type: 'match', xpos: 704, ypos: 404, width: 96, height: 30 };
const HERE = 'screen.png';
/** The dialog lies 120 px further left and 90 px further up. */
const MOVED = 'moved.png';

t.before(async () => {
  const opaque = await sharp(SCREEN).flatten({ background: '#000' }).png().toBuffer();
  await writeFile(join(folder, HERE), opaque);
  await sharp(opaque)
    .extract({ left: 120, top: 90, width: 1160, height: 630 })
    .extend({ right: 120, bottom: 90, background: '#000' })
    .png()
    .toFile(join(folder, MOVED));
});

t.test('a needle of openQA is told with score, place, areas, click point, notices and time', async (t) => {
  const file = await needle(
    'methods',
    [
      { ...TITLE, match: 95, margin: 20 },
      { ...OK, click_point: { xpos: 10, ypos: 12 } },
      { type: 'exclude', xpos: 372, ypos: 278, width: 10, height: 10 },
    ],
    { properties: [{ name: 'workaround', value: 'bsc#1234567: title is late' }] },
  );
  const { code, out } = await needleCommand('match', file, HERE, '--json');
  t.equal(code, 0);
  const told = JSON.parse(out);
  t.match(told, {
    needle: 'methods',
    match: true,
    place: { x: 370, y: 276 },
    click: { x: 714, y: 416 },
    milliseconds: Number,
    others: [],
    areas: [
      {
        kind: 'match',
        match: true,
        needed: 0.95,
        box: { width: 130 },
        figures: { correlation: Number, worst: Number },
      },
      { kind: 'match', match: true, needed: 0.96 },
    ],
  });
  t.ok(told.score > 0.96 && told.score <= 1);
  t.match(told.notices, [/workaround has no effect/]);
  const text = await needleCommand('match', file, HERE);
  t.match(text.out, /^match: methods, score \d+\.\d %, [\d.]+ ms\n {2}ok {3}picture at 370,276 130x28: /);
  t.match(text.out, /\n {2}click at 714,416\n {2}notice: /);
});

t.test('beyond its margin a needle is a miss, with --search it is found in the whole picture', async (t) => {
  const file = await needle('near', [{ ...TITLE, margin: 20 }]);
  const miss = await needleCommand('match', file, MOVED, '--json');
  t.equal(miss.code, 1);
  t.match(JSON.parse(miss.out), { match: false, click: null, why: /alike by \d+\.\d % of 96\.0 %/ });
  const found = await needleCommand('match', file, MOVED, '--json', '--search');
  t.equal(found.code, 0);
  t.match(JSON.parse(found.out), { match: true, place: { x: 250, y: 186 }, click: { x: 315, y: 200 } });
});

t.test('of a folder the best is told, and the others with their scores', async (t) => {
  await mkdir(join(folder, 'several'));
  for (const [name, area] of [
    ['right', TITLE],
    ['wrong', { ...OK, xpos: 370, ypos: 276 }],
  ] as const) {
    await writeFile(join(folder, 'several', `${name}.json`), JSON.stringify({ area: [area], tags: [name] }));
    const left = name === 'right' ? 0 : 334;
    const top = name === 'right' ? 0 : 128;
    await sharp(join(folder, HERE))
      .extract({ left, top, width: 1280 - left, height: 720 - top })
      .extend({ right: left, bottom: top, background: '#000' })
      .png()
      .toFile(join(folder, 'several', `${name}.png`));
  }
  t.same(
    (await loadNeedles(join(folder, 'several'))).needles.map(({ name }) => name),
    ['right', 'wrong'],
  );
  const { out } = await needleCommand('match', 'several', HERE, '--json');
  t.match(JSON.parse(out), {
    needle: 'right',
    match: true,
    others: [{ needle: 'wrong', match: false, score: Number }],
  });
});

t.test('text areas are read', { skip: noText }, async (t) => {
  const ocr = (refstr: string) => ({ ...TITLE, type: 'ocr', refstr });
  const same = await needle('title', [OK, ocr('Password Reset')]);
  const { code, out } = await needleCommand('match', same, HERE, '--json');
  t.equal(code, 0, out);
  t.match(JSON.parse(out), { areas: [{ kind: 'match' }, { kind: 'ocr', read: 'Password Reset', score: 1 }] });
  const other = await needle('other-title', [OK, ocr('Zurücksetzen')]);
  t.equal((await needleCommand('match', other, HERE)).code, 1);
});

t.test('what is no needle and no picture is said in words, with a cure', async (t) => {
  const file = await needle('broken', [
    { ...TITLE, width: 0 },
    { ...OK, type: 'Match' },
  ]);
  const { code, err } = await needleCommand('match', file, HERE);
  t.equal(code, 2);
  t.match(
    err,
    /needles\/broken\.json: area\[0\]\.width: expected a number from 1.*\n.*area\[1\]\.type: expected match, exclude, ocr/,
  );
  const good = await needle('good', [TITLE]);
  for (const [args, said] of [
    [['match', good, 'nowhere.png'], /^nowhere\.png is not there\n=> give the picture of a screen/],
    [['match', good, 'needles'], /^needles is a folder, and no picture\n=> give the picture of a screen/],
    [['match', good, file], /^needles\/broken\.json is no picture: .*\n=> give the picture of a screen/],
    [['match', 'nowhere.json', HERE], /^nowhere\.json is not there\n=> a needle is two files/],
    [
      ['match', 'nowhere/', HERE],
      /^nowhere\/ is not there\n=> name a needle by its \.json file, or a folder/,
    ],
    [['match', HERE, HERE], /^screen\.png: a needle is named by its \.json file\n=> a needle is two files/],
    [['match', 'empty', HERE], /^empty holds no needle\n=> a needle is two files/],
    [['match', good], /^needle match takes a needle and a picture\n=> see/],
    [['sew'], /^needle cannot sew\n=> say learn or match/],
  ] as const) {
    const wrong = await needleCommand(...args);
    t.equal(wrong.code, 2, args.join(' '));
    t.match(wrong.err, said);
  }
  t.match((await needleCommand('match', '--help')).out, /^Usage: resetbench needle match NEEDLE SCREEN/);
  t.match((await needleCommand('--help')).out, /needle learn .*\n {2}needle match /);
});
