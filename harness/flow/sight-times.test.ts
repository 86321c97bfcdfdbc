import t from 'tap';
import { picture, show, timed } from './sight.fixture.ts';

t.test('no frame is looked at that was grabbed within 60 ms of a click or a drag', async (t) => {
  const { clock, display, grabs, eyes } = timed();
  display.show(show(await picture(100)));
  await eyes.read();
  await eyes.click(10, 20);
  await eyes.read();
  t.same(grabs, [0, 60]);
  await clock.advance(40);
  await eyes.drag([
    { x: 1, y: 1 },
    { x: 9, y: 9 },
  ]);
  await clock.advance(25);
  await eyes.read();
  t.same(grabs, [0, 60, 160], 'time that passed anyway counts');
  await eyes.press('Enter');
  await eyes.type('a');
  await eyes.moveTo(30, 40);
  await eyes.read();
  t.same(grabs, [0, 60, 160, 160], 'a key and a mere move hide nothing');
});

t.test('a screen stands still since its first frame was grabbed, however long the look took', async (t) => {
  const { clock, display, grabs, eyes } = timed(200);
  display.show(show(await picture(100)));
  t.match(await eyes.read({ withinMs: 5000, stillMs: 150 }), { stillMs: 200 });
  t.same(grabs, [0], 'one frame was enough');
  await clock.advance(300);
  t.match(await eyes.read(), { stillMs: 500 }, 'the same frame goes on standing still');
  display.show(show(await picture(102)));
  t.match(await eyes.read(), { stillMs: 700 }, 'so does another one that reads the same');
  display.show(show(await picture(300)));
  t.match(await eyes.read({ withinMs: 5000, stillMs: 0 }), { stillMs: 200, items: [{ box: { x: 300 } }] });
});

t.test('what has changed is looked at again when it may have stood still for long enough', async (t) => {
  const { display, grabs, eyes } = timed();
  display.show(show(await picture(100)));
  t.match(await eyes.read({ withinMs: 5000, stillMs: 100 }), { stillMs: 100 });
  t.same(grabs, [0, 100]);
  t.match(await eyes.read({ withinMs: 80, stillMs: 100 }), { stillMs: 180 });
  t.same(grabs, [0, 100, 100, 116, 132, 148, 164, 180], 'what has not, half a frame later, and at the end');
});

t.test('a picture that goes on moving beside the things of a screen is grabbed once a frame', async (t) => {
  const views = await Promise.all([0, 10, 20, 30, 40, 50].map((moved) => picture(500, { moved })));
  const { display, grabs, eyes } = timed(0, () => views.shift());
  display.show(show(await picture(500)));
  await eyes.read();
  await eyes.read({ withinMs: 100, stillMs: 0 });
  t.same(grabs, [0, 0, 33, 66, 99, 100]);
});
