import type { Box, Pixels } from '../../terms/frame.ts';
import { crop } from '../png.ts';
import type { NeedleArea } from './format.ts';
import { type Likeness, likeness } from './judge.ts';
import { isInside, type Needle, type PictureArea, type TextArea } from './needle.ts';
import type { Scene } from './scene.ts';
import { bestPlace, type Range } from './search.ts';

/** What an area was found to be: kept for matches and for misses. */
export interface AreaFound {
  readonly kind: 'match' | 'ocr';
  /** Where it lies in the frame, or came nearest. */
  readonly box: Box;
  /** 0..1, in whole thousandths: what is decided is what is told. */
  readonly similarity: number;
  /** 0..1 */
  readonly needed: number;
  readonly ok: boolean;
  /** Of a picture: the figures behind the similarity; absent where the area leaves the frame. */
  readonly likeness?: Likeness;
  /** Of a text: what was read. */
  readonly read?: string;
}

interface Found {
  readonly needle: Needle;
  readonly areas: readonly AreaFound[];
  /** Mean similarity of all areas, 0..1. */
  readonly similarity: number;
}
/** A needle that fits. */
export interface Match extends Found {
  readonly kind: 'match';
  /** Px of the frame: the click points of the needle by their id (`''` without one). */
  readonly clicks: Readonly<Record<string, { readonly x: number; readonly y: number }>>;
}
/** A needle that does not, and how near it came. */
export interface NearMiss extends Found {
  readonly kind: 'near-miss';
  readonly why: string;
}

/** Where to click on a match, px: its one click point, else the middle of its last area, as os-autoinst does. */
export function clickOf({ clicks, areas }: Match): { readonly x: number; readonly y: number } | undefined {
  const [point] = Object.values(clicks);
  const box = areas.at(-1)?.box;
  if (point !== undefined || box === undefined) return point;
  return { x: box.x + Math.floor(box.width / 2), y: box.y + Math.floor(box.height / 2) };
}

export interface MatchOptions {
  /** `everywhere`, or how far the first area may lie from its place, px. Default: the needle's own margin. */
  readonly margin?: number | 'everywhere';
}

/** Further areas may lie so far from where the first one puts them: scaled pictures round. px */
const SLACK = 2;

/**
 * Compares one needle with a frame, by its pictures alone. The first picture is searched; the others must lie about
 * it as they do in the reference. Texts are left to {@link seek}: a needle with nothing else fits here.
 */
export function matchNeedle(scene: Scene, needle: Needle, options: MatchOptions = {}): Match | NearMiss {
  const [first, ...others] = needle.pictures;
  if (first === undefined) return judged(needle, []);
  const found = findArea(scene, first, placesFor(scene, first, options));
  const dx = found.box.x - first.area.box.x;
  const dy = found.box.y - first.area.box.y;
  const rest = others.map((one) => {
    const { x, y } = one.area.box;
    const range = {
      left: x + dx - SLACK,
      top: y + dy - SLACK,
      right: x + dx + SLACK,
      bottom: y + dy + SLACK,
    };
    return findArea(scene, one, within(scene, one.area.box, range));
  });
  return judged(needle, [found, ...rest]);
}

/** Reads the writing in a part of a frame. */
export type ReadText = (pixels: Pixels) => Promise<string>;

export interface SeekOptions extends MatchOptions {
  /** Checks the text areas; a needle that has some does not match without. */
  readonly readText?: ReadText;
}
/** What a search for a tag came to. */
export interface Sought {
  /** The best of those that fit. */
  readonly match: Match | undefined;
  /** All others, best first: they fit less well, or not. */
  readonly others: readonly (Match | NearMiss)[];
}

/** Looks for the best of several references, e.g. all needles with one tag. Losers are kept, as evidence. */
export async function seek(
  scene: Scene,
  needles: readonly Needle[],
  options: SeekOptions = {},
): Promise<Sought> {
  const found: (Match | NearMiss)[] = [];
  for (const needle of needles) {
    const byPicture = matchNeedle(scene, needle, options);
    found.push(byPicture.kind === 'match' ? await withTexts(scene, byPicture, options.readText) : byPicture);
  }
  found.sort(
    (a, b) =>
      Number(b.kind === 'match') - Number(a.kind === 'match') ||
      b.similarity - a.similarity ||
      correlationOf(b) - correlationOf(a) ||
      (a.needle.name < b.needle.name ? -1 : 1),
  );
  const [best, ...others] = found;
  return best?.kind === 'match' ? { match: best, others } : { match: undefined, others: found };
}

/** Tells apart what is alike by the same thousandth. */
function correlationOf({ areas }: Found): number {
  return areas.reduce((sum, { likeness: like }) => sum + (like?.correlation ?? 0), 0);
}

/** Needles that have all of some tags (as os-autoinst: separated by spaces). */
export function withTags(needles: readonly Needle[], tags: string): readonly Needle[] {
  const wanted = tags.split(' ').filter((tag) => tag !== '');
  return needles.filter((one) => wanted.every((tag) => one.tags.includes(tag)));
}

async function withTexts(
  scene: Scene,
  match: Match,
  readText: ReadText | undefined,
): Promise<Match | NearMiss> {
  const { needle } = match;
  if (needle.texts.length === 0) return match;
  const [first] = match.areas;
  const [origin] = needle.pictures;
  const dx = first === undefined || origin === undefined ? 0 : first.box.x - origin.area.box.x;
  const dy = first === undefined || origin === undefined ? 0 : first.box.y - origin.area.box.y;
  const areas = [...match.areas];
  for (const text of needle.texts) {
    const box = { ...text.area.box, x: text.area.box.x + dx, y: text.area.box.y + dy };
    areas.push(await readArea(scene, text, { box, readText }));
  }
  return judged(needle, areas);
}

async function readArea(
  scene: Scene,
  { area, needed }: TextArea,
  { box, readText }: { readonly box: Box; readonly readText: ReadText | undefined },
): Promise<AreaFound> {
  if (readText === undefined || !isInside(box, scene))
    return { kind: 'ocr', box, similarity: 0, needed, ok: false };
  const read = (await readText(crop(scene.pixels, box))).trim();
  const similarity = area.text === undefined ? 1 : inThousandths(textSimilarity(area.text.trim(), read));
  return { kind: 'ocr', box, similarity, needed, ok: similarity >= needed, read };
}

function placesFor(scene: Scene, { area, margin }: PictureArea, options: MatchOptions): Range {
  const by = options.margin ?? margin;
  const { x, y } = area.box;
  const range =
    by === 'everywhere'
      ? { left: 0, top: 0, right: scene.width, bottom: scene.height }
      : { left: x - by, top: y - by, right: x + by, bottom: y + by };
  return within(scene, area.box, range);
}

/** As far as the whole area then lies in the frame. */
function within(scene: Scene, box: Box, range: Range): Range {
  return {
    left: Math.max(0, range.left),
    top: Math.max(0, range.top),
    right: Math.min(scene.width - box.width, range.right),
    bottom: Math.min(scene.height - box.height, range.bottom),
  };
}

function findArea(scene: Scene, one: PictureArea, range: Range): AreaFound {
  const { needed, templates, area } = one;
  const alone = range.left === range.right && range.top === range.bottom;
  const place = alone ? { x: range.left, y: range.top } : bestPlace(scene, templates, range);
  const box = { ...area.box, x: place?.x ?? area.box.x, y: place?.y ?? area.box.y };
  if (!isInside(box, scene)) return { kind: 'match', box, similarity: 0, needed, ok: false };
  const like = likeness(scene, one, box);
  const similarity = inThousandths(like.similarity);
  return { kind: 'match', box, similarity, needed, ok: similarity >= needed, likeness: like };
}

/** What sums of floating numbers may be off. */
const OFF = 1e-6;

/** Rounded down: 0.95997 is not 96 %. A picture is alike to itself by 1, whatever the sums give. */
function inThousandths(similarity: number): number {
  return Math.floor((similarity + OFF) * 1000) / 1000;
}

function judged(needle: Needle, areas: readonly AreaFound[]): Match | NearMiss {
  const similarity =
    areas.length === 0 ? 0 : areas.reduce((sum, one) => sum + one.similarity, 0) / areas.length;
  const missed = areas.filter((one) => !one.ok);
  if (missed.length > 0)
    return { kind: 'near-miss', needle, areas, similarity, why: missed.map(reason).join('; ') };
  return { kind: 'match', needle, areas, similarity, clicks: clicksOf(needle, areas) };
}

function reason(area: AreaFound): string {
  const { x, y, width, height } = area.box;
  const part = `the ${area.kind === 'ocr' ? 'text' : 'picture'} at ${x},${y} ${width}x${height}`;
  const what = area.read === undefined ? '' : `, it reads "${area.read}"`;
  return `${part} is alike by ${percent(area.similarity)} of ${percent(area.needed)}${what}`;
}

/** With one decimal, or as many as were asked for. */
export function percent(share: number): string {
  const exact = Number((share * 100).toFixed(6));
  return `${Number.isInteger(exact * 10) ? exact.toFixed(1) : exact} %`;
}

function clicksOf(needle: Needle, areas: readonly AreaFound[]): Match['clicks'] {
  const sources: readonly NeedleArea[] = [...needle.pictures, ...needle.texts].map((one) => one.area);
  const clicks: [string, { readonly x: number; readonly y: number }][] = [];
  for (const [at, { box }] of areas.entries()) {
    const click = sources[at]?.click;
    if (click === undefined) continue;
    if (click === 'center')
      clicks.push(['', { x: box.x + Math.floor(box.width / 2), y: box.y + Math.floor(box.height / 2) }]);
    else
      clicks.push([
        click.id ?? '',
        // A point on the far edge of the area is its last px.
        {
          x: box.x + Math.min(Math.floor(click.x), box.width - 1),
          y: box.y + Math.min(Math.floor(click.y), box.height - 1),
        },
      ]);
  }
  return Object.fromEntries(clicks);
}

/** 1 less the share of characters that must be changed, put in or taken out (Levenshtein) of the longer text. */
export function textSimilarity(wanted: string, read: string): number {
  const longest = Math.max(wanted.length, read.length);
  return longest === 0 ? 1 : 1 - editDistance(wanted, read) / longest;
}

function editDistance(a: string, b: string): number {
  let line = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let row = 1; row <= a.length; row += 1) {
    const next = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const same = a[row - 1] === b[column - 1] ? 0 : 1;
      const [before = 0, above = 0, left = 0] = [line[column - 1], line[column], next[column - 1]];
      next.push(Math.min(before + same, above + 1, left + 1));
    }
    line = next;
  }
  return line[b.length] ?? 0;
}
