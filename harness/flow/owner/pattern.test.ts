import t from 'tap';
import { before, item, LIVE } from './before.fixture.ts';

const DOTS = Array.from({ length: 9 }, (_, n) => ({
  kind: 'button' as const,
  text: '',
  box: { x: 200 + 60 * (n % 3), y: 200 + 60 * Math.floor(n / 3), width: 30, height: 30 },
}));

t.test('what a pattern opens is waited for', async (t) => {
  const { clock, display, owner, pass } = before();
  const asked = { items: [...DOTS, item('link', 'Forgot Password', 100, 60)] };
  display.show(asked);
  display.expectInput('drag', asked);
  const later = (async () => {
    while (display.inputs().every(({ kind }) => kind !== 'drag')) await clock.sleep(50);
    await clock.sleep(2500);
    display.show(LIVE);
  })();
  t.match(await pass(owner.loginByPattern([1, 2, 3])), { accepted: true });
  await later;
  display.show(asked);
  display.expectInput('drag', asked);
  t.match(
    await pass(owner.loginByPattern([1, 2, 4])),
    { accepted: false },
    'and what opens nothing is refused',
  );
  await display[Symbol.asyncDispose]();
});

t.test(
  'a field that asks for the admin password is known by its label, where none says that it conceals',
  async (t) => {
    const { display, owner, pass } = before();
    const row = [item('text', 'Unlock Pattern', 100, 100), item('button', 'Settings', 300, 100)];
    display.show({ items: row });
    display.expectInput('click', {
      items: [
        ...row,
        item('text', 'Admin Password', 100, 300),
        item('field', '', 310, 300),
        item('button', 'OK', 310, 360),
      ],
    });
    // The next input is the one into that field: it was found.
    display.expectInput('click', LIVE);
    await t.rejects(pass(owner.setPattern('abc', [1, 2, 3])));
    const { x = 0, y = 0 } = display.inputs().findLast(({ kind }) => kind === 'click') as {
      x?: number;
      y?: number;
    };
    t.same([x, y], [360, 310]);
  },
);

t.test('what a recorder says of a pattern is waited for and closed', async (t) => {
  const { clock, display, owner, pass, clicks } = before();
  const row = [item('text', 'Unlock Pattern', 100, 100), item('button', 'Settings', 300, 100)];
  display.show({ items: row });
  display.expectInput('click', { items: DOTS });
  const second = { items: [...DOTS, item('text', 'Draw it again', 100, 60)] };
  display.expectInput('drag', second);
  display.expectInput('drag', LIVE);
  display.expectInput('click', LIVE);
  const set = owner.setPattern('abc', [1, 2, 3]);
  const late = (async () => {
    while (display.inputs().filter(({ kind }) => kind === 'drag').length < 2) await clock.sleep(50);
    await clock.sleep(2000);
    display.show({
      items: [
        item('text', 'Attention', 200, 200),
        item('text', 'Saved', 200, 230),
        item('button', 'OK', 310, 260),
      ],
    });
  })();
  await pass(set);
  await late;
  t.equal(clicks().at(-1), 'left 360,270');
  await display[Symbol.asyncDispose]();
});
