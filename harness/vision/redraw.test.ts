import t from 'tap';
import { drawCode, plainGrey } from './code.fixture.ts';
import { type Corners, type Decoded, decodeByZxing } from './decoders.ts';
import type { Grey } from './grey.ts';
import { redrawn } from './redraw.ts';

async function codeOf(px: number): Promise<{ readonly g: Grey; readonly code: Decoded }> {
  const g = plainGrey(400, 400);
  drawCode(g, { x: 40, y: 40, px });
  const [code] = await decodeByZxing(g);
  if (code === undefined) throw new Error(`the code of ${px} px a module is not read`);
  return { g, code };
}

/** Each pixel a third its own, and a sixth each of its four neighbours. */
function softened(g: Grey): Grey {
  const at = (place: number, own: number) => g.data[place] ?? own;
  const data = g.data.map((own, place) => {
    const beside = at(place - 1, own) + at(place + 1, own);
    return (2 * own + beside + at(place - g.width, own) + at(place + g.width, own)) / 6;
  });
  return { ...g, data };
}

/** Three corners moved, each another way, so that the code is neither moved nor scaled as a whole. */
function off({ topLeft, topRight, bottomRight, bottomLeft }: Corners, by: number): Corners {
  return {
    topLeft: { x: topLeft.x + by, y: topLeft.y },
    topRight: { x: topRight.x, y: topRight.y - by },
    bottomRight: { x: bottomRight.x - by, y: bottomRight.y + by },
    bottomLeft,
  };
}

/** Of each module of a redrawn code, quiet zone included, whether it is dark. */
function darkModules(g: Grey, px: number): readonly boolean[] {
  const modules = g.width / px;
  return Array.from({ length: modules * modules }, (_, at) => {
    const [row, column] = [Math.floor(at / modules), at % modules];
    return (g.data[row * px * g.width + column * px] ?? 0) < 128;
  });
}

t.test('a clear code is redrawn with a px for each module', async (t) => {
  const { g, code } = await codeOf(4);
  const small = redrawn(g, code);
  t.equal(small.width, 17 + 4 * code.version + 8, 'four modules of white on either side');
  t.ok(
    small.data.every((level) => level === 0 || level === 255),
    'nothing of it is grey',
  );
});

t.test(
  'what is vague is redrawn larger, and corners that are off by half a module are put right',
  async (t) => {
    const { g, code } = await codeOf(2);
    const truth = darkModules(redrawn(g, code), 1);
    const soft = softened(g);
    for (const by of [0, 0.5, 1, -1]) {
      const again = redrawn(soft, { ...code, corners: off(code.corners, by) });
      t.equal(again.width, 2 * Math.sqrt(truth.length), `by ${by} px: two px a module`);
      t.same(darkModules(again, 2), truth, `by ${by} px: no module is taken for another`);
    }
  },
);
