import type { Box, Item, Pixels } from '../terms/frame.ts';
import type { NeedleSeen } from '../terms/needle.ts';
import { isSamePart } from '../vision/changes.ts';
import {
  clickOf,
  type Match,
  type MatchOptions,
  type NearMiss,
  type ReadText,
  seek,
} from '../vision/needle/match.ts';
import type { Needle, PictureArea, TextArea } from '../vision/needle/needle.ts';
import { plausibility } from '../vision/needle/plausible.ts';
import { type Scene, sceneOf } from '../vision/needle/scene.ts';
import { around, grown, holds, inOrder } from '../vision/see/place.ts';
import { centre, type Labels, says } from './look.ts';
import type { LabelBook } from './screens.ts';

export interface NeedleEyesOptions {
  /** Of one profile at one resolution. */
  readonly needles: readonly Needle[];
  readonly labels: LabelBook;
  /** Reads their text areas. */
  readonly readText?: ReadText;
}
/** What stands on a frame, by seer and needles together. */
export interface Needled {
  readonly items: readonly Item[];
  readonly needles: readonly NeedleSeen[];
}
/** Looks for needles on frames, and says with the label book what those stand for that match. */
export interface NeedleEyes {
  /** Looks for needles at their known places. @param items what a seer found on the frame */
  look(pixels: Pixels, items: readonly Item[]): Promise<Needled>;
  /**
   * Looks for one more needle in a whole frame: one that stands for a label which is not there. Undefined where it is
   * not found either, or none is left for this frame; of a frame on which the same things stand the others come first.
   */
  search(pixels: Pixels, before: Needled): Promise<Needled | undefined>;
}

/** A tag that begins so names a label of the profile's label book. */
export const LABEL_TAG = 'label-';
/** Needles looked for on one frame, about 1 ms each. */
const MOST = 15;
/** Correlation at a quarter of the size from which on a needle is looked for. */
const PLAUSIBLE = 0.45;
/** A miss that comes so near is told, and of them so many. */
const NEAR_MISS = 0.6;
const MOST_MISSES = 3;
/** How far what a search has found may have moved since, px. */
const SHIFT = 4;
/** How far beyond its margin a needle is looked at, px: whole cells of a smaller picture, what smooths, other areas' slack. */
const REACH = 16;
/** Pixels around an area that are smoothed into it. */
const SMOOTHED = 2;
/** An item so many times larger than the needle on it is not what the needle shows. */
const LARGER = 8;

interface Known {
  readonly needle: Needle;
  /** The texts of the label that it stands for. */
  readonly texts: Labels | undefined;
  /** Needles of one thing: of these the best counts. */
  readonly of: string;
}
interface Found extends Known {
  readonly result: Match | NearMiss;
}
/** What is known of a needle as long as some parts of the picture stay as they are. */
interface Remembered {
  readonly parts: readonly Box[];
  readonly plausible: number;
  readonly found?: readonly Found[];
}

/** Needles that are looked for on the frames of one display. */
export function needleEyes({ needles, labels, readText }: NeedleEyesOptions): NeedleEyes {
  const known = needles.map((needle) => knownOf(needle, labels));
  const options = readText === undefined ? {} : { readText };
  /** What was looked for in vain while the same things stood there, and on which frame that began. */
  const searched = new WeakMap<readonly Item[], { readonly done: Set<Needle>; from: Pixels }>();
  /** Needles that a search has found far from their place, moved to where that was; the newest last. */
  const strayed = new Map<Needle, Needle>();
  const remembered = new Map<Needle, Remembered>();
  /** The picture that it is remembered of. */
  let before: Pixels | undefined;

  /** What is known of each needle on a frame, as far as it looks there as on the frame before. */
  function recalled(scene: Scene): ReadonlyMap<Needle, Remembered> {
    const { pixels } = scene;
    const last = before;
    before = pixels;
    const isAsBefore = (parts: readonly Box[]) =>
      last !== undefined &&
      last.width === pixels.width &&
      last.height === pixels.height &&
      parts.every((part) => isSamePart(last, pixels, part));
    for (const { needle } of known) {
      const own = remembered.get(needle);
      if (own !== undefined && isAsBefore(own.parts)) continue;
      remembered.set(needle, { parts: partsOf(needle), plausible: plausibility(scene, needle) });
    }
    return remembered;
  }

  async function find(
    scene: Scene,
    one: Known,
    { needle = one.needle, margin }: MatchOptions & { readonly needle?: Needle } = {},
  ): Promise<readonly Found[]> {
    const { match, others } = await seek(scene, [needle], {
      ...options,
      ...(margin === undefined ? {} : { margin }),
    });
    return (match === undefined ? others : [match]).map((result) => ({ ...one, result }));
  }

  /** The same, unless it is remembered of a part that looks as before. */
  async function findAnew(scene: Scene, one: Known): Promise<readonly Found[]> {
    const own = remembered.get(one.needle);
    if (own?.found !== undefined) return own.found;
    const found = await find(scene, one);
    // What fits goes on to do so, whatever comes up beside it.
    if (own !== undefined)
      remembered.set(one.needle, {
        ...own,
        parts: found.every(isMatch) ? found.flatMap(placesOf) : own.parts,
        found,
      });
    return found;
  }

  /** Looks where searches have found needles that are not at their places. */
  async function findStrayed(scene: Scene, found: readonly Found[]): Promise<readonly Found[]> {
    const there = new Set(found.filter(isMatch).map(({ needle }) => needle));
    const more: Found[] = [];
    for (const one of known) {
      const needle = strayed.get(one.needle);
      if (needle === undefined || there.has(one.needle)) continue;
      more.push(...(await find(scene, one, { needle, margin: SHIFT })).filter(isMatch));
    }
    return more;
  }

  return {
    async look(pixels, items) {
      const scene = sceneOf(pixels);
      const found: Found[] = [];
      const facts = recalled(scene);
      for (const one of plausibleOf(known, items, facts)) found.push(...(await findAnew(scene, one)));
      const more = await findStrayed(scene, found);
      const isMore = ({ needle }: Found) => more.some((one) => one.needle === needle);
      return needled([...found.filter((one) => !isMore(one)), ...more], items);
    },
    async search(pixels, before) {
      const round = searched.get(before.items) ?? { done: new Set<Needle>(), from: pixels };
      searched.set(before.items, round);
      const { done } = round;
      const there = new Set(before.needles.filter(({ matched }) => matched).map(({ name }) => name));
      const isWanted = ({ needle, texts }: Known) =>
        texts !== undefined &&
        !done.has(needle) &&
        !there.has(needle.name) &&
        !before.items.some(({ text }) => says(text, texts));
      let next = known.find(isWanted);
      if (next === undefined && round.from !== pixels) {
        // All of them once, while beside the things of the screen something went on moving.
        done.clear();
        round.from = pixels;
        next = known.find(isWanted);
      }
      if (next === undefined) return undefined;
      done.add(next.needle);
      const found = await find(sceneOf(pixels), next, { margin: 'everywhere' });
      const match = found.find(isMatch);
      if (match === undefined) return undefined;
      strayed.delete(next.needle);
      strayed.set(next.needle, movedTo(match));
      const [oldest] = strayed.size > MOST ? strayed.keys() : [];
      if (oldest !== undefined) strayed.delete(oldest);
      const { items, needles: more } = needled(found, before.items);
      const others = before.needles.filter(({ name }) => name !== next.needle.name);
      return { items, needles: [...more, ...others] };
    },
  };
}

function isMatch({ result }: Found): boolean {
  return result.kind === 'match';
}

/** The needle with all its areas as far from their places as it was found. */
function movedTo({ needle, result }: Found): Needle {
  const [found] = result.areas;
  const [first] = needle.pictures;
  if (found === undefined || first === undefined) return needle;
  const x = found.box.x - first.area.box.x;
  const y = found.box.y - first.area.box.y;
  const moved = <A extends PictureArea | TextArea>(one: A): A => ({
    ...one,
    area: { ...one.area, box: { ...one.area.box, x: one.area.box.x + x, y: one.area.box.y + y } },
  });
  return { ...needle, pictures: needle.pictures.map(moved), texts: needle.texts.map(moved) };
}

function knownOf(needle: Needle, labels: LabelBook): Known {
  const tag = needle.tags.find((one) => labels[labelOf(one) ?? ''] !== undefined);
  const texts = tag === undefined ? undefined : labels[labelOf(tag) ?? ''];
  return { needle, texts, of: tag ?? [...needle.tags].sort().join(' ') };
}

/** The label that a tag names. */
export function labelOf(tag: string): string | undefined {
  return tag.startsWith(LABEL_TAG) ? tag.slice(LABEL_TAG.length) : undefined;
}

/** Those worth a look, the likeliest first: where the seer read the label, or the place looks like it. */
function plausibleOf(
  known: readonly Known[],
  items: readonly Item[],
  facts: ReadonlyMap<Needle, Remembered>,
): readonly Known[] {
  return known
    .map((one) => ({
      one,
      is: (facts.get(one.needle)?.plausible ?? -1) + (isSeenAt(one, items) ? 1 : 0),
    }))
    .filter(({ is }) => is >= PLAUSIBLE)
    .sort((a, b) => b.is - a.is)
    .slice(0, MOST)
    .map(({ one }) => one);
}

/** Where a match lies, with what smoothing takes in. */
function placesOf({ result }: Found): readonly Box[] {
  return result.areas.map(({ box }) => grown(box, SMOOTHED));
}

/** The parts of a picture that what is found of a needle depends on. */
function partsOf({ pictures, texts }: Needle): readonly Box[] {
  const by = (pictures[0]?.margin ?? 0) + REACH;
  return [...pictures, ...texts].map(({ area }) => grown(area.box, by));
}

/** Whether the seer found its label where the needle is looked for. */
function isSeenAt({ needle, texts }: Known, items: readonly Item[]): boolean {
  const [first] = needle.pictures;
  if (texts === undefined || first === undefined) return false;
  const place = centre(first.area.box);
  return items.some(({ text, box }) => {
    const at = centre(box);
    const isNear = Math.abs(at.x - place.x) <= first.margin && Math.abs(at.y - place.y) <= first.margin;
    return isNear && says(text, texts);
  });
}

/** What was found, told; and the items with what the best of each label adds to them. */
function needled(found: readonly Found[], items: readonly Item[]): Needled {
  const sorted = found.toSorted((a, b) => b.result.similarity - a.result.similarity);
  const best = new Map<string, Found>();
  for (const one of sorted) if (one.result.kind === 'match' && !best.has(one.of)) best.set(one.of, one);
  let all = items;
  for (const { result, texts } of best.values())
    if (result.kind === 'match' && texts !== undefined) all = withLabel(all, result, texts);
  const matched = sorted.filter(({ result }) => result.kind === 'match');
  const missed = sorted
    .filter((one) => one.result.kind !== 'match')
    .filter((one) => one.result.similarity >= NEAR_MISS || isSeenAt(one, items))
    .slice(0, MOST_MISSES);
  return { items: all, needles: [...matched, ...missed].map((one) => seenOf(one, best.get(one.of))) };
}

/** The item that a match lies on says the label; where there is none, a button that does is there. */
function withLabel(items: readonly Item[], match: Match, texts: Labels): readonly Item[] {
  const [first] = match.areas;
  const at = clickOf(match);
  const [text] = texts;
  if (first === undefined || at === undefined || text === undefined) return items;
  const { width, height } = first.box;
  const under = items
    .filter(({ box }) => holds(box, first.box) && box.width * box.height <= LARGER * width * height)
    .sort((a, b) => a.box.width * a.box.height - b.box.width * b.box.height);
  const item = under.find(({ kind }) => kind !== 'image');
  if (item?.kind === 'field') return items;
  if (item !== undefined)
    return says(item.text, texts) ? items : items.map((one) => (one === item ? { ...one, text } : one));
  const box = { x: at.x - Math.floor(width / 2), y: at.y - Math.floor(height / 2), width, height };
  return [...items, { kind: 'button' as const, text, box }].sort((a, b) => inOrder(a.box, b.box));
}

function seenOf({ needle, result }: Found, best: Found | undefined): NeedleSeen {
  const [first, ...more] = result.areas.map(({ box }) => box);
  const box: Box = first === undefined ? { x: 0, y: 0, width: 0, height: 0 } : around(first, ...more);
  const isMatch = result.kind === 'match';
  return {
    name: needle.name,
    tags: needle.tags,
    matched: isMatch,
    ...(isMatch && best !== undefined && best.needle !== needle ? { beatenBy: best.needle.name } : {}),
    score: rounded(result.similarity),
    box,
    areas: result.areas.map(({ box: place, similarity, needed, ok }) => ({
      box: place,
      score: rounded(similarity),
      needed,
      ok,
    })),
  };
}

function rounded(score: number): number {
  return Math.round(score * 10_000) / 10_000;
}
