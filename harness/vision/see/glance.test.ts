import t from 'tap';
import type { Item, Pixels } from '../../terms/frame.ts';
import { changedCells } from '../changes.ts';
import { captured } from '../png.ts';
import { glance } from './glance.ts';
import { LookLearner } from './learn.ts';
import { type Drawn, drawScreen, EM, FORM } from './screen.fixture.ts';
import { type Seer, seerOf } from './seer.ts';

const NOISE = 24;
/** The form with other things in place of some of its own, by their place. */
const formWith = (...others: readonly Drawn[]): readonly Drawn[] =>
  FORM.map((one) => others.find(({ x, y }) => x === one.x && y === one.y) ?? one);
const TYPED: Drawn = { kind: 'field', text: 'K7MPQ2XW', x: 360, y: 170, width: 230, focused: true };

/** A seer that knows the form, and the sizes of what it was shown. */
async function seers() {
  const learner = new LookLearner(EM);
  for (const things of [FORM, formWith(TYPED)]) {
    const { png, pixels, reading } = await drawScreen(things);
    learner.add({ pixels, reading }, 'none');
    learner.add({ pixels: await captured(png, 90), reading }, 'little');
  }
  const whole = seerOf(learner.look(), async () => '?');
  const sizes: number[] = [];
  const seer: Seer = (pixels) => {
    sizes.push(pixels.width * pixels.height);
    return whole(pixels);
  };
  return { whole, seer, sizes };
}

/** What a glance sees of a screen that follows the form, what a look at the whole does, and what was looked at for it. */
async function glanced(things: readonly Drawn[], to: { readonly title?: string } = {}) {
  const { whole, seer, sizes } = await seers();
  const shown = async (of: readonly Drawn[], how = {}): Promise<Pixels> =>
    captured((await drawScreen(of, how)).png, 90);
  const [from, next] = [await shown(FORM), await shown(things, to)];
  const before = { pixels: from, items: await whole(from) };
  const cells = changedCells(from, next, NOISE);
  const items = await glance(next, { before, cells, noise: NOISE, seer });
  return { items, whole: await whole(next), sizes, screen: next.width * next.height };
}
const facts = (items: readonly Item[] | undefined) =>
  items?.map(({ kind, text, checked, focused }) => ({ kind, text, checked, focused }));

t.test('what is typed into a field is seen by a look at the field alone', async (t) => {
  const { items, whole, sizes, screen } = await glanced(formWith(TYPED));
  t.same(facts(items), facts(whole));
  t.ok(items?.some(({ kind, text }) => kind === 'field' && text !== ''));
  t.equal(sizes.length, 1);
  t.ok((sizes[0] ?? 0) < 0.1 * screen);
});

t.test('a focus that goes from one field to the next is two looks at fields', async (t) => {
  const { items, whole, sizes } = await glanced(
    formWith(
      { kind: 'field', text: '', x: 360, y: 130, width: 230, focused: true },
      { kind: 'field', text: '', x: 360, y: 170, width: 230 },
    ),
  );
  t.same(facts(items), facts(whole));
  t.same(
    items?.filter(({ kind }) => kind === 'field').map(({ focused }) => focused),
    [true, false],
  );
  t.equal(sizes.length, 2);
});

t.test('the whole must be looked at where something changes beside what can be acted on', async (t) => {
  const { items, sizes } = await glanced(FORM, { title: 'Zitle' });
  t.equal(items, undefined, 'a mere text');
  t.same(sizes, []);
  const more = await glanced([...FORM, { kind: 'text', text: 'Wrong', x: 220, y: 300 }]);
  t.equal(more.items, undefined, 'where nothing was');
});

t.test('so must it where a thing is no longer what and where it was', async (t) => {
  const other = await glanced(formWith({ kind: 'text', text: 'Cancel', x: 505, y: 340 }));
  t.equal(other.items, undefined, 'a button that is mere text');
  const moved = await glanced(formWith().map((one) => (one.y === 340 ? { ...one, x: one.x - 12 } : one)));
  t.equal(moved.items, undefined, 'buttons that have moved');
});
