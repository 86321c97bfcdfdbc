import type { Clock } from '../../../terms/clock.ts';
import type { Network } from '../../ports/network.ts';
import { newJsonService } from '../json-service.ts';

/**
 * The network cable of a twin, by its control port. On dispose it is plugged in again; where that cannot be done
 * although this driver had pulled it, dispose throws.
 * @throws HarnessError PORT_UNREACHABLE when the control port does not answer
 */
export async function openTwinNetwork(options: {
  readonly controlUrl: string;
  readonly clock: Clock;
}): Promise<Network> {
  const service = newJsonService({
    url: options.controlUrl,
    port: 'network',
    what: "the twin's control port",
    clock: options.clock,
  });
  let pulled = false;
  const plug = (state: 'up' | 'down') => ({ method: 'POST', path: '/network', body: { state } }) as const;

  await service.order({ method: 'GET', path: '/status' });
  return {
    async down() {
      if (!service.closed) pulled = true;
      await service.order(plug('down'));
    },
    async up() {
      await service.order(plug('up'));
      pulled = false;
    },
    [Symbol.asyncDispose]: () =>
      service.close(async (call) => {
        if (pulled) await call(plug('up'));
      }),
  };
}
