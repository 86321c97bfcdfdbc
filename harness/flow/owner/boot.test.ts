import t from 'tap';
import { before, LIVE, LOGIN } from './before.fixture.ts';

t.test('after a boot the screen that comes by itself is waited for, and nothing clicked', async (t) => {
  const { clock, display, owner, pass, clicks } = before();
  display.show(LIVE);
  const later = clock.sleep(1500).then(() => display.show(LOGIN));
  await pass(owner.started(60_000));
  await later;
  const reading = await pass(owner.toLogin());
  t.match(reading.items[3], { text: 'Login' });
  t.same(clicks(), []);
});

t.test('a recorder that starts with its live view is taken as it is', async (t) => {
  const { clock, display, owner, pass } = before();
  display.show(LIVE);
  await pass(owner.started(60_000));
  t.ok(clock.monotonic() >= 3000);
});
