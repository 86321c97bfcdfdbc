import t from 'tap';
import { systemClock as clock } from '../../../terms/clock.ts';
import { powerContract } from '../../ports/power.contract.ts';
import { type KvmdServer, serveKvmd, USER } from '../pikvm/kvmd.fixture.ts';
import { openPikvmPower } from './pikvm.ts';

const access = (kvm: KvmdServer) => ({
  url: kvm.url,
  ...USER,
  tls: { fingerprint: kvm.certificate.fingerprint },
  clock,
});

powerContract(t, 'pikvm', async () => {
  const kvm = await serveKvmd();
  const power = await openPikvmPower(access(kvm));
  return {
    power,
    mains: () => (kvm.world.atx.power ? 'on' : 'off'),
    vanish: () => kvm.vanish(),
    async [Symbol.asyncDispose]() {
      await power[Symbol.asyncDispose]();
      await kvm[Symbol.asyncDispose]();
    },
  };
});

t.test('a PiKVM without an ATX board, or in use, is told', async (t) => {
  await using kvm = await serveKvmd();
  kvm.world.atx.enabled = false;
  await t.rejects(openPikvmPower(access(kvm)), {
    code: 'PORT_UNREACHABLE',
    message: /no ATX board/,
    port: 'power',
    hint: /devices\.yaml/,
  });
  kvm.world.atx.enabled = true;
  await using power = await openPikvmPower(access(kvm));
  kvm.world.atx.busy = true;
  await t.rejects(power.off(), { code: 'PORT_BUSY', message: /409, AtxIsBusyError/ });
  kvm.world.atx.busy = false;
});

t.test('a press that does not reach the recorder is no success', async (t) => {
  await using kvm = await serveKvmd();
  // Time runs a hundred times as fast for the driver.
  const hasty = {
    ...clock,
    monotonic: () => clock.monotonic() * 100,
    sleep: (ms: number, signal?: AbortSignal) => clock.sleep(ms < 1000 ? ms / 100 : ms, signal),
  };
  await using power = await openPikvmPower({ ...access(kvm), clock: hasty });
  kvm.world.atx.wired = false;
  await t.rejects(power.off(), { code: 'PORT_TIMEOUT', message: /LED is not off/, hint: /wired/ });
});
