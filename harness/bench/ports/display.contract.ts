import type { Test } from 'tap';
import { probeFrame, probeReaction } from '../../flow/display-probe.ts';
import type { Clock } from '../../terms/clock.ts';
import type { Frame } from '../../terms/frame.ts';
import { decodePicture } from '../../vision/png.ts';
import { readTestCard } from '../../vision/test-card.ts';
import { failure } from './contract-help.ts';
import type { Display, KeyName } from './display.ts';

/** What came in at the recorder's end of mouse and keyboard. */
export type ContractInput =
  | { readonly kind: 'move'; readonly x: number; readonly y: number }
  | { readonly kind: 'click'; readonly button: 'left' | 'right'; readonly x: number; readonly y: number }
  | { readonly kind: 'drag'; readonly points: readonly { readonly x: number; readonly y: number }[] }
  | { readonly kind: 'key'; readonly key: KeyName }
  | { readonly kind: 'text'; readonly text: string };

/** An open display of a recorder that shows as it is told, and the recorder's own end of it. */
export interface DisplayUnderTest extends AsyncDisposable {
  readonly display: Display;
  readonly width: number;
  readonly height: number;
  /** The clock that the display was given. */
  readonly clock: Clock;
  /** From now on the recorder shows these lines of text, and no others. */
  show(...lines: readonly string[]): Promise<void>;
  /** From now on the recorder shows the test card of harness/vision, over the whole picture. */
  showCard(): Promise<void>;
  /** All that came in so far, in order. */
  inputs(): Promise<readonly ContractInput[]>;
  /** What shows the picture goes away. */
  vanish(): Promise<void>;
  /** Lets the display's time pass; nothing to do where that is real time. */
  elapse(ms: number): Promise<void>;
}

const LONG_MS = 8000;
const SHORT_MS = 80;
const PNG = [0x89, 0x50, 0x4e, 0x47];
/** So far may a level be from what was painted, of 255: JPEG rounds. */
const LEVEL = 12;
const KEYS: readonly KeyName[] = [
  'Enter',
  'Escape',
  'Tab',
  'Backspace',
  'Delete',
  'ArrowUp',
  'ArrowDown',
  'ArrowLeft',
  'ArrowRight',
];

/** How far two estimates of one instant may lie apart, ms. */
const ESTIMATE_MS = 5;

/** What every display driver, and the fake, promise. */
export function displayContract(
  t: Test,
  name: string,
  open: () => Promise<DisplayUnderTest>,
  options: { readonly skip?: string | false } = {},
): Promise<unknown> {
  return t.test(`display contract: ${name}`, { skip: options.skip ?? false }, async (t) => {
    /** The lines that a reading shows. */
    const lines = async ({ display }: DisplayUnderTest, wait?: Parameters<NonNullable<Display['read']>>[0]) =>
      (await display.read?.(wait))?.items.filter(({ kind }) => kind === 'text').map(({ text }) => text);
    const inputs = async (bench: DisplayUnderTest) =>
      (await bench.inputs()).filter(({ kind }) => kind !== 'move');

    t.test('a frame is a picture of its own size, with the time of its grab', async (t) => {
      await using bench = await open();
      await bench.show('a picture');
      const frame = await bench.display.frame();
      t.match(frame, { width: bench.width, height: bench.height });
      t.ok(Number.isFinite(frame.grabbedAt));
      if (frame.format === 'png') {
        const header = Buffer.from(frame.bytes);
        t.same([...header.subarray(0, 4)], PNG);
        t.same([header.readUInt32BE(16), header.readUInt32BE(20)], [bench.width, bench.height]);
      } else t.same([...frame.bytes.subarray(0, 2)], [0xff, 0xd8]);
    });

    t.test(
      'a frame can be decoded, is as large as the recorder’s picture, and comes from no future',
      async (t) => {
        await using bench = await open();
        const probe = await probeFrame(bench.display, bench.clock);
        t.match(probe, { width: bench.width, height: bench.height });
        t.ok(probe.ageMs >= 0);
      },
    );

    t.test('what changes is seen to change', async (t) => {
      await using bench = await open();
      const act = () => bench.showCard();
      const probe = await probeReaction(bench.display, bench.clock, { act, least: 0.3, withinMs: LONG_MS });
      t.not(probe.reactedMs, undefined, `${probe.share} of the picture has changed`);
    });

    t.test('a frame shows what is there when it is grabbed; none is older than the one before', async (t) => {
      await using bench = await open();
      const times = [(await bench.display.frame()).grabbedAt];
      await bench.showCard();
      await untilCard(bench, ({ grabbedAt }) => times.push(grabbedAt));
      // One grab that is told twice may be placed on the bench's clock by two estimates.
      t.same(
        times.filter((at, index) => at < (times[index - 1] ?? at) - ESTIMATE_MS),
        [],
        `none before the one before it: ${times.join(', ')}`,
      );
      t.ok((times.at(-1) ?? 0) <= bench.clock.now(), 'no frame comes from the future');
    });

    t.test('levels are those of the recorder: black, white, greys and colours', async (t) => {
      await using bench = await open();
      await bench.showCard();
      const card = readTestCard(await decodePicture((await untilCard(bench)).bytes));
      t.equal(card.range, 'full', `black is ${card.black}, white ${card.white}`);
      t.ok(card.distinct, 'no two greys are the same');
      const off = card.patches.filter(({ painted, seen }) =>
        painted.some((level, channel) => Math.abs(level - (seen[channel] ?? 0)) > LEVEL),
      );
      t.same(off, []);
    });

    t.test('a frame that is too late says so', async (t) => {
      await using bench = await open();
      const late = AbortSignal.abort(new DOMException('too late', 'TimeoutError'));
      t.equal((await failure(bench.display.frame(late)))?.code, 'PORT_TIMEOUT');
      t.equal((await bench.display.frame(new AbortController().signal)).width, bench.width);
    });

    t.test('a reading says what is shown at that time', async (t) => {
      await using bench = await open();
      if (bench.display.read === undefined) return t.pass('reads no document', { skip: 'only pixels' });
      t.same(await lines(bench), []);
      await bench.show('Login', 'Forgot Password');
      t.same(await lines(bench), ['Login', 'Forgot Password']);
      t.same(await lines(bench), ['Login', 'Forgot Password'], 'also where nothing has changed');
      const { items, ...size } = await bench.display.read();
      t.match(size, { width: bench.width, height: bench.height });
      for (const { box } of items)
        t.ok(box.x >= 0 && box.y >= 0 && box.x + box.width <= bench.width, 'boxes lie in the picture');
      await bench.show();
      t.same(await lines(bench), []);
    });

    t.test('a reading waits for a change', async (t) => {
      await using bench = await open();
      if (bench.display.read === undefined) return t.pass('reads no document', { skip: 'only pixels' });
      await bench.show('before');
      await lines(bench);
      const waiting = lines(bench, { withinMs: LONG_MS, stillMs: 0 });
      await bench.show('after');
      t.same(await waiting, ['after']);
      await bench.show('meanwhile');
      t.same(await lines(bench, { withinMs: LONG_MS, stillMs: 0 }), ['meanwhile'], 'what has come counts');
    });

    t.test('a reading waits until what changed stands still', async (t) => {
      await using bench = await open();
      if (bench.display.read === undefined) return t.pass('reads no document', { skip: 'only pixels' });
      await lines(bench);
      const waiting = bench.display.read({ withinMs: LONG_MS, stillMs: SHORT_MS });
      await bench.show('one');
      await bench.show('two');
      await bench.elapse(SHORT_MS);
      const { items, stillMs } = await waiting;
      t.ok(items.some(({ text }) => text === 'two'));
      t.ok(stillMs === undefined || stillMs >= SHORT_MS - 1);
    });

    t.test('a reading that waits in vain gives what is there', async (t) => {
      await using bench = await open();
      if (bench.display.read === undefined) return t.pass('reads no document', { skip: 'only pixels' });
      await bench.show('the same');
      await lines(bench);
      const waiting = lines(bench, { withinMs: SHORT_MS, stillMs: 0 });
      await bench.elapse(SHORT_MS);
      t.same(await waiting, ['the same']);
    });

    t.test('the mouse clicks where it is told, with the button it is told', async (t) => {
      await using bench = await open();
      await bench.display.moveTo(120, 45);
      t.same((await bench.inputs()).at(-1), { kind: 'move', x: 120, y: 45 });
      await bench.display.click(1, 2);
      await bench.display.click(200, 150, 'right');
      await bench.display.click(bench.width - 1, 3, 'left');
      t.same(await inputs(bench), [
        { kind: 'click', button: 'left', x: 1, y: 2 },
        { kind: 'click', button: 'right', x: 200, y: 150 },
        { kind: 'click', button: 'left', x: bench.width - 1, y: 3 },
      ]);
    });

    t.test('the pointer goes where it is told, to the last pixel', async (t) => {
      await using bench = await open();
      const [right, bottom] = [bench.width - 1, bench.height - 1];
      for (const [x, y] of [
        [right, bottom],
        [0, bottom],
        [right, 0],
        [Math.floor(right / 2), Math.floor(bottom / 3)],
      ] as const) {
        await bench.display.moveTo(x, y);
        t.same((await bench.inputs()).at(-1), { kind: 'move', x, y });
      }
    });

    t.test('a drag goes through its points in order, in one go', async (t) => {
      await using bench = await open();
      const points = [
        { x: 30, y: 30 },
        { x: 90, y: 30 },
        { x: 90, y: 90 },
        { x: 30, y: 30 },
      ];
      await bench.display.drag(points);
      const [drag, ...more] = await inputs(bench);
      t.same(more, []);
      const path = drag?.kind === 'drag' ? drag.points : [];
      t.same([path[0], path.at(-1)], [points[0], points[0]]);
      let at = 0;
      for (const { x, y } of path) if (points[at]?.x === x && points[at]?.y === y) at += 1;
      t.equal(at, points.length, 'each is on the way');
    });

    t.test('each key can be pressed, as often as wanted', async (t) => {
      await using bench = await open();
      for (const key of KEYS) await bench.display.press(key);
      await bench.display.press('Backspace', 3);
      await bench.display.press('Escape', 0);
      t.same(
        (await inputs(bench)).flatMap((input) => (input.kind === 'key' ? [input.key] : [])),
        [...KEYS, 'Backspace', 'Backspace', 'Backspace'],
      );
    });

    t.test('types every character of a US keyboard, in order', async (t) => {
      await using bench = await open();
      const text = Array.from({ length: 95 }, (_, at) => String.fromCharCode(32 + at)).join('');
      await bench.display.type(text);
      await bench.display.type('');
      const typed = (await inputs(bench)).flatMap((input) => (input.kind === 'text' ? [input.text] : []));
      t.equal(typed.join(''), text);
    });

    t.test('long text arrives whole, also where a letter comes twice', async (t) => {
      await using bench = await open();
      const text = 'Aa11 bookkeeper!! --__ Mississippi ((Harbour-77)) '.repeat(4);
      await bench.display.type(text);
      const typed = (await inputs(bench)).flatMap((input) => (input.kind === 'text' ? [input.text] : []));
      t.equal(typed.join(''), text);
    });

    t.test('when the other end is gone, every call says so', async (t) => {
      await using bench = await open();
      await bench.show('still here');
      await bench.vanish();
      for (const [what, call] of calls(bench.display)) {
        const error = await failure(call());
        t.equal(error?.code, 'PORT_UNREACHABLE', what);
        t.ok(error?.hint);
        t.equal(error?.port, 'display');
      }
    });

    t.test('close ends what waits, and every later call says so', async (t) => {
      await using bench = await open();
      const { display } = bench;
      await display.read?.();
      const waiting = failure(display.read?.({ withinMs: LONG_MS, stillMs: 0 }) ?? display.frame());
      await display[Symbol.asyncDispose]();
      await display[Symbol.asyncDispose]();
      const ended = (await waiting)?.code;
      // A frame may have come before.
      if (display.read !== undefined || ended !== undefined) t.equal(ended, 'PORT_CLOSED');
      for (const [what, call] of calls(display)) t.equal((await failure(call()))?.code, 'PORT_CLOSED', what);
    });
  });
}

/** The first frame that shows the test card. */
async function untilCard(
  { display, elapse }: DisplayUnderTest,
  each: (frame: Frame) => void = () => undefined,
): Promise<Frame> {
  const until = performance.now() + LONG_MS;
  for (;;) {
    const frame = await display.frame();
    each(frame);
    if (readTestCard(await decodePicture(frame.bytes)).distinct) return frame;
    if (performance.now() > until) throw new Error('the test card does not show');
    await elapse(SHORT_MS);
  }
}

/** Every call of a display, by name. */
function calls(display: Display): readonly (readonly [string, () => Promise<unknown>])[] {
  return [
    ['frame', () => display.frame()],
    ['read', () => display.read?.() ?? display.frame()],
    ['waiting read', () => display.read?.({ withinMs: SHORT_MS, stillMs: 0 }) ?? display.frame()],
    ['moveTo', () => display.moveTo(1, 1)],
    ['click', () => display.click(1, 1)],
    [
      'drag',
      () =>
        display.drag([
          { x: 1, y: 1 },
          { x: 2, y: 2 },
        ]),
    ],
    ['press', () => display.press('Enter')],
    ['type', () => display.type('a')],
  ];
}
