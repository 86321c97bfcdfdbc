import type { Clock } from '../terms/clock.ts';
import { HarnessError } from '../terms/error.ts';
import type { KeptHttp } from './kept-http.ts';

/** Boots that the console tells of. */
export interface BootWatch {
  /** Whether one began since the last that was settled. */
  fresh(): boolean;
  /** All that began so far are over and done with. */
  settle(): void;
}

/** By what one knows whether a recorder is there. */
interface Contact {
  readonly http: KeptHttp;
  readonly clock: Clock;
  /** Where there is a console. */
  readonly boots?: BootWatch;
  /** How long the recorder may take to boot, ms. */
  readonly bootTimeoutMs: number;
}

/**
 * Asks over HTTP until no answer comes any more: what is seen before that is a recorder that has yet to reboot. Boot
 * text on the console tells the same, where a bench was too busy to see the short silence.
 */
export async function goneAway(tools: Contact): Promise<void> {
  const deadline = tools.clock.monotonic() + tools.bootTimeoutMs;
  while (tools.clock.monotonic() <= deadline) {
    try {
      await tools.http.activated();
    } catch (error) {
      if (isAway(error)) return;
      throw error;
    }
    if (tools.boots?.fresh() === true) return;
    await tools.clock.sleep(50);
  }
  throw new HarnessError(
    'STATE_NOT_REACHED',
    `the recorder still answered over HTTP ${tools.bootTimeoutMs} ms after it was told to reboot`,
    { port: 'http' },
  );
}

function isAway(error: unknown): boolean {
  return error instanceof HarnessError && ['PORT_UNREACHABLE', 'PORT_TIMEOUT'].includes(error.code);
}

/** Asks over HTTP, again and again, until it is so; a recorder that is away meanwhile is waited for. */
export async function untilHttp(
  tools: Pick<Contact, 'clock' | 'bootTimeoutMs'>,
  what: string,
  done: () => Promise<boolean>,
): Promise<void> {
  const deadline = tools.clock.monotonic() + tools.bootTimeoutMs;
  for (;;) {
    let cause: unknown;
    try {
      if (await done()) return;
    } catch (error) {
      if (!isAway(error)) throw error;
      cause = error;
    }
    if (tools.clock.monotonic() > deadline)
      throw new HarnessError('STATE_NOT_REACHED', `waited ${tools.bootTimeoutMs} ms for ${what}`, { cause });
    await tools.clock.sleep(100);
  }
}
