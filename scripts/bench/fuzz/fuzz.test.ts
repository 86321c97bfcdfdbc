import t from 'tap';
import { fuzz } from './fuzz.bench.ts';
import { TARGETS } from './targets.bench.ts';

t.setTimeout(600_000);

t.test(
  'whatever comes from outside is read to a value, or to an error that says what is wrong where',
  async (t) => {
    const { inputs, failures, targets } = await fuzz(30, { thin: true });
    t.equal(targets.length, TARGETS.length);
    t.ok(inputs >= TARGETS.length * 2);
    for (const { target, failure } of targets) t.equal(failure, undefined, target);
    t.equal(failures, 0);
  },
);

t.test('a reader that throws anything else is seen, with what it takes to see it again', async (t) => {
  const { failures, targets } = await fuzz(20, { only: 'broken-on-purpose' });
  t.equal(failures, 1);
  t.match(targets[0]?.failure, /not a HarnessError: \w+Error.*[\s\S]*--seed 1 --path \d/);
});
