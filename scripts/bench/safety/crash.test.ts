import t from 'tap';
import { withoutChromium } from '../../../harness/bench/drivers/display/chromium.fixture.ts';
import { crash } from './crash.ts';

t.setTimeout(1_800_000);
const skip = withoutChromium();

t.test('a harness that is killed at any instant of a reset loses no password', { skip }, async (t) => {
  const said: string[] = [];
  const { kills, recover_kills, lost, phases, recovered } = await crash(5, {
    jobs: 2,
    say: (line) => said.push(line),
  });
  t.equal(kills, 5);
  t.equal(lost, 0, said.join('\n'));
  const sum = (counts: Readonly<Record<string, number>>) => Object.values(counts).reduce((a, b) => a + b, 0);
  // One that ends before its instant is no kill, and here there is no other to draw it for.
  t.ok(recover_kills <= 1, 'and one of recover at most');
  t.equal(sum(phases), 5, 'each fell somewhere');
  t.equal(sum(recovered), 5);
  // A recover that was killed may have changed it back already.
  t.ok(recovered.changed >= phases.changed - recover_kills, 'what was changed was changed back');
});
