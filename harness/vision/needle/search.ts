import { crop } from '../png.ts';
import { type Scene, sceneOf, sumIn } from './scene.ts';
import { correlation, FLAT, type Template } from './template.ts';

/** Where a template's top left may lie, px of the frame, both ends included. */
export interface Range {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}
/** Where a template lies, and how well it fits there. */
export interface Place {
  readonly x: number;
  readonly y: number;
  /** Normalised cross-correlation, -1..1. */
  readonly correlation: number;
}

/** A template is looked for at the coarsest level at which it still has so many px each way, and so many altogether. */
const LEAST = { side: 5, area: 96 };
/** Places that the sample, the coarsest level and the last but one hand on. */
const KEPT = { guessed: 200, coarse: 24, fine: 4 };
/** A patch whose contrast differs from the template's by more than this factor is not looked at. */
const CONTRAST = { least: 0.3, most: 3 };
/** Levels of a pyramid, the full size among them. */
export const LEVELS = 4;

/** A search in less than this share of a frame prepares that part alone. */
const LOCAL = 0.25;

/** Where in the range a template fits best; undefined where it fits nowhere at all. Templates are those of `templatesOf`. */
export function bestPlace(scene: Scene, templates: readonly Template[], range: Range): Place | undefined {
  const [full] = templates;
  if (full === undefined || range.right < range.left || range.bottom < range.top) return undefined;
  const box = {
    x: range.left,
    y: range.top,
    width: range.right - range.left + full.width,
    height: range.bottom - range.top + full.height,
  };
  if (box.width * box.height > scene.width * scene.height * LOCAL) return placeIn(scene, templates, range);
  const inBox = { left: 0, top: 0, right: range.right - range.left, bottom: range.bottom - range.top };
  const found = placeIn(sceneOf(crop(scene.pixels, box)), templates, inBox);
  return found && { ...found, x: found.x + box.x, y: found.y + box.y };
}

function placeIn(scene: Scene, templates: readonly Template[], range: Range): Place | undefined {
  const [full] = templates;
  if (full === undefined) return undefined;
  const start = startLevel(templates, range);
  let places: readonly Place[] = start === 0 ? [] : scan(scene, templates, range, start);
  if (start > 0 && places.length === 0) return undefined;
  for (let level = start - 1; level > 0; level -= 1)
    places = refine(scene, templates, { range, level, places });
  return start === 0 ? nearby(scene, full, range) : finest(scene, full, range, places);
}

function startLevel(templates: readonly Template[], range: Range): number {
  const fits = (t: Template) =>
    Math.min(t.width, t.height) >= LEAST.side && t.count >= LEAST.area && t.contrast > 0;
  let level = 0;
  while (level + 1 < templates.length) {
    const next = templates[level + 1];
    if (next === undefined || !fits(next)) break;
    level += 1;
  }
  // Where only a few px are in question, a coarse look costs more than it saves.
  const reach = Math.max(range.right - range.left, range.bottom - range.top);
  return reach <= 3 ? 0 : level;
}

/**
 * The best places of a whole level: local maxima, best first. All places are guessed by a sample of the template's
 * pixels, and the best guesses are then looked at as a whole.
 */
function scan(scene: Scene, templates: readonly Template[], range: Range, level: number): readonly Place[] {
  const t = templates[level];
  if (t === undefined) return [];
  const plane = scene.level(level);
  const scale = 2 ** level;
  const left = Math.floor(range.left / scale);
  const top = Math.floor(range.top / scale);
  const right = Math.min(plane.width - t.width, Math.ceil(range.right / scale));
  const bottom = Math.min(plane.height - t.height, Math.ceil(range.bottom / scale));
  if (right < left || bottom < top) return [];
  const scores = guesses(scene, t, { level, left, top, right, bottom });
  const columns = right - left + 1;
  return maxima(scores, columns, bottom - top + 1)
    .slice(0, KEPT.guessed)
    .map((at): Place => {
      const [x, y] = [left + (at % columns), top + Math.floor(at / columns)];
      return { x, y, correlation: correlation(plane, t, x, y) };
    })
    .sort((a, b) => b.correlation - a.correlation)
    .slice(0, KEPT.coarse);
}

/** What a sample says of each place; 0 where the contrast is another altogether. */
function guesses(scene: Scene, t: Template, area: Range & { readonly level: number }): Float32Array {
  const { data, width: stride } = scene.level(area.level);
  const sums = scene.sums(area.level);
  const columns = area.right - area.left + 1;
  const scores = new Float32Array(columns * (area.bottom - area.top + 1));
  const pixels = t.width * t.height;
  const least = Math.max(FLAT, (t.contrast * CONTRAST.least) ** 2);
  const most = (t.contrast * CONTRAST.most) ** 2;
  const { length } = t.sample;
  const offsets = t.sample.map((at) => Math.floor(at / t.width) * stride + (at % t.width));
  const weights = Float32Array.from(t.sample, (at) => t.weights[at] ?? 0);
  const whole = weights.reduce((all, one) => all + one, 0);
  for (let y = area.top; y <= area.bottom; y += 1)
    for (let x = area.left; x <= area.right; x += 1) {
      const box = { x, y, width: t.width, height: t.height };
      const mean = sumIn(sums.values, sums.width, box) / pixels;
      const variance = sumIn(sums.squares, sums.width, box) / pixels - mean * mean;
      // What is excluded in the needle may have any contrast in the frame.
      if (variance < FLAT || (t.used === undefined && (variance < least || variance > most))) continue;
      const corner = y * stride + x;
      let dot = 0;
      for (let at = 0; at < length; at += 1)
        dot += (data[corner + (offsets[at] ?? 0)] ?? 0) * (weights[at] ?? 0);
      scores[(y - area.top) * columns + x - area.left] = (dot - mean * whole) / Math.sqrt(variance);
    }
  return scores;
}

/** Indices of the scores above 0 that no neighbour beats, best first. */
function maxima(scores: Float32Array, columns: number, rows: number): readonly number[] {
  const found: number[] = [];
  for (let at = 0; at < scores.length; at += 1) {
    const score = scores[at] ?? 0;
    if (score <= 0) continue;
    const column = at % columns;
    const row = (at - column) / columns;
    let beaten = false;
    for (let down = row > 0 ? -1 : 0; down <= (row < rows - 1 ? 1 : 0) && !beaten; down += 1)
      for (let aside = column > 0 ? -1 : 0; aside <= (column < columns - 1 ? 1 : 0); aside += 1)
        if ((scores[at + down * columns + aside] ?? 0) > score) {
          beaten = true;
          break;
        }
    if (!beaten) found.push(at);
  }
  return found.sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0));
}

interface Step {
  readonly range: Range;
  readonly level: number;
  /** In px of the level above. */
  readonly places: readonly Place[];
}

/** The same places, found again around where the coarser level saw them. */
function refine(scene: Scene, templates: readonly Template[], step: Step): readonly Place[] {
  const t = templates[step.level];
  if (t === undefined) return [];
  const plane = scene.level(step.level);
  const reach = 2;
  const places = step.places.map((place): Place => {
    let best: Place = { x: place.x * 2, y: place.y * 2, correlation: -1 };
    for (let y = place.y * 2 - reach; y <= place.y * 2 + reach; y += 1)
      for (let x = place.x * 2 - reach; x <= place.x * 2 + reach; x += 1) {
        if (x < 0 || y < 0 || x + t.width > plane.width || y + t.height > plane.height) continue;
        const score = correlation(plane, t, x, y);
        if (score > best.correlation) best = { x, y, correlation: score };
      }
    return best;
  });
  return places.sort((a, b) => b.correlation - a.correlation);
}

/** The best place at full size around those of the first level. */
function finest(scene: Scene, t: Template, range: Range, places: readonly Place[]): Place | undefined {
  const reach = 2;
  let best: Place | undefined;
  for (const place of places.slice(0, KEPT.fine)) {
    const around = {
      left: Math.max(range.left, place.x * 2 - reach),
      top: Math.max(range.top, place.y * 2 - reach),
      right: Math.min(range.right, place.x * 2 + reach),
      bottom: Math.min(range.bottom, place.y * 2 + reach),
    };
    const here = nearby(scene, t, around);
    if (here !== undefined && (best === undefined || here.correlation > best.correlation)) best = here;
  }
  return best;
}

/** The best place at full size, each one tried. */
function nearby(scene: Scene, t: Template, range: Range): Place | undefined {
  if (range.right < range.left || range.bottom < range.top) return undefined;
  const patch = scene.patch({
    x: range.left,
    y: range.top,
    width: range.right - range.left + t.width,
    height: range.bottom - range.top + t.height,
  });
  let best: Place | undefined;
  for (let y = 0; y <= range.bottom - range.top; y += 1)
    for (let x = 0; x <= range.right - range.left; x += 1) {
      const score = correlation(patch, t, x, y);
      if (best === undefined || score > best.correlation)
        best = { x: range.left + x, y: range.top + y, correlation: score };
    }
  return best;
}
