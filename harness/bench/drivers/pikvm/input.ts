import type { Clock } from '../../../terms/clock.ts';
import { PIKVM, pikvmPoint } from '../../../wire/pikvm.ts';
import type { Display } from '../../ports/display.ts';
import { keyNamed, keysFor } from '../display/keys.ts';
import type { PikvmService } from './service.ts';

export interface PikvmInputOptions {
  readonly service: PikvmService;
  readonly clock: Clock;
  /** The picture's size, px: positions are shares of it. */
  readonly size: () => Promise<{ readonly width: number; readonly height: number }>;
  /** How long a mouse button is held for a click, and how long a drag rests at each of its points, ms. */
  readonly holdMs: number;
  /** Time between two events of the keyboard while text is typed, ms; 0: as fast as the recorder takes them. */
  readonly keyDelayMs: number;
}
interface Point {
  readonly x: number;
  readonly y: number;
}

/** Moves between two points of a drag. */
const DRAG_STEPS = 3;
/** Most events that one character is: Shift down, key down, key up, Shift up. */
const EVENTS = 4;

/** Mouse and keyboard of a PiKVM, one event a request: it keeps their order by itself, per device. */
export function pikvmInput(
  options: PikvmInputOptions,
): Pick<Display, 'moveTo' | 'click' | 'drag' | 'press' | 'type'> {
  const { service, clock, holdMs, keyDelayMs } = options;

  async function moveTo({ x, y }: Point): Promise<void> {
    const { width, height } = await options.size();
    await service.ask(PIKVM.mouseMove, {
      query: { to_x: pikvmPoint(x, width), to_y: pikvmPoint(y, height) },
    });
  }
  const button = (name: 'left' | 'right', state: boolean) =>
    service.ask(PIKVM.mouseButton, { query: { button: name, state: String(state) } });

  /** Does something with a button held; it is let go also where that fails. */
  async function holding(name: 'left' | 'right', body: () => Promise<void>): Promise<void> {
    await button(name, true);
    try {
      await body();
    } catch (error) {
      await button(name, false).catch(() => undefined);
      throw error;
    }
    await button(name, false);
  }

  return {
    moveTo: (x, y) => moveTo({ x, y }),
    async click(x, y, name = 'left') {
      await moveTo({ x, y });
      await holding(name, () => clock.sleep(holdMs));
    },
    async drag(points) {
      const [first, ...rest] = points;
      if (first === undefined) return;
      await moveTo(first);
      await holding('left', async () => {
        let last = first;
        await clock.sleep(holdMs);
        for (const to of rest) {
          for (let step = 1; step <= DRAG_STEPS; step += 1) {
            const share = step / DRAG_STEPS;
            await moveTo({ x: last.x + (to.x - last.x) * share, y: last.y + (to.y - last.y) * share });
          }
          await clock.sleep(holdMs);
          last = to;
        }
      });
    },
    async press(key, times = 1) {
      for (let count = 0; count < times; count += 1)
        await service.ask(PIKVM.key, { query: { key: keyNamed(key).code } });
    },
    async type(text) {
      // What kvmd cannot type it would leave out without a word.
      keysFor(text);
      if (text === '') return;
      const delay = keyDelayMs === 0 ? {} : { slow: 1, delay: keyDelayMs / 1000 };
      await service.ask(PIKVM.print, {
        body: text,
        query: { keymap: 'en-us', limit: 0, ...delay },
        takesMs: keyDelayMs * EVENTS * text.length,
      });
    },
  };
}
