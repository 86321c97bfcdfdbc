import type { Clock } from '../../../terms/clock.ts';
import { HarnessError } from '../../../terms/error.ts';
import type { Power } from '../../ports/power.ts';
import type { TlsTrust } from '../pikvm/pinned.ts';
import { askPdu, type PduAuth, type PduRequest } from './pdu-request.ts';
import { type PduReading, readPduState } from './pdu-state.ts';

export interface HttpPduOptions {
  readonly on: PduRequest;
  readonly off: PduRequest;
  readonly state: PduRequest & { readonly read: PduReading };
  readonly auth: PduAuth;
  readonly tls?: TlsTrust;
  readonly clock: Clock;
  /** Longest time for one answer, ms. Default 5,000. */
  readonly timeoutMs?: number;
  /** Longest time from an order to the state that follows it, ms. Default 10,000. */
  readonly settleMs?: number;
}

const TIMEOUT_MS = 5_000;
const SETTLE_MS = 10_000;
const POLL_MS = 200;

/**
 * A recorder's supply through an outlet that is switched over HTTP, by the requests of a template. The state that the
 * device tells decides, not that it took the order: until it follows, orders that failed on the way (no answer, 5xx)
 * are given again, as giving one twice does nothing else. What the device tells is its order to the relay; only the
 * recorder itself can prove a cut.
 * @throws HarnessError PORT_UNREACHABLE, PORT_TIMEOUT, PORT_PROTOCOL, CREDENTIALS_REFUSED where the state cannot be read
 */
export async function openHttpPdu(options: HttpPduOptions): Promise<Power> {
  const { clock, timeoutMs, settleMs = SETTLE_MS } = options;
  let cut = false;
  let closing: Promise<void> | undefined;
  let queue: Promise<unknown> = Promise.resolve();

  const ask = asking(options, timeoutMs);
  const state = () => lookAtHttpPdu(options);

  async function turn(to: 'on' | 'off'): Promise<void> {
    const until = clock.monotonic() + settleMs;
    let ordered = false;
    for (;;) {
      let why: unknown;
      try {
        if (!ordered) await ask(to === 'on' ? options.on : options.off);
        ordered = true;
        if ((await state()) === to) return;
      } catch (error) {
        why = error;
        // An order may have been refused for good; a device may also be slow, or answer 500 while it switches.
        if (error instanceof HarnessError && !passes(error)) throw error;
      }
      if (clock.monotonic() >= until) throw why ?? stuck(to, settleMs);
      await clock.sleep(POLL_MS);
    }
  }

  function next<T>(work: () => Promise<T>): Promise<T> {
    if (closing !== undefined)
      return Promise.reject(new HarnessError('PORT_CLOSED', 'the power port is closed', { port: 'power' }));
    const mine = queue.then(work);
    queue = mine.catch(() => undefined);
    return mine;
  }

  await state();
  return {
    cuts: true,
    safeState: 'on',
    off: () =>
      next(() => {
        cut = true;
        return turn('off');
      }),
    on: () =>
      next(async () => {
        await turn('on');
        cut = false;
      }),
    state: () => next(state),
    [Symbol.asyncDispose]() {
      closing ??= queue.then(async () => {
        try {
          if (cut || (await state()) === 'off') await turn('on');
        } catch (error) {
          if (cut) throw error;
        }
      });
      return closing;
    },
  };
}

/** How the outlet stands; nothing is switched. @throws HarnessError as {@link openHttpPdu} */
export async function lookAtHttpPdu(options: HttpPduOptions): Promise<'on' | 'off'> {
  const { state, timeoutMs } = options;
  return readPduState((await asking(options, timeoutMs)(state)).body, state.read);
}

function asking({ auth, clock, tls }: HttpPduOptions, timeoutMs = TIMEOUT_MS) {
  return (request: PduRequest) =>
    askPdu({ request, auth, clock, timeoutMs, ...(tls === undefined ? {} : { tls }) });
}

/** Whether it may be better the next time. */
function passes(error: HarnessError): boolean {
  if (error.code === 'PORT_PROTOCOL') return / answers 5\d\d$/.test(error.message);
  return error.code === 'PORT_UNREACHABLE' || error.code === 'PORT_TIMEOUT';
}

function stuck(to: 'on' | 'off', settleMs: number): HarnessError {
  return new HarnessError(
    'PORT_TIMEOUT',
    `the power switch took the order, and ${settleMs} ms later still does not say that it is ${to}`,
    {
      port: 'power',
      hint: 'look at the outlet: its relay is stuck, the state is of another outlet, or it is an old one',
    },
  );
}
