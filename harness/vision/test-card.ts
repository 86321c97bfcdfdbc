import type { Pixels } from '../terms/frame.ts';

/** A step of the card, as it was painted and as it was seen. Levels of 255; red, green, blue. */
export interface CardPatch {
  readonly painted: readonly [number, number, number];
  /** Median of the middle of the patch. */
  readonly seen: readonly [number, number, number];
}
/** What a picture of the card tells of the way that it came. */
export interface CardReading {
  readonly patches: readonly CardPatch[];
  /** Darkest and brightest grey seen, of 255. */
  readonly black: number;
  readonly white: number;
  /** `full`: 0..255 as painted; `limited`: 16..235, as a chain gives that takes one range for the other; else `other`. */
  readonly range: 'full' | 'limited' | 'other';
  /** Whether each grey is brighter than the one before: two that are the same were clipped. */
  readonly distinct: boolean;
}

/** Greys, then colours that tell channels apart; each a patch of the card, in reading order. */
const PATCHES: readonly (readonly [number, number, number])[] = [
  ...[0, 16, 40, 80, 120, 160, 200, 235, 255].map((grey) => [grey, grey, grey] as const),
  [255, 0, 0],
  [0, 255, 0],
  [0, 0, 255],
];
const COLUMNS = 4;
const ROWS = PATCHES.length / COLUMNS;
/** A level may be so far from the one that a range promises: JPEG rounds, and so do converters. */
const TOLERANCE = 4;

/** A card of grey steps from black to white and of three colours, as SVG of that size. */
export function testCard(width: number, height: number): string {
  const boxes = PATCHES.map((colour, at) => {
    const { x, y, width: w, height: h } = boxOf(at, width, height);
    return `<rect x="${x}" y="${y}" width="${w}" height="${h}" fill="rgb(${colour.join(',')})"/>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" shape-rendering="crispEdges">${boxes.join('')}</svg>`;
}

/** Reads a picture that the card fills; the middle half of each patch counts, so that blur and scaling do not. */
export function readTestCard(picture: Pixels): CardReading {
  const patches = PATCHES.map((painted, at) => ({ painted, seen: medianOf(picture, at) }));
  const greys = patches.filter(({ painted: [red, green, blue] }) => red === green && green === blue);
  const levels = greys.map(({ seen: [, green] }) => green);
  const black = levels[0] ?? 0;
  const white = levels.at(-1) ?? 0;
  const near = (value: number, level: number) => Math.abs(value - level) <= TOLERANCE;
  const range =
    near(black, 0) && near(white, 255) ? 'full' : near(black, 16) && near(white, 235) ? 'limited' : 'other';
  return {
    patches,
    black,
    white,
    range,
    distinct: levels.every((level, at) => at === 0 || level > (levels[at - 1] ?? 0)),
  };
}

function boxOf(at: number, width: number, height: number) {
  const column = at % COLUMNS;
  const row = Math.floor(at / COLUMNS);
  const x = Math.round((column * width) / COLUMNS);
  const y = Math.round((row * height) / ROWS);
  return {
    x,
    y,
    width: Math.round(((column + 1) * width) / COLUMNS) - x,
    height: Math.round(((row + 1) * height) / ROWS) - y,
  };
}

function medianOf(picture: Pixels, at: number): readonly [number, number, number] {
  const box = boxOf(at, picture.width, picture.height);
  const channels: readonly [number[], number[], number[]] = [[], [], []];
  const to = { x: box.x + box.width * 0.75, y: box.y + box.height * 0.75 };
  for (let y = Math.floor(box.y + box.height * 0.25); y < to.y; y += 2)
    for (let x = Math.floor(box.x + box.width * 0.25); x < to.x; x += 2)
      for (const [channel, values] of channels.entries())
        values.push(picture.data[(y * picture.width + x) * 4 + channel] ?? 0);
  const [red, green, blue] = channels.map((values) => values.sort((a, b) => a - b)[values.length >> 1] ?? 0);
  return [red ?? 0, green ?? 0, blue ?? 0];
}
