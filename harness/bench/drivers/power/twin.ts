import type { Clock } from '../../../terms/clock.ts';
import { HarnessError } from '../../../terms/error.ts';
import type { Power } from '../../ports/power.ts';
import { newJsonService } from '../json-service.ts';

/**
 * The mains of a twin, by its control port. On dispose the power is on again; where that cannot be done although
 * this driver had cut it, dispose throws.
 * @throws HarnessError PORT_UNREACHABLE when the control port does not answer
 */
export async function openTwinPower(options: {
  readonly controlUrl: string;
  readonly clock: Clock;
}): Promise<Power> {
  const service = newJsonService({
    url: options.controlUrl,
    port: 'power',
    what: "the twin's control port",
    clock: options.clock,
  });
  let cut = false;
  const read = (answer: unknown): 'on' | 'off' => {
    const power = (answer as { readonly power?: unknown } | undefined)?.power;
    if (power === 'on' || power === 'off') return power;
    throw new HarnessError('PORT_PROTOCOL', "the twin's control port does not tell the power's state.", {
      port: 'power',
      hint: `Check that the control URL is a twin's: ${options.controlUrl}.`,
    });
  };
  const status = { method: 'GET', path: '/status' } as const;
  const turn = (state: 'on' | 'off') => ({ method: 'POST', path: '/power', body: { state } }) as const;

  read(await service.order(status));
  return {
    cuts: true,
    safeState: 'on',
    async off() {
      if (!service.closed) cut = true;
      await service.order(turn('off'));
    },
    async on() {
      await service.order(turn('on'));
      cut = false;
    },
    state: async () => read(await service.order(status)),
    [Symbol.asyncDispose]: () =>
      service.close(async (call) => {
        try {
          if (read(await call(status)) === 'off') await call(turn('on'));
        } catch (error) {
          if (cut) throw error;
        }
      }),
  };
}
