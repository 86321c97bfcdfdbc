import sharp from 'sharp';
import t from 'tap';
import { handClock } from '../bench/fakes/clock.ts';
import { fakeDisplay } from '../bench/fakes/display.ts';
import type { Item, Pixels } from '../terms/frame.ts';
import { bench, eye, picture, SIZE, settle, show } from './sight.fixture.ts';
import { sighted } from './sight.ts';

t.test('what a seer finds is what is read; the same frame is looked at once', async (t) => {
  const { display, eyes, looked } = bench();
  display.show(show(await picture(100)));
  const { items, ...size } = await eyes.read();
  t.match(items, [{ text: 'thing', box: { x: 100 } }]);
  t.match(size, SIZE);
  await eyes.read();
  await eyes.read();
  t.equal(looked(), 1);
});

t.test('a reading waits for a change, and until it stands still', async (t) => {
  const { clock, display, eyes } = bench();
  display.show(show(await picture(100)));
  await eyes.read();
  const first = await picture(200);
  const second = await picture(300);
  let done = false;
  const waiting = eyes.read({ withinMs: 5000, stillMs: 100 }).finally(() => {
    done = true;
  });
  await settle(clock, 300);
  t.equal(done, false, 'nothing has changed');
  display.show(show(first));
  await settle(clock, 50);
  display.show(show(second));
  await settle(clock, 60);
  t.equal(done, false, 'it has not stood still');
  await settle(clock, 200);
  const { items, stillMs = 0 } = await waiting;
  t.match(items, [{ box: { x: 300 } }]);
  t.ok(stillMs >= 100);
});

t.test('a reading that waits in vain gives what is there', async (t) => {
  const { clock, display, eyes } = bench();
  display.show(show(await picture(100)));
  await eyes.read();
  const waiting = eyes.read({ withinMs: 400, stillMs: 0 });
  await settle(clock, 500);
  t.match((await waiting).items, [{ box: { x: 100 } }]);
});

t.test('noise is no change, nor is what a camera sees beside the things of a screen', async (t) => {
  const { display, eyes, looked } = bench();
  display.show(show(await picture(500)));
  await eyes.read();
  display.show(show(await picture(500, { noise: 8 })));
  await eyes.read();
  display.show(show(await picture(500, { moved: 30 })));
  await eyes.read();
  t.equal(looked(), 1);
  display.show(show(await picture(560)));
  t.match((await eyes.read()).items, [{ box: { x: 560 } }]);
  t.equal(looked(), 2);
});

t.test('what changes beside the things of a screen is looked at within half a second', async (t) => {
  const { clock, display, eyes, looked } = bench();
  display.show(show(await picture(500)));
  await eyes.read();
  display.show(show(await picture(500, { moved: 30 })));
  await clock.advance(490);
  await eyes.read();
  t.equal(looked(), 1);
  await clock.advance(10);
  await eyes.read();
  t.equal(looked(), 2);
});

t.test(
  'what has changed beside a thing that changed by itself is looked at soon, though nothing moves',
  async (t) => {
    const clock = handClock();
    const display = fakeDisplay({ clock, ...SIZE });
    let looked = 0;
    const field = { kind: 'field', text: '', box: { x: 100, y: 300, width: 50, height: 20 } } as const;
    const seer = async ({ width }: Pixels): Promise<readonly Item[]> => {
      if (width < SIZE.width) return [{ ...field, text: 'a', box: { ...field.box, x: 24, y: 24 } }];
      looked += 1;
      return [field];
    };
    const eyes = sighted(display, { seer, clock });
    // The field itself, and a little thing far from it.
    const screen = async (grey: number, moved: number, size = 16) => {
      const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${SIZE.width}" height="${SIZE.height}">
      <rect width="100%" height="100%" fill="#333"/><rect x="110" y="305" width="20" height="8" fill="rgb(${grey},${grey},${grey})"/>
      <rect x="${20 + moved}" y="20" width="${size}" height="${size}" fill="#aa0"/></svg>`;
      return {
        bytes: await sharp(Buffer.from(svg)).jpeg({ quality: 100 }).toBuffer(),
        format: 'jpeg' as const,
      };
    };
    display.show(show(await screen(60, 0)));
    await eyes.read();
    display.show(show(await screen(200, 100)));
    t.match((await eyes.read()).items, [{ text: 'a' }]);
    t.equal(looked, 1, 'the field alone');
    await clock.advance(500);
    await eyes.read();
    t.equal(looked, 2, 'and then the whole');
    await clock.advance(500);
    await eyes.read();
    t.equal(looked, 2, 'once');
    // A message comes up as well.
    display.show(show(await screen(60, 300, 44)));
    await eyes.read();
    t.equal(looked, 3, 'before the field is told');
    display.show(show(await screen(200, 300)));
    await eyes.read();
    t.equal(looked, 3, 'something little may wait');
    // The message comes while the field is to stand still.
    await clock.advance(500);
    await eyes.read();
    const before = looked;
    display.show(show(await screen(60, 300)));
    const waiting = eyes.read({ withinMs: 2000, stillMs: 200 });
    await settle(clock, 50);
    display.show(show(await screen(60, 393, 44)));
    await settle(clock, 300);
    t.equal(looked, before + 1, 'before the field is told');
    await settle(clock, 1800);
    await waiting;
  },
);

t.test('much that changes beside them is looked at once; then it is what moves all the time', async (t) => {
  const { clock, display, eyes, looked } = bench();
  const looks = async (size: number, moved = 0) => {
    display.show(show(await picture(500, { size, moved })));
    await eyes.read();
    return looked();
  };
  await looks(16);
  t.equal(await looks(100), 2, 'at once');
  t.equal(await looks(100, 20), 2, 'no more than before');
  t.equal(await looks(200), 3, 'far more');
  await clock.advance(500);
  t.equal(await looks(100), 4, 'and after a while all of it');
});

t.test('a thing that alone matters is looked at alone, and at once', async (t) => {
  const clock = handClock();
  const display = fakeDisplay({ clock, ...SIZE });
  const sizes: number[] = [];
  const field = { kind: 'field', text: '', box: { x: 100, y: 300, width: 50, height: 20 } } as const;
  const seer = async ({ width }: Pixels): Promise<readonly Item[]> => {
    sizes.push(width);
    if (width === SIZE.width) return [field];
    return [{ ...field, text: 'typed', box: { ...field.box, x: 24, y: 24 } }];
  };
  const eyes = sighted(display, { seer, clock });
  display.show(show(await picture(100)));
  await eyes.read();
  await eyes.click(120, 310);
  display.show(show(await picture(100, { moved: 200 })));
  const { items } = await eyes.read({ withinMs: 150, stillMs: 0, only: field.box });
  t.match(items, [{ text: 'typed', box: field.box }]);
  t.same(sizes, [SIZE.width, 98], 'no 60 ms for the pointer: no time has passed');
  await clock.advance(500);
  const other = eyes.read({ withinMs: 0, stillMs: 0, only: { ...field.box, x: 300 } });
  await settle(clock, 100);
  await other;
  t.equal(sizes.at(-1), SIZE.width, 'where nothing is known to be, the whole is looked at');
});

t.test('what moves by noise alone stays where it was', async (t) => {
  const { display, eyes } = bench();
  display.show(show(await picture(100)));
  await eyes.read();
  display.show(show(await picture(102)));
  t.match((await eyes.read()).items, [{ box: { x: 100 } }], 'two px are no move');
  display.show(show(await picture(110)));
  t.match((await eyes.read()).items, [{ box: { x: 110 } }]);
});

t.test('after a click and a drag the pointer covers nothing', async (t) => {
  const { display, eyes } = bench();
  await eyes.read();
  await eyes.click(10, 20, 'right');
  await eyes.drag([
    { x: 1, y: 1 },
    { x: 9, y: 9 },
  ]);
  const aside = { kind: 'move', x: SIZE.width - 2, y: SIZE.height - 2 } as const;
  t.same(display.inputs(), [
    { kind: 'click', button: 'right', x: 10, y: 20 },
    aside,
    {
      kind: 'drag',
      points: [
        { x: 1, y: 1 },
        { x: 9, y: 9 },
      ],
    },
    aside,
  ]);
});

t.test('for a second after a click the pointer may still cover what was clicked on', async (t) => {
  const clock = handClock();
  const display = fakeDisplay({ clock, ...SIZE });
  let shown = 'Login';
  const seer = async (): Promise<readonly Item[]> => [
    { kind: 'button', text: shown, box: { x: 100, y: 300, width: 50, height: 20 } },
  ];
  const eyes = sighted(display, { seer, clock });
  display.show(show(await picture(100)));
  await eyes.read();
  await eyes.click(120, 310);
  await clock.advance(100);
  shown = 'Lo';
  display.show(show(await picture(110)));
  const textOf = async () => (await eyes.read()).items[0]?.text;
  t.equal(await textOf(), 'Login');
  await clock.advance(500);
  t.equal(await textOf(), 'Login');
  await clock.advance(600);
  t.equal(await textOf(), 'Lo', 'what stays so was no pointer');
  t.ok(((await eyes.read()).stillMs ?? 0) < 100, 'and that counts as a change');
  shown = 'Login';
  display.show(show(await picture(100)));
  await eyes.read();
  await eyes.click(120, 310);
  await clock.advance(100);
  await eyes.press('Enter');
  shown = 'Lo';
  display.show(show(await picture(110)));
  t.equal(await textOf(), 'Lo', 'after another input nothing is known of it');
});

t.test('one thing that looks as it did byte for byte is not looked at again', async (t) => {
  const { clock, display } = bench();
  const { looked, seer } = eye();
  let parts = 0;
  const counting: typeof seer = async (pixels) => {
    if (pixels.width === SIZE.width) return seer(pixels);
    parts += 1;
    return [{ kind: 'button', text: `seen ${parts}`, box: { x: 24, y: 24, width: 50, height: 20 } }];
  };
  const eyes = sighted(display, { seer: counting, clock });
  const only = { x: 100, y: 300, width: 50, height: 20 };
  display.show(show(await picture(100)));
  await eyes.read();
  t.match((await eyes.read({ withinMs: 0, stillMs: 0, only })).items, [{ text: 'seen 1' }]);
  const waiting = eyes.read({ withinMs: 100, stillMs: 0, only });
  await settle(clock, 120);
  t.match((await waiting).items, [{ text: 'seen 1' }]);
  t.equal(parts, 1);
  display.show(show(await picture(100, { moved: 20 })));
  t.match((await eyes.read({ withinMs: 0, stillMs: 0, only })).items, [{ text: 'seen 2' }]);
  t.equal(looked(), 1);
});

t.test('what is wrong with a frame is said as the display says it', async (t) => {
  const { display, eyes } = bench();
  display.show({ items: [], picture: 'none' });
  await t.rejects(eyes.read(), { code: 'FRAME_UNUSABLE' });
  display.vanish();
  await t.rejects(eyes.read(), { code: 'PORT_UNREACHABLE' });
});

t.test(
  'needles are looked for on each new frame, and in the whole of one that is read in vain',
  async (t) => {
    const { clock, display } = bench();
    const calls: string[] = [];
    const found = {
      name: 'n',
      tags: [],
      matched: true,
      score: 1,
      box: { x: 1, y: 2, width: 3, height: 4 },
      areas: [],
    };
    const eyes = sighted(display, {
      seer: eye().seer,
      clock,
      needles: {
        async look(_, items) {
          calls.push('look');
          return { items: items.map((item) => ({ ...item, text: 'known' })), needles: [] };
        },
        async search(_, { items }) {
          calls.push('search');
          return calls.length < 4
            ? undefined
            : { items: [...items, { ...THING, text: 'found' }], needles: [found] };
        },
      },
    });
    display.show(show(await picture(100)));
    t.match(await eyes.read(), { items: [{ text: 'known' }], needles: [] });
    await eyes.read();
    t.same(calls, ['look'], 'the same frame once');
    const vain = async () => {
      const waiting = eyes.read({ withinMs: 700, stillMs: 0 });
      await settle(clock, 800);
      return waiting;
    };
    t.equal((await vain()).items.length, 1);
    t.same(calls, ['look'], 'not at once');
    await vain();
    await vain();
    const { items, needles } = await vain();
    t.same(calls, ['look', 'search', 'search', 'search']);
    t.match(items, [{ text: 'known' }, { text: 'found' }]);
    t.same(needles, [found]);
    const before = calls.length;
    const one = eyes.read({ withinMs: 700, stillMs: 0, only: { x: 100, y: 300, width: 50, height: 20 } });
    await settle(clock, 800);
    await one;
    t.equal(calls.length, before, 'nobody searches while one thing alone matters');
  },
);
const THING: Item = { kind: 'button', text: '', box: { x: 5, y: 5, width: 50, height: 20 } };
