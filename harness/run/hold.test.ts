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
  await hold.free(signal);
  t.same(told, [], 'nothing holds it');
  writeFileSync(file, '');
  let count = 0;
  const waits = [hold.free(signal), hold.free(signal)].map((one) => one.then(() => (count += 1)));
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
  const wait = heldBy(file, systemClock, () => undefined).free(stop.signal);
  stop.abort(new Error('enough'));
  await wait;
  t.pass('it waits no longer');
});
