import t from 'tap';
import type { Item, Pixels } from '../../terms/frame.ts';
import type { Colour } from '../../terms/look.ts';
import { LookLearner } from './learn.ts';
import { painting } from './painted.fixture.ts';
import { partsOf } from './parts.ts';
import { arrange } from './see.ts';

const SIZE = { width: 320, height: 200 };
/** Size of the text, px. */
const EM = 15;
const WINDOW = { x: 40, y: 20, width: 200, height: 150 };
const OK = { x: 60, y: 130, width: 80, height: 26 };

/** A window with lines of writing of so many letters, and a button or none: without one it looks like a menu. */
function screen({ lines, button }: { readonly lines: readonly number[]; readonly button: boolean }) {
  const paint = painting(SIZE);
  paint.window(WINDOW);
  lines.forEach((letters, at) => {
    paint.writing({ x: 60, y: 36 + at * 30 }, letters);
  });
  if (button) paint.fill(OK, [70, 73, 76]);
  const row = (kind: Item['kind'], at: number): Item => ({
    kind,
    text: `line ${at}`,
    box: { x: 50, y: 28 + at * 30, width: 180, height: 27 },
  });
  const items = lines.map((_, at) => row(button ? 'text' : 'button', at));
  const ok: Item = { kind: 'button', text: 'OK', box: OK };
  return { pixels: paint.pixels, reading: { ...SIZE, items: button ? [...items, ok] : items } };
}
const MENU = { lines: [6, 9, 7], button: false };
const DIALOG = { lines: [6, 9, 7], button: true };

t.test('the lines of a menu are buttons, those of a dialog that look the same are text', (t) => {
  const learner = new LookLearner(EM);
  for (const one of [MENU, DIALOG]) learner.add(screen(one), 'little');
  const look = learner.look();
  const kinds = (pixels: Pixels) => arrange(partsOf(pixels, EM), look).map(({ is }) => is.kind);
  t.same(kinds(screen({ lines: [4, 11], button: false }).pixels), ['button', 'button']);
  t.same(kinds(screen({ lines: [4, 11], button: true }).pixels), ['text', 'text', 'button']);
  t.end();
});

t.test('several lines in a frame that holds nothing else are listed, and no others', (t) => {
  const listed = (pixels: Pixels) => partsOf(pixels, EM).lines.map(({ traits }) => traits.listed);
  t.same(listed(screen(MENU).pixels), [true, true, true]);
  t.same(listed(screen(DIALOG).pixels), [false, false, false], 'a button is there too');
  t.same(listed(screen({ lines: [6], button: false }).pixels), [false], 'one line is no list');
  const bare = painting(SIZE);
  bare.writing({ x: 60, y: 40 }, 6);
  bare.writing({ x: 60, y: 70 }, 6);
  t.same(listed(bare.pixels), [false, false], 'no frame');
  t.end();
});

/** Shows one line of writing so often as each of these, and tells what is known of lines then. */
function linesAfter(...shown: readonly (readonly [times: number, as: Said, ink?: Colour])[]) {
  const learner = new LookLearner(EM);
  for (const [times, as, ink] of shown) {
    const paint = painting(SIZE);
    paint.writing({ x: 60, y: 40 }, 6, ink);
    const box = { x: 58, y: 36, width: 60, height: 20 };
    const items = as === 'nothing' ? [] : [{ text: 'Export', box, ...as }];
    for (let time = 0; time < times; time += 1)
      learner.add({ pixels: paint.pixels, reading: { ...SIZE, items } }, 'little');
  }
  return learner.look().lines.map(({ is }) => is);
}
type Said = 'nothing' | Pick<Item, 'kind' | 'enabled'>;
const LINK = { kind: 'link' } as const;
const TEXT = { kind: 'text' } as const;
const TEAL: Colour = [80, 190, 180];

t.test('what looks the same and was another thing four times as often is forgotten', (t) => {
  t.same(linesAfter([1, TEXT], [4, LINK]), [LINK]);
  t.same(linesAfter([4, LINK], [1, TEXT]), [LINK], 'in any order');
  t.same(linesAfter([1, TEXT], [3, LINK]), [TEXT, LINK], 'three times are not enough');
  t.same(linesAfter([2, TEXT], [7, LINK]), [TEXT, LINK], 'seven to two neither');
  t.same(linesAfter([1, TEXT, TEAL], [4, LINK]), [TEXT, LINK], 'what looks otherwise has no vote');
  const off = { kind: 'link', enabled: false } as const;
  t.same(linesAfter([1, off], [4, LINK]), [off, LINK], 'another state is no contradiction');
  t.end();
});

t.test('what is no item teaches something only where it looks like none', (t) => {
  const nothing = { kind: 'nothing' };
  t.same(linesAfter([9, 'nothing'], [1, LINK]), [LINK]);
  t.same(linesAfter([1, 'nothing', TEAL], [1, LINK]), [nothing, LINK]);
  t.end();
});

t.test('rectangles are outvoted as lines are', (t) => {
  const boxesAfter = (times: number) => {
    const learner = new LookLearner(EM);
    const { pixels, reading } = screen({ lines: [], button: true });
    learner.add({ pixels, reading: { ...reading, items: [{ kind: 'field', text: '', box: OK }] } }, 'little');
    for (let time = 0; time < times; time += 1) learner.add({ pixels, reading }, 'little');
    const kinds = learner.look().boxes.map(({ is }) => is.kind);
    return kinds.filter((kind) => kind === 'field' || kind === 'button');
  };
  t.same(boxesAfter(3), ['field', 'button']);
  t.same(boxesAfter(4), ['button']);
  t.end();
});
