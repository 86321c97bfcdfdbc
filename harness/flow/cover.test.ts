import t from 'tap';
import type { Item } from '../terms/frame.ts';
import { uncovered } from './cover.ts';

const item = (kind: Item['kind'], text: string, x: number, y: number, width = 80, height = 24): Item => ({
  kind,
  text,
  box: { x, y, width, height },
});
const TITLE = item('text', 'Login', 300, 100);
const FIELD = item('field', '••••••', 300, 140, 200);
const OTHER = item('button', 'Cancel', 420, 200);
const BUTTON = item('button', 'Login', 300, 200);
const before = [TITLE, FIELD, BUTTON, OTHER];
const at = { x: 340, y: 212, before };

t.test('a button that has lost letters under the pointer says what it said', async (t) => {
  const covered = [TITLE, FIELD, item('button', 'Lo', 301, 200), OTHER];
  t.same(uncovered(covered, at), [TITLE, FIELD, { ...BUTTON, box: { ...BUTTON.box, x: 301 } }, OTHER]);
  const shard = item('text', 'tow', 346, 214, 20, 10);
  t.same(
    uncovered([TITLE, FIELD, item('button', '', 300, 200), OTHER, shard], at).map(({ text }) => text),
    ['Login', '••••••', 'Login', 'Cancel'],
    'and a letter beside the pointer is nothing by itself',
  );
  t.same(uncovered([...before, shard], at), before, 'also where the button is read as it was');
});

t.test('of a button whose edges are broken too the rest is no writing', async (t) => {
  const rest = [item('text', 'Lo', 310, 205, 16, 12), item('text', 'n', 352, 206, 8, 10)];
  t.same(uncovered([TITLE, FIELD, OTHER, ...rest], at), [TITLE, FIELD, OTHER, BUTTON]);
});

t.test('a line that the pointer hangs over is no higher, and says what it said', async (t) => {
  const click = { x: 340, y: 112, before };
  for (const text of ['Login', 'Lo n'])
    t.same(
      uncovered([item('text', text, 300, 100, 80, 42), FIELD, BUTTON, OTHER], click),
      before,
      `read as ${text}`,
    );
  const other = [item('text', 'Login', 300, 100, 80, 70), FIELD, BUTTON, OTHER];
  t.equal(uncovered(other, click), other, 'no pointer is that large');
});

t.test('what else is said on that screen is heard', async (t) => {
  const told = item('text', 'Wrong password', 300, 170, 160);
  const emptied = item('field', '', 300, 140, 200);
  t.same(
    uncovered([TITLE, emptied, told, item('button', 'Lo', 300, 200), OTHER], at).map(({ text }) => text),
    ['Login', '', 'Wrong password', 'Login', 'Cancel'],
  );
});

t.test('where the click led elsewhere, nothing is covered', async (t) => {
  const same = (items: readonly Item[], click = at) => t.equal(uncovered(items, click), items);
  same([TITLE, FIELD, BUTTON, OTHER]);
  // Another window with a button at the same place.
  same([item('text', 'Reset', 300, 100), FIELD, item('button', 'OK', 300, 200), OTHER]);
  // The same window, and no button there any more.
  same([TITLE, FIELD, OTHER]);
  same([TITLE, FIELD, item('button', 'Lo', 320, 200), OTHER]);
  // Beside everything, or into a field, of which the text is its own.
  const moved = [TITLE, FIELD, item('button', 'Lo', 300, 200), OTHER];
  same(moved, { ...at, x: 10, y: 10 });
  same(moved, { ...at, x: 310, y: 150 });
});
