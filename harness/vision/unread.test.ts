import { glob, readFile } from 'node:fs/promises';
import t from 'tap';
import type { Box } from '../terms/frame.ts';
import { type Drawn, drawCode, plainGrey } from './code.fixture.ts';
import { enlarged, type Grey, greyOf } from './grey.ts';
import { decodePicture } from './png.ts';
import { qrLikeRegions } from './regions.ts';
import { unreadCodes } from './unread.ts';

const screen = (drawn: Drawn) => {
  const g = plainGrey(1280, 720);
  return { g, code: drawCode(g, drawn) };
};

/** Whether a box holds another one but for a block of 16 px on each side. */
function holds(box: Box | undefined, code: Box): boolean {
  if (box === undefined) return false;
  return (
    box.x <= code.x + 16 &&
    box.y <= code.y + 16 &&
    box.x + box.width >= code.x + code.width - 16 &&
    box.y + box.height >= code.y + code.height - 16
  );
}

t.test(
  'a code of any module is found wherever its edges fall: on even and odd rows and columns',
  async (t) => {
    for (const px of [2, 3, 4, 5, 6, 7, 8])
      for (const [x, y] of [
        [400, 200],
        [401, 200],
        [400, 201],
        [401, 201],
      ] as const) {
        const { g, code } = screen({ x, y, px, rows: 0.6 });
        const found = qrLikeRegions(g);
        t.ok(holds(found[0], code), `${px} px at ${x},${y}: ${JSON.stringify(found)}`);
        t.equal((await unreadCodes(g)).length, 1, `${px} px at ${x},${y}: it is told to be one code`);
      }
  },
);

t.test('a code on rows or columns of 16 px, the size of a block, is found', async (t) => {
  const { g } = screen({ text: 'large', x: 320, y: 160, px: 16 });
  t.not(qrLikeRegions(g).length, 0);
  t.equal((await unreadCodes(g)).length, 1);
});

t.test('the last columns and rows have no edge towards what is beyond', async (t) => {
  const g = plainGrey(640, 352);
  for (let y = 0; y < g.height; y += 1) g.data.fill(0, y * g.width, y * g.width + 320);
  t.same(qrLikeRegions(g), [], 'dark at the left, light at the right');
});

t.test('what the recorder drew badly is known to be a code', async (t) => {
  const seen = async (drawn: Drawn) => (await unreadCodes(screen(drawn).g)).length;
  t.equal(await seen({ x: 400, y: 200, px: 4, ink: 200, paper: 220 }), 1, 'faint');
  t.equal(await seen({ x: 400, y: 200, px: 1, text: 'x'.repeat(800) }), 1, 'too dense');
  t.equal(await seen({ x: 400, y: 200, px: 4, ink: 255, paper: 0, rows: 0.6 }), 1, 'light on dark, cut off');
  t.equal(await seen({ x: 400, y: 600, px: 4 }), 1, 'cut off by the edge of the screen');
  const { g } = screen({ x: 400, y: 200, px: 2, rows: 0.6 });
  const soft = await enlarged(await enlarged(g, { factor: 0.5 }), { factor: 2 });
  t.equal((await unreadCodes(soft)).length, 1, 'at half the size and back');
  const alone = plainGrey(200, 200);
  drawCode(alone, { x: 0, y: 0, px: 4, rows: 0.8 });
  t.equal((await unreadCodes(alone)).length, 1, 'a picture of a part of a code alone');
});

t.test(
  'a code beside one that was read is told by itself; what lies over a code does not part it',
  async (t) => {
    const g = plainGrey(1280, 720);
    const read = drawCode(g, { x: 50, y: 100, px: 6 });
    t.same(await unreadCodes(g, [read]), []);
    const bad = drawCode(g, { x: 700, y: 100, px: 4 });
    cover(g, { x: bad.x + 40, y: bad.y + 40, width: 90, height: 90 });
    const [found, ...more] = await unreadCodes(g, [read]);
    t.ok(holds(found, bad), JSON.stringify(found));
    t.same(more, []);
  },
);

function cover(g: Grey, { x, y, width, height }: Box): void {
  for (let row = y; row < y + height; row += 1)
    g.data.fill(255, row * g.width + x, row * g.width + x + width);
}

t.test('boxes in boxes, rings and lines of bars are no code', async (t) => {
  const g = plainGrey(640, 480, 255);
  for (let box = 0; box < 12; box += 1) {
    const [x, y, px] = [40 + (box % 4) * 60, 40 + Math.floor(box / 4) * 60, 4];
    for (const [inset, shade] of [
      [0, 0],
      [1, 255],
      [2, 0],
    ] as const)
      for (let row = inset * px; row < (7 - inset) * px; row += 1)
        g.data.fill(shade, (y + row) * 640 + x + inset * px, (y + row) * 640 + x + (7 - inset) * px);
    for (let bar = 0; bar < 4; bar += 1)
      for (let row = 0; row < 28; row += 1)
        g.data.fill(0, (y + row) * 640 + x + 34 + bar * 6, (y + row) * 640 + x + 37 + bar * 6);
  }
  t.same(await unreadCodes(g), []);
});

t.test('on no screen of the recorders that the suite knows a code is seen that is none', async (t) => {
  let count = 0;
  for await (const file of glob('../../suites/{baselines,needles}/**/*.png', { cwd: import.meta.dirname })) {
    const g = greyOf(await decodePicture(await readFile(new URL(file, import.meta.url))));
    t.same(await unreadCodes(g), [], file);
    count += 1;
  }
  t.ok(count >= 100, `${count} screens`);
});
