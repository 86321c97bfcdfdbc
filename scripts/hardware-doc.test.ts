// Follows docs/hardware.md: its devices.yaml with stand-ins at the addresses of the hardware, by doctor and by a bench.
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { parse, parseDocument } from 'yaml';
import { withoutChromium } from '../harness/bench/drivers/display/chromium.fixture.ts';
import { openTwinHands } from '../harness/bench/drivers/hands/twin.ts';
import { startDovecot, withoutDovecot } from '../harness/bench/drivers/mailbox/dovecot.fixture.ts';
import { openBoard } from '../harness/bench/drivers/power/relay-board.fixture.ts';
import { serveSmtp } from '../harness/bench/drivers/scanner/smtp.fixture.ts';
import { ser2netMissing, startSer2net } from '../harness/bench/drivers/serial/ser2net.fixture.ts';
import { launchEmulator } from '../harness/bench/drivers/twin/launch.ts';
import { openBenches } from '../harness/bench/open.ts';
import { parseDevices } from '../harness/config/devices.ts';
import { problemText } from '../harness/config/problems.ts';
import { parseProfile } from '../harness/config/profile.ts';
import { randomPassword } from '../harness/kit/fresh.ts';
import { countLogins } from '../harness/run/counted-http.ts';
import { systemClock as clock } from '../harness/terms/clock.ts';

t.setTimeout(600_000);
const ROOT = join(import.meta.dirname, '..');
const TEXT = readFileSync(join(ROOT, 'docs', 'hardware.md'), 'utf8');
const MAIN = join(ROOT, 'harness', 'cli', 'main.ts');
const PORTS = ['http', 'serial', 'display', 'power', 'scanner'] as const;

/** The YAML of the document: `whole` is its devices.yaml, `parts` are the lines for one port each. */
const blocks = [...TEXT.matchAll(/^```yaml( devices\.yaml)?\n([\s\S]*?)^```$/gm)];
const whole = blocks.find(([, name]) => name !== undefined)?.[2] ?? '';
const parts = blocks.filter(([, name]) => name === undefined).map(([, , text = '']) => text);
const told = (text: string) => parseDevices('hardware.md', text).problems.map(problemText);

t.test('its devices.yaml has no problem, nor has any port that it shows', async (t) => {
  t.same(told(whole), []);
  const shown = new Set<string>();
  for (const part of parts) {
    const [[port = '', value] = []] = Object.entries<unknown>(parse(part));
    t.ok(PORTS.includes(port as (typeof PORTS)[number]), port);
    shown.add(port);
    const document = parseDocument(whole);
    document.setIn(['duts', 0, port], document.createNode(value));
    t.same(told(document.toString()), [], part);
  }
  t.same([...shown].sort(), [...PORTS].sort(), 'each port is shown');
});

t.test('its pictures are there, and are drawings', async (t) => {
  const pictures = [...TEXT.matchAll(/!\[[^\]]+\]\((pictures\/[\w-]+\.svg)\)/g)].map(([, file = '']) => file);
  t.equal(pictures.length, 5);
  for (const file of pictures)
    t.match(readFileSync(join(ROOT, 'docs', file), 'utf8'), /^<svg[\s\S]*<\/svg>\n$/);
});

const noChromium = withoutChromium();
const skip = noChromium || ser2netMissing() || withoutDovecot();

/** Puts stand-ins in the places of the hardware. Only addresses and what identifies a unit is changed. */
async function followed(t: Test) {
  const stack = new AsyncDisposableStack();
  t.teardown(() => stack.disposeAsync());
  const dovecot = stack.use(await startDovecot());
  const password = randomPassword(12);
  const kvm = { user: 'bench', password: randomPassword(12) };
  const emulator = stack.use(
    await launchEmulator(
      {
        smtp: { host: '127.0.0.1', port: 1 },
        recorders: [
          {
            id: 'shelf',
            family: 'nvr',
            model: 'DS-7616NI-K2',
            firmware: 'V4.30.097',
            build: 'build 240401',
            gui: '4.0',
            language: 'en',
            resolution: '1280x720',
            bootMs: 300,
            adminPassword: password,
            reservedEmail: 'shelf1@lab.resetbench.example',
            kvm,
          },
        ],
      },
      { clock },
    ),
  );
  const [twin] = emulator.ready.recorders;
  if (twin?.kvmUrl === undefined) throw new Error('the emulator started no twin with a KVM');
  const served = stack.use(await startSer2net(twin.serialPath, ['kickolduser: true']));
  const { user } = dovecot;
  const smtp = stack.use(await serveSmtp('starttls', { user, password: dovecot.password }));
  const board = stack.use(await openBoard({ channels: 2, answers: 'text' }));
  stack.use(await openTwinHands({ controlUrl: twin.controlUrl, clock }));
  const document = parseDocument(whole);
  const put = (path: readonly (string | number)[], value: unknown) => {
    if (!document.hasIn(path)) throw new Error(`docs/hardware.md has no ${path.join('.')} any more`);
    document.setIn(path, value);
  };
  const dut = ['duts', 0] as const;
  put(['lab', 'mailbox', 'host'], dovecot.host);
  put(['lab', 'mailbox', 'port'], dovecot.imaps);
  put(['lab', 'mailbox', 'tls', 'fingerprint'], dovecot.certificate.fingerprint);
  put(['lab', 'mailbox', 'user'], user);
  put(['lab', 'smtp', 'host'], smtp.access.host);
  put(['lab', 'smtp', 'port'], smtp.access.port);
  put(['lab', 'smtp', 'user'], user);
  put(['lab', 'smtp', 'ca'], smtp.access.ca);
  put([...dut, 'serialNumber'], twin.serialNumber);
  put([...dut, 'http', 'url'], twin.httpUrl);
  put([...dut, 'serial', 'host'], '127.0.0.1');
  put([...dut, 'serial', 'port'], served.rfc2217);
  put([...dut, 'power', 'path'], board.path);
  put([...dut, 'display', 'url'], twin.kvmUrl);
  document.deleteIn([...dut, 'display', 'tls']);
  const folder = t.testdir({});
  mkdirSync(join(folder, 'drives'));
  const file = join(folder, 'devices.yaml');
  writeFileSync(file, document.toString());
  const env = {
    NVR_SHELF_1_PASSWORD: password,
    KVM_PASSWORD: kvm.password,
    LAB_MAIL_PASSWORD: dovecot.password,
    RESETBENCH_STATE: join(folder, 'state'),
    XDG_CONFIG_HOME: join(folder, 'config'),
  };
  return { file, folder, env, board, twin };
}

t.test(
  'doctor finds the bench of the document well, and says what is wrong once a part is gone',
  { skip },
  async (t) => {
    const { file, env } = await followed(t);
    const doctor = async (more: NodeJS.ProcessEnv = {}) => {
      const child = spawn(process.execPath, [MAIN, 'doctor', '--devices', file], {
        env: { ...process.env, ...env, ...more, NO_COLOR: '1' },
      });
      let output = '';
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (data) => {
          output += String(data);
        });
      const code = await new Promise((resolve) => child.once('close', resolve));
      return { code, output };
    };
    const well = await doctor();
    t.equal(well.code, 0, well.output);
    t.match(well.output, /mailbox/);
    t.match(well.output, /nvr-shelf-1/);
    const wrong = await doctor({ LAB_MAIL_PASSWORD: 'another' });
    t.equal(wrong.code, 3, wrong.output);
    t.match(wrong.output, /refuses user lab/);
  },
);

t.test('every port of the document opens as a run opens it, and does what it is for', { skip }, async (t) => {
  const { file, folder, env, board, twin } = await followed(t);
  const { devices, problems } = parseDevices('devices.yaml', readFileSync(file, 'utf8'));
  t.same(problems, []);
  const [config] = devices?.duts ?? [];
  const { profile } = parseProfile('nvr', (name) =>
    readFileSync(join(ROOT, 'suites', 'profiles', `${name}.yaml`), 'utf8'),
  );
  if (devices === undefined || config === undefined || profile === undefined)
    throw new Error('no recorder, or no profile');
  await using benches = openBenches({
    devices,
    duts: [{ config, profile }],
    secret: (ref) => ('env' in ref ? new Map(Object.entries(env)).get(ref.env) : undefined),
    folder: join(folder, 'drives'),
    safety: {
      folder: env.RESETBENCH_STATE,
      source: { from: 'bytes', bytes: new Uint8Array(32) },
      what: 'test',
      counted: countLogins(clock),
    },
    clock,
    freshPassword: () => randomPassword(12),
  });
  await using bench = await benches.open('nvr-shelf-1');
  t.equal(bench.serialNumber, twin.serialNumber, 'HTTP');
  t.match(await bench.serial?.command('help', { timeoutMs: 60_000 }), /help/, 'console by ser2net');
  const { width, height, format } = await bench.display.frame();
  t.same({ width, height, format }, { width: 1280, height: 720, format: 'jpeg' }, 'picture by the KVM');
  await bench.display.moveTo(100, 100);
  t.same(await bench.mailbox.listAll(), [], 'mailbox by IMAP');
  t.equal(await bench.power?.state(), 'on');
  t.equal(board.mains(1, 'normally-closed'), 'on');
  await bench.power?.off();
  t.equal(board.mains(1, 'normally-closed'), 'off', 'the relay takes the power');
  await bench.power?.on();
  t.equal(board.mains(1, 'normally-closed'), 'on');
});
