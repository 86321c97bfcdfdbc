import { createHash } from 'node:crypto';
import type { Display } from '../bench/ports/display.ts';
import { coverFrame, secretBoxes } from '../evidence/cover.ts';
import type { Redactor } from '../evidence/redactor.ts';
import type { Message } from '../session/channels.ts';
import type { Clock } from '../terms/clock.ts';
import type { Box, Frame, Item, Reading } from '../terms/frame.ts';
import { over } from './over.ts';
import type { Keep } from './recorded-ports.ts';

/** A picture that is kept as evidence, already covered. */
interface Kept {
  readonly bytes: Uint8Array;
  readonly title: string;
  /** ms since the epoch. */
  readonly at: number;
  readonly frame: Message<'frame'>['frame_id'];
}

/** A screen with so many single characters on it shows a keyboard. */
const KEYS = 10;

/**
 * A display whose readings, with the pictures that they were read from, and inputs are kept. What would tell a secret is
 * not: places on a keyboard on the screen, patterns, and typed text but the labels of what is known.
 */
export function recordedDisplay(
  display: Display,
  { keep, redactor, clock }: { readonly keep: Keep; readonly redactor: Redactor; readonly clock: Clock },
) {
  let last: Reading | undefined;
  /** What was typed last, where it is a secret: a field that shows what is typed shows pieces of it first. */
  let typed: string | undefined;
  let print = '';
  let picture = '';
  let tail: Promise<void> = Promise.resolve();

  const frame = (kept: Kept & { readonly read: boolean; readonly covered: number }) => {
    const hash = createHash('sha256').update(kept.bytes).digest('hex');
    // A picture of what stands still is the one before.
    if (hash === picture && !kept.read) return;
    picture = hash;
    const { at, bytes, title, read, covered } = kept;
    keep(
      'frame',
      {
        timestamp: { sec: Math.floor(at / 1000), nsec: Math.round((at % 1000) * 1e6) },
        frame_id: kept.frame,
        format: bytes[0] === 0xff ? 'jpeg' : 'png',
        data: Buffer.from(bytes).toString('base64'),
        title: redactor.text(title),
        read,
        covered,
      },
      at,
    );
  };
  const cover = (shown: Frame, boxes: readonly Box[]) => {
    tail = tail.then(async () => {
      // One that cannot be covered is not kept.
      const covered = await coverFrame(shown, boxes).catch(() => undefined);
      if (covered === undefined) return;
      const title = 'what was read';
      frame({
        bytes: covered.bytes,
        at: shown.grabbedAt,
        title,
        frame: 'display',
        read: true,
        covered: boxes.length,
      });
    });
  };
  const see = (reading: Reading) => {
    last = reading;
    const next = JSON.stringify(reading.items);
    if (next === print) return;
    print = next;
    const hidden = new Set([...secretBoxes([reading], redactor), ...typedBoxes(reading, typed)]);
    const boxes = [...hidden];
    const { width, height, frame: from } = reading;
    const text = (item: Item) => (hidden.has(item.box) ? '[hidden]' : redactor.text(item.text));
    const at = from?.grabbedAt ?? clock.now();
    keep(
      'reading',
      { width, height, items: reading.items.map((item) => ({ ...item, text: text(item) })) },
      at,
    );
    if (from !== undefined) cover(from, boxes);
  };
  const input = async (value: Message<'input'>, act: Promise<void>): Promise<void> => {
    const at = clock.now();
    try {
      await act;
      keep('input', value, at);
    } catch (error) {
      keep('input', { ...value, failure: redactor.text(String(error)) }, at);
      throw error;
    }
  };
  /** Where a click goes; that is not told while a keyboard is on the screen. */
  const place = (x: number, y: number): Pick<Message<'input'>, 'x' | 'y' | 'hidden'> =>
    last !== undefined && showsKeys(last) ? { hidden: true } : { x, y };
  const { read } = display;
  const port = over(display, {
    ...(read === undefined
      ? {}
      : {
          async read(...asked) {
            const reading = await read.apply(display, asked);
            // Of the rest of a picture of which one thing was read nobody knows what must be covered.
            if (asked[0]?.only === undefined || reading.frame === undefined) see(reading);
            else last = reading;
            return reading;
          },
        }),
    moveTo: (x, y) => input({ kind: 'move', x, y }, display.moveTo(x, y)),
    click: (x, y, button = 'left') =>
      input({ kind: 'click', button, ...place(x, y) }, display.click(x, y, button)),
    drag: (points) => input({ kind: 'drag', count: points.length, hidden: true }, display.drag(points)),
    press: (key, times = 1) => input({ kind: 'press', key, count: times }, display.press(key, times)),
    type(text) {
      typed = redactor.text(text) === text ? undefined : text;
      return input(typedAs(text, redactor), display.type(text));
    },
  });
  return {
    port,
    /** Keeps a picture that the evidence keeps. */
    picture: (kept: Kept) => frame({ ...kept, read: false, covered: 0 }),
    /** Resolves when all pictures so far are written. */
    settled: () => tail,
  };
}

/** Fields that show a piece of a secret that was typed, or may be shown it just now. */
function typedBoxes({ items }: Reading, typed: string | undefined): readonly Box[] {
  if (typed === undefined) return [];
  const shows = (item: Item) => item.kind === 'field' && item.concealed !== true && item.text.trim() !== '';
  return items
    .filter((item) => shows(item) && (item.focused === true || typed.includes(item.text.trim())))
    .map(({ box }) => box);
}

/** By eye, keys beside one another are often read as one text. */
function showsKeys({ items }: Reading): boolean {
  const words = items.flatMap(({ text }) => text.split(/\s+/));
  return words.filter((word) => word.length === 1).length >= KEYS;
}

/** Text that is a known secret is kept by its label; any other may be a part of one, and is counted. */
function typedAs(text: string, redactor: Redactor): Message<'input'> {
  const label = redactor.text(text);
  const count = [...text].length;
  return /^(?:\[\w+ \d+\])+$/.test(label)
    ? { kind: 'type', count, text: label }
    : { kind: 'type', count, hidden: true };
}
