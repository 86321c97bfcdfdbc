import { setTimeout as sleep } from 'node:timers/promises';
import type { PikvmAtx } from '../../wire/pikvm.ts';
import { ApiError } from './reply.ts';

export const ATX_ACTIONS = ['on', 'off', 'off_hard', 'reset_hard'] as const;
export const ATX_BUTTONS = ['power', 'power_long', 'reset'] as const;

/** The mains of a recorder. */
export interface Mains {
  readonly powered: boolean;
  on(): void;
  off(): void;
}

/** How long buttons are pressed, and nothing is taken afterwards, ms. Default: kvmd's own. */
export interface AtxTiming {
  readonly clickMs: number;
  readonly longClickMs: number;
  readonly settleMs: number;
}
const KVMD_TIMING: AtxTiming = { clickMs: 100, longClickMs: 5500, settleMs: 1000 };

/**
 * The ATX board of a KVM, wired to a recorder's mains as to a PC: the power button switches it, a long press only off;
 * the reset button takes the power away while it is pressed.
 */
export class Atx {
  readonly #mains: Mains;
  readonly #timing: AtxTiming;
  readonly #closing = new AbortController();
  readonly #busy = new Set<'power' | 'reset'>();

  constructor(mains: Mains, timing: AtxTiming = KVMD_TIMING) {
    this.#mains = mains;
    this.#timing = timing;
  }

  state(): PikvmAtx {
    return {
      enabled: true,
      busy: this.#busy.size > 0,
      acts: { power: this.#busy.has('power'), reset: this.#busy.has('reset') },
      leds: { power: this.#mains.powered, hdd: false },
    };
  }

  /** @throws ApiError 409 while the switch is at work */
  async power(action: (typeof ATX_ACTIONS)[number], wait: boolean): Promise<void> {
    if ((action === 'on') === this.#mains.powered) return;
    const button = { on: 'power', off: 'power', off_hard: 'power_long', reset_hard: 'reset' } as const;
    await this.click(button[action], wait);
  }

  /** Resolves when the button is pressed; with `wait`, when it can be pressed again. */
  async click(button: (typeof ATX_BUTTONS)[number], wait: boolean): Promise<void> {
    const part = button === 'reset' ? 'reset' : 'power';
    if (this.#busy.has(part))
      throw new ApiError(409, 'AtxIsBusyError', 'Performing another ATX operation, please try again later');
    this.#busy.add(part);
    const done = this.#press(button)
      // The KVM was closed.
      .catch(() => undefined)
      .finally(() => this.#busy.delete(part));
    if (wait) await done;
  }

  [Symbol.dispose](): void {
    this.#closing.abort();
  }

  async #press(button: (typeof ATX_BUTTONS)[number]): Promise<void> {
    const { clickMs, longClickMs, settleMs } = this.#timing;
    const { signal } = this.#closing;
    const was = this.#mains.powered;
    if (button === 'power' && !was) this.#mains.on();
    else if (button !== 'power_long' && was) this.#mains.off();
    await sleep(button === 'power_long' ? longClickMs : clickMs, undefined, { signal });
    if (button === 'power_long' && was) this.#mains.off();
    if (button === 'reset' && was) this.#mains.on();
    await sleep(settleMs, undefined, { signal });
  }
}
