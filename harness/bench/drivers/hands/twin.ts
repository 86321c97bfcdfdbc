import type { Clock } from '../../../terms/clock.ts';
import type { DefectState } from '../../../wire/emulator.ts';
import type { Hands } from '../../ports/hands.ts';
import { newJsonService } from '../json-service.ts';

/**
 * Time, snapshots, defects and mails of a twin, by its control port. What it refuses (a name it does not know) is
 * PORT_PROTOCOL.
 * @throws HarnessError PORT_UNREACHABLE when the control port does not answer
 */
export async function openTwinHands(options: {
  readonly controlUrl: string;
  readonly clock: Clock;
}): Promise<Hands> {
  const service = newJsonService({
    url: options.controlUrl,
    port: 'hands',
    what: "the twin's control port",
    clock: options.clock,
  });
  const post = async (path: string, body: unknown) => {
    await service.order({ method: 'POST', path, body });
  };
  await service.order({ method: 'GET', path: '/status' });
  return {
    advance: (ms) => post('/time', { advanceMs: ms }),
    snapshot: (name) => post('/snapshot', { name }),
    restore: (name) => post('/restore', { name }),
    setDefects: (active) => post('/defects', { active }),
    async metDefects() {
      const { met } = (await service.order({ method: 'GET', path: '/defects' })) as DefectState;
      return met;
    },
    setMail: (route) => post('/mail', route),
    [Symbol.asyncDispose]: () => service.close(),
  };
}
