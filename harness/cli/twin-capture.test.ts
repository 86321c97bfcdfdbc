import { join } from 'node:path';
import t from 'tap';
import { parseDevices } from '../config/devices.ts';
import { dutRecord } from '../run/execute.ts';
import type { PlannedDut } from '../run/plan.ts';
import { withCapture } from './twin-capture.ts';

/** An inventory with one twin that has these words too. */
function inventory(words: string) {
  return parseDevices(
    'devices.yaml',
    `version: 1
lab: { domains: [lab.example] }
duts:
  - { id: one, kind: twin, profile: nvr, model: M, firmware: V4.30.085${words} }
`,
  );
}
function planned(words = ''): readonly PlannedDut[] {
  const { devices } = inventory(words);
  return (devices?.duts ?? []).map(
    (config) => ({ config, profile: { family: 'nvr', gui: '4.0' } }) as PlannedDut,
  );
}
const captureOf = ([dut]: readonly PlannedDut[]) => dut && dutRecord(dut).capture;

t.test('a twin of the inventory may name its capture, which the run keeps', async (t) => {
  t.same(captureOf(planned(', capture: { quality: 50, noise: 6 }')), {
    quality: 50,
    chroma: '4:2:0',
    noise: 6,
  });
  t.equal(captureOf(planned()), undefined);
  const { problems } = inventory(', capture: { quality: 0, colour: full }');
  t.match(problems, [
    { line: 4, path: /capture.quality/ },
    { line: 4, path: /capture.colour/, message: /unknown key/ },
  ]);
});

t.test('--capture goes before it: a name, or a file', async (t) => {
  const duts = planned(', capture: { quality: 50 }');
  t.match(captureOf(withCapture(duts, 'coarse', 'pixels')), { quality: 40 });
  const folder = t.testdir({ 'bad.yaml': 'noise: 300\n', 'own.yaml': 'range: limited\ngamma: 1.5\n' });
  const own = withCapture(duts, join(folder, 'own.yaml'), 'pixels');
  t.same(captureOf(own), { quality: 90, chroma: '4:2:0', range: 'limited', gamma: 1.5 });
  t.equal(withCapture(duts, undefined, 'document'), duts);
  t.throws(() => withCapture(duts, join(folder, 'bad.yaml'), 'pixels'), { message: /bad.yaml:1:\d+ noise/ });
  t.throws(() => withCapture(duts, 'worse', 'pixels'), { code: 'USAGE', message: /good, coarse/ });
  t.throws(() => withCapture(duts, 'coarse', 'document'), { code: 'USAGE', hint: /--display pixels/ });
});
