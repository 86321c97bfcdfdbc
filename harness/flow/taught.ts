import type { Display } from '../bench/ports/display.ts';
import type { Frame, Reading } from '../terms/frame.ts';
import { fingerprint } from './look.ts';

/** Who learns from what a document says of frames. */
export interface Pupil {
  /** Whether a screen is worth a frame of its own. */
  isNew(reading: Reading): boolean;
  /** A frame, and what the document says of it. */
  show(frame: Frame, reading: Reading): Promise<void>;
}

/** How long a screen must stand still to be photographed, ms: what fades in has done so. */
const REST_MS = 200;

/**
 * A display with a document, that hands on frames together with what the document says of them: what somebody needs who
 * learns to do without. Each new screen that stands still is photographed. A frame during which the screen changed is
 * not handed on.
 */
export function taught(display: Display & Required<Pick<Display, 'read'>>, pupil: Pupil): Display {
  let last: Reading | undefined;

  /** Waits for the screen to rest, and photographs it; answers what is shown then. */
  async function lesson(before: Reading): Promise<Reading> {
    const rested = await display.read({ withinMs: REST_MS, stillMs: REST_MS });
    if (fingerprint(rested) !== fingerprint(before)) return rested;
    const frame = await display.frame();
    const after = await display.read();
    if (fingerprint(after) === fingerprint(rested)) await pupil.show(frame, after);
    return after;
  }

  return {
    get source() {
      return display.source;
    },
    ...(display.layout === undefined ? {} : { layout: display.layout }),
    async frame(signal) {
      const before = last;
      const frame = await display.frame(signal);
      const after = await display.read();
      if (before !== undefined && fingerprint(before) === fingerprint(after)) await pupil.show(frame, after);
      return frame;
    },
    async read(wait) {
      const reading = await display.read(wait);
      last = pupil.isNew(reading) ? await lesson(reading) : reading;
      return last;
    },
    moveTo: (x, y) => display.moveTo(x, y),
    async click(x, y, button) {
      await display.click(x, y, button);
      // Nothing may lie under the pointer that is to be learned.
      await display.moveTo((last?.width ?? 3) - 2, (last?.height ?? 3) - 2);
    },
    async drag(points) {
      await display.drag(points);
      await display.moveTo((last?.width ?? 3) - 2, (last?.height ?? 3) - 2);
    },
    press: (key, times) => display.press(key, times),
    type: (text) => display.type(text),
    [Symbol.asyncDispose]: () => display[Symbol.asyncDispose](),
  };
}
