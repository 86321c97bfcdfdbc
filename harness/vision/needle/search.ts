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
/** Places that a level hands to the finer one. */
const KEPT = { coarse: 24, fine: 4 };
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

/** The best places of a whole level: local maxima, best first. */
function scan(scene: Scene, templates: readonly Template[], range: Range, level: number): readonly Place[] {
  const t = templates[level];
  if (t === undefined) return [];
  const plane = scene.level(level);
  const sums = scene.sums(level);
  const scale = 2 ** level;
  const left = Math.floor(range.left / scale);
  const top = Math.floor(range.top / scale);
  const right = Math.min(plane.width - t.width, Math.ceil(range.right / scale));
  const bottom = Math.min(plane.height - t.height, Math.ceil(range.bottom / scale));
  const columns = right - left + 1;
  const rows = bottom - top + 1;
  if (columns <= 0 || rows <= 0) return [];
  const scores = new Float32Array(columns * rows);
  const area = t.width * t.height;
  const least = Math.max(FLAT, (t.contrast * CONTRAST.least) ** 2);
  const most = (t.contrast * CONTRAST.most) ** 2;
  for (let row = 0; row < rows; row += 1)
    for (let column = 0; column < columns; column += 1) {
      const x = left + column;
      const y = top + row;
      if (t.used === undefined) {
        const box = { x, y, width: t.width, height: t.height };
        const mean = sumIn(sums.values, sums.width, box) / area;
        const variance = sumIn(sums.squares, sums.width, box) / area - mean * mean;
        if (variance < least || variance > most) continue;
        scores[row * columns + column] = dot(plane.data, plane.width, t, x, y) / Math.sqrt(variance * area);
      } else scores[row * columns + column] = correlation(plane, t, x, y);
    }
  return maxima(scores, columns, rows)
    .slice(0, KEPT.coarse)
    .map(({ at, score }) => ({
      x: left + (at % columns),
      y: top + Math.floor(at / columns),
      correlation: score,
    }));
}

/** Dot product with the template's weights; four sums at once, so that one addition need not wait for another. */
function dot(data: Float32Array, stride: number, t: Template, x: number, y: number): number {
  const { weights, width, height } = t;
  let [a, b, c, d] = [0, 0, 0, 0];
  for (let row = 0; row < height; row += 1) {
    let at = (y + row) * stride + x;
    let own = row * width;
    const end = own + width;
    for (; own + 3 < end; own += 4, at += 4) {
      a += (data[at] ?? 0) * (weights[own] ?? 0);
      b += (data[at + 1] ?? 0) * (weights[own + 1] ?? 0);
      c += (data[at + 2] ?? 0) * (weights[own + 2] ?? 0);
      d += (data[at + 3] ?? 0) * (weights[own + 3] ?? 0);
    }
    for (; own < end; own += 1, at += 1) a += (data[at] ?? 0) * (weights[own] ?? 0);
  }
  return a + b + c + d;
}

/** Scores above 0 that no neighbour beats, best first. */
function maxima(scores: Float32Array, columns: number, rows: number) {
  const found: { readonly at: number; readonly score: number }[] = [];
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
    if (!beaten) found.push({ at, score });
  }
  return found.sort((a, b) => b.score - a.score);
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
