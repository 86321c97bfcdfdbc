import type { Display, KeyName } from '../bench/ports/display.ts';
import type { Calibration } from '../terms/calibration.ts';
import type { Clock } from '../terms/clock.ts';
import type { Box, Frame, Item, Reading } from '../terms/frame.ts';
import { centre, find, fingerprint, type Labels } from './look.ts';
import { type Pace, paceOf } from './pace.ts';
import { type LabelBook, type Screens, screensOf } from './screens.ts';
import type { Trace } from './trace.ts';
import { fillField, type Hand } from './typing.ts';
import { POLL_MS, type Reached, type UntilOptions, type Watch, watchOf } from './watch.ts';

export interface GuiOptions {
  readonly display: Display;
  readonly labels: LabelBook;
  readonly clock: Clock;
  readonly trace: Trace;
  /** How long a screen may take, ms. */
  readonly patienceMs: number;
  /** Ends every act and wait with its reason. */
  readonly signal?: AbortSignal;
}

/** Largest mouse pointer, px. */
const POINTER_PX = 40;

/** What an act led to. */
export interface Acted<T> {
  readonly value: T;
  readonly reading: Reading;
  readonly before: Reading;
  /** Being grabbed, where one is kept. */
  readonly frame: Promise<Frame> | undefined;
}

/** How long a picture must stand still to count as settled where nobody knows what to wait for, ms. */
const POKED_STILL_MS = 60;
/** How long to wait for an input to show any effect before it counts as 'nothing', ms. */
const EFFECT_MS = 1500;

/** Looks at the screen and acts on it: press and wait. Every act answers with what the screen did. */
export class Gui {
  readonly screens: Screens;
  readonly #o: GuiOptions;
  readonly #pace: Pace;
  readonly #watch: Watch;
  /** A frame being grabbed: the next input waits for it, nothing else does. */
  #grab: Promise<unknown> = Promise.resolve();
  /** What the frame kept last showed. */
  #kept: string | undefined;
  constructor(options: GuiOptions) {
    this.#o = options;
    this.screens = screensOf(options.labels);
    this.#pace = paceOf(options.display);
    this.#watch = watchOf({ ...options, pace: this.#pace, busy: this.screens.busy });
  }

  /** The labels of the profile for one meaning. */
  label(name: string): Labels {
    return this.#o.labels[name] ?? [];
  }
  get trace(): Trace {
    return this.#o.trace;
  }
  /** What is known of the capture that the picture comes through; undefined where a document is read. */
  get calibration(): Calibration | undefined {
    return this.#o.display.calibration;
  }
  get clock(): Clock {
    return this.#o.clock;
  }

  /** What is visible now. */
  look(): Promise<Reading> {
    return this.#watch.look();
  }
  /** Waits until `wanted` answers something on a picture that stands still; SCREEN_NOT_REACHED names what was seen. */
  until<T>(
    what: string,
    wanted: (r: Reading) => T | undefined,
    options: UntilOptions = {},
  ): Promise<Reached<T>> {
    return this.#watch.until(what, wanted, options);
  }
  /** Something else than an input changed the recorder: what is visible counts from a moment later on. */
  disturbed(): void {
    this.#watch.disturbed();
  }

  /** Grabs a frame and keeps it as evidence. */
  async photograph(title: string): Promise<Frame> {
    return (await this.pictured(title)).frame;
  }
  /** The same, with what is to be read on it. */
  pictured(title: string): Promise<{ readonly frame: Frame; readonly reading: Reading }> {
    return this.#o.trace.step(title, async () => {
      await this.#grab;
      const reading = await this.look();
      // What was read by eye was read on a picture: another one may show the next screen already.
      const frame = reading.frame ?? (await this.#o.display.frame());
      this.#kept = fingerprint(reading);
      this.#o.trace.frame(title, frame, [reading, await this.look()]);
      return { frame, reading };
    });
  }
  /** Moves the pointer to the bottom right corner; the box is where it may be seen there. */
  async parkPointer(): Promise<Box> {
    const { width, height } = await this.look();
    await this.#input(() => this.#o.display.moveTo(width - 2, height - 2));
    const { reading } = await this.until('the screen to stand still', (r) => r);
    return {
      x: reading.width - POINTER_PX,
      y: reading.height - POINTER_PX,
      width: POINTER_PX,
      height: POINTER_PX,
    };
  }
  /** What the picture comes through. */
  get source(): string {
    return this.#o.display.source;
  }
  /** Whether the keyboard of this bench can write a text. */
  canType(text: string): boolean {
    return this.#o.display.layout !== 'us' || /^[ -~]*$/.test(text);
  }

  /** Keeps a frame of a screen that stands still, while the flow goes on reading. */
  #keep(title: string, reading: Reading): Promise<Frame> {
    // What was read by eye was read on a picture: that one is kept.
    const grab = reading.frame === undefined ? this.#o.display.frame() : Promise.resolve(reading.frame);
    this.#grab = grab.catch(() => undefined);
    this.#kept = fingerprint(reading);
    this.#o.trace.frame(title, grab, [reading]);
    return grab;
  }
  /** Every input goes through here: it waits until the last frame is in. */
  async #input(input: () => Promise<void>): Promise<void> {
    await this.#grab;
    this.#o.signal?.throwIfAborted();
    await input();
    this.#watch.touched();
  }

  /** Does an input and waits for what it should lead to; keeps a frame of where it led. */
  async act<T>(
    title: string,
    input: () => Promise<void>,
    wanted: (r: Reading, before: Reading) => T | undefined,
    options: { readonly timeoutMs?: number; readonly frame?: boolean } = {},
  ): Promise<Acted<T>> {
    return this.#o.trace.step(title, async () => {
      const before = await this.#watch.rested();
      const print = fingerprint(before);
      await this.#input(input);
      try {
        const { value, reading } = await this.until(title, (r) => wanted(r, before), {
          ...options,
          afterInput: true,
        });
        this.#o.trace.effect(fingerprint(reading) === print ? 'nothing' : 'settled');
        const wants = options.frame !== false && this.#kept !== fingerprint(reading);
        const frame = wants ? this.#keep(title, reading) : undefined;
        return { value, reading, before, frame };
      } catch (error) {
        const after = await this.look();
        this.#o.trace.effect(fingerprint(after) === print ? 'nothing' : 'changed');
        await this.photograph(`${title}: not reached`);
        throw error;
      }
    });
  }

  /** Does an input and leaves it at that; or answers as soon as the screen differs, at rest or not. */
  async begin(title: string, input: () => Promise<void>, until: 'pressed' | 'seen'): Promise<void> {
    await this.#o.trace.step(title, async () => {
      const print = fingerprint(await this.look());
      await this.#input(input);
      if (until === 'pressed') return;
      const deadline = this.#o.clock.monotonic() + this.#o.patienceMs;
      let changed = false;
      while (!changed && this.#o.clock.monotonic() < deadline)
        changed = fingerprint(await this.#watch.changed()) !== print;
      this.#o.trace.effect(changed ? 'changed' : 'nothing');
    });
  }

  /** Does an input and answers what the screen did, whatever it was. */
  async poke(
    title: string,
    input: () => Promise<void>,
    options: { readonly waitMs?: number; readonly frame?: boolean } = {},
  ): Promise<{ readonly before: Reading; readonly after: Reading; readonly changed: boolean }> {
    return this.#o.trace.step(title, async () => {
      const clock = this.#o.clock;
      const before = await this.look();
      const print = fingerprint(before);
      await this.#input(input);
      const begun = clock.monotonic();
      const patience = this.#pace.patience(options.waitMs ?? EFFECT_MS);
      let after = before;
      let last = print;
      let stillSince = begun;
      for (;;) {
        const moved = last !== print;
        after = await this.#watch.next({
          withinMs: moved ? POKED_STILL_MS - (clock.monotonic() - stillSince) : POLL_MS,
          stillMs: POKED_STILL_MS,
        });
        const now = clock.monotonic();
        const next = fingerprint(after);
        if (next !== last) stillSince = this.#watch.stillSince(after, now);
        if (!moved && next !== print) this.#pace.answered(now - begun);
        last = next;
        const busy = this.screens.busy(after);
        if (last !== print && now - stillSince >= POKED_STILL_MS && !busy) break;
        if (now - begun > patience && !busy && last === print) break;
        if (now - begun > patience + this.#o.patienceMs) break;
      }
      const changed = last !== print;
      this.#o.trace.effect(changed ? 'settled' : 'nothing');
      // A screen on which nothing happened is the one that was kept before.
      if (options.frame !== false && this.#kept !== last) this.#keep(title, after);
      return { before, after, changed };
    });
  }

  /** Clicks on an item's centre. */
  async click(item: Item, button: 'left' | 'right' = 'left'): Promise<void> {
    const at = centre(item.box);
    await this.#o.display.click(at.x, at.y, button);
  }
  async rightClickOn(reading: Reading): Promise<void> {
    await this.#o.display.click(Math.round(reading.width / 2), Math.round(reading.height / 2), 'right');
  }
  async key(key: KeyName): Promise<void> {
    await this.#o.display.press(key);
  }
  async drag(points: readonly { readonly x: number; readonly y: number }[]): Promise<void> {
    await this.#o.display.drag(points);
  }

  /** Clicks on the button with one of the labels, or presses Enter where something covers it. */
  async confirm(labels: Labels): Promise<void> {
    const button = find(await this.look(), labels, ['button']);
    if (button === undefined) await this.key('Enter');
    else await this.click(button);
  }

  /** Empties a field, types into it, and reads it back. */
  async fill(title: string, target: Item, text: string): Promise<void> {
    await this.#o.trace.step(title, () => fillField(this.#hand(), target, text));
  }
  /** What fields are typed into by. */
  #hand(): Hand {
    const { display, clock, trace } = this.#o;
    return {
      clock,
      trace,
      look: () => this.look(),
      changedAt: (box) => this.#watch.changedAt(box),
      until: (what, wanted, options) => this.until(what, wanted, options),
      click: (item) => this.#input(() => this.click(item)),
      press: (key, times) => this.#input(() => display.press(key, times)),
      type: (text) => this.#input(() => display.type(text)),
      patience: (ms) => this.#pace.patience(ms),
      answered: (ms) => this.#pace.answered(ms),
    };
  }
}
