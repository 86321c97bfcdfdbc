import { HarnessError } from '../../../terms/error.ts';
import { PIKVM, type PikvmAtx } from '../../../wire/pikvm.ts';
import type { Power } from '../../ports/power.ts';
import { type PikvmAccess, type PikvmService, pikvmService } from '../pikvm/service.ts';

/** kvmd presses for 5.5 s to cut the power, and waits 1 s after, ms. */
const PRESS_MS = 7_000;
/** Longest time from the press to the LED, ms. */
const LED_MS = 10_000;
const POLL_MS = 100;

type Ask = PikvmService['ask'];

/**
 * The power of a recorder whose power switch and power LED are wired to a PiKVM's ATX board. What the LED shows is the
 * state: a press is no proof. On dispose the power is on again; where that cannot be done although this driver had cut
 * it, dispose throws. Beside what the port promises: PORT_TIMEOUT where the LED does not follow, PORT_BUSY,
 * CREDENTIALS_REFUSED.
 * @throws HarnessError PORT_UNREACHABLE where the PiKVM has no ATX board
 */
export async function openPikvmPower(access: PikvmAccess): Promise<Power> {
  const { clock } = access;
  const service = pikvmService(access, 'power');
  let cut = false;

  async function turn(ask: Ask, to: 'on' | 'off'): Promise<void> {
    const action = to === 'on' ? 'on' : 'off_hard';
    await ask(PIKVM.atxPower, { query: { action, wait: 1 }, takesMs: PRESS_MS });
    const until = clock.monotonic() + LED_MS;
    while ((await state(ask)) !== to) {
      if (clock.monotonic() >= until)
        throw new HarnessError('PORT_TIMEOUT', `the power LED is not ${to} ${LED_MS} ms after the press`, {
          port: 'power',
          hint: 'see that power switch and power LED of the recorder are wired to the ATX board',
        });
      await clock.sleep(POLL_MS);
    }
  }

  try {
    await boardOf(service);
  } catch (error) {
    service.abort();
    throw error;
  }
  return {
    cuts: true,
    safeState: 'on',
    async off() {
      if (!service.closed) cut = true;
      await turn(service.ask, 'off');
    },
    async on() {
      await turn(service.ask, 'on');
      cut = false;
    },
    state: () => state(service.ask),
    [Symbol.asyncDispose]: () =>
      service.close(async (ask) => {
        try {
          if ((await state(ask)) === 'off') await turn(ask, 'on');
        } catch (error) {
          if (cut) throw error;
        }
      }),
  };
}

/** How the power stands by its LED; nothing is pressed. @throws HarnessError as {@link openPikvmPower} */
export async function lookAtPikvmPower(access: PikvmAccess): Promise<'on' | 'off'> {
  const service = pikvmService(access, 'power');
  try {
    return (await boardOf(service)).leds.power ? 'on' : 'off';
  } finally {
    service.abort();
  }
}

async function boardOf(service: PikvmService): Promise<PikvmAtx> {
  const atx = await service.ask<PikvmAtx>(PIKVM.atx);
  if (atx.enabled) return atx;
  throw new HarnessError('PORT_UNREACHABLE', `the PiKVM at ${service.where} has no ATX board`, {
    port: 'power',
    hint: 'plug one in, or leave `power` out in devices.yaml',
  });
}

async function state(ask: Ask): Promise<'on' | 'off'> {
  return (await ask<PikvmAtx>(PIKVM.atx)).leds.power ? 'on' : 'off';
}
