import t from 'tap';
import type { Box, Item, Pixels } from '../terms/frame.ts';
import { approvedPicture, moved, pasted } from '../vision/approved.fixture.ts';
import { makeNeedle } from '../vision/needle/make.ts';
import { type Needle, needleOf } from '../vision/needle/needle.ts';
import { needleEyes } from './needles.ts';

const DIALOG = await approvedPicture('reset-methods');
const ELSEWHERE = await approvedPicture('activation');
const LABELS = {
  ok: ['OK'],
  resetType: ['Password Reset', 'Password Reset Type'],
  settings: ['Settings', '⚙'],
};
const TITLE = { x: 370, y: 276, width: 130, height: 28 };
const OK = { x: 704, y: 404, width: 96, height: 30 };
const BUTTON: Item = { kind: 'button', text: '0K', box: { x: 704, y: 404, width: 96, height: 30 } };

function needle(name: string, box: Box, tags: readonly string[], picture: Pixels = DIALOG): Needle {
  const areas = [{ kind: 'match' as const, box, margin: 20, other: {} }];
  return needleOf({ name, tags, areas, properties: [], other: {}, notices: [] }, picture);
}
const eyes = (...needles: readonly Needle[]) => needleEyes({ needles, labels: LABELS });

t.test('a needle says what the item is that it lies on', async (t) => {
  const { items, needles } = await eyes(needle('ok-1', OK, ['label-ok'])).look(DIALOG, [BUTTON]);
  t.same(items, [{ ...BUTTON, text: 'OK' }]);
  t.match(needles, [
    { name: 'ok-1', tags: ['label-ok'], matched: true, box: OK, areas: [{ ok: true, needed: 0.96 }] },
  ]);
  const right = [{ ...BUTTON, text: 'ok' }];
  t.equal(
    (await eyes(needle('ok-1', OK, ['label-ok'])).look(DIALOG, right)).items,
    right,
    'what says it stays',
  );
});

t.test('where nothing was seen there is a button then, its middle where the needle is clicked', async (t) => {
  const gear = needleOf(
    {
      name: 'gear',
      tags: ['label-settings'],
      areas: [{ kind: 'match', box: TITLE, click: { x: 100, y: 10 }, other: {} }],
      properties: [],
      other: {},
      notices: [],
    },
    DIALOG,
  );
  const { items } = await eyes(gear).look(moved(DIALOG, 6, -4), [BUTTON]);
  t.same(items, [
    { kind: 'button', text: 'Settings', box: { ...TITLE, x: 376 + 100 - 65, y: 272 + 10 - 14 } },
    BUTTON,
  ]);
});

t.test('a field, and a picture that fills the screen, are not what a needle shows', async (t) => {
  const field: Item = { kind: 'field', text: 'abc', box: { ...OK, x: OK.x - 4, width: OK.width + 8 } };
  const one = eyes(needle('ok-1', OK, ['label-ok']));
  t.same((await one.look(DIALOG, [field])).items, [field]);
  const ground: Item = { kind: 'image', text: '', box: { x: 0, y: 0, width: 1280, height: 720 } };
  t.match((await one.look(DIALOG, [ground])).items, [ground, { kind: 'button', text: 'OK', box: OK }]);
});

t.test(
  'of several references of a label the best counts, and the others are kept with their scores',
  async (t) => {
    const spoilt = pasted(DIALOG, DIALOG, { x: 450, y: 300, width: 3, height: 2 }, { x: 744, y: 412 });
    const { items, needles } = await eyes(
      needle('worse', OK, ['label-ok'], spoilt),
      needle('best', OK, ['label-ok', 'screen-reset-methods']),
    ).look(DIALOG, []);
    t.equal(items.length, 1);
    t.match(needles, [
      { name: 'best', matched: true, beatenBy: undefined },
      { name: 'worse', matched: true, beatenBy: 'best' },
    ]);
    t.ok((needles[0]?.score ?? 0) > (needles[1]?.score ?? 1));
  },
);

t.test('other tags are recognised, and only told', async (t) => {
  const { items, needles } = await eyes(needle('methods', TITLE, ['screen-reset-methods'])).look(DIALOG, [
    BUTTON,
  ]);
  t.same(items, [BUTTON]);
  t.match(needles, [{ name: 'methods', matched: true }]);
});

t.test('a near miss is told with its place and score, a far one is not', async (t) => {
  const letter = pasted(DIALOG, DIALOG, { x: 458, y: 280, width: 8, height: 20 }, { x: 392, y: 280 });
  const { items, needles } = await eyes(
    needle('title', TITLE, ['label-resetType'], letter),
    needle('far', { x: 370, y: 158, width: 82, height: 28 }, ['label-ok'], ELSEWHERE),
  ).look(DIALOG, [BUTTON]);
  t.same(items, [BUTTON]);
  t.match(needles, [{ name: 'title', matched: false, box: TITLE, areas: [{ ok: false }] }]);
  t.equal(needles.length, 1);
  t.ok((needles[0]?.score ?? 0) > 0.6);
  const read: Item = { kind: 'text', text: 'Password Reset', box: TITLE };
  const gone = pasted(DIALOG, ELSEWHERE, { x: 0, y: 0, width: 200, height: 60 }, { x: 360, y: 260 });
  const told = await eyes(needle('title', TITLE, ['label-resetType'])).look(gone, [read]);
  t.match(
    told.needles,
    [{ name: 'title', matched: false }],
    'a label that was read there says that it should match',
  );
});

t.test('what is nowhere near its place is found in the whole frame when it is searched for', async (t) => {
  const one = eyes(needle('ok-1', OK, ['label-ok']), needle('title', TITLE, ['screen-x']));
  const away = moved(DIALOG, -200, -150);
  const before = await one.look(away, []);
  t.same(before.items, []);
  const found = await one.search(away, before);
  t.match(found?.items, [{ kind: 'button', text: 'OK', box: { x: OK.x - 200, y: OK.y - 150 } }]);
  t.match(found?.needles[0], { name: 'ok-1', matched: true });
  t.equal(await one.search(away, before), undefined, 'each is searched for once a frame');
  const there = await one.look(DIALOG, []);
  t.equal(await one.search(DIALOG, there), undefined, 'what is there already is not');
});

t.test('what a search has found is known where it was found from then on', async (t) => {
  const one = eyes(needle('ok-1', OK, ['label-ok']));
  const away = moved(DIALOG, -200, -150);
  await one.search(away, await one.look(away, []));
  const seen = await one.look(moved(DIALOG, -198, -151), []);
  t.match(seen.items, [{ kind: 'button', text: 'OK', box: { x: OK.x - 198, y: OK.y - 151 } }]);
  t.match(seen.needles, [{ name: 'ok-1', matched: true }]);
  t.equal(seen.needles.length, 1);
  t.match((await one.look(DIALOG, [])).items, [{ box: OK }], 'or at its place');
  t.same((await one.look(ELSEWHERE, [])).items, [], 'where it is gone nothing is seen');
  t.match((await one.look(away, [])).items, [{ text: 'OK' }], 'and it may come again');
});

t.test('of what searches have found the newest are known', async (t) => {
  const names = Array.from({ length: 16 }, (_, at) => `n${at}`);
  const one = needleEyes({
    needles: names.map((name) => needle(name, OK, [`label-${name}`])),
    labels: Object.fromEntries(names.map((name) => [name, [name]])),
  });
  const away = moved(DIALOG, -200, -150);
  const before = { items: [], needles: [] };
  for (const _ of names) await one.search({ ...away }, before);
  const known = new Set((await one.look(away, [])).needles.map(({ name }) => name));
  t.equal(known.size, 15);
  t.notOk(known.has('n0'));
});

t.test('while the same things stand there, all are searched for before one is again', async (t) => {
  const names = ['a', 'b', 'c'];
  const labels = Object.fromEntries(names.map((name) => [name, [name]]));
  const wanted: string[] = [];
  const needles = names.map((name) => needle(name, OK, [`label-${name}`]));
  const one = needleEyes({
    needles: needles.map((of, at) => ({
      ...of,
      get pictures() {
        wanted.push(names[at] ?? '');
        return of.pictures;
      },
    })),
    labels,
  });
  const before = { items: [BUTTON], needles: [] };
  const asked: string[] = [];
  // Each frame is another one, as a camera's picture goes on moving; the last one is no news.
  const frames = Array.from({ length: 4 }, () => ({ ...DIALOG }));
  for (const frame of [...frames, frames[3] ?? DIALOG, frames[3] ?? DIALOG, frames[3] ?? DIALOG]) {
    wanted.length = 0;
    await one.search(frame, before);
    asked.push(wanted[0] ?? 'none');
  }
  t.same(asked, ['a', 'b', 'c', 'a', 'b', 'c', 'none']);
});

t.test('a needle whose part of the picture is as before is not looked for again', async (t) => {
  let reads = 0;
  const readText = async () => {
    reads += 1;
    return 'Password Reset';
  };
  const texts = [
    { area: { kind: 'ocr' as const, box: TITLE, text: 'Password Reset', other: {} }, needed: 1 },
  ];
  const needles = [{ ...needle('ok-1', OK, ['label-ok']), texts }, needle('title', TITLE, ['screen-x'])];
  const one = needleEyes({ needles, labels: LABELS, readText });
  const spoilt = (x: number, y: number) =>
    pasted(DIALOG, ELSEWHERE, { x: 0, y: 0, width: 60, height: 20 }, { x, y });
  const look = async (picture: Pixels, items: readonly Item[] = [BUTTON]) => {
    const fresh = needleEyes({ needles, labels: LABELS, readText: async () => 'Password Reset' });
    t.same(await one.look(picture, items), await fresh.look(picture, items), 'as if it were');
    return reads;
  };
  t.equal(await look(DIALOG), 1);
  t.equal(await look({ ...DIALOG, data: DIALOG.data.slice() }, []), 1, 'the same picture');
  t.equal(await look(spoilt(20, 20)), 1, 'something else has changed');
  t.equal(await look(spoilt(OK.x, OK.y + OK.height + 4)), 1, 'something comes up close to it');
  t.equal(await look(spoilt(OK.x + 5, OK.y + 5)), 1, 'the button is gone');
  t.equal(await look(DIALOG), 2, 'and comes back');
  t.equal(await look(spoilt(TITLE.x + 90, TITLE.y)), 3, 'what is to be read has changed');
  t.equal(await look(moved(DIALOG, 3, 2)), 4, 'it has moved');
});

t.test('of many needles only some are looked for on a frame', async (t) => {
  const many = Array.from({ length: 40 }, (_, at) => needle(`ok-${at}`, OK, [`x-${at}`]));
  t.equal((await eyes(...many).look(DIALOG, [])).needles.length, 15);
});

t.test('a needle made from a frame is small, and finds its place again', async (t) => {
  const made = await makeNeedle(DIALOG, { name: 'ok', tags: ['label-ok'], box: OK });
  t.ok((made?.png.length ?? 1e9) < 6000, `${made?.png.length} bytes`);
  if (made === undefined) return;
  t.match((await eyes(made.needle).look(DIALOG, [])).items, [{ text: 'OK', box: OK }]);
  t.equal(
    await makeNeedle(DIALOG, { name: 'flat', tags: [], box: { x: 420, y: 430, width: 80, height: 10 } }),
    undefined,
  );
});
