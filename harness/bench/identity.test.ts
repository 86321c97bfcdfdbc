import { existsSync, readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import type { Devices, HardwareConfig } from '../config/devices.ts';
import type { Profile } from '../config/profile.ts';
import { countLogins } from '../run/counted-http.ts';
import { dutFolder, triesOf } from '../safety/dut.ts';
import { holderOf } from '../safety/lease.ts';
import { systemClock as clock } from '../terms/clock.ts';
import { json, routes, xml } from './drivers/http/isapi.fixture.ts';
import { type ServedAnswer, serveRecorder } from './drivers/http/recorder-server.fixture.ts';
import { PASSWORD as PDU_PASSWORD, servePdu } from './drivers/power/pdu.fixture.ts';
import { fakeSerial } from './fakes/serial.ts';
import { identifyByConsole } from './identity.ts';
import { openBenches } from './open.ts';

const MINE = 'DS-7616NI-K21620190416CCRR123456789WCVU';
const OTHER = 'DS-7616NI-K21620190416CCRR987654321WCVU';
const LOCK = { tries: 7, userTries: 5, seconds: 1800 };
const PROFILE: Partial<Profile> = {
  loginLock: LOCK,
  codeLock: { maxFreeTries: 7, seconds: 1800 },
  guidLock: LOCK,
};
const CHALLENGE = {
  status: 401,
  headers: { 'www-authenticate': 'Digest realm="r", nonce="n", qop="auth", algorithm=MD5' },
  body: '',
};
const active = (isActive: boolean) => xml('ActivateStatus', `<Activated>${isActive}</Activated>`);
const info = (serialNumber: string) =>
  xml('DeviceInfo', `<model>M</model><serialNumber>${serialNumber}</serialNumber>`);

/** Opens the bench of a unit of which only HTTP answers; what was asked of anything, and how it ended. */
async function opened(
  t: Test,
  answers: readonly ServedAnswer[],
  {
    folder = t.testdir({}),
    power,
    secret = 'Harbour-77',
  }: { readonly folder?: string; readonly power?: HardwareConfig['power']; readonly secret?: string } = {},
) {
  await using recorder = await serveRecorder(() => json({}));
  recorder.answer(...answers);
  let connections = 0;
  const screen = createServer(() => {
    connections += 1;
  });
  await new Promise<void>((resolve) => screen.listen(0, '127.0.0.1', resolve));
  const address = screen.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const config: HardwareConfig = {
    id: 'shelf',
    kind: 'hardware',
    destructive: true,
    serialNumber: MINE,
    profile: 'nvr',
    model: 'M',
    firmware: 'V4.30.097',
    resolution: '1280x720',
    language: 'en',
    adminPassword: { env: 'PASSWORD' },
    reservedEmail: 'shelf@lab.example',
    http: { url: recorder.url },
    display: { driver: 'vnc', host: '127.0.0.1', port },
    scanner: { driver: 'relay', url: recorder.url },
    ...(power === undefined ? {} : { power }),
  };
  const devices: Devices = {
    version: 1,
    lab: { domains: ['lab.example'], mailbox: { driver: 'embedded' }, plusAddress: false },
    duts: [config],
  };
  const state = join(folder, 'state');
  try {
    await using benches = openBenches({
      devices,
      duts: [{ config, profile: PROFILE as Profile }],
      secret: () => secret,
      folder,
      safety: {
        folder: state,
        source: { from: 'bytes', bytes: Buffer.alloc(32, 1) },
        what: 'run 1',
        counted: countLogins(clock),
      },
      clock,
      freshPassword: () => 'Unused-11',
    });
    const error = await benches.open('shelf').then(
      () => undefined,
      (cause: unknown) => cause,
    );
    return { error, asked: routes(recorder), connections, own: dutFolder(state, MINE) };
  } finally {
    screen.close();
  }
}
const READS = [
  /^GET \/SDK\/activateStatus$/,
  /^GET \/ISAPI\/System\/deviceInfo$/,
  /^GET \/ISAPI\/System\/deviceInfo$/,
];

t.test(
  'of a unit with another serial number nothing is asked but that, and nothing else is opened',
  async (t) => {
    const { error, asked, connections, own } = await opened(t, [active(true), CHALLENGE, info(OTHER)]);
    t.match(error, {
      code: 'WRONG_DEVICE',
      message: new RegExp(`has serial number ${OTHER}, devices.yaml says ${MINE} for shelf`),
      hint: /the unit was not touched/,
    });
    t.match(asked, READS);
    t.equal(asked.length, 3, 'once without and once with credentials');
    t.equal(connections, 0, 'the display was not opened');
    t.equal(holderOf(own), undefined, 'and it is free for others');
    t.notOk(existsSync(join(own, 'passwords.jsonl')), 'no journal was begun');
    t.same(
      readdirSync(own).filter((name) => !/^lease-/.test(name)),
      ['tries.json'],
    );
  },
);

t.test('a unit that is not activated must tell its number on the console, or nothing is done', async (t) => {
  const { error, asked, connections } = await opened(t, [active(false)]);
  t.match(error, {
    code: 'WRONG_DEVICE',
    message: /not activated, and has no serial console/,
    hint: /wire its serial console, or activate it by hand/,
  });
  t.match(asked, READS.slice(0, 1));
  t.equal(asked.length, 1);
  t.equal(connections, 0);
});

t.test('a password that is refused is tried once a run, counted, and never until it locks', async (t) => {
  const folder = t.testdir({});
  const refusal = [active(true), CHALLENGE, { ...CHALLENGE, body: 'no' }];
  for (let run = 1; run <= 6; run += 1) {
    const { error, asked, own } = await opened(t, refusal, { folder });
    t.match(error, { code: 'CREDENTIALS_REFUSED', message: /refuses the password of admin/ });
    t.equal(asked.length, 3);
    t.match(triesOf(own).load(), [{ kind: 'network', user: 'admin', spent: run, open: false }]);
  }
  const { error, asked } = await opened(t, refusal, { folder });
  t.match(error, { code: 'CREDENTIALS_REFUSED', message: /not tried any more: 6 .*of 7/, hint: /--wait/ });
  t.same(asked, ['GET /SDK/activateStatus'], 'the seventh, which would lock, never went out');
});

t.test('what is no refusal of the password is not told as one', async (t) => {
  for (const status of [403, 404, 503]) {
    const { error } = await opened(t, [active(true), CHALLENGE, { status, headers: {}, body: '' }]);
    t.match(error, {
      code: 'PORT_PROTOCOL',
      message: new RegExp(`answers ${status}`),
      hint: /not what it refuses/,
    });
  }
});

t.test(
  'one that a killed run left in the dark gets its power, and is asked who it is when it has booted',
  async (t) => {
    await using pdu = await servePdu('shelly');
    pdu.world.outlet = 'off';
    const { on, off, state } = pdu.template;
    const request = { method: 'GET' as const, ...state, read: { pointer: '/ison', on: true, off: false } };
    const power: HardwareConfig['power'] = {
      driver: 'http-pdu',
      on: { method: 'GET', ...on },
      off: { method: 'GET', ...off },
      state: request,
      auth: { kind: 'basic', user: 'bench', password: { env: 'PDU' } },
      timeoutMs: 5000,
      settleMs: 5000,
    };
    const dark: ServedAnswer = (incoming) => void incoming.socket.destroy();
    const { error, asked } = await opened(
      t,
      [dark, dark, active(true), active(true), CHALLENGE, info(OTHER)],
      {
        power,
        secret: PDU_PASSWORD,
      },
    );
    t.match(error, { code: 'WRONG_DEVICE' });
    t.equal(pdu.world.outlet, 'on');
    t.equal(asked.length, 6);
    t.notOk(pdu.asked.some((one) => /turn=off/.test(one)));
  },
);

t.test('a console of another unit is told, and hears nothing but the question', async (t) => {
  const config = { id: 'shelf', serialNumber: MINE, adminPassword: { env: 'P' }, http: { url: 'http://x' } };
  await using serial = fakeSerial({ clock });
  for (const line of [`Serial number: ${OTHER}`, `Serial NO. : ${OTHER}`, `serialNo=${OTHER}`]) {
    serial.onCommand('prtHardInfo', `Device model: M\r\n${line}\r\n`);
    await t.rejects(identifyByConsole(config, serial, false), {
      code: 'WRONG_DEVICE',
      port: 'serial',
      message: /on the serial console has serial number .*987654321/,
    });
  }
  serial.onCommand('prtHardInfo', `Serial number: ${MINE}\r\n`);
  await identifyByConsole(config, serial, true);
  serial.onCommand('prtHardInfo', 'Device model: M\r\n');
  await identifyByConsole(config, serial, false);
  await t.rejects(identifyByConsole(config, serial, true), {
    code: 'WRONG_DEVICE',
    message: /does not tell/,
  });
  const typed = serial
    .transcript()
    .map(({ text }) => text)
    .join('');
  t.notMatch(typed, /help|getIp|reset/);
});
