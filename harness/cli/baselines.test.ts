import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import t from 'tap';
import {
  BASELINES,
  type BaselineFacts,
  baselinesOf,
  decisionsOn,
  sourceKind,
  standingBaseline,
} from './baselines.ts';

t.test('every approved picture of the suite is found by what it came through', async (t) => {
  const files = globSync('*/*/*.png', { cwd: BASELINES });
  t.ok(files.length > 0);
  for (const file of files) {
    const path = join(BASELINES, file.slice(0, -'.png'.length));
    const { source = '' } = JSON.parse(await readFile(`${path}.json`, 'utf8')) as BaselineFacts;
    const place = { folder: dirname(path), screen: basename(path).split('@')[0] ?? '' };
    const standing = await standingBaseline(place, source);
    t.equal(standing?.file, `${path}.png`);
    t.ok(
      (await decisionsOn(place, source)).some(({ decision }) => decision === 'approved'),
      file,
    );
    t.ok(await standingBaseline(place, 'nothing known'), 'of another kind of source the first one answers');
  }
});

t.test('a picture without what is known of it is an error, not a missing one', async (t) => {
  const folder = t.testdir({
    'a.png': 'x',
    'b.png': 'x',
    'b.json': '{',
    'c.png': 'x',
    'c.json': '{}',
    'e.png': 'x',
    'e.json': 'null',
    'f.png': 'x',
    'f.json': '{"source":7}',
  });
  for (const screen of ['a', 'b', 'c', 'e', 'f'])
    await t.rejects(standingBaseline({ folder, screen }, 'x'), { code: 'CONFIG_INVALID' });
  t.equal(await standingBaseline({ folder, screen: 'd' }, 'x'), undefined);
});

t.test(
  'the KVM of a twin is given what the page of the twin showed, and hardware its own alone',
  async (t) => {
    const png = await readFile(join(BASELINES, 'nvr', '1280x720', 'reset-methods.png'));
    const base = t.testdir({
      nvr: {
        '1280x720': {
          'menu.png': png,
          'menu.json': JSON.stringify({ source: 'chromium 1' }),
          'menu@pikvm.png': png,
          'menu@pikvm.json': JSON.stringify({ source: 'pikvm 1' }),
          'login.png': png,
          'login.json': JSON.stringify({ source: 'vnc 1' }),
        },
      },
    });
    const of = (kind: 'twin' | 'hardware') =>
      baselinesOf({ config: { kind, profile: 'nvr', resolution: '1280x720' } }, base);
    t.match(await of('twin')('menu', 'pikvm 1'), { source: 'pikvm 1', isOriginal: false });
    t.match(await of('twin')('menu', 'pikvm 2'), { source: 'chromium 1', isOriginal: true });
    t.match(await of('twin')('menu', 'vnc 1'), { source: 'chromium 1', isOriginal: true });
    t.match(await of('hardware')('menu', 'pikvm 2'), { source: 'pikvm 1', isOriginal: false });
    t.match(await of('hardware')('menu', 'vnc 1'), { source: 'chromium 1', isOriginal: false });
    t.match(await of('twin')('login', 'pikvm 2'), { source: 'vnc 1', isOriginal: false });
    t.equal(await of('twin')('other', 'pikvm 2'), undefined);
  },
);

t.test('the kind of a source has neither version nor name', (t) => {
  t.same(['chromium 156.0', 'pikvm kvmd 4.20', 'VNC box', 'ffmpeg and CH9329 1.2', '  '].map(sourceKind), [
    'chromium',
    'pikvm',
    'vnc',
    'ffmpeg',
    'other',
  ]);
  t.end();
});
