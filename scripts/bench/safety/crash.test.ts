import t from 'tap';
import { findChromium } from '../../../harness/bench/drivers/display/chromium.ts';
import { crash } from './crash.ts';

t.setTimeout(900_000);
const skip = (() => {
  try {
    findChromium();
    return false;
  } catch (error) {
    if (process.env.CI !== undefined) throw error;
    return 'no Chromium on this machine: npm run setup';
  }
})();

t.test('a harness that is killed at any instant of a reset loses no password', { skip }, async (t) => {
  const said: string[] = [];
  const { kills, lost, changed, held, nothing } = await crash(6, { say: (line) => said.push(line) });
  t.equal(kills, 6);
  t.equal(lost, 0, said.join('\n'));
  t.equal(changed + held + nothing, 6);
});
