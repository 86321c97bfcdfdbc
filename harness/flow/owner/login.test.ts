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

t.test('a list of users that opens late is waited for; a user that it lacks is told', async (t) => {
  const { clock, display, owner, pass, clicks } = before();
  const screen = (user: string, typed = '') => ({
    items: [
      item('text', 'User Name', 200, 170),
      item('option', user, 310, 170),
      ...LOGIN.items.map((one) =>
        one.kind === 'field' ? { ...one, text: '•'.repeat(typed.length), focused: true } : one,
      ),
    ],
  });
  const open = {
    items: [
      item('text', 'User Name', 200, 170),
      item('option', 'admin', 310, 170),
      item('option', 'admin', 310, 190),
      item('option', 'rb-operator', 310, 210),
      item('button', 'Login', 310, 260),
    ],
  };
  display.show(screen('admin'));
  display.expectInput('click', screen('admin'));
  const opened = clock.sleep(3000).then(() => {
    display.show(open);
    display.expectInput('click', screen('rb-operator'));
    display.expectInput('text', screen('rb-operator', 'pw'));
    display.expectInput(undefined, LIVE);
  });
  const outcome = await pass(owner.login('rb-operator', 'pw'));
  await opened;
  t.equal(outcome.accepted, true);
  t.same(clicks().slice(0, 2), ['left 360,180', 'left 360,220']);

  const other = before();
  other.display.show(screen('admin'));
  other.display.expectInput('click', open);
  await t.rejects(other.pass(other.owner.login('rb-viewer', 'pw')), {
    code: 'SCREEN_NOT_REACHED',
    message: /rb-viewer in the list of users/,
  });
});
