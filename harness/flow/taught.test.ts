import t from 'tap';
import { handClock } from '../bench/fakes/clock.ts';
import { fakeDisplay } from '../bench/fakes/display.ts';
import type { Reading } from '../terms/frame.ts';
import { taught } from './taught.ts';

const text = (words: string) => ({
  kind: 'text' as const,
  text: words,
  box: { x: 1, y: 2, width: 3, height: 4 },
});

function lesson() {
  const display = fakeDisplay({ clock: handClock(), width: 320, height: 200 });
  const screens: Reading[] = [];
  const pupil = taught(display, async (_frame, reading) => void screens.push(reading));
  return { display, pupil, screens };
}

t.test('a frame is handed on with what the document says of it', async (t) => {
  const { display, pupil, screens } = lesson();
  display.show({ items: [text('Login')] });
  await pupil.read?.();
  await pupil.frame();
  t.match(screens, [{ items: [{ text: 'Login' }], width: 320, height: 200 }]);
});

t.test('a frame that nobody had read, or during which the screen changed, teaches nothing', async (t) => {
  const { display, pupil, screens } = lesson();
  display.show({ items: [text('Login')] });
  await pupil.frame();
  await pupil.read?.();
  display.show({ items: [text('Menu')] });
  await pupil.frame();
  t.same(screens, []);
});

t.test('after a click the pointer covers nothing', async (t) => {
  const { display, pupil } = lesson();
  await pupil.read?.();
  await pupil.click(5, 6);
  t.same(display.inputs().at(-1), { kind: 'move', x: 318, y: 198 });
});
