import t from 'tap';
import { before, item, LIVE, LOGIN } from './before.fixture.ts';

t.test('Cancel is clicked where it was seen', async (t) => {
  const { display, owner, pass, clicks } = before();
  display.show({ items: [item('text', 'Some settings', 10, 10), item('button', 'Cancel', 400, 400)] });
  display.expectInput('click', LOGIN);
  await pass(owner.toLogin());
  t.same(clicks(), ['left 450,410']);
  await display[Symbol.asyncDispose]();
});

t.test(
  'houses on a live view have windows that look like tick boxes, and nobody waits for an answer there',
  async (t) => {
    const { display, owner, pass, clicks } = before();
    const windows = [item('checkbox', '', 200, 200), item('radio', '', 330, 200)];
    display.show({ items: [...LIVE.items, ...windows] });
    display.expectInput('click', LOGIN);
    t.match(await pass(owner.toLogin()), { items: LOGIN.items });
    t.equal(clicks().length, 1);
  },
);
