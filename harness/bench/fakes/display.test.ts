import { PNG } from 'pngjs';
import sharp from 'sharp';
import t from 'tap';
import type { Item } from '../../terms/frame.ts';
import { testCard } from '../../vision/test-card.ts';
import { type DisplayUnderTest, displayContract } from '../ports/display.contract.ts';
import { handClock } from './clock.ts';
import { fakeDisplay } from './display.ts';

const SIZE = { width: 320, height: 200 };
const line = (text: string, row = 0): Item => ({
  kind: 'text',
  text,
  box: { x: 10, y: 10 + 20 * row, width: 100, height: 16 },
});

displayContract(t, 'fake', async (): Promise<DisplayUnderTest> => {
  const clock = handClock();
  const display = fakeDisplay({ clock, ...SIZE });
  return {
    ...SIZE,
    display,
    clock,
    showCard: async () => {
      const bytes = await sharp(Buffer.from(testCard(SIZE.width, SIZE.height)))
        .png()
        .toBuffer();
      display.show({ items: [], picture: { bytes, format: 'png' } });
    },
    show: async (...lines) => display.show({ items: lines.map(line) }),
    inputs: async () => display.inputs(),
    vanish: async () => display.vanish(),
    elapse: clock.advance,
    [Symbol.asyncDispose]: () => display[Symbol.asyncDispose](),
  };
});

t.test('the fake display goes through its scripted screens, one an input', async (t) => {
  const display = fakeDisplay({ clock: handClock(), ...SIZE });
  display.show({ items: [line('login')] });
  display.expectInput('click', { items: [line('menu')] });
  display.expectInput(undefined, { items: [line('bye')] });
  const seen = async () => (await display.read()).items[0]?.text;
  await display.type('not expected, but no fault');
  t.equal(await seen(), 'login');
  await display.click(5, 6);
  t.equal(await seen(), 'menu');
  await display.press('Escape');
  t.equal(await seen(), 'bye');
  await display[Symbol.asyncDispose]();
  t.equal(display.inputs().length, 3);
});

t.test('the fake display complains of scripted screens that never came', async (t) => {
  const display = fakeDisplay({ clock: handClock(), ...SIZE });
  display.expectInput('drag', { items: [line('unlocked')] });
  await display.press('Enter');
  await t.rejects(Promise.resolve(display[Symbol.asyncDispose]()), {
    code: 'USAGE',
    message: /drag: "unlocked"/,
  });
  await display[Symbol.asyncDispose]();
});

t.test('the picture of the fake display is black, what was scripted, or none', async (t) => {
  const clock = handClock(5000);
  await using display = fakeDisplay({ clock, ...SIZE });
  const frame = await display.frame();
  t.equal(frame.grabbedAt, 5000);
  const { width, height, data } = PNG.sync.read(Buffer.from(frame.bytes));
  t.same({ width, height }, SIZE);
  t.same([...data.subarray(0, 4)], [0, 0, 0, 255]);
  const bytes = Uint8Array.of(0xff, 0xd8);
  display.show({ items: [], picture: { bytes, format: 'jpeg' } });
  t.match(await display.frame(), { bytes, format: 'jpeg' });
  display.show({ items: [], picture: 'none' });
  await t.rejects(display.frame(), { code: 'FRAME_UNUSABLE' });
});

t.test('a reading of the fake display waits in hand time, and says how long nothing changed', async (t) => {
  const clock = handClock();
  await using display = fakeDisplay({ clock, ...SIZE });
  await display.read();
  let reading: { readonly stillMs?: number; readonly items: readonly Item[] } | undefined;
  const waiting = display.read({ withinMs: 1000, stillMs: 50 }).then((one) => {
    reading = one;
  });
  await clock.advance(900);
  display.show({ items: [line('one')] });
  await clock.advance(49);
  t.equal(reading, undefined);
  display.show({ items: [line('two')] });
  await clock.advance(49);
  t.equal(reading, undefined);
  await clock.advance(1);
  await waiting;
  t.match(reading, { items: [{ text: 'two' }], stillMs: 50 });
  t.equal(clock.sleepers(), 0);
  const late = display.read({ withinMs: 30, stillMs: 50 });
  display.show({ items: [] });
  await clock.advance(30);
  t.equal((await late).stillMs, 30, 'given up in time');
});
