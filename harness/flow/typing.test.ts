import t from 'tap';
import { handClock } from '../bench/fakes/clock.ts';
import { fakeDisplay } from '../bench/fakes/display.ts';
import type { Item } from '../terms/frame.ts';
import { Gui } from './gui.ts';
import { passing } from './pass.fixture.ts';
import { silentTrace } from './trace.fixture.ts';

const SIZE = { width: 640, height: 360 };
const BOX = { x: 200, y: 100, width: 200, height: 24 };

interface Field {
  /** What stands in it, blanks included. */
  readonly content: string;
  /** Characters that it has room to show. */
  readonly room?: number;
  /** Characters that it takes. */
  readonly most?: number;
  /** How long the pointer hides what stands in it after a click, ms. */
  readonly hiddenMs?: number;
  /** How long it takes to look, ms. */
  readonly lookMs?: number;
  /** How long what was typed takes to be shown, ms. */
  readonly lateMs?: number;
  /** Whether it looks as if it had the focus from the first, and has it. */
  readonly focus?: 'seen' | 'had';
  /** How its writing is read. */
  readonly reads?: (text: string) => string;
}

/** A field as pixels show it, blanks at its ends unseen; and a hand that types into it. */
function bench(options: Field) {
  const { content: first, room = 40, most = 40, hiddenMs = 0, lookMs = 0, lateMs = 0, focus } = options;
  const { reads = (text) => text } = options;
  const clock = handClock();
  const fake = fakeDisplay({ clock, ...SIZE });
  const kept: string[] = [];
  let content = first;
  let focused = focus === 'had';
  let hidden = false;
  const field = (): Item => ({
    kind: 'field',
    text: hidden ? '' : reads(content.trim().slice(-room)),
    box: BOX,
    focused: focused || focus === 'seen',
  });
  const show = () => fake.show({ items: [field()] });
  const trace = silentTrace({ text: (_kind, title) => void kept.push(title) });
  const display: typeof fake = {
    ...fake,
    async click(x, y, button) {
      await fake.click(x, y, button);
      [focused, hidden] = [true, hiddenMs > 0];
      show();
      if (!hidden) return;
      void clock.sleep(hiddenMs).then(() => {
        hidden = false;
        show();
      });
    },
    async read(wait) {
      await clock.sleep(lookMs);
      return fake.read(wait);
    },
    async press(key, times = 1) {
      await fake.press(key, times);
      if (times > 0) content = content.slice(0, -times);
      show();
    },
    async type(text) {
      await fake.type(text);
      if (!focused) return;
      content = (content + text).slice(0, most);
      if (lateMs === 0) return show();
      void clock.sleep(lateMs).then(show);
    },
  };
  const gui = new Gui({ display, labels: {}, clock, trace, patienceMs: 2000 });
  show();
  /** Fills the field, in hand time. @param was what was seen in it before */
  async function fill(text: string, was = field().text): Promise<void> {
    return passing(clock, gui.fill('Fill it', { ...field(), text: was }, text));
  }
  const deleted = () => fake.inputs().filter((one) => one.kind === 'key' && one.key === 'Backspace').length;
  return { fill, deleted, kept, clock, content: () => content, inputs: fake.inputs };
}

t.test('an empty field that has the focus is typed into at once', async (t) => {
  const { fill, content, inputs } = bench({ content: '', focus: 'had' });
  await fill('new');
  t.equal(content(), 'new');
  t.same(inputs(), [{ kind: 'text', text: 'new' }]);
});

t.test('a field that only looked as if it had the focus is clicked on after all', async (t) => {
  const { fill, content, inputs } = bench({ content: '', focus: 'seen' });
  await fill('new');
  t.equal(content(), 'new');
  t.same(
    inputs()
      .map(({ kind }) => kind)
      .filter((kind) => kind !== 'key'),
    ['text', 'click', 'text'],
  );
});

t.test('what is shown late does not stand there twice', async (t) => {
  const { fill, content } = bench({ content: '', focus: 'had', lateMs: 700 });
  await fill('new');
  t.equal(content(), 'new');
});

t.test('a field with the focus that is not empty is clicked on and emptied', async (t) => {
  const { fill, content, inputs } = bench({ content: 'old', focus: 'had' });
  await fill('new');
  t.equal(content(), 'new');
  t.match(inputs()[0], { kind: 'click' });
});

t.test('an empty field is clicked on and typed into, and nothing is deleted', async (t) => {
  const { fill, content, inputs, kept } = bench({ content: '' });
  await fill('new');
  t.equal(content(), 'new');
  t.same(inputs(), [
    { kind: 'click', button: 'left', x: 300, y: 112 },
    { kind: 'text', text: 'new' },
  ]);
  t.same(kept, []);
});

t.test('four characters more are deleted than are seen: blanks at the ends are not', async (t) => {
  const { fill, content, deleted } = bench({ content: '  user' });
  await fill('new');
  t.equal(content(), 'new');
  t.equal(deleted(), 4 + 4);
});

t.test('what stood in a field is deleted also where the pointer hides it for a while', async (t) => {
  const { fill, content, deleted } = bench({ content: 'abcdef', hiddenMs: 400 });
  await fill('new');
  t.equal(content(), 'new');
  t.equal(deleted(), 6 + 4, 'once it was seen as it was');
});

t.test('what a field no longer shows is waited for in vain, and what it shows is deleted', async (t) => {
  const { fill, content, deleted } = bench({ content: 'abc' });
  await fill('new', 'abcdef');
  t.equal(content(), 'new');
  t.equal(deleted(), 3 + 4);
});

t.test('a text longer than its field is deleted part by part', async (t) => {
  const { fill, content, deleted } = bench({ content: 'a'.repeat(30), room: 10 });
  await fill('new');
  t.equal(content(), 'new');
  t.equal(deleted(), 14 + 14 + 6);
});

t.test('a field that cannot be emptied is told, and not typed into', async (t) => {
  const { fill, content, inputs } = bench({ content: 'a'.repeat(300), room: 10 });
  await t.rejects(fill('new'), { code: 'SCREEN_NOT_REACHED', message: /the field to be empty/ });
  t.equal(content().length, 300 - 8 * 14);
  t.notOk(inputs().some(({ kind }) => kind === 'text'));
});

t.test('that a field took less than was typed is kept', async (t) => {
  const { fill, content, kept } = bench({ content: '', most: 8 });
  await fill('more than eight');
  t.equal(content(), 'more tha');
  t.same(kept, ['field took less than was typed']);
});

t.test('a field that shows as much and reads otherwise is kept as such', async (t) => {
  const { fill, content, kept, clock } = bench({ content: '', reads: (text) => text.replace('J', ')') });
  const begun = clock.monotonic();
  await fill('7JX3');
  t.equal(content(), '7JX3');
  t.ok(clock.monotonic() - begun < 500, 'all of it is there: nothing more is waited for');
  t.same(kept, ['field reads otherwise than was typed']);
});

t.test('a look that begins in time counts, however long it takes', async (t) => {
  // Looks end 500, 1150 and 1650 ms after the typing: each takes 500 ms, and waits up to 150 ms for a change.
  const slow = bench({ content: '', lookMs: 500, lateMs: 1300 });
  await slow.fill('new');
  t.same(slow.kept, []);
  const tooSlow = bench({ content: '', lookMs: 500, lateMs: 2600 });
  await tooSlow.fill('new');
  t.same(tooSlow.kept, ['field took less than was typed'], 'and no look after that');
});
