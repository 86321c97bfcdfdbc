import t from 'tap';
import { before, item, LIVE } from './before.fixture.ts';

t.test('what a recorder says of a pattern is waited for and closed', async (t) => {
  const dots = Array.from({ length: 9 }, (_, n) => ({
    kind: 'button' as const,
    text: '',
    box: { x: 200 + 60 * (n % 3), y: 200 + 60 * Math.floor(n / 3), width: 30, height: 30 },
  }));
  const { clock, display, owner, pass, clicks } = before();
  const row = [item('text', 'Unlock Pattern', 100, 100), item('button', 'Settings', 300, 100)];
  display.show({ items: row });
  display.expectInput('click', { items: dots });
  const second = { items: [...dots, item('text', 'Draw it again', 100, 60)] };
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
