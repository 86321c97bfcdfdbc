import t from 'tap';
import { handClock } from '../bench/fakes/clock.ts';
import { fakeDisplay } from '../bench/fakes/display.ts';
import type { Reading } from '../terms/frame.ts';
import { fingerprint } from './look.ts';
import { taught } from './taught.ts';

const text = (words: string) => ({
  kind: 'text' as const,
  text: words,
  box: { x: 1, y: 2, width: 3, height: 4 },
});

function lesson() {
  const clock = handClock();
  const display = fakeDisplay({ clock, width: 320, height: 200 });
  const screens: Reading[] = [];
  const isKnown = (reading: Reading) => screens.some((one) => fingerprint(one) === fingerprint(reading));
  const pupil = taught(display, {
    isNew: (reading) => !isKnown(reading),
    show: async (_frame, reading) => void screens.push(reading),
  });
  return { clock, display, pupil, screens };
}

t.test(
  'a new screen is photographed when it has come to rest, with what the document says of it',
  async (t) => {
    const { clock, display, pupil, screens } = lesson();
    display.show({ items: [text('Login')] });
    const read = pupil.read?.();
    await clock.advance(500);
    t.match(await read, { items: [{ text: 'Login' }] });
    t.match(screens, [{ items: [{ text: 'Login' }], width: 320, height: 200 }]);
    await pupil.read?.();
    t.equal(screens.length, 1, 'a known screen costs no time');
  },
);

t.test('a screen that goes on changing teaches nothing, and its last state is what was read', async (t) => {
  const { clock, display, pupil, screens } = lesson();
  display.show({ items: [text('Login')] });
  const read = pupil.read?.();
  await clock.advance(100);
  display.show({ items: [text('Menu')] });
  await clock.advance(500);
  t.match(await read, { items: [{ text: 'Menu' }] });
  t.same(screens, []);
});

t.test('a frame that nobody had read, or during which the screen changed, teaches nothing', async (t) => {
  const { clock, display, pupil, screens } = lesson();
  display.show({ items: [text('Login')] });
  await pupil.frame();
  t.same(screens, []);
  const read = pupil.read?.();
  await clock.advance(500);
  await read;
  display.show({ items: [text('Menu')] });
  await pupil.frame();
  t.match(screens, [{ items: [{ text: 'Login' }] }]);
});

t.test('after a click the pointer covers nothing', async (t) => {
  const { clock, display, pupil } = lesson();
  const read = pupil.read?.();
  await clock.advance(500);
  await read;
  await pupil.click(5, 6);
  t.same(display.inputs().at(-1), { kind: 'move', x: 318, y: 198 });
});
