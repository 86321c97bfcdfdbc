import type { Box, Item } from '../../terms/frame.ts';
import type { Look, Meaning } from '../../terms/look.ts';
import { isWindowLike, meaningOfBox, meaningOfLine, meaningOfTick } from './meaning.ts';
import type { LinePart, Parts } from './parts.ts';
import { around, holds, inOrder, isWithin } from './place.ts';

/** Something on a screen, with the lines of writing that belong to it, in reading order. */
export interface Seen {
  readonly box: Box;
  readonly is: Omit<Meaning, 'kind'> & { readonly kind: Item['kind'] };
  readonly lines: readonly Box[];
  /** Whether it is something without any writing: a rectangle, a picture, a dot. */
  readonly framed: boolean;
}

/** Rows this much further apart than the text is high are of one paragraph, em. */
const LEADING = 1.6;
/** How far the label of a tick box stands from it, em. */
const BESIDE = 1.6;

/** Says what the parts of a picture are, by a look that was learned. */
export function arrange(parts: Parts, look: Look): readonly Seen[] {
  const { em } = parts;
  const free = new Set<LinePart>(parts.lines);
  const windows: Box[] = [];
  const seen: Seen[] = parts.pictures.map((box) => ({ box, is: { kind: 'image' }, lines: [], framed: true }));
  const take = (box: Box) => {
    const inside = [...free].filter((line) => holds(box, line.box) && line.box.height <= box.height + 4);
    for (const line of inside) free.delete(line);
    return inside.map((line) => line.box).sort(inOrder);
  };
  const meanings = new Map(parts.boxes.map(({ box, traits }) => [box, meaningOfBox(look, traits)]));
  // Rules between the rows of a form, and what shines through, may close a frame around a field.
  const isFrame = (box: Box) =>
    [...meanings].some(
      ([other, is]) => is?.kind === 'field' && other.width < box.width - em && holds(box, other),
    );
  const meaningOf = (box: Box) => {
    const is = meanings.get(box);
    return is?.kind === 'field' && isFrame(box) ? undefined : is;
  };
  const aroundControls = windowsAround(parts, meanings, look);
  for (const [box, is] of ticksOf(parts, meanings, look)) meanings.set(box, is);
  for (const { box } of parts.boxes) {
    const is = meaningOf(box) ?? { kind: 'nothing' };
    if (is.kind === 'window' || aroundControls.has(box)) windows.push(box);
    if (is.kind === 'window' || is.kind === 'nothing') continue;
    if ((is.kind === 'checkbox' || is.kind === 'radio') && box.width < 2 * box.height) {
      take(box);
      const label = labelOf(box, [...free], em);
      if (label !== undefined) free.delete(label);
      const lines = label === undefined ? [] : [label.box];
      seen.push({ box: around(box, ...lines), is: { ...is, kind: is.kind }, lines, framed: true });
    } else seen.push({ box, is: { ...is, kind: is.kind }, lines: take(box), framed: true });
  }
  // Where there are windows, all that counts stands in them: writing beside them is the camera's.
  const counts = (line: LinePart) =>
    windows.length === 0 || windows.some((window) => holds(window, line.box));
  const rest = [...free].filter(counts);
  const unknown = parts.boxes.map(({ box }) => box).filter((box) => meanings.get(box) === undefined);
  const dots = lattice([...seen.map(({ box }) => box), ...rest.map(({ box }) => box)], unknown);
  const isDot = (box: Box) => dots.some((dot) => holds(dot, box));
  const others = [
    ...seen,
    ...paragraphs(rest, { look, em, controls: seen.filter(isControl).map(({ box }) => box) }),
  ].filter(({ box }) => !isDot(box));
  const all = [
    ...others,
    ...dots.map((box) => ({ box, is: { kind: 'button' as const }, lines: [], framed: true })),
  ];
  return onTop(all, windows).toSorted((a, b) => inOrder(a.box, b.box));
}

/** The line that begins right beside a tick box. */
function labelOf(box: Box, lines: readonly LinePart[], em: number): LinePart | undefined {
  return lines
    .filter(
      (line) =>
        line.box.x >= box.x + box.width - 2 &&
        line.box.x - box.x - box.width < BESIDE * em &&
        Math.abs(line.box.y + line.box.height / 2 - box.y - box.height / 2) < em / 2,
    )
    .sort((a, b) => a.box.x - b.box.x)[0];
}

/** Sizes of a tick box or a circle, em. */
const TICK = { least: 0.7, most: 1.3 };

/**
 * Tick boxes and circles that look like nothing known, by where they stand: in a window or in one column with known ones,
 * and before writing.
 */
function ticksOf(
  { boxes, lines, em }: Parts,
  meanings: ReadonlyMap<Box, Meaning | undefined>,
  look: Look,
): ReadonlyMap<Box, Meaning> {
  const kindOf = (box: Box) => meanings.get(box)?.kind;
  const isTick = ({ width, height }: Box) =>
    Math.min(width, height) >= TICK.least * em &&
    Math.max(width, height) <= TICK.most * em &&
    Math.abs(width - height) <= 0.2 * em;
  const isPlaced = (box: Box) =>
    boxes.some(({ box: other }) => {
      const kind = kindOf(other);
      if (kind === 'window') return isWithin(other, box);
      return (kind === 'checkbox' || kind === 'radio') && Math.abs(other.x - box.x) <= SLACK_PX;
    });
  const found = new Map<Box, Meaning>();
  for (const { box, traits } of boxes) {
    if (meanings.get(box) !== undefined || !isTick(box) || !isPlaced(box)) continue;
    const label = labelOf(box, lines, em);
    if (label === undefined || meaningOfLine(look, label.traits)?.kind !== 'text') continue;
    const is = meaningOfTick(look, traits);
    if (is !== undefined) found.set(box, is);
  }
  return found;
}
const SLACK_PX = 3;

/** Lowest dialog with a title and a button, em. */
const LOWEST_DIALOG = 6;
/** What is as wide is no key of a keyboard, whose rows may look like windows, em. */
const WIDER_THAN_KEYS = 4;
/** Share of a keyboard that its keys take up at least. */
const KEYED = 0.25;

/** Whether a rectangle is what a dialog leaves of the window behind it: two sides or more are that one's. */
function isRest(box: Box, window: Box): boolean {
  const sides = ({ x, y, width, height }: Box) => [x, y, x + width, y + height];
  const own = sides(window);
  const shared = sides(box).filter((side, at) => Math.abs(side - (own[at] ?? 0)) <= SHARED_PX).length;
  return window.width * window.height > box.width * box.height && isWithin(window, box) && shared >= 2;
}
const SHARED_PX = 4;

/**
 * The smallest rectangles around buttons and fields that look like windows, and were none where they were learned, since
 * nothing stood beside them. Without any other window all that is written counts, and none are needed.
 */
function windowsAround(
  { boxes, em }: Parts,
  meanings: ReadonlyMap<Box, Meaning | undefined>,
  look: Look,
): ReadonlySet<Box> {
  const kindOf = (box: Box) => meanings.get(box)?.kind ?? 'nothing';
  const large = boxes
    .filter(({ box }) => box.height >= LOWEST_DIALOG * em && ['window', 'nothing'].includes(kindOf(box)))
    .sort((a, b) => a.box.width * a.box.height - b.box.width * b.box.height);
  if (!large.some(({ box }) => kindOf(box) === 'window')) return new Set();
  // Between the keys of a keyboard there are rectangles of all sorts.
  const keys = boxes.filter(({ box }) => box.width < WIDER_THAN_KEYS * em && kindOf(box) === 'button');
  const keyboards = large.filter(({ box }) => {
    const own = keys.filter((key) => isWithin(box, key.box));
    const area = own.reduce((sum, key) => sum + key.box.width * key.box.height, 0);
    return own.length >= KEYS && area >= KEYED * box.width * box.height;
  });
  const isKeys = (box: Box) => keyboards.some((one) => one.box !== box && isWithin(one.box, box));
  const controls = boxes.filter(
    ({ box }) =>
      box.width >= WIDER_THAN_KEYS * em &&
      !isKeys(box) &&
      (kindOf(box) === 'button' || kindOf(box) === 'field'),
  );
  return new Set(
    controls.flatMap((control) => {
      const nearest = large.find(
        (one) =>
          one !== control &&
          isWithin(one.box, control.box) &&
          (kindOf(one.box) === 'window' ||
            (isWindowLike(look, one.traits) && !large.some(({ box }) => isRest(one.box, box)))),
      );
      return nearest === undefined ? [] : [nearest.box];
    }),
  );
}

/**
 * Nine things alike in three rows of three, and nothing alike around them: the dots of an unlock pattern, as boxes of one
 * size on a regular grid. One of them may be hard to see, and of others nobody may know what they are.
 */
function lattice(boxes: readonly Box[], unknown: readonly Box[]): readonly Box[] {
  const known = new Set(boxes);
  const dots = [...boxes, ...unknown].filter(
    ({ width, height }) => width <= 1.7 * height && height <= 1.7 * width,
  );
  for (const first of dots) {
    const { width, height } = first;
    const ofSize = dots.filter(
      (box) => Math.abs(box.width - width) <= OFF && Math.abs(box.height - height) <= OFF,
    );
    if (ofSize.length < SEEN_DOTS || ofSize.filter((box) => known.has(box)).length < KNOWN_DOTS) continue;
    const alike = ofSize.map(middle);
    const start = middle(first);
    for (const second of alike) {
      const pitch = second.x - start.x;
      if (pitch < width || Math.abs(second.y - start.y) > OFF) continue;
      const isThere = ({ x, y }: Point) =>
        alike.some((one) => Math.abs(one.x - x) <= OFF && Math.abs(one.y - y) <= OFF);
      const top = PLACES.map(([column, row]) => ({
        x: start.x - column * pitch,
        y: start.y - row * pitch,
      })).find((corner) => {
        const at = ([column, row]: Place) => ({ x: corner.x + column * pitch, y: corner.y + row * pitch });
        return (
          PLACES.filter((one) => isThere(at(one))).length >= SEEN_DOTS &&
          !AROUND.some((one) => isThere(at(one)))
        );
      });
      if (top === undefined) continue;
      return PLACES.map(([column, row]) => ({
        x: Math.round(top.x - width / 2 + column * pitch),
        y: Math.round(top.y - height / 2 + row * pitch),
        width,
        height,
      }));
    }
  }
  return [];
}

/** What a label may stand beside. */
function isControl({ is }: Seen): boolean {
  return is.kind === 'field' || is.kind === 'option';
}

interface Point {
  readonly x: number;
  readonly y: number;
}
/** Column and row. */
type Place = readonly [number, number];

function middle({ x, y, width, height }: Box): Point {
  return { x: x + width / 2, y: y + height / 2 };
}

/** How far off the things of a grid may seem, px. */
const OFF = 6;
/** So many of the nine must be seen. */
const SEEN_DOTS = 8;
/** And of so many it is known what they are: houses have windows in rows, too. */
const KNOWN_DOTS = 5;
const SIDE = [0, 1, 2];
const PLACES = SIDE.flatMap((row) => SIDE.map((column): Place => [column, row]));
/** Where keys of a keyboard would go on. */
const AROUND = SIDE.flatMap((at): readonly Place[] => [
  [at, -1],
  [at, 3],
  [-1, at],
  [3, at],
]);

/**
 * Lines that belong to no rectangle: those below each other, of one look, are one text. A line left of a control, in its
 * row, is its label and no part of what stands above.
 */
function paragraphs(
  lines: readonly LinePart[],
  { look, em, controls }: { readonly look: Look; readonly em: number; readonly controls: readonly Box[] },
): readonly Seen[] {
  const isLabel = ({ box }: LinePart) =>
    controls.some(
      (one) =>
        one.x >= box.x + box.width && Math.abs(one.y + one.height / 2 - box.y - box.height / 2) < 0.3 * em,
    );
  const groups: { is: Seen['is']; lines: LinePart[] }[] = [];
  for (const line of [...lines].sort((a, b) => inOrder(a.box, b.box))) {
    const meaning = meaningOfLine(look, line.traits);
    if (meaning === undefined || meaning.kind === 'nothing' || meaning.kind === 'window') continue;
    const is = { ...meaning, kind: meaning.kind };
    const above = groups.find(({ is: other, lines: [first, ...rest] }) => {
      const last = rest.at(-1) ?? first;
      if (first === undefined || last === undefined || other.kind !== is.kind) return false;
      const down = line.box.y + line.box.height - last.box.y - last.box.height;
      const ink = line.traits.ink.every((value, at) => Math.abs(value - (last.traits.ink[at] ?? 0)) < 40);
      return ink && down > 0.7 * em && down < LEADING * em && Math.abs(line.box.x - first.box.x) <= 0.3 * em;
    });
    if (above === undefined || is.kind !== 'text' || isLabel(line)) groups.push({ is, lines: [line] });
    else above.lines.push(line);
  }
  return groups.map(({ is, lines: own }) => {
    const boxes = own.map(({ box }) => box);
    const [first = { x: 0, y: 0, width: 0, height: 0 }, ...more] = boxes;
    return { box: around(first, ...more), is, lines: boxes, framed: false };
  });
}

/** Keys from which on a window is a keyboard on the screen: it stands beside the window that is typed into. */
const KEYS = 20;

/** What lies behind the window on top cannot be acted on: it is mere text. */
function onTop(seen: readonly Seen[], windows: readonly Box[]): readonly Seen[] {
  const acts = ({ is }: Seen) => is.kind !== 'text' && is.kind !== 'image';
  const isKeyboard = (window: Box) =>
    seen.filter(({ is, box }) => is.kind === 'button' && holds(window, box)).length >= KEYS;
  const keyboards = windows.filter(isKeyboard);
  const top = windows
    .filter((window) => !keyboards.includes(window))
    .filter((window) => seen.some((one) => acts(one) && holds(window, one.box)))
    .sort((a, b) => a.width * a.height - b.width * b.height)[0];
  if (top === undefined) return seen;
  return seen.flatMap((one) => {
    if (!acts(one) || [top, ...keyboards].some((window) => holds(window, one.box))) return [one];
    return one.lines.length === 0 ? [] : [{ ...one, is: { kind: 'text' as const }, framed: false }];
  });
}
