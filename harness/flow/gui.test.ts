import t from 'tap';
import { handClock } from '../bench/fakes/clock.ts';
import { fakeDisplay } from '../bench/fakes/display.ts';
import type { Item } from '../terms/frame.ts';
import { Gui } from './gui.ts';
import { find } from './look.ts';
import { passing } from './pass.fixture.ts';
import { silentTrace } from './trace.fixture.ts';

const PATIENCE_MS = 8000;
const line = (text: string): Item => ({ kind: 'text', text, box: { x: 10, y: 10, width: 100, height: 20 } });

/** A display each look at which takes `lookMs`; time passes by itself as long as something is waited for. */
function before(lookMs = 0) {
  const clock = handClock();
  const fake = fakeDisplay({ clock, width: 640, height: 480 });
  const display: typeof fake = {
    ...fake,
    async read(wait) {
      const reading = await fake.read(wait);
      await clock.sleep(lookMs);
      return reading;
    },
  };
  const gui = new Gui({ display, labels: {}, clock, trace: silentTrace(), patienceMs: PATIENCE_MS });
  const pass = <T>(act: Promise<T>) => passing(clock, act);
  return { clock, fake, gui, pass };
}

t.test('a screen that came while a slow look went on is not given up on', async (t) => {
  const { clock, fake, gui, pass } = before(PATIENCE_MS - 500);
  fake.show({ items: [line('one')] });
  void clock.sleep(PATIENCE_MS - 100).then(() => fake.show({ items: [line('two')] }));
  const { value } = await pass(gui.until('two', (r) => find(r, ['two'])));
  t.equal(value.text, 'two');
});

t.test('an act begins on a screen that stands still', async (t) => {
  const { clock, fake, gui, pass } = before();
  fake.show({ items: [line('half')] });
  void clock.sleep(20).then(() => fake.show({ items: [line('whole')] }));
  const acted = await pass(
    gui.act(
      'Go on',
      async () => fake.show({ items: [line('next')] }),
      (r) => find(r, ['next']),
      { frame: false },
    ),
  );
  t.equal(acted.before.items[0]?.text, 'whole');
});

t.test('a screen that never stands still is acted on after a while', async (t) => {
  const { clock, fake, gui, pass } = before();
  let count = 0;
  let over = false;
  void (async () => {
    while (!over) {
      count += 1;
      fake.show({ items: [line(`${count}`)] });
      await clock.sleep(20);
    }
  })();
  const acted = await pass(
    gui.act(
      'Stop it',
      async () => {
        over = true;
        fake.show({ items: [line('still')] });
      },
      (r) => find(r, ['still']),
      { frame: false },
    ),
  );
  t.equal(acted.value.text, 'still');
  t.ok(clock.monotonic() < 1000, `${clock.monotonic()} ms`);
});
