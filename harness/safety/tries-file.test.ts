import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { type Moment, triesFile } from './tries-file.ts';

const SPENT = { kind: 'login', user: 'admin', spent: 3, agoMs: 1000, open: false };

t.test('how long ago tries were goes on counting, whatever becomes of the wall clock', async (t) => {
  const file = join(t.testdir(), 'tries.json');
  let now: Moment = { wall: 1_000_000, boot: 'b1', upMs: 5000 };
  const store = triesFile(file, () => now);
  t.same(store.load(), []);
  store.save([SPENT], true);
  now = { wall: 1_000_000 + 3_600_000, boot: 'b1', upMs: 7000 };
  t.same(store.load(), [{ ...SPENT, agoMs: 3000 }], 'set forward by an hour: 2 s have passed');
  now = { wall: 0, boot: 'b1', upMs: 7000 };
  t.same(store.load(), [{ ...SPENT, agoMs: 3000 }], 'set back');
  now = { wall: 1_060_000, boot: 'b2', upMs: 10 };
  t.same(store.load(), [{ ...SPENT, agoMs: 61_000 }], 'after a reboot the wall clock is all there is');
  now = { wall: 0, boot: 'b2', upMs: 10 };
  t.same(store.load(), [SPENT], 'and tries never get younger');
});

t.test('by the clocks of this machine, without a sync too', async (t) => {
  const file = join(t.testdir(), 'tries.json');
  triesFile(file).save([SPENT], false);
  t.match(triesFile(file).load(), [{ kind: 'login', user: 'admin', spent: 3 }]);
});

t.test('a file that cannot be read is not taken for no tries', async (t) => {
  const file = join(t.testdir(), 'tries.json');
  for (const text of ['', '{', '{"tries":[]}', '{"wall":1,"boot":"","upMs":1,"tries":[{}]}']) {
    writeFileSync(file, text);
    t.throws(() => triesFile(file).load(), { code: 'RECORD_UNREADABLE', hint: /wait as long/ }, text);
  }
});

t.test('a number that is none to a computer is not a number of tries', async (t) => {
  const file = join(t.testdir(), 'tries.json');
  for (const key of ['spent', 'agoMs'] as const) {
    const tries = JSON.stringify([{ ...SPENT, [key]: 0 }]).replace(`"${key}":0`, `"${key}":1e999`);
    writeFileSync(file, `{"wall":1,"boot":"","upMs":1,"tries":${tries}}`);
    t.throws(() => triesFile(file).load(), { code: 'RECORD_UNREADABLE' }, key);
  }
});
