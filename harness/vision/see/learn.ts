import type { Box, Item, Pixels, Reading } from '../../terms/frame.ts';
import type { Look, Meaning } from '../../terms/look.ts';
import { type GlyphSample, learnGlyphs } from '../ocr/learn.ts';
import { boxDistance, lineDistance } from './meaning.ts';
import { partsOf } from './parts.ts';
import { grown, holds, isNear, lineCrop } from './place.ts';
import { boxTraits } from './traits.ts';

/** A screen on which somebody said what is what. */
export interface Lesson {
  readonly pixels: Pixels;
  readonly reading: Reading;
}

/** What a picture lost on its way: nothing, as little as in a good capture, or more. */
export type Loss = 'none' | 'little' | 'coarse';

/** How far an edge that is seen may be from where it is said to be, px. */
const NEAR = 4;
/** Samples of one meaning that are no further apart than this are one. */
const SAME = 4;
/** What is no item and looks nearly like one teaches nothing. */
const CLEAR = 12;
/** What is so many times as high as a letter M is an icon, and no line of writing. */
const ICON = 1.25;
/** Of samples that look the same those count that were shown so many times as often. */
const OUTVOTED = 4;
/** What a line of writing may be by itself. */
const OF_LINES: ReadonlySet<Item['kind']> = new Set(['text', 'link', 'button', 'option']);

/** Learns how a GUI looks from one screen after the other, all of one resolution. What they don't show is not known. */
export class LookLearner {
  readonly #em: number;
  #size = { width: 0, height: 0 };
  readonly #boxes: Counted<Look['boxes'][number]>[] = [];
  readonly #lines: Counted<Look['lines'][number]>[] = [];
  readonly #samples: GlyphSample[] = [];
  /** @param em size of the usual text, px */
  constructor(em: number) {
    this.#em = em;
  }

  /**
   * @param loss what the picture lost: letters are learned from those without loss alone, and from a coarse one, in which
   * writing looks like other writing, only what is so small that it looks like nothing known there
   */
  add({ pixels, reading }: Lesson, loss: Loss): void {
    this.#size = { width: reading.width, height: reading.height };
    const parts = partsOf(pixels, this.#em);
    const active = reading.items.filter(({ kind }) => kind !== 'text' && kind !== 'image');
    for (const { box, traits } of parts.boxes) {
      // A button behind the window on top is said to be mere text, and looks as if it were a button.
      const isBehind = reading.items.some((one) => one.kind === 'text' && sameBox(one.box, box));
      if (isBehind) continue;
      const is = meaningAt(box, reading, active);
      const isSmall = is.kind === 'radio' || is.kind === 'checkbox';
      if (isSmall || loss !== 'coarse') this.#addBox({ ...traits, is });
      // Of a thing that small a pixel is much: it is seen a little off, or is drawn so elsewhere.
      if (isSmall)
        for (const moved of moves(box)) this.#addBox({ ...boxTraits(pixels, moved, this.#em), is });
    }
    if (loss === 'coarse') return;
    for (const { box, traits } of parts.lines) {
      const item = reading.items.find(
        (one) => one.kind !== 'image' && one.text !== '' && holds(grown(one.box, 2), box),
      );
      if (item === undefined) {
        this.#addLine({ ...traits, is: { kind: 'nothing' } });
        continue;
      }
      // Beside what is written there may be an icon, which is higher.
      const isLow = (one: Box) => one.height < ICON * this.#em;
      const isAlone =
        isLow(box) &&
        parts.lines.filter((other) => holds(grown(item.box, 2), other.box) && isLow(other.box)).length === 1;
      if (loss === 'none' && isAlone && !item.text.includes('•'))
        this.#samples.push({ pixels: lineCrop(pixels, box), text: item.text });
      if (!parts.boxes.some((one) => sameBox(one.box, item.box)))
        this.#addLine({ ...traits, is: OF_LINES.has(item.kind) ? meaningOf(item) : { kind: 'text' } });
    }
  }

  /** What was learned so far. */
  look(): Look {
    return {
      schema: 1,
      ...this.#size,
      em: this.#em,
      boxes: agreed(this.#boxes, boxDistance),
      lines: agreed(this.#lines, lineDistance),
      letters: learnGlyphs(this.#samples),
    };
  }

  #addBox(sample: Look['boxes'][number]): void {
    add(this.#boxes, sample, boxDistance);
  }
  #addLine(sample: Look['lines'][number]): void {
    add(this.#lines, sample, lineDistance);
  }
}

interface Sample {
  readonly is: Meaning;
}
/** A sample, and how often one like it was shown. */
interface Counted<S extends Sample> {
  readonly sample: S;
  count: number;
}

function add<S extends Sample>(all: Counted<S>[], sample: S, distance: (a: S, b: S) => number): void {
  const known = all.find((one) => alike(one.sample.is, sample.is) && distance(one.sample, sample) < SAME);
  if (known === undefined) all.push({ sample, count: 1 });
  else known.count += 1;
}

/** Without what contradicts others: items that were another kind far more often, and what is no item but looks like one. */
function agreed<S extends Sample>(
  all: readonly Counted<S>[],
  distance: (a: S, b: S) => number,
): readonly S[] {
  const items = all.filter(({ sample: { is } }) => is.kind !== 'nothing' && is.kind !== 'window');
  const isOutvoted = ({ sample, count }: Counted<S>) =>
    items.some(
      (other) =>
        other.sample.is.kind !== sample.is.kind &&
        other.count >= OUTVOTED * count &&
        distance(other.sample, sample) < SAME,
    );
  const isClear = ({ sample }: Counted<S>) => items.every((item) => distance(item.sample, sample) > CLEAR);
  return all
    .filter((one) =>
      one.sample.is.kind === 'nothing' ? isClear(one) : !items.includes(one) || !isOutvoted(one),
    )
    .map(({ sample }) => sample);
}

/** A box a pixel to each side. */
function moves(box: Box): readonly Box[] {
  return [
    { ...box, x: box.x - 1 },
    { ...box, x: box.x + 1 },
    { ...box, y: box.y - 1 },
    { ...box, y: box.y + 1 },
  ];
}

/** What a rectangle is that was seen, by what was said. */
function meaningAt(box: Box, reading: Reading, active: readonly Item[]): Meaning {
  const item = active.find((one) => sameBox(one.box, box));
  if (item !== undefined) return meaningOf(item);
  // The square of a tick box stands at the left end of what it belongs to.
  const tick = active.find(
    (one) =>
      (one.kind === 'checkbox' || one.kind === 'radio') &&
      Math.abs(one.box.x - box.x) <= NEAR &&
      box.width < 2 * box.height &&
      holds(one.box, box),
  );
  if (tick !== undefined) return meaningOf(tick);
  const inside = active.filter((one) => holds(box, one.box));
  const smaller = reading.items.some((one) => one.kind === 'text' && !holds(box, one.box));
  const isWindow = inside.length > 0 && inside.length === active.length && box.height > 60;
  return { kind: isWindow && (smaller || inside.length > 1) ? 'window' : 'nothing' };
}

function sameBox(a: Box, b: Box): boolean {
  return isNear(a, b, NEAR);
}

function meaningOf({ kind, checked, enabled, focused }: Item): Meaning {
  return {
    kind,
    ...(checked === undefined ? {} : { checked }),
    ...(enabled === undefined ? {} : { enabled }),
    ...(focused === undefined ? {} : { focused }),
  };
}

function alike(a: Meaning, b: Meaning): boolean {
  return a.kind === b.kind && a.checked === b.checked && a.enabled === b.enabled && a.focused === b.focused;
}
