import t from 'tap';
import { before, item, LOGIN } from './before.fixture.ts';

t.test('Cancel is clicked where it was seen', async (t) => {
  const { display, owner, pass, clicks } = before();
  display.show({ items: [item('text', 'Some settings', 10, 10), item('button', 'Cancel', 400, 400)] });
  display.expectInput('click', LOGIN);
  await pass(owner.toLogin());
  t.same(clicks(), ['left 450,410']);
  await display[Symbol.asyncDispose]();
});
