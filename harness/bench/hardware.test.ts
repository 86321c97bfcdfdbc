import t from 'tap';
import type { DisplayConfig, HardwareConfig } from '../config/devices.ts';
import { systemClock as clock } from '../terms/clock.ts';
import { HarnessError } from '../terms/error.ts';
import { SIZE, serveKvmd, USER } from './drivers/pikvm/kvmd.fixture.ts';
import { PASSWORD, servePdu } from './drivers/power/pdu.fixture.ts';
import { serveRfb } from './drivers/rfb/server.fixture.ts';
import {
  displayOpening,
  type Openings,
  type PowerOpenings,
  powerLook,
  powerOpening,
  serialOpening,
} from './hardware.ts';
import { requireSecret } from './secrets.ts';

const SECRETS = new Map([
  ['KVM', USER.password],
  ['PDU', PASSWORD],
]);
const openings: Openings & PowerOpenings = {
  id: 'shelf',
  size: SIZE,
  clock,
  browser: () => Promise.reject(new HarnessError('BROWSER_MISSING', 'no browser in this test')),
  counted: (http) => http,
  secretOf: (ref, whose) => requireSecret('env' in ref ? SECRETS.get(ref.env) : undefined, ref, whose),
};

t.test('the display of an entry is opened by the driver that it names', async (t) => {
  await using kvm = await serveKvmd();
  const tls = { fingerprint: kvm.certificate.fingerprint };
  const pikvm: DisplayConfig = {
    driver: 'pikvm',
    url: kvm.url,
    user: USER.user,
    password: { env: 'KVM' },
    tls,
    keyDelayMs: 7,
    maxAgeMs: 100,
  };
  await using display = await displayOpening(pikvm, openings)();
  t.match(await display.frame(), { ...SIZE, format: 'jpeg' });
  await display.type('a');
  t.match(kvm.asked.at(-1), /delay=0\.007/);
  kvm.world.grabAge = 0.2;
  await t.rejects(display.frame(), { code: 'FRAME_UNUSABLE', message: /200 ms.*100 ms are allowed/ });

  const { keyDelayMs: _, maxAgeMs: __, ...access } = pikvm;
  await using power = await powerOpening(access, openings)();
  t.equal(await power.state(), 'on');
  t.same(await powerLook(access, openings)(), { state: 'on', cuts: true });

  await using rfb = await serveRfb({ ...SIZE, security: [2], password: USER.password });
  const vnc = {
    driver: 'vnc',
    host: '127.0.0.1',
    port: rfb.port,
    password: { env: 'KVM' },
    keyDelayMs: 1,
  } as const;
  await using other = await displayOpening(vnc, openings)();
  t.match(await other.frame(), { ...SIZE, format: 'png' });

  await t.rejects(displayOpening({ driver: 'browser', url: 'http://192.0.2.1' }, openings)(), {
    code: 'BROWSER_MISSING',
  });
});

t.test('a secret that is set to nothing is not set', async (t) => {
  t.throws(() => requireSecret('', { env: 'SHELF' }, 'shelf'), {
    code: 'CONFIG_MISSING',
    message: /SHELF is not set/,
  });
});

t.test('the power of an entry is opened by the driver that it names', async (t) => {
  await using pdu = await servePdu('dli');
  const { auth, on, off, state } = pdu.template;
  const request = { method: 'GET' as const, ...state, read: { pointer: '', on: true, off: false } };
  const outlet: HardwareConfig['power'] = {
    driver: 'http-pdu',
    on: { method: 'PUT', ...on },
    off: { method: 'PUT', ...off },
    state: request,
    auth: { kind: 'digest', user: 'user' in auth ? auth.user : '', password: { env: 'PDU' } },
    timeoutMs: 5_000,
    settleMs: 5_000,
  };
  await using power = await powerOpening(outlet, openings)();
  await power.off();
  t.equal(pdu.world.outlet, 'off');
  t.same(await powerLook(outlet, openings)(), { state: 'off', cuts: true });
  t.equal(pdu.world.outlet, 'off', 'who looks switches nothing');

  const gone = { url: 'http://127.0.0.1:9', user: 'bench', password: { env: 'PDU' } } as const;
  await t.rejects(powerOpening({ driver: 'isapi', ...gone }, openings)(), {
    code: 'PORT_UNREACHABLE',
    port: 'power',
  });
  const board = { path: '/dev/absent', channel: 2, contact: 'normally-open' } as const;
  await t.rejects(powerOpening({ driver: 'relay-board', ...board }, openings)(), {
    code: 'PORT_UNREACHABLE',
    port: 'power',
    message: /absent/,
  });
  t.throws(() => powerOpening({ driver: 'isapi', ...gone, password: { env: 'NOT_SET' } }, openings), {
    code: 'CONFIG_MISSING',
    message: /the power of shelf/,
  });
});

t.test('the console of an entry is opened here or over the network', async (t) => {
  const speed = { baudRate: 115_200, reopenMs: 0 };
  await t.rejects(serialOpening({ path: '/dev/absent', ...speed }, openings)(), {
    code: 'PORT_UNREACHABLE',
    message: /\/dev\/absent/,
  });
  for (const protocol of ['raw', 'rfc2217'] as const) {
    const place = { driver: 'tcp', host: '127.0.0.1', port: 9, protocol } as const;
    await t.rejects(serialOpening({ ...place, ...speed }, openings)(), {
      code: 'PORT_UNREACHABLE',
      message: /127\.0\.0\.1:9/,
      hint: /ser2net runs/,
    });
  }
});

t.test('a secret that is not set is told before anything is opened, with whose it is', async (t) => {
  const access = { url: 'https://192.0.2.9', user: 'admin', password: { env: 'NOT_SET' } } as const;
  const missing = (whose: string) => ({
    code: 'CONFIG_MISSING',
    message: `no password for the ${whose} of shelf: environment variable NOT_SET is not set`,
    hint: /set it/,
  });
  t.throws(() => displayOpening({ driver: 'pikvm', ...access }, openings), missing('display'));
  t.throws(() => powerOpening({ driver: 'pikvm', ...access }, openings), missing('power'));
  t.throws(
    () =>
      displayOpening({ driver: 'vnc', host: '192.0.2.9', port: 5900, password: { secret: 'kvm' } }, openings),
    { code: 'CONFIG_MISSING', message: /secret kvm is not set/ },
  );
});
