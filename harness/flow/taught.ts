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

/**
 * A display with a document, that hands on frames together with what the document says of them: what somebody needs who
 * learns to do without. Each screen that is read and new is photographed; a frame during which the screen changed is not
 * handed on.
 */
export function taught(display: Display & Required<Pick<Display, 'read'>>, pupil: Pupil): Display {
  let last: Reading | undefined;

  async function lesson(before: Reading, signal?: AbortSignal): Promise<Frame> {
    const frame = await display.frame(signal);
    const after = await display.read();
    if (fingerprint(before) === fingerprint(after)) await pupil.show(frame, after);
    return frame;
  }

  return {
    get source() {
      return display.source;
    },
    ...(display.layout === undefined ? {} : { layout: display.layout }),
    frame: (signal) => (last === undefined ? display.frame(signal) : lesson(last, signal)),
    async read(wait) {
      const reading = await display.read(wait);
      last = reading;
      if (pupil.isNew(reading)) await lesson(reading);
      return reading;
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
