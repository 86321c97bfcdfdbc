import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import t from 'tap';
import { runFolder } from './report.ts';

t.test('the newest run is the one that began last, whatever copies are called', async (t) => {
  const base = t.testdir({});
  const add = (name: string) => {
    mkdirSync(join(base, name));
    writeFileSync(join(base, name, 'events.jsonl'), '');
  };
  t.throws(() => runFolder(base, undefined), { code: 'USAGE' });
  add('baseline');
  t.equal(basename(runFolder(base, undefined)), 'baseline', 'where there is no other');
  add('2026-11-26T010000Z-a7b1');
  add('2026-11-25T010000Z-ffff');
  t.equal(basename(runFolder(base, undefined)), '2026-11-26T010000Z-a7b1');
  t.equal(basename(runFolder(base, 'baseline')), 'baseline');
});
