import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import t from 'tap';
import { TryLedger } from '../../../flow/tries.ts';
import { countedHttp } from '../../../run/counted-http.ts';
import { systemClock as clock } from '../../../terms/clock.ts';
import { failure } from '../../ports/contract-help.ts';
import type { Http } from '../../ports/http.ts';
import { launchEmulator } from '../twin/launch.ts';
import { openIsapiPower } from './isapi.ts';

const PASSWORD = 'Harbour-77';

t.test('a recorder is restarted by its own interface, and never cut', async (t) => {
  await using emulator = await launchEmulator(
    {
      smtp: { host: '127.0.0.1', port: 1 },
      recorders: [
        {
          id: 'restarted',
          family: 'nvr',
          model: 'DS-7616NI-K2',
          firmware: 'V4.30.097',
          build: 'build 240401',
          gui: '4.0',
          language: 'en',
          resolution: '1280x720',
          adminPassword: PASSWORD,
          bootMs: 200,
        },
      ],
    },
    { clock },
  );
  const url = emulator.ready.recorders[0]?.httpUrl ?? '';
  const power = await openIsapiPower({ url, credentials: { user: 'admin', password: PASSWORD }, clock });
  t.match(power, { cuts: false, safeState: 'as it is' });
  t.equal(await power.state(), 'on');
  t.match(await failure(power.off()), {
    code: 'CONFIG_INVALID',
    port: 'power',
    message: /cannot cut/,
    hint: /relay-board/,
  });
  await power.on();
  await power.reboot?.();
  let away = await failure(power.state());
  while (away === undefined) away = await failure(power.state());
  t.match(away, { code: 'PORT_UNREACHABLE', port: 'power', domain: 'bench' });
  while ((await failure(power.state())) !== undefined) await clock.sleep(20);
  t.equal(await power.state(), 'on', 'it is back');
  await power[Symbol.asyncDispose]();
  await power[Symbol.asyncDispose]();
  for (const call of [power.off(), power.on(), power.state()])
    t.equal((await failure(call))?.code, 'PORT_CLOSED');

  const credentials = { user: 'admin', password: 'Wrong-Key-1' };
  const limit = { tries: 7, seconds: 60 };
  const limits = { login: limit, network: limit, code: limit, file: limit };
  const tries = new TryLedger(limits, () => clock.monotonic());
  const counted = (http: Http) => countedHttp(http, tries);
  t.match(await failure(openIsapiPower({ url, credentials, clock, counted })), {
    code: 'CREDENTIALS_REFUSED',
    port: 'power',
    hint: /lock/,
  });
  t.equal(tries.told(), '1 of 7 (network)');
});

t.test('a recorder that refuses a restart, or is not there, is told', async (t) => {
  let status = 200;
  const server = createServer((request, response) => {
    response.writeHead(request.url?.includes('reboot') || status === 500 ? status : 200, {
      'content-type': 'application/xml',
    });
    response.end('<DeviceInfo><model>x</model><serialNumber>y</serialNumber></DeviceInfo>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const access = { url, credentials: { user: 'bench', password: 'x' }, clock };
  await using power = await openIsapiPower(access);
  status = 403;
  t.match(await failure(power.reboot?.() ?? Promise.resolve()), { code: 'CREDENTIALS_REFUSED' });
  status = 503;
  t.match(await failure(power.reboot?.() ?? Promise.resolve()), {
    code: 'PORT_PROTOCOL',
    message: /answers 503 to a restart/,
  });
  status = 500;
  t.match(await failure(openIsapiPower(access)), { code: 'PORT_PROTOCOL', message: /answers 500/ });
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  t.match(await failure(openIsapiPower(access)), { code: 'PORT_UNREACHABLE', port: 'power' });
});
