import type { Test } from 'tap';
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
  /** From now on the recorder shows these lines of text, and no others. */
  show(...lines: readonly string[]): Promise<void>;
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
