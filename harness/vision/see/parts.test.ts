import t from 'tap';
import type { Box } from '../../terms/frame.ts';
import { onto, painting } from './painted.fixture.ts';
import { partsOf } from './parts.ts';
import { beside } from './place.ts';

/** Size of the text, px. */
const EM = 15;
const SIZE = { width: 480, height: 320 };
const WINDOW = { x: 20, y: 20, width: 400, height: 280 };
const CODE = { x: 40, y: 56 };

/** A window with a code of 216 px. */
function coded() {
  const paint = painting(SIZE);
  paint.window(WINDOW);
  paint.code(CODE, 36);
  return paint.pixels;
}
const corner = ({ box: { x, y } }: { readonly box: Box }) => ({ x, y });

t.test('in a code is neither a control nor writing', (t) => {
  const { boxes, pictures, lines } = partsOf(coded(), EM);
  t.equal(pictures.length, 1);
  t.same(boxes.map(corner), [{ x: 20, y: 20 }], 'the window alone');
  t.same(lines, []);
  t.end();
});

t.test('of a message over a code all is found, and of the code beside it nothing', (t) => {
  const paint = onto(coded());
  paint.window({ x: 110, y: 110, width: 190, height: 90 });
  paint.writing({ x: 124, y: 124 }, 12);
  paint.fill({ x: 160, y: 160, width: 90, height: 28 }, [70, 73, 76]);
  const { boxes, pictures, lines } = partsOf(paint.pixels, EM);
  t.same(
    boxes.map(corner),
    [
      { x: 20, y: 20 },
      { x: 110, y: 110 },
      { x: 160, y: 160 },
    ],
    'the window, the message and its button',
  );
  t.same(lines.map(corner), [{ x: 124, y: 124 }]);
  t.equal(pictures.length, 1, 'the code is still one');
  t.end();
});

t.test('a window is found though one of its sides seems to go on', (t) => {
  const paint = painting(SIZE);
  const window = { x: 120, y: 100, width: 240, height: 160 };
  // Something behind it that ends where its left side is, and something where its right side is.
  paint.fill({ x: 40, y: 30, width: 80, height: 71 }, [40, 44, 48]);
  paint.fill({ x: 360, y: 200, width: 60, height: 110 }, [40, 44, 48]);
  paint.window(window);
  const off = ({ x, y, width, height }: Box) =>
    Math.max(
      ...[x - window.x, y - window.y, width - window.width, height - window.height].map((one) =>
        Math.abs(one),
      ),
    );
  t.ok(partsOf(paint.pixels, EM).boxes.some(({ box }) => off(box) <= 2));
  t.end();
});

t.test('no line of writing goes over the edge of a window', (t) => {
  const paint = painting(SIZE);
  paint.window({ x: 120, y: 100, width: 240, height: 160 });
  paint.writing({ x: 72, y: 120 }, 6);
  paint.writing({ x: 126, y: 120 }, 6);
  t.same(partsOf(paint.pixels, EM).lines.map(corner), [
    { x: 72, y: 120 },
    { x: 126, y: 120 },
  ]);
  t.end();
});

t.test('words of a title may stand further apart than an icon from its text', (t) => {
  const lines = (letters: number, gap: number) => {
    const paint = painting(SIZE);
    paint.window({ x: 60, y: 60, width: 360, height: 200 });
    paint.writing({ x: 80, y: 80 }, letters);
    paint.writing({ x: 80 + 8 * letters - 2 + gap, y: 80 }, 7);
    return partsOf(paint.pixels, EM).lines.length;
  };
  t.equal(lines(7, 8), 1);
  t.equal(lines(7, 11), 1);
  t.equal(lines(7, 16), 2, 'columns of a form');
  t.equal(lines(2, 11), 2, 'an icon');
  t.end();
});

t.test('beside a hole up to four boxes are left', (t) => {
  const box = { x: 10, y: 20, width: 100, height: 60 };
  t.same(beside(box, { x: 30, y: 30, width: 20, height: 10 }), [
    { x: 10, y: 20, width: 100, height: 10 },
    { x: 10, y: 40, width: 100, height: 40 },
    { x: 10, y: 30, width: 20, height: 10 },
    { x: 50, y: 30, width: 60, height: 10 },
  ]);
  t.same(
    beside(box, { x: 0, y: 0, width: 60, height: 50 }),
    [
      { x: 10, y: 50, width: 100, height: 30 },
      { x: 60, y: 20, width: 50, height: 30 },
    ],
    'over a corner',
  );
  t.same(beside(box, { x: 0, y: 0, width: 200, height: 200 }), [], 'over all of it');
  t.same(beside(box, { x: 110, y: 20, width: 50, height: 60 }), [box], 'touching it');
  t.same(beside(box, { x: 30, y: 200, width: 50, height: 60 }), [box], 'far from it');
  t.end();
});

t.test('a tick that reaches over its square is no letter of the label beside it', (t) => {
  const paint = painting(SIZE);
  paint.window(WINDOW);
  const square = { x: 60, y: 100, width: 12, height: 12 };
  paint.fill(square, [160, 166, 172]);
  paint.fill({ x: 63, y: 104, width: 9, height: 3 }, [10, 12, 14]);
  // Letters of the camera's, seen through the window.
  paint.fill({ x: 75, y: 103, width: 2, height: 7 }, [70, 74, 78]);
  paint.writing({ x: 82, y: 100 }, 12);
  const { boxes, lines } = partsOf(paint.pixels, EM);
  t.ok(boxes.some(({ box }) => box.x === 60 && box.width === 12));
  const label = lines.find(({ box }) => box.x > 72);
  t.equal(label?.box.x, 82, 'where its first letter is');
  t.end();
});

t.test('a square within a word is strokes of its letters, and one that stands apart is a box', (t) => {
  const paint = painting(SIZE);
  paint.window(WINDOW);
  const square = (x: number) => {
    paint.fill({ x, y: 100, width: 13, height: 13 }, [220, 220, 220]);
    paint.fill({ x: x + 2, y: 102, width: 9, height: 9 }, [23, 24, 26]);
  };
  paint.writing({ x: 60, y: 101 }, 2);
  square(76);
  paint.writing({ x: 91, y: 101 }, 4);
  square(200);
  paint.writing({ x: 223, y: 101 }, 6);
  const { boxes, lines } = partsOf(paint.pixels, EM);
  t.same(
    boxes.filter(({ box }) => box.height < 20).map(({ box }) => box.x),
    [200],
  );
  t.match(
    lines.map(({ box }) => box),
    [
      { x: 60, width: 62 },
      { x: 223, width: 47 },
    ],
    'the word is one, and the label stands beside the box',
  );
  t.end();
});

t.test('lines of a text are lines though a codec left something between them', (t) => {
  const paint = painting(SIZE);
  paint.window(WINDOW);
  for (const y of [100, 121, 142]) paint.writing({ x: 60, y }, 20);
  for (let y = 111; y < 142; y += 1)
    paint.fill({ x: 75 + ((y * 7) % 11), y, width: 3, height: 1 }, [64, 66, 68]);
  const { lines } = partsOf(paint.pixels, EM);
  t.equal(lines.length, 3);
  for (const [at, { box }] of lines.entries()) {
    t.ok(Math.abs(box.y - 100 - 21 * at) <= 4, `${box.y}`);
    t.ok(box.height <= 22, `${box.height} px high`);
  }
  t.end();
});

t.test('what is left of a text caret is no letter', (t) => {
  const paint = painting(SIZE);
  paint.window(WINDOW);
  paint.fill({ x: 66, y: 100, width: 1, height: 19 }, [220, 220, 220]);
  paint.fill({ x: 66, y: 119, width: 1, height: 2 }, [60, 60, 60]);
  paint.fill({ x: 200, y: 110, width: 1, height: 4 }, [220, 220, 220]);
  t.same(partsOf(paint.pixels, EM).lines, []);
  t.end();
});

t.test('a field is as wide as it is, though a codec joins a text caret to its borders', (t) => {
  const paint = painting(SIZE);
  paint.window(WINDOW);
  paint.fill({ x: 60, y: 100, width: 300, height: 27 }, [79, 192, 176]);
  paint.fill({ x: 61, y: 101, width: 298, height: 25 }, [10, 12, 14]);
  paint.fill({ x: 130, y: 101, width: 1, height: 25 }, [34, 36, 38]);
  paint.fill({ x: 130, y: 105, width: 1, height: 17 }, [230, 230, 230]);
  const { boxes } = partsOf(paint.pixels, EM);
  const fields = boxes.map(({ box }) => box).filter(({ height }) => height < 60);
  t.equal(fields.length, 1);
  t.ok((fields[0]?.width ?? 0) >= 298, `${fields[0]?.width} px wide`);
  t.end();
});

t.test('a button is one though strokes that shine through the window touch its sides', (t) => {
  const paint = painting(SIZE);
  paint.window(WINDOW);
  paint.fill({ x: 200, y: 150, width: 94, height: 27 }, [90, 100, 110]);
  paint.fill({ x: 294, y: 141, width: 2, height: 9 }, [42, 43, 45]);
  const { boxes } = partsOf(paint.pixels, EM);
  t.match(
    boxes.map(({ box }) => box).filter(({ height }) => height < 60),
    [{ x: 200, y: 150, width: 94, height: 27 }],
  );
  t.end();
});
