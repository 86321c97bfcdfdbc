import t from 'tap';
import type { Frame, Item, Pixels } from '../terms/frame.ts';
import { approvedPicture, moved } from '../vision/approved.fixture.ts';
import { matchNeedle } from '../vision/needle/match.ts';
import { sceneOf } from '../vision/needle/scene.ts';
import { encodePng } from '../vision/png.ts';
import { NeedleSchool } from './needle-school.ts';

const DIALOG = await approvedPicture('reset-methods');
const SIZE = { width: 1280, height: 720 };
const LABELS = {
  ok: ['OK'],
  cancel: ['Cancel'],
  login: ['Login', 'OK'],
  resetType: ['Password Reset'],
  byEmail: ['Verify by Reserved Email'],
};
const ITEMS: readonly Item[] = [
  { kind: 'text', text: 'Password Reset', box: { x: 374, y: 280, width: 114, height: 20 } },
  { kind: 'button', text: 'OK', box: { x: 704, y: 404, width: 96, height: 30 } },
  { kind: 'button', text: 'Cancel', box: { x: 810, y: 404, width: 96, height: 30 } },
];
const frameOf = async (pixels: Pixels): Promise<Frame> => ({
  ...SIZE,
  bytes: await encodePng(pixels),
  format: 'png',
  grabbedAt: 0,
});
const frame = await frameOf(DIALOG);

t.test(
  'what a reset acts on becomes needles, tagged with label and screen, and said to be learned',
  async (t) => {
    const school = new NeedleSchool(LABELS);
    await school.show(frame, { ...SIZE, items: ITEMS });
    const [made, ...more] = school.needles();
    t.equal(more.length, 0, 'Cancel is not on the way');
    t.match(made?.needle, { name: 'ok-reset-methods', tags: ['label-ok', 'screen-reset-methods'] });
    t.match(made?.needle.file, {
      areas: [{ kind: 'match', box: ITEMS[1]?.box, click: 'center', margin: 10 }],
      properties: [{ name: 'learned' }],
    });
    t.ok((made?.png.length ?? 1e9) < 6000);
    t.equal(made && matchNeedle(sceneOf(DIALOG), made.needle).kind, 'match');
  },
);

t.test(
  'the same seen again teaches nothing new; seen otherwise it is a second reference, and no third',
  async (t) => {
    const school = new NeedleSchool(LABELS);
    const shifted = (by: number) => ({
      ...SIZE,
      items: ITEMS.map((item) => ({ ...item, box: { ...item.box, x: item.box.x + by } })),
    });
    for (const by of [0, 0, 40, 80]) await school.show(await frameOf(moved(DIALOG, by, 0)), shifted(by));
    t.same(
      school.needles().map(({ needle }) => needle.name),
      ['ok-reset-methods', 'ok-reset-methods-2'],
    );
  },
);

t.test('two of a label, one that is disabled, and a needle that misleads are none', async (t) => {
  const two = new NeedleSchool(LABELS);
  await two.show(frame, { ...SIZE, items: [...ITEMS, { ...(ITEMS[2] as Item), text: 'OK' }] });
  await two.show(frame, { ...SIZE, items: ITEMS.map((item) => ({ ...item, enabled: false })) });
  t.same(two.needles(), []);
  const misled = new NeedleSchool(LABELS);
  await misled.show(frame, { ...SIZE, items: ITEMS });
  await misled.show(frame, { ...SIZE, items: ITEMS.filter(({ text }) => text !== 'OK') });
  t.same(misled.needles(), [], 'the picture says OK, and the document does not');
});

t.test('a screen that is not on the way teaches nothing', async (t) => {
  const school = new NeedleSchool(LABELS);
  await school.show(frame, { ...SIZE, items: ITEMS.slice(1) });
  t.same(school.needles(), []);
});
