import t from 'tap';
import type { Box, Item, Pixels } from '../../terms/frame.ts';
import type { BoxTraits, Look } from '../../terms/look.ts';
import { captured, encodePng } from '../png.ts';
import { LookLearner } from './learn.ts';
import { meaningOfBox } from './meaning.ts';
import { onto, painting } from './painted.fixture.ts';
import { partsOf } from './parts.ts';
import { type Drawn, drawScreen, EM, FORM } from './screen.fixture.ts';
import { arrange } from './see.ts';
import { seerOf } from './seer.ts';

/** Other words, other places, other states: nothing of it was shown when the look was learned. */
const OTHER: readonly Drawn[] = [
  { kind: 'text', text: 'Verification code', x: 230, y: 160 },
  { kind: 'field', text: 'K7MPQ2XW', x: 400, y: 150, width: 180, focused: true },
  { kind: 'checkbox', text: 'Remember me', x: 240, y: 205, checked: true },
  { kind: 'checkbox', text: 'Forget me', x: 240, y: 235, checked: false },
  { kind: 'radio', text: 'Another way', x: 240, y: 270, checked: false },
  { kind: 'radio', text: 'This way', x: 240, y: 295, checked: true },
  { kind: 'link', text: 'Nothing of it', x: 440, y: 300 },
  { kind: 'button', text: 'Export', x: 300, y: 335, width: 120 },
  { kind: 'button', text: 'Back', x: 450, y: 335, width: 100 },
];

async function learned(...screens: readonly (readonly Drawn[])[]): Promise<Look> {
  const learner = new LookLearner(EM);
  for (const things of screens) {
    const { png, pixels, reading } = await drawScreen(things);
    learner.add({ pixels, reading }, 'none');
    learner.add({ pixels: await captured(png, 90), reading }, 'little');
    learner.add({ pixels: await captured(png, 80), reading }, 'coarse');
  }
  return learner.look();
}

/** What counts of an item, beside its place. */
const facts = ({ kind, checked, focused }: Pick<Item, 'kind' | 'checked' | 'focused'>) => ({
  kind,
  ...(checked === undefined ? {} : { checked }),
  ...(kind === 'field' ? { focused } : {}),
});
const middle = ({ box }: Pick<Item, 'box'>) => [box.x + box.width / 2, box.y + box.height / 2] as const;

/** What is seen where a document would say something, in its order; 'missed' where nothing is. */
function seenFor(items: readonly Item[], seen: readonly Item[]): readonly unknown[] {
  return items.map((item) => {
    const [x, y] = middle(item);
    const found = seen.find((one) => {
      const [left, top] = middle(one);
      return Math.abs(left - x) < 8 && Math.abs(top - y) < 8;
    });
    return found === undefined ? 'missed' : facts(found);
  });
}

for (const [how, look] of [
  ['as it is', async (shown: { pixels: Pixels }) => shown.pixels],
  ['as a capture gives it', async (shown: { png: Uint8Array }) => captured(shown.png, 90)],
  ['as a PiKVM gives it', async (shown: { png: Uint8Array }) => captured(shown.png, 80)],
] as const)
  t.test(`a screen that was never shown is seen as a document would list it, ${how}`, async (t) => {
    const known = await learned(FORM);
    const shown = await drawScreen(OTHER);
    const seen = arrange(partsOf(await look(shown), EM), known);
    const items = seen.map(({ box, is }) => ({ box, text: '', ...is }));
    t.same(seenFor(shown.reading.items, items), shown.reading.items.map(facts));
    t.equal(items.length, shown.reading.items.length, 'and nothing else: not what the camera sees');
  });

t.test('a tick box that a codec made unlike all known is told by where it stands', async (t) => {
  const known = await learned(FORM);
  const { pixels } = await drawScreen(OTHER);
  const parts = partsOf(pixels, EM);
  const isTick = ({ x, y }: Box) => Math.abs(x - 240) < 3 && Math.abs(y - 205) < 3;
  const shifted = ({ traits }: { readonly traits: BoxTraits }): BoxTraits => ({
    ...traits,
    edge: [255, 120, 200],
    round: !traits.round,
  });
  const boxes = parts.boxes.map((one) => (isTick(one.box) ? { ...one, traits: shifted(one) } : one));
  const lost = boxes.find(({ box }) => isTick(box));
  t.equal(lost && meaningOfBox(known, lost.traits), undefined, 'like none of them');
  const ticks = (shown: typeof parts) =>
    arrange(shown, known).filter(({ is, box }) => is.kind === 'checkbox' && isTick({ ...box, y: box.y + 2 }));
  t.match(ticks({ ...parts, boxes }), [{ is: { checked: true }, lines: [{ x: 264 }] }]);
  const labels = parts.lines.filter(({ box }) => Math.abs(box.y - 207) > 5);
  t.same(ticks({ ...parts, boxes, lines: labels }), [], 'no writing stands beside it');
  const alone = boxes.filter(({ box }) => isTick(box));
  t.same(ticks({ ...parts, boxes: alone }), [], 'it stands in no window and below no other');
});

t.test('what was learned says nothing of a GUI that looks otherwise', async (t) => {
  const known = await learned(FORM);
  const { pixels } = await drawScreen(OTHER);
  const data = pixels.data.map((value, at) => (at % 4 === 3 ? value : 255 - value));
  const seen = arrange(partsOf({ ...pixels, data }, EM), known);
  t.same(
    seen.filter(({ is }) => is.kind === 'button' || is.kind === 'field'),
    [],
    'light for dark is no button',
  );
});

t.test('dots in a field are counted, not read', async (t) => {
  const known = await learned(FORM);
  for (const count of [1, 8, 16]) {
    const { png } = await drawScreen([{ kind: 'password', count, x: 360, y: 170, width: 230 }]);
    const items = await seerOf(known, async () => 'read')(await captured(png, 90));
    const field = items.find(({ kind }) => kind === 'field');
    t.match(field, { text: '•'.repeat(count), concealed: true });
  }
});

t.test('a line is read once, and known again', async (t) => {
  const known = { ...(await learned(FORM)), letters: { version: 1, styles: [] } };
  let asked = 0;
  const seer = seerOf(known, async (line) => {
    asked += 1;
    return `${line.width} px`;
  });
  const shown = await drawScreen(OTHER);
  const first = await seer(await captured(shown.png, 90));
  const lines = asked;
  t.ok(lines > 5);
  t.same(await seer(await captured((await drawScreen(OTHER, { moved: 60 })).png, 90)), first);
  t.equal(asked, lines, 'also where the camera sees something else');
  await seer(await captured((await drawScreen(OTHER, { title: 'Titel' })).png, 90));
  t.ok(asked > lines, 'another word of the same length is another line');
});

t.test('a text that differs by one stroke of one letter is another text', async (t) => {
  const [ground, ink] = [
    [23, 24, 26],
    [150, 132, 110],
  ] as const;
  const line = { ground, ink, listed: false, is: { kind: 'text' as const } };
  const known = { ...(await learned(FORM)), lines: [line], letters: { version: 1, styles: [] } };
  const asked: Pixels[] = [];
  const seer = seerOf(known, async (one) => `${asked.push(one)}`);
  const read = async (strokes: boolean) => {
    const paint = painting({ width: 480, height: 320 });
    paint.window({ x: 20, y: 20, width: 400, height: 280 });
    paint.writing({ x: 60, y: 100 }, 40, ink);
    // The left of a 6 goes on where that of a 5 is open.
    if (strokes) paint.fill({ x: 160, y: 106, width: 1, height: 4 }, ink);
    return (await seer(await captured(await encodePng(paint.pixels), 90))).map(({ text }) => text);
  };
  const five = await read(false);
  t.equal(five.length, 1);
  t.same(await read(false), five);
  t.notSame(await read(true), five);
});

t.test('an icon beside the words of a button is no writing, and by itself it is what is there', async (t) => {
  const look = { ...(await learned(FORM)), letters: { version: 1, styles: [] } };
  const seen = async (text: string) => {
    const { pixels } = await drawScreen([{ kind: 'button', text, x: 300, y: 335, width: 140 }]);
    const paint = onto(pixels);
    // A monitor: its frame is higher than letters, its foot narrower than a word.
    paint.fill({ x: 309, y: 339, width: 16, height: 2 }, [236, 236, 236]);
    paint.fill({ x: 309, y: 341, width: 2, height: 18 }, [236, 236, 236]);
    paint.fill({ x: 323, y: 341, width: 2, height: 18 }, [236, 236, 236]);
    const items = await seerOf(look, async ({ width }) => `${width}`)(paint.pixels);
    return items.find(({ kind, box }) => kind === 'button' && Math.abs(box.x - 300) < 5)?.text;
  };
  const words = Number(await seen('Export'));
  t.ok(words > 40 && words < 60, 'the word alone');
  t.ok(Number(await seen('')) < 30, 'the icon');
});

t.test('behind the window on top is nothing to act on', async (t) => {
  const known = await learned(FORM);
  const { pixels } = await drawScreen(OTHER);
  // A smaller window of the same make in the middle of the larger.
  const data = new Uint8ClampedArray(pixels.data);
  const box = { x: 230, y: 140, width: 330, height: 120 };
  for (let y = 0; y < box.height; y += 1)
    for (let x = 0; x < box.width; x += 1) {
      const isEdge = x === 0 || y === 0 || x === box.width - 1 || y === box.height - 1;
      const at = ((box.y + y) * pixels.width + box.x + x) * 4;
      data.set(isEdge ? [74, 77, 81, 255] : [23, 24, 26, 255], at);
    }
  const button = await drawScreen([{ kind: 'button', text: 'OK', x: 400, y: 200, width: 90 }]);
  for (let y = 200; y < 230; y += 1)
    for (let x = 400; x < 490; x += 1) {
      const at = (y * pixels.width + x) * 4;
      data.set(button.pixels.data.subarray(at, at + 4), at);
    }
  const parts = partsOf({ ...pixels, data }, EM);
  const buttons = (look: Look) =>
    arrange(parts, look)
      .filter(({ is }) => is.kind === 'button')
      .map(({ box: { x } }) => x);
  t.same(buttons(known), [400]);
  const small = parts.boxes.find((one) => one.box.x === 230);
  t.ok(small);
  const traits = small === undefined ? [] : [{ ...small.traits, is: { kind: 'nothing' as const } }];
  const other = { ...known, boxes: [...known.boxes, ...traits] };
  t.same(
    buttons(other),
    [400],
    'also where such a window stood alone when the look was learned, and was none',
  );
});

t.test('a message that lies over a part of a code is seen, and so is the code', async (t) => {
  const known = await learned(FORM);
  for (const left of [300, 239]) {
    const { pixels } = await drawScreen([]);
    const message = await drawScreen([
      { kind: 'text', text: 'No drive is there', x: left + 14, y: 188 },
      { kind: 'button', text: 'OK', x: left + 60, y: 208, width: 90 },
    ]);
    const data = new Uint8ClampedArray(pixels.data);
    const paint = onto({ ...pixels, data });
    paint.code({ x: 230, y: 130 }, 36);
    const box = { x: left, y: 180, width: 190, height: 76 };
    paint.window(box);
    for (let y = box.y + 1; y < box.y + box.height - 1; y += 1) {
      const from = (y * pixels.width + box.x + 1) * 4;
      data.set(message.pixels.data.subarray(from, from + (box.width - 2) * 4), from);
    }
    const seen = arrange(partsOf({ ...pixels, data }, EM), known);
    t.match(
      seen.map(({ is }) => is.kind).filter((kind) => kind !== 'text'),
      ['image', 'button'],
      `a window from ${left} px on`,
    );
    t.ok(
      seen.some(
        ({ is, box: { x, y } }) => is.kind === 'text' && Math.abs(x - left - 14) < 4 && y > 176 && y < 200,
      ),
      'its text',
    );
  }
});

t.test('nine things in a grid are dots, one of them hard to see, and keys are none', (t) => {
  const dotsOf = (columns: number, ...missing: readonly number[]) => dotsBeside(columns, missing, []);
  /** @param unknown those that are rectangles of which nobody knows what they are */
  const dotsBeside = (columns: number, missing: readonly number[], unknown: readonly number[]) => {
    const traits = { ground: [20, 20, 20], ink: [230, 230, 230], listed: false } as const;
    // Each is found a little off.
    const places = Array.from({ length: 3 * columns }, (_, at) => ({
      x: 100 + 70 * (at % columns) + (at % 3),
      y: 100 + 70 * Math.floor(at / columns) - (at % 2),
      width: 26 - (at % 3),
      height: 25 + (at % 2),
    }));
    const lines = places
      .filter((_, at) => !missing.includes(at) && !unknown.includes(at))
      .map((box) => ({ box, traits }));
    const boxes = places
      .filter((_, at) => unknown.includes(at))
      .map((box) => ({ box, traits: filled(box, 120) }));
    const look = { schema: 1, width: 640, height: 480, em: EM, boxes: [], lines: [], letters: {} } as const;
    const parts = { width: 640, height: 480, em: EM, boxes, lines, pictures: [] };
    return arrange(parts, look).filter(({ is }) => is.kind === 'button');
  };
  t.equal(dotsOf(3).length, 9);
  for (const one of [0, 4, 8]) {
    const dots = dotsOf(3, one);
    t.equal(dots.length, 9, `without number ${one + 1}`);
    const { x = 0, y = 0 } = dots[one]?.box ?? {};
    t.ok(Math.abs(x - 100 - 70 * (one % 3)) <= 4 && Math.abs(y - 100 - 70 * Math.floor(one / 3)) <= 4);
  }
  t.equal(dotsOf(3, 2, 6).length, 0);
  t.equal(dotsOf(5).length, 0, 'keys');
  t.equal(dotsBeside(3, [], [6, 8]).length, 9);
  t.equal(dotsBeside(3, [], [0, 1, 2, 3, 4]).length, 0, 'the windows of a house');
  t.end();
});

/** How a rectangle of one grey looks. */
function filled({ width, height }: Box, grey: number): BoxTraits {
  const colour = [grey, grey, grey] as const;
  return {
    ...{
      width: width / EM,
      height: height / EM,
      fill: [colour, colour, colour],
      edge: colour,
      around: colour,
    },
    ...{ round: false, inked: 0, mark: false },
  };
}

/** What a look says of greys: rectangles of nothing look almost as windows do. */
function arranged(all: readonly (readonly [Box, number])[]) {
  const large = { x: 0, y: 0, width: 300, height: 200 };
  const key = { x: 0, y: 0, width: 30, height: 30 };
  const boxes = [
    { ...filled(large, 20), is: { kind: 'window' as const } },
    { ...filled(large, 24), is: { kind: 'nothing' as const } },
    { ...filled(key, 90), is: { kind: 'button' as const } },
    { ...filled({ ...key, width: 96 }, 90), is: { kind: 'button' as const } },
    { ...filled({ ...key, width: 300 }, 200), is: { kind: 'field' as const } },
  ];
  const look = { schema: 1, width: 640, height: 640, em: EM, boxes, lines: [], letters: {} } as const;
  const seen = all.map(([box, grey]) => ({ box, traits: filled(box, grey) }));
  return arrange({ width: 640, height: 640, em: EM, boxes: seen, lines: [], pictures: [] }, look);
}

t.test('what a dialog leaves of the window behind it is no window on top', (t) => {
  const ok = { x: 300, y: 200, width: 96, height: 30 };
  const seen = arranged([
    [{ x: 0, y: 0, width: 600, height: 400 }, 20],
    [{ x: 50, y: 50, width: 400, height: 200 }, 20],
    [ok, 90],
    [{ x: 0, y: 300, width: 600, height: 100 }, 24],
    [{ x: 300, y: 340, width: 96, height: 30 }, 90],
  ]);
  t.same(
    seen.filter(({ is }) => is.kind === 'button').map(({ box }) => box),
    [ok],
  );
  t.end();
});

t.test('what lies between the keys of a keyboard is no window on top', (t) => {
  const field = { x: 60, y: 80, width: 300, height: 30 };
  const keys = Array.from({ length: 40 }, (_, at): readonly [Box, number] => [
    { x: 110 + 36 * (at % 10), y: 430 + 36 * Math.floor(at / 10), width: 30, height: 30 },
    90,
  ]);
  const seen = arranged([
    [{ x: 20, y: 20, width: 500, height: 380 }, 20],
    [field, 200],
    [{ x: 100, y: 420, width: 380, height: 170 }, 24],
    ...keys,
    // Keys that run into each other, and a rectangle around some.
    [{ x: 146, y: 466, width: 66, height: 30 }, 90],
    [{ x: 108, y: 428, width: 150, height: 110 }, 24],
  ]);
  t.same(
    seen.filter(({ is }) => is.kind === 'field').map(({ box }) => box),
    [field],
  );
  t.end();
});
