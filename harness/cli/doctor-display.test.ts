import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { withoutChromium } from '../bench/drivers/display/chromium.fixture.ts';
import { missingTessdata } from '../vision/ocr/tessdata.fixture.ts';
import { resetbench } from './command.fixture.ts';

t.setTimeout(120_000);

const skip = withoutChromium() || missingTessdata(['eng']);

const doctor = (...args: readonly string[]) => resetbench(['doctor', ...args]);

t.test('the display of a twin behind its KVM is fit, line by line', { skip }, async (t) => {
  const { code, out } = await doctor('--display', 'nvr-at');
  t.match(out, /^ok {7}nvr-at, frame: 1280x720 px, jpeg of \d+ KiB$/m);
  for (const what of ['pointer', 'typing', 'range', 'noise', 'softness', 'JPEG', 'frames'])
    t.match(out, new RegExp(`^ok {7}nvr-at, ${what}: `, 'm'));
  t.match(out, /, typing: 12 characters typed, 12 dots in a masked field: .* does not tell$/m);
  t.match(
    out,
    /, frames: \d+ of 20 show nothing new while the pointer moves; at least \d+ new ones a second$/m,
  );
  // How old and how late a picture is, is a matter of the machine.
  for (const what of ['age', 'reaction'])
    t.match(out, new RegExp(`^(ok {5}|WRONG {2}) {2}nvr-at, ${what}: `, 'm'));
  const late = /^WRONG/m.test(out);
  t.match(out, late ? /^unfit {4}nvr-at: (age|reaction): /m : /^fit {6}nvr-at$/m);
  t.equal(code, late ? 3 : 0, out);
});

t.test('a display that cannot be opened is unfit, with what to do, for programs too', async (t) => {
  const devices = join(t.testdir({}), 'devices.yaml');
  await writeFile(
    devices,
    [
      'version: 1',
      'lab:',
      '  domains: [lab.resetbench.example]',
      '  mailbox: { driver: embedded }',
      'duts:',
      '  - id: shelf',
      '    kind: hardware',
      '    destructive: true',
      '    serialNumber: DS-7616NI-K21620190416CCRR123456789WCVU',
      '    profile: nvr',
      '    model: DS-7616NI-K2',
      '    firmware: V4.30.097',
      '    adminPassword: { env: RESETBENCH_TEST_NO_PASSWORD }',
      '    reservedEmail: shelf@lab.resetbench.example',
      '    http: { url: "http://127.0.0.1:1" }',
      '    display: { driver: vnc, host: 127.0.0.1, port: 1 }',
      '    scanner: { driver: relay, url: "http://127.0.0.1:1" }',
    ].join('\n'),
  );
  const { code, out } = await doctor('--display', '--devices', devices);
  t.equal(code, 3, out);
  t.match(out, /^WRONG {4}shelf, display: .*127\.0\.0\.1/m);
  t.match(out, /^unfit {4}shelf: display: /m);
  t.match(out, /^open {5}shelf, typing: not tried, because the display does not open$/m);
  const told = await doctor('--display', '--json', '--devices', devices);
  t.equal(told.code, 3);
  t.match(JSON.parse(told.out), [{ dut: 'shelf', fit: false, lines: [{ what: 'display', ok: false }] }]);
});
