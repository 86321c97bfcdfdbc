import { randomInt } from 'node:crypto';
import type { EmulatorPlan, EmulatorReady } from '../wire/emulator.ts';
import { sharedBrowser } from './kvm/browser.ts';
import { startRelay, type Unit } from './relay/relay.ts';
import { together } from './together.ts';
import { startTwin } from './twin.ts';

/** Twins and the app-and-mail service they share. */
export interface Emulator extends AsyncDisposable {
  readonly ready: EmulatorReady;
}

/** Starts everything of a plan; resolves when every port listens. One that fails ends the others. */
export async function startEmulator(plan: EmulatorPlan): Promise<Emulator> {
  await using stack = new AsyncDisposableStack();
  const units = new Map<string, Unit>();
  const relay = stack.use(
    await startRelay({
      smtp: plan.smtp,
      unitOf: (serialNumber) => units.get(serialNumber),
      isOwn: (address) => [...units.values()].some(({ brand }) => brand.service.mailbox === address),
    }),
  );
  const common = {
    relayKey: relay.publicKey,
    seed: plan.seed ?? randomInt(2 ** 32),
    browser: stack.use(sharedBrowser()),
  };
  const recorders = await together(
    plan.recorders.map(async (recorder) => {
      const { endpoints, unit, onRestored } = stack.use(await startTwin(recorder, common));
      units.set(endpoints.serialNumber, unit);
      onRestored(() => relay.forget(endpoints.serialNumber));
      return endpoints;
    }),
  );
  const closing = stack.move();
  return {
    ready: { ready: true, pid: process.pid, relayUrl: relay.url, relaySmtp: relay.smtp, recorders },
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  };
}
