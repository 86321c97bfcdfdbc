import t from 'tap';
import { findChromium } from '../../../harness/bench/drivers/display/chromium.ts';
import { soak } from './soak.ts';

t.setTimeout(900_000);
const skip = (() => {
  if (process.platform !== 'linux') return 'reads /proc';
  try {
    findChromium();
    return false;
  } catch (error) {
    if (process.env.CI !== undefined) throw error;
    return 'no Chromium on this machine: npm run setup';
  }
})();

t.test('resets in a row leave no handle, process or temporary file behind', { skip }, async (t) => {
  const { resets, handles_leaked, rss_growth_percent } = await soak(10, { warm: 5 });
  t.equal(resets, 10);
  t.equal(handles_leaked, 0);
  t.ok(Number.isFinite(rss_growth_percent), 'memory of so few says nothing yet');
});
