import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { resetbench } from './command.fixture.ts';

t.setTimeout(300_000);

t.test('a recorder that is none is told before anything is looked at', async (t) => {
  const { code, out, err } = await resetbench(['doctor', 'nosuch']);
  t.equal(code, 2);
  t.equal(out, '');
  t.match(err, /no DUT matches "nosuch"/);
});

t.test('a password that is not set is told with its place, a port that is never asked as such', async (t) => {
  const folder = t.testdir({ state: {} });
  const devices = join(folder, 'devices.yaml');
  writeFileSync(
    devices,
    `version: 1
lab: { domains: [lab.example] }
duts:
  - id: shelf
    kind: hardware
    destructive: true
    serialNumber: S1
    profile: nvr
    model: M
    firmware: V4.21.000
    adminPassword: { env: RESETBENCH_TEST_NOT_SET }
    reservedEmail: shelf@lab.example
    http: { url: "http://127.0.0.1:1" }
    power: { driver: isapi, url: "http://127.0.0.1:1", user: u, password: { env: RESETBENCH_TEST_NOT_SET } }
    display: { driver: vnc, host: 127.0.0.1, port: 1 }
    scanner: { driver: relay, url: "http://127.0.0.1:1" }
`,
  );
  const env = { RESETBENCH_STATE: join(folder, 'state') };
  const { code, out } = await resetbench(['doctor', 'shelf', '--devices', devices, '--json'], { env });
  t.equal(code, 3);
  const { findings } = JSON.parse(out) as { findings: { what: string; told: string }[] };
  const told = (what: string) => findings.find((one) => one.what === `shelf, ${what}`)?.told;
  t.match(told('power'), /RESETBENCH_TEST_NOT_SET, which \S*devices\.yaml:14:\d+ names, is not set/);
  t.match(told('scanner'), /was not asked: no web client may use that port/);
});
