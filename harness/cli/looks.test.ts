import { globSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { readLook } from './looks.ts';
import { ROOT } from './root.ts';

t.test('every look of the suite is one', async (t) => {
  const files = globSync('suites/looks/*/*.json', { cwd: ROOT });
  t.ok(files.length > 0);
  for (const file of files) t.ok(readLook(join(ROOT, file)).em > 0, file);
});

t.test('a file that is no look is told', async (t) => {
  const texts = [
    '',
    '{',
    'null',
    '{"schema":1}',
    '{"schema":1,"width":1,"height":1,"em":0,"boxes":[],"lines":[]}',
  ];
  for (const text of texts)
    t.throws(() => readLook(join(t.testdir({ 'look.json': text }), 'look.json')), {
      code: 'CONFIG_INVALID',
      message: /look\.json is no look/,
    });
});
