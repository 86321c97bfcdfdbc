import type { CaseContext } from './case.ts';

/**
 * A time that runs at the recorder: a slow bench takes part of it, and the rest is made to pass by the recorder's clock.
 * It begins when this is made.
 */
export class Countdown {
  readonly #context: Pick<CaseContext, 'gui' | 'time'>;
  readonly #seconds: number;
  readonly #begun: number;
  #advanced = 0;
  /** @param seconds how long it runs */
  constructor(context: Pick<CaseContext, 'gui' | 'time'>, seconds: number) {
    this.#context = context;
    this.#seconds = seconds;
    this.#begun = context.gui.clock.monotonic();
  }

  /** Lets time pass until so much is left, s; less may be left where the bench took longer. */
  async leave(seconds: number): Promise<void> {
    const { gui, time } = this.#context;
    const passed = (gui.clock.monotonic() - this.#begun) / 1000 + this.#advanced;
    const wanted = this.#seconds - seconds - passed;
    if (wanted <= 0) return;
    this.#advanced += wanted;
    await time.advance(Math.ceil(wanted * 1000));
  }
}
