import t from 'tap';
import { withoutChromium } from '../../../harness/bench/drivers/display/chromium.fixture.ts';
import { soak } from './soak.ts';

t.setTimeout(900_000);
const skip = process.platform === 'linux' ? withoutChromium() : 'reads /proc';

/** A picture of the screen is 3.7 MB, and each reset makes dozens: what is kept of each shows, what is on its way does not. */
const MOST_MB_A_RESET = 5;

t.test('resets in a row leave no handle, process or temporary file behind', { skip }, async (t) => {
  const [all, warm] = [8, 4];
  const { resets, handles_leaked, leaks, live_growth_mb } = await soak(all, { warm });
  t.equal(resets, all);
  t.equal(handles_leaked, 0, JSON.stringify(leaks));
  t.ok(live_growth_mb < MOST_MB_A_RESET * (all - warm), `JavaScript holds ${live_growth_mb} MB more`);
});
