import type { Clock } from '../../../terms/clock.ts';
import type { KeyName } from '../../ports/display.ts';
import { keysFor } from '../display/keys.ts';
import type { RfbClient } from './client.ts';
import { keysymFor, keysymNamed, SHIFT } from './keysyms.ts';

interface Point {
  readonly x: number;
  readonly y: number;
}
const BUTTONS = { left: 1, right: 4 } as const;
/** Moves between two points of a drag. */
const DRAG_STEPS = 3;

/**
 * Mouse and keyboard of a VNC server. Each act resolves when the server has taken all of it. After a button was let go of
 * the pointer rests as long as it was held: where it went on at once, the other end would see it let go elsewhere, or not
 * at all.
 */
export function rfbInput(options: {
  readonly client: RfbClient;
  readonly clock: Clock;
  readonly holdMs: number;
  readonly keyDelayMs: number;
}) {
  const { client, clock, holdMs, keyDelayMs } = options;
  const at = (buttons: number, { x, y }: Point) => client.pointer(buttons, inside(x), inside(y));
  const rest = async () => {
    await client.sync();
    await clock.sleep(holdMs);
  };
  const stroke = (keysym: number, shift: boolean) => {
    if (shift) client.key(SHIFT, true);
    client.key(keysym, true);
    client.key(keysym, false);
    if (shift) client.key(SHIFT, false);
  };

  return {
    async moveTo(x: number, y: number) {
      at(0, { x, y });
      await client.sync();
    },
    async click(x: number, y: number, button: 'left' | 'right' = 'left') {
      at(0, { x, y });
      at(BUTTONS[button], { x, y });
      await rest();
      at(0, { x, y });
      await rest();
    },
    async drag(points: readonly Point[]) {
      const [first, ...others] = points;
      if (first === undefined) return;
      at(0, first);
      at(BUTTONS.left, first);
      let last = first;
      try {
        await rest();
        for (const to of others) {
          const from = last;
          for (let step = 1; step <= DRAG_STEPS; step += 1) {
            const share = step / DRAG_STEPS;
            last = { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share };
            at(BUTTONS.left, last);
          }
          last = to;
          await rest();
        }
      } finally {
        // A button that stayed down would drag whatever comes next.
        at(0, last);
      }
      await rest();
    },
    async press(name: KeyName, times: number) {
      for (let count = 0; count < times; count += 1) {
        stroke(keysymNamed(name), false);
        if (keyDelayMs > 0) await clock.sleep(keyDelayMs);
      }
      await client.sync();
    },
    /** @throws HarnessError USAGE where a US keyboard has no key for a character; nothing is typed then */
    async type(text: string) {
      const keys = keysFor(text);
      for (const key of keys) {
        stroke(keysymFor(key), key.shift);
        if (keyDelayMs > 0) await clock.sleep(keyDelayMs);
      }
      await client.sync();
    },
    /** How long a drag takes at most beside the answers of the server, ms. */
    dragMs: (points: number) => (points + 1) * (holdMs + 1_000),
    /** How long a click takes beside the answers of the server, ms. */
    clickMs: 2 * holdMs,
    /** How long so many keys take, ms. */
    typeMs: (keys: number) => keys * keyDelayMs,
  };
}

function inside(px: number): number {
  return Math.min(65_535, Math.max(0, Math.round(px)));
}
