import type { Display } from '../bench/ports/display.ts';
import type { Frame, Reading } from '../terms/frame.ts';
import { fingerprint } from './look.ts';

/**
 * A display with a document, that hands on each frame together with what the document said of it: what somebody needs
 * who learns to do without. A frame during which the screen changed is not handed on.
 */
export function taught(
  display: Display & Required<Pick<Display, 'read'>>,
  onScreen: (frame: Frame, reading: Reading) => Promise<void>,
): Display {
  let last: Reading | undefined;
  return {
    get source() {
      return display.source;
    },
    ...(display.layout === undefined ? {} : { layout: display.layout }),
    async frame(signal) {
      const before = last;
      const frame = await display.frame(signal);
      const after = await display.read();
      if (before !== undefined && fingerprint(before) === fingerprint(after)) await onScreen(frame, after);
      return frame;
    },
    async read(wait) {
      last = await display.read(wait);
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
