import type { Clock } from '../../../terms/clock.ts';
import { HarnessError } from '../../../terms/error.ts';
import { CH9329, ch9329Keyboard, ch9329Mouse, ch9329Point } from '../../../wire/ch9329.ts';
import { HID_BUTTONS, HID_SHIFT, usageOf } from '../../../wire/hid.ts';
import type { KeyName } from '../../ports/display.ts';
import type { Ch9329 } from './ch9329.ts';
import { type Key, keyFor, keyNamed } from './keys.ts';

interface Size {
  readonly width: number;
  readonly height: number;
}
interface Point {
  readonly x: number;
  readonly y: number;
}

/** Mouse and keyboard in a display's terms. Each call ends when the recorder's USB has taken all of it. */
export interface Hid {
  move(at: Point, size: Size): Promise<void>;
  click(at: Point, size: Size, button: 'left' | 'right'): Promise<void>;
  drag(points: readonly Point[], size: Size): Promise<void>;
  press(key: KeyName, times: number): Promise<void>;
  /** @throws HarnessError USAGE, before anything is typed, where a US keyboard lacks a character */
  type(text: string): Promise<void>;
  /** Lets go of all keys and buttons that may be held. What is still to be typed or moved is not done any more. */
  end(): Promise<void>;
}

/** Reports between two points of a drag, the last included. */
const DRAG_STEPS = 3;
const CAPS_LOCK = 'CapsLock';

/**
 * Mouse and keyboard of a CH9329. What fails half-way lets go of what it held, as far as the chip still listens. A button
 * is held for a while, and the pointer rests as long after it was let go of: where it went on at once, a GUI would see it
 * let go elsewhere, or not at all.
 * @param pace `holdMs`: for how long, beside the time of the reports themselves
 */
export function hidOf(
  chip: Ch9329,
  { clock, holdMs }: { readonly clock: Clock; readonly holdMs: number },
): Hid {
  let held = { buttons: 0, x: 0, y: 0 };
  let keysHeld = false;
  let ended = false;
  let queue: Promise<unknown> = Promise.resolve();
  const rest = () => clock.sleep(holdMs);

  async function mouse(buttons: number, { x, y }: Point, { width, height }: Size): Promise<void> {
    if (ended) throw closed();
    const report = { buttons, x: ch9329Point(x, width), y: ch9329Point(y, height) };
    // Before it is sent: whether it has come where the answer is lost, nobody knows.
    held = { ...report, buttons: held.buttons | buttons };
    await chip.send(CH9329.mouseAbsolute, ch9329Mouse(report.buttons, report.x, report.y));
    held = report;
  }
  async function keyboard(modifiers: number, keys: readonly number[]): Promise<void> {
    if (ended && keys.length > 0) throw closed();
    keysHeld = true;
    await chip.send(CH9329.keyboard, ch9329Keyboard(modifiers, keys));
    keysHeld = keys.length > 0;
  }
  async function stroke({ usage, shift }: Stroke): Promise<void> {
    await keyboard(shift ? HID_SHIFT : 0, [usage]);
    await keyboard(0, []);
  }
  async function letGo(): Promise<void> {
    if (keysHeld) await keyboard(0, []);
    if (held.buttons === 0) return;
    await chip.send(CH9329.mouseAbsolute, ch9329Mouse(0, held.x, held.y));
    held = { ...held, buttons: 0 };
  }
  /** One thing after another, each from its first report to its last. */
  function whole(body: () => Promise<void>): Promise<void> {
    const mine = queue.then(async () => {
      if (ended) throw closed();
      try {
        await body();
      } catch (error) {
        await letGo().catch(() => undefined);
        throw error;
      }
    });
    queue = mine.catch(() => undefined);
    return mine;
  }

  return {
    move: (at, size) => whole(() => mouse(0, at, size)),
    click: (at, size, button) =>
      whole(async () => {
        await mouse(0, at, size);
        await mouse(HID_BUTTONS[button], at, size);
        await rest();
        await mouse(0, at, size);
        await rest();
      }),
    drag: (points, size) =>
      whole(async () => {
        const [first, ...others] = points;
        if (first === undefined) return;
        await mouse(0, first, size);
        await mouse(HID_BUTTONS.left, first, size);
        await rest();
        let last = first;
        for (const to of others) {
          for (let step = 1; step <= DRAG_STEPS; step += 1)
            await mouse(HID_BUTTONS.left, between(last, to, step / DRAG_STEPS), size);
          last = to;
          await rest();
        }
        await mouse(0, last, size);
        await rest();
      }),
    press: (key, times) =>
      whole(async () => {
        for (let count = 0; count < times; count += 1) await stroke(strokeOf(keyNamed(key)));
      }),
    type: (text) =>
      whole(async () => {
        const strokes = strokesOf(text);
        if (strokes.length === 0) return;
        // Left on by somebody, it would turn the case of every letter.
        if ((await chip.info()).capsLock) await stroke(strokeOf({ code: CAPS_LOCK, shift: false }));
        for (const one of strokes) await stroke(one);
      }),
    end() {
      ended = true;
      const mine = queue.then(letGo);
      queue = mine.catch(() => undefined);
      return mine;
    },
  };
}

function closed(): HarnessError {
  return new HarnessError('PORT_CLOSED', 'the display was closed', { port: 'display' });
}

function between(from: Point, to: Point, share: number): Point {
  return { x: Math.round(from.x + (to.x - from.x) * share), y: Math.round(from.y + (to.y - from.y) * share) };
}

interface Stroke {
  readonly usage: number;
  readonly shift: boolean;
}

function strokeOf({ code, shift }: Pick<Key, 'code' | 'shift'>): Stroke {
  const usage = usageOf(code);
  if (usage === undefined) throw new Error(`no usage ID for the key ${code}`);
  return { usage, shift };
}

/** The text may be a secret: where a character is missing its place is told, not the character. */
function strokesOf(text: string): readonly Stroke[] {
  return [...text].map((character, at, all) => {
    const key = keyFor(character);
    if (key !== undefined) return strokeOf(key);
    throw new HarnessError(
      'USAGE',
      `character ${at + 1} of ${all.length} cannot be typed: a keyboard of US layout has no key for it`,
      { port: 'display', hint: 'use the 95 printable characters of ASCII, or another display driver' },
    );
  });
}
