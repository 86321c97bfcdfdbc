import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { systemClock as clock } from '../../terms/clock.ts';
import type { MailRoute } from '../../wire/mail-route.ts';
import { handsContract } from '../ports/hands.contract.ts';
import { networkContract } from '../ports/network.contract.ts';
import { powerContract } from '../ports/power.contract.ts';
import { usbContract } from '../ports/usb.contract.ts';
import { openTwinHands } from './hands/twin.ts';
import { type FixtureServer, serveJson } from './json-server.fixture.ts';
import { openTwinNetwork } from './network/twin.ts';
import { openTwinPower } from './power/twin.ts';
import { openTwinUsb } from './usb/folder.ts';

interface Control extends FixtureServer {
  readonly world: {
    power: 'on' | 'off';
    age: number;
    memory: string;
    folder: string | null;
    link: 'up' | 'down';
    met: string[];
    route: MailRoute;
  };
  readonly orders: string[];
}

/** The control port of a twin, as `wire/emulator.ts` says it. */
async function serveControl(slowMs = 0): Promise<Control> {
  const world: Control['world'] = {
    power: 'on',
    age: 0,
    memory: '',
    folder: null,
    link: 'up',
    met: [],
    route: { kind: 'straight' },
  };
  const orders: string[] = [];
  const stored = new Map<string, string>();
  const server = await serveJson(async ({ route, body }) => {
    const asked = body as Record<string, unknown> | undefined;
    if (route !== 'GET /status') orders.push(`${route} ${JSON.stringify(body)}`);
    if (slowMs > 0 && route !== 'GET /status') await clock.sleep(slowMs);
    switch (route) {
      case 'GET /status':
        return [200, { power: world.power, phase: world.power === 'on' ? 'ready' : 'off', clock: 'x' }];
      case 'POST /power':
        world.power = asked?.state === 'off' ? 'off' : 'on';
        return [200, {}];
      case 'POST /time':
        world.age += Number(asked?.advanceMs);
        return [200, {}];
      case 'POST /snapshot':
        stored.set(String(asked?.name), world.memory);
        return [200, {}];
      case 'POST /restore': {
        const memory = stored.get(String(asked?.name));
        if (memory === undefined) return [404, { error: `no snapshot ${asked?.name}` }];
        world.memory = memory;
        return [200, {}];
      }
      case 'GET /defects':
        return [200, { active: [], met: world.met }];
      case 'POST /defects':
        if (JSON.stringify(asked?.active).includes('no-such')) return [400, { error: 'no defect' }];
        world.met = [];
        return [200, {}];
      case 'POST /network':
        world.link = asked?.state === 'down' ? 'down' : 'up';
        return [200, {}];
      case 'POST /mail':
        if (JSON.stringify(body).includes('no-such')) return [400, { error: 'mails.0.0: Invalid option' }];
        world.route = body as MailRoute;
        return [200, {}];
      case 'POST /usb':
        world.folder = asked?.folder === null ? null : String(asked?.folder);
        return [200, {}];
      default:
        return [404, { error: 'no such route' }];
    }
  });
  return { ...server, world, orders };
}
async function openFolder() {
  const folder = await mkdtemp(join(tmpdir(), 'resetbench-usb-'));
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
}

powerContract(t, 'twin', async () => {
  const control = await serveControl(20);
  const power = await openTwinPower({ controlUrl: control.url, clock });
  return {
    power,
    mains: () => control.world.power,
    vanish: () => control[Symbol.asyncDispose](),
    async [Symbol.asyncDispose]() {
      await power[Symbol.asyncDispose]();
      await control[Symbol.asyncDispose]();
    },
  };
});

networkContract(t, 'twin', async () => {
  const control = await serveControl();
  const network = await openTwinNetwork({ controlUrl: control.url, clock });
  return {
    network,
    linked: () => control.world.link === 'up',
    vanish: () => control[Symbol.asyncDispose](),
    async [Symbol.asyncDispose]() {
      await network[Symbol.asyncDispose]();
      await control[Symbol.asyncDispose]();
    },
  };
});

handsContract(t, 'twin', async () => {
  const control = await serveControl();
  const hands = await openTwinHands({ controlUrl: control.url, clock });
  return {
    hands,
    age: () => control.world.age,
    route: () => control.world.route,
    memory: {
      get: () => control.world.memory,
      set: (value) => {
        control.world.memory = value;
      },
    },
    defect: { id: 'a-defect', meet: async () => void control.world.met.push('a-defect') },
    vanish: () => control[Symbol.asyncDispose](),
    async [Symbol.asyncDispose]() {
      await hands[Symbol.asyncDispose]();
      await control[Symbol.asyncDispose]();
    },
  };
});

usbContract(t, 'folder', async () => {
  const control = await serveControl();
  const place = await openFolder();
  const usb = await openTwinUsb({ controlUrl: control.url, folder: join(place.folder, 'drive'), clock });
  return {
    usb,
    write: (name, bytes) => writeFile(join(control.world.folder ?? '/nowhere', name), bytes),
    seen: () => control.world.folder !== null,
    vanish: () => control[Symbol.asyncDispose](),
    async [Symbol.asyncDispose]() {
      await using _ = place;
      await usb[Symbol.asyncDispose]();
      await control[Symbol.asyncDispose]();
    },
  };
});

t.test('sends exactly what the control port expects', async (t) => {
  await using control = await serveControl();
  await using place = await openFolder();
  const options = { controlUrl: `${control.url}/`, clock };
  const power = await openTwinPower(options);
  const hands = await openTwinHands(options);
  const usb = await openTwinUsb({ ...options, folder: place.folder });
  await power.off();
  await hands.advance(60_000);
  await hands.snapshot('s');
  await hands.restore('s');
  await hands.setMail({ kind: 'script', mails: [['greylist'], ['html-only', 'foreign']] });
  await usb.insert();
  await usb[Symbol.asyncDispose]();
  await hands[Symbol.asyncDispose]();
  await power[Symbol.asyncDispose]();
  t.same(control.orders, [
    'POST /power {"state":"off"}',
    'POST /time {"advanceMs":60000}',
    'POST /snapshot {"name":"s"}',
    'POST /restore {"name":"s"}',
    'POST /mail {"kind":"script","mails":[["greylist"],["html-only","foreign"]]}',
    `POST /usb {"folder":${JSON.stringify(place.folder)}}`,
    'POST /usb {"folder":null}',
    'POST /power {"state":"on"}',
  ]);
});

t.test('closing the power sends nothing where it is on, also when something else switched it', async (t) => {
  await using control = await serveControl();
  const calm = await openTwinPower({ controlUrl: control.url, clock });
  await calm[Symbol.asyncDispose]();
  t.same(control.orders, []);
  const other = await openTwinPower({ controlUrl: control.url, clock });
  control.world.power = 'off';
  await other[Symbol.asyncDispose]();
  t.equal(control.world.power, 'on', 'a restored snapshot may have brought the dark back');
});

t.test('reads drives with folders, and follows no link out of them', async (t) => {
  await using control = await serveControl();
  await using place = await openFolder();
  await using usb = await openTwinUsb({ controlUrl: control.url, folder: place.folder, clock });
  await mkdir(join(place.folder, 'reset'));
  await writeFile(join(place.folder, 'reset', 'qr.png'), 'x');
  await symlink('/etc/hostname', join(place.folder, 'link'));
  t.same(
    (await usb.files()).map((file) => file.name),
    ['reset/qr.png'],
  );
  await rm(place.folder, { recursive: true });
  await t.rejects(usb.files(), { code: 'PORT_UNREACHABLE', hint: /folder/ });
  await mkdir(place.folder);
});

t.test('what is no twin is told apart when it is opened', async (t) => {
  const gone = { controlUrl: 'http://127.0.0.1:9', clock };
  await t.rejects(openTwinPower(gone), {
    code: 'PORT_UNREACHABLE',
    port: 'power',
    message: /was not asked: no web client may use that port/,
  });
  await t.rejects(openTwinHands(gone), { code: 'PORT_UNREACHABLE', port: 'hands' });
  await t.rejects(openTwinUsb({ ...gone, folder: tmpdir() }), { code: 'PORT_UNREACHABLE', port: 'usb' });
  await t.rejects(openTwinUsb({ ...gone, folder: '/dev/null/x' }), {
    code: 'PORT_UNREACHABLE',
    hint: /folder/,
  });
  await using page = await serveJson(async () => [200, '<h1>hello</h1>']);
  await t.rejects(openTwinPower({ controlUrl: page.url, clock }), { code: 'PORT_PROTOCOL' });
  await using refusing = await serveJson(async () => [404, { error: 'no such route' }]);
  await t.rejects(openTwinHands({ controlUrl: refusing.url, clock }), {
    code: 'PORT_PROTOCOL',
    message: /404.*no such route/,
  });
});
