import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { systemClock } from '../terms/clock.ts';
import { heldBy } from './hold.ts';

t.test('a run is held while the file is there, and tells so once', async (t) => {
  const file = join(t.testdir({}), 'pause');
  const told: boolean[] = [];
  const hold = heldBy(file, systemClock, (held) => void told.push(held));
  const { signal } = new AbortController();
  await hold.free('a', 'case', signal);
  t.same(told, [], 'nothing holds it');
  writeFileSync(file, '');
  let count = 0;
  const waits = ['a', 'b'].map((dut) => hold.free(dut, 'case', signal).then(() => (count += 1)));
  await systemClock.sleep(20);
  t.equal(count, 0);
  t.same(told, [true]);
  rmSync(file);
  await Promise.all(waits);
  t.same(told, [true, false]);
});

t.test('whoever stops the run stops it also while it is held', async (t) => {
  const file = join(t.testdir({ pause: '' }), 'pause');
  const stop = new AbortController();
  const wait = heldBy(file, systemClock, () => undefined).free('a', 'case', stop.signal);
  stop.abort(new Error('enough'));
  await wait;
  t.pass('it waits no longer');
});

t.test(
  'an empty file holds before cases alone; a file that says so holds steps, of one recorder or of all',
  async (t) => {
    const file = join(t.testdir({}), 'pause');
    const hold = heldBy(file, systemClock, () => undefined);
    const held = () =>
      (['a', 'b'] as const).flatMap((dut) =>
        (['case', 'step'] as const).flatMap((point) => (hold.asked(dut, point) ? [`${dut} ${point}`] : [])),
      );
    t.same(held(), []);
    for (const [text, expected] of [
      ['', ['a case', 'b case']],
      ['anna\n', ['a case', 'b case']],
      ['step\n', ['a case', 'a step', 'b case', 'b step']],
      ['step b by anna\n', ['b case', 'b step']],
      ['step b by anna\ncase a by bob\n', ['a case', 'b case', 'b step']],
      ['case a', ['a case']],
    ] as const) {
      writeFileSync(file, text);
      t.same(held(), expected, JSON.stringify(text));
    }
  },
);
