import { crop } from '../png.ts';
import type { Needle } from './needle.ts';
import { type Scene, sceneOf } from './scene.ts';
import { correlation } from './template.ts';

/** The level of the pyramid that is guessed from: a quarter of the size each way. */
const LEVEL = 2;

/**
 * A guess whether a needle is worth a look within its margin: the best correlation of its first picture at a quarter of
 * the size, -1..1. Costs a tenth of a look. A needle without pictures, or with one too small to tell, is: 1.
 */
export function plausibility(scene: Scene, needle: Needle): number {
  const [first] = needle.pictures;
  const template = first?.templates[LEVEL];
  if (first === undefined || template === undefined || Math.min(template.width, template.height) < 4)
    return 1;
  const { box } = first.area;
  // Whole cells of the level, so that where it has not moved they fall as they do in the reference.
  const cell = 2 ** LEVEL;
  const margin = Math.ceil(first.margin / cell) * cell;
  const left = Math.max(0, box.x - margin);
  const top = Math.max(0, box.y - margin);
  const right = Math.min(scene.width, box.x + box.width + margin);
  const bottom = Math.min(scene.height, box.y + box.height + margin);
  if (right - left < box.width || bottom - top < box.height) return -1;
  const part = crop(scene.pixels, { x: left, y: top, width: right - left, height: bottom - top });
  const plane = sceneOf(part).level(LEVEL);
  let best = -1;
  for (let y = 0; y + template.height <= plane.height; y += 1)
    for (let x = 0; x + template.width <= plane.width; x += 1)
      best = Math.max(best, correlation(plane, template, x, y));
  return best;
}
