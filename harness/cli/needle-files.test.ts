// A folder of needles as laboratories that use openQA have one: every form in it stands in public needles, the pictures
// are our own.
import { chmod, copyFile, mkdir, rename, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import t from 'tap';
import type { Needle } from '../vision/needle/needle.ts';
import { resetbench } from './command.fixture.ts';
import { loadNeedles, readNeedles } from './needle-files.ts';
import { needlesOf } from './needle-profile.ts';
import { ROOT } from './root.ts';

t.setTimeout(180_000);
const SCREEN = join(ROOT, 'suites', 'baselines', 'nvr', '1280x720', 'reset-methods.png');
const TITLE = { xpos: 370, ypos: 276, width: 130, height: 28, type: 'match' };
const OK = { xpos: 704, ypos: 404, width: 96, height: 30, type: 'match' };
const FLAT = { xpos: 420, ypos: 420, width: 80, height: 10, type: 'match' };

/** What laboratories have, by file. */
const GOOD: Readonly<Record<string, object>> = {
  // As most are; without properties in the oldest.
  'reset-methods-20150918.json': { area: [TITLE], tags: ['ENV-DISTRI-nvr', 'reset-methods'] },
  // A blank before the name.
  ' reset-ok-20240816.json': { area: [OK, TITLE], properties: [], tags: ['reset-ok'] },
  // Below, as one distribution sorts thousands of them.
  'reset/help/title-20250602.json': { area: [TITLE], properties: ['workaround'], tags: ['title'] },
  'reset/help/ok/click-20230504.json': {
    // The editor starts a click point at half the size.
    area: [{ ...OK, height: 29, match: 90, margin: 30, click_point: { xpos: 48, ypos: 14.5 } }],
    properties: [{ name: 'workaround', value: 'bsc#1234567 - the button is late' }],
    tags: ['click'],
  },
  'reset/center.json': { area: [TITLE, { ...OK, click_point: 'center' }], properties: [], tags: ['center'] },
  'reset/ids.json': {
    area: [
      { ...TITLE, click_point: { xpos: 2, ypos: 4, id: 'first' } },
      { ...OK, click_point: { xpos: 96, ypos: 3, id: 'second' } },
    ],
    properties: [],
    tags: ['ids'],
  },
  'reset/exclude.json': {
    area: [TITLE, { ...TITLE, width: 20, type: 'exclude' }, { ...FLAT, xpos: 4000, type: 'exclude' }],
    properties: [],
    tags: ['exclude'],
  },
  'reset/old.json': {
    // Numbers as texts, what is empty, and keys of old engines.
    area: [
      { xpos: '370', ypos: '276', width: '130', height: '28', match: '', type: '', click_point: '' },
      { ...OK, max_offset: 8, processing_flags: '', margin: 300.5, match: 97.7 },
    ],
    properties: null,
    tags: ['old', 'old'],
  },
};
/** What cannot be used, by file, and why. */
const BAD: Readonly<Record<string, readonly [object | string, RegExp]>> = {
  'reset/flat.json': [
    { area: [TITLE, FLAT], tags: ['flat'] },
    /^area\[1\]: is flat .* => take an area with writing/,
  ],
  'typo.json': [
    { area: [{ ...OK, type: 'Match' }], tags: [] },
    /^area\[0\]\.type: expected match.* => docs\/needles\.md/,
  ],
  'broken.json': ['{', /^not JSON: .* => docs\/needles\.md/],
  'clicks.json': [
    {
      area: [
        { ...OK, click_point: 'center' },
        { ...TITLE, click_point: 'center' },
      ],
    },
    /^area\[0\]\.click_point: expected an id.*; area\[1\]\.click_point: expected an id/,
  ],
  'outside.json': [
    { area: [{ ...OK, xpos: 1200 }], tags: [] },
    /^area\[0\]: 1200,404 96x30 lies outside its picture of 1280x720 => .* are px of the picture/,
  ],
};

async function openqaFolder(files: readonly string[]): Promise<string> {
  const folder = join(t.testdir({}), 'needles');
  for (const name of files) {
    const json = GOOD[name] ?? BAD[name]?.[0];
    const file = join(folder, name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, typeof json === 'string' ? json : JSON.stringify(json, undefined, 2));
    await copyFile(SCREEN, file.replace(/json$/, 'png'));
  }
  return folder;
}

const namesOf = (needles: readonly Needle[]) => needles.map(({ name }) => name);

t.test('every form of public needles is read, from all folders below, and matches', async (t) => {
  const folder = await openqaFolder(Object.keys(GOOD));
  // What else lies there.
  await mkdir(join(folder, '.git'));
  await writeFile(join(folder, '.git', 'index.json'), '{');
  await writeFile(join(folder, 'README.md'), '# needles');
  await symlink('..', join(folder, 'reset', 'round'));
  await copyFile(SCREEN, join(folder, 'reset', 'CAPS.PNG'));
  await writeFile(join(folder, 'reset', 'CAPS.JSON'), JSON.stringify({ area: [TITLE], tags: ['caps'] }));
  const { needles, leftOut } = await loadNeedles(folder);
  t.same(leftOut, []);
  t.same(namesOf(needles).sort(), [
    ' reset-ok-20240816',
    'reset-methods-20150918',
    'reset/CAPS',
    'reset/center',
    'reset/exclude',
    'reset/help/ok/click-20230504',
    'reset/help/title-20250602',
    'reset/ids',
    'reset/old',
  ]);
  for (const { name, file } of needles.filter(({ name }) => /help/.test(name)))
    t.match(file.notices, [/workaround has no effect/], name);
  const { code, out } = await resetbench(['needle', 'match', 'needles', SCREEN, '--json'], {
    cwd: dirname(folder),
  });
  t.equal(code, 0, out);
  const { others, leftOut: told, ...best } = JSON.parse(out);
  t.same(told, []);
  const found = new Map([best, ...others].map((one) => [one.needle, one]));
  t.same(
    [...found.values()].filter(({ match }) => !match),
    [],
  );
  t.same(found.get('reset/help/ok/click-20230504').click, { x: 752, y: 418 });
  t.same(found.get('reset/center').click, { x: 752, y: 419 });
  t.same(found.get('reset/ids').clicks, { first: { x: 372, y: 280 }, second: { x: 799, y: 407 } });
});

t.test('the rest is read where some cannot be used; these are told with file, reason and cure', async (t) => {
  const folder = await openqaFolder(['reset-methods-20150918.json', ...Object.keys(BAD)]);
  await writeFile(join(folder, 'alone.json'), JSON.stringify({ area: [TITLE], tags: [] }));
  await writeFile(join(folder, 'text.json'), JSON.stringify({ area: [TITLE], tags: [] }));
  await writeFile(join(folder, 'text.png'), 'no picture');
  const expected = new Map([
    ...Object.entries(BAD).map(([name, [, told]]) => [name, told] as const),
    ['alone.json', /alone\.png is not there => a needle is two files/] as const,
    ['text.json', /text\.png: 10 bytes are no PNG.* => save the screen/] as const,
  ]);
  const { needles, leftOut } = await loadNeedles(folder);
  t.same(namesOf(needles), ['reset-methods-20150918']);
  t.equal(leftOut.length, expected.size);
  for (const [name, told] of expected) {
    const one = leftOut.find(({ file }) => file.endsWith(`needles/${name}`));
    t.match(`${one?.reason} => ${one?.cure}`, told, name);
  }
  const { code, out } = await resetbench(['needle', 'match', 'needles', SCREEN], { cwd: dirname(folder) });
  t.equal(code, 0, out);
  t.match(out, /\nleft out: needles\/reset\/flat\.json: area\[1\]: is flat .* => take an area with writing/);
  t.equal(out.split('\n').filter((line) => line.startsWith('left out: ')).length, expected.size);
});

t.test('a run hears at its beginning what of a profile is left out, and uses the rest', async (t) => {
  const files = ['reset/center.json', 'reset/flat.json', 'reset/help/title-20250602.json'];
  const base = dirname(await openqaFolder(files));
  await mkdir(join(base, 'lab'));
  await rename(join(base, 'needles'), join(base, 'lab', '1280x720'));
  const lab = { config: { profile: 'lab', resolution: '1280x720' }, profile: { labels: {} } };
  const heard: string[] = [];
  const needles = await needlesOf(lab, (sentence) => heard.push(sentence), base);
  t.same(namesOf(needles), ['reset/center', 'reset/help/title-20250602']);
  t.equal(heard.length, 2, heard.join('\n'));
  t.match(heard[0], /^left out: .*lab\/1280x720\/reset\/flat\.json: area\[1\]: is flat .* => take an area/);
  t.match(heard[1], /title-20250602\.json: the property workaround has no effect/);
});

t.test('a folder of which none can be used is an error', async (t) => {
  const folder = await openqaFolder(Object.keys(BAD));
  const { code, err } = await resetbench(['needle', 'match', 'needles', SCREEN], { cwd: dirname(folder) });
  t.equal(code, 2);
  t.match(
    err,
    /^no needle of needles can be used\nneedles\/broken\.json: not JSON.*\n(.*\n)+=> docs\/needles\.md/,
  );
  t.equal((await readNeedles(folder)).leftOut.length, Object.keys(BAD).length);
  t.same(await loadNeedles(join(folder, 'nowhere')), { needles: [], leftOut: [] });
});

t.test('a folder that cannot be looked into is told, and the rest is read', async (t) => {
  const folder = await openqaFolder(['reset-methods-20150918.json', 'reset/center.json']);
  await chmod(join(folder, 'reset'), 0);
  const { needles, leftOut } = await asAnybody(() => loadNeedles(folder));
  await chmod(join(folder, 'reset'), 0o700);
  t.same(namesOf(needles), ['reset-methods-20150918']);
  t.match(leftOut, [{ file: /needles\/reset$/, reason: /\(EACCES\)/, cure: /read it/ }]);
});

/** Root may look into all folders; anybody else may not. */
async function asAnybody<T>(work: () => Promise<T>): Promise<T> {
  if (process.geteuid?.() !== 0) return work();
  process.seteuid?.(65_534);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
  }
}
