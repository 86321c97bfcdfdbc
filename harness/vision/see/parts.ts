import type { Box, Pixels } from '../../terms/frame.ts';
import type { BoxTraits, Colour, LineTraits } from '../../terms/look.ts';
import { type Edges, edgesOf, findBoxes } from './boxes.ts';
import { findLines, GAP } from './lines.ts';
import { markBefore } from './marks.ts';
import { findPictures } from './pictures.ts';
import { around, beside, holds, isWithin, overlaps } from './place.ts';
import { planeOf } from './plane.ts';
import { stepsOf } from './steps.ts';
import { boxTraits, lineColours, strongParts } from './traits.ts';

/** A rectangle with four straight edges. */
export interface BoxPart {
  readonly box: Box;
  readonly traits: BoxTraits;
}
/** A line of writing, or something as small. */
export interface LinePart {
  readonly box: Box;
  readonly traits: LineTraits;
}
/** What stands on a picture, before anybody says what it is. */
export interface Parts {
  readonly width: number;
  readonly height: number;
  /** Size of the usual text, px. */
  readonly em: number;
  readonly boxes: readonly BoxPart[];
  /** On even ground. */
  readonly lines: readonly LinePart[];
  readonly pictures: readonly Box[];
}

/** How even the ground of writing is at least: on a moving picture it is not. */
const EVEN = 0.8;
/** Up to so wide, px, and lower than this, em, is no letter: the end of a text caret, whose stroke is taken out. */
const SPECK_WIDTH = 2;
const SPECK_HEIGHT = 0.4;

/** Takes a picture apart. @param em size of the usual text, px */
export function partsOf(pixels: Pixels, em: number): Parts {
  const plane = planeOf(pixels);
  const pictures = findPictures(plane);
  const steps = stepsOf(plane);
  const edges = edgesOf(plane, steps, em);
  const apart = pictures.length === 0 ? pictures : uncovered(edges, pictures);
  const edged = findBoxes(edges, { apart });
  const { lines, letters } = findLines(plane, steps, { em, boxes: edged, apart });
  const traitsOf = (box: Box) => ({ box, traits: boxTraits(pixels, box, em) });
  const known = edged.map(traitsOf).filter((one) => !letters.has(one.box) || isSquare(one, em));
  const boxes = known.map(({ box }) => box);
  const squares = known.filter((one) => isSquare(one, em)).map(({ box }) => box);
  const marks: Box[] = [];
  const colours = new Map<string, Pick<LineTraits, 'ground' | 'ink'>>();
  const coloursOf = (box: Box) => {
    const key = `${box.x} ${box.y} ${box.width} ${box.height}`;
    const known = colours.get(key) ?? lineColours(pixels, box);
    colours.set(key, known);
    return known;
  };
  const written = lines
    .filter(({ even }) => even >= EVEN)
    .flatMap(({ box }) => outOfSquare(box, squares, em))
    .flatMap((box) => strongParts(pixels, box, { ...coloursOf(box), gap: GAP * em }))
    .filter(({ width, height }) => width > SPECK_WIDTH || height >= SPECK_HEIGHT * em)
    .flatMap((box) => {
      const split = markBefore(plane, box, em);
      if (split === undefined) return [box];
      marks.push(split.mark);
      return split.rest === undefined ? [] : [split.rest];
    });
  // A square that was found by its edges is no second mark.
  const found = boxes.filter(({ height }) => height < 2 * em);
  const others = marks.filter(
    (mark) => !found.some((box) => box.width < 2 * box.height && overlaps(box, mark)),
  );
  const frames = boxes.filter(({ height }) => height > LOWEST_WINDOW * em).sort(bySize);
  const controls = [...boxes.filter(({ height }) => height <= LOWEST_WINDOW * em), ...others];
  const isFree = (line: Box) => !controls.some((box) => holds(box, line));
  const all = wordsJoined(written, { isFree, frames, em });
  const isListed = (line: Box) => {
    const frame = frames.find((box) => holds(box, line));
    if (frame === undefined || controls.some((box) => holds(frame, box))) return false;
    return all.some((other) => other !== line && holds(frame, other));
  };
  return {
    width: pixels.width,
    height: pixels.height,
    em,
    boxes: [...known, ...others.map(traitsOf)],
    lines: all.map((box) => ({ box, traits: { ...coloursOf(box), listed: isListed(box) } })),
    pictures,
  };
}

/**
 * Whether a rectangle is a square of another colour than what is around it, at two heights at least, since a tick covers
 * some of it: what looks so within a letter is not.
 */
function isSquare({ box, traits: { fill, around: ground } }: BoxPart, em: number): boolean {
  const isApart = (colour: Colour) =>
    colour.reduce((sum, value, at) => sum + Math.abs(value - (ground[at] ?? 0)), 0) > APART;
  return box.height < 2 * em && box.width < 2 * box.height && fill.filter(isApart).length >= 2;
}
/** Difference of two colours, of 255, summed over red, green and blue. */
const APART = 90;

/** A line that begins on a square, as its tick does, and goes on beside it is two: the tick, and the label. */
function outOfSquare(line: Box, squares: readonly Box[], em: number): readonly Box[] {
  const right = line.x + line.width;
  const square = squares.find(
    (box) =>
      line.x >= box.x &&
      line.x < box.x + box.width &&
      right > box.x + box.width + em &&
      Math.abs(line.y + line.height / 2 - box.y - box.height / 2) < em / 2,
  );
  if (square === undefined) return [line];
  const edge = square.x + square.width;
  const tick = { ...line, width: edge - line.x, y: square.y, height: square.height };
  return [tick, { ...line, x: edge + 1, width: right - edge - 1 }];
}

/** Within a title a blank may be so wide, em. */
const WIDE_BLANK = 0.8;
/** Words are at least so wide, em: icons are not. */
const WORDS = 3;

/** Words of a title that stand so far apart that they look like two lines are one. */
function wordsJoined(
  lines: readonly Box[],
  {
    isFree,
    frames,
    em,
  }: { readonly isFree: (line: Box) => boolean; readonly frames: readonly Box[]; readonly em: number },
): readonly Box[] {
  const isWords = (line: Box) => line.width >= WORDS * em && isFree(line);
  const joined: Box[] = [];
  for (const line of [...lines].sort((a, b) => a.x - b.x)) {
    const before = joined.findIndex(
      (one) =>
        isWords(one) &&
        isWords(line) &&
        line.x > one.x + one.width &&
        line.x - one.x - one.width <= WIDE_BLANK * em &&
        Math.abs(line.y + line.height / 2 - one.y - one.height / 2) <= 0.2 * em &&
        frames.every((frame) => holds(frame, one) === holds(frame, line)),
    );
    const left = joined[before];
    if (left === undefined) joined.push(line);
    else joined[before] = around(left, line);
  }
  return joined.sort((a, b) => a.y - b.y || a.x - b.x);
}

/** What of codes no window covers. */
function uncovered(edges: Edges, codes: readonly Box[]): readonly Box[] {
  // A window that a code lies in covers nothing of it.
  const over = findBoxes(edges, { apart: codes }).filter(
    (box) => box.height > LOWEST_WINDOW * edges.em && !codes.some((code) => isWithin(box, code)),
  );
  return codes.flatMap((code) =>
    over.reduce<readonly Box[]>((left, box) => left.flatMap((part) => beside(part, box)), [code]),
  );
}

/** Lowest window, em: what is lower is a control. */
const LOWEST_WINDOW = 3;

function bySize(a: Box, b: Box): number {
  return a.width * a.height - b.width * b.height;
}
