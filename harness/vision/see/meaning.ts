import type { BoxTraits, Colour, LineTraits, Look, Meaning } from '../../terms/look.ts';

/** Distances beyond which a thing is like no sample. */
const STRANGE_BOX = 60;
const STRANGE_LINE = 28;
const STRANGE_TICK = 110;

/** What a rectangle is: what the nearest sample is; undefined where it is like none. */
export function meaningOfBox(look: Pick<Look, 'boxes'>, traits: BoxTraits): Meaning | undefined {
  return nearest(look.boxes, STRANGE_BOX, (sample) => boxDistance(sample, traits));
}

/** What a tick box or circle is that a codec made unlike all that is known: where it is sure that it is one. */
export function meaningOfTick(look: Pick<Look, 'boxes'>, traits: BoxTraits): Meaning | undefined {
  const ticks = look.boxes.filter(({ is }) => is.kind === 'checkbox' || is.kind === 'radio');
  return nearest(ticks, STRANGE_TICK, (sample) => boxDistance(sample, traits));
}

/**
 * Whether a rectangle looks like windows that were seen. A message looks the same where nothing stands beside it, and was
 * no window then.
 */
export function isWindowLike(look: Pick<Look, 'boxes'>, traits: BoxTraits): boolean {
  return look.boxes.some(
    (sample) => sample.is.kind === 'window' && boxDistance(sample, traits) < WINDOW_LIKE,
  );
}
const WINDOW_LIKE = 25;

/** What a line of writing outside of rectangles is; undefined where it is like none. */
export function meaningOfLine(look: Pick<Look, 'lines'>, traits: LineTraits): Meaning | undefined {
  return nearest(look.lines, STRANGE_LINE, (sample) => lineDistance(sample, traits));
}

function nearest<T extends { readonly is: Meaning }>(
  samples: readonly T[],
  strange: number,
  distance: (sample: T) => number,
): Meaning | undefined {
  let best: Meaning | undefined;
  let least = strange;
  for (const sample of samples) {
    const far = distance(sample);
    if (far >= least) continue;
    least = far;
    best = sample.is;
  }
  return best;
}

/** How different two rectangles look: about the mean difference of their colours, and much for another height. */
export function boxDistance(a: BoxTraits, b: BoxTraits): number {
  const [top, middle, bottom] = a.fill;
  const fill = Math.max(apart(top, b.fill[0]), apart(middle, b.fill[1]), apart(bottom, b.fill[2]));
  return (
    0.5 * fill +
    0.35 * apart(a.edge, b.edge) +
    0.15 * apart(a.around, b.around) +
    heightDistance(a.height, b.height) +
    (a.width < 2 || b.width < 2 ? 10 * Math.min(3, Math.abs(a.width - b.width)) : 0) +
    // In a tick box ink is the tick; elsewhere it is as much as is written.
    (a.width < 1.6 && b.width < 1.6 ? 120 * Math.abs(a.inked - b.inked) : 0) +
    (a.mark === b.mark ? 0 : 25) +
    (a.round === b.round ? 0 : 25)
  );
}

/** Windows are of any height, buttons are not, and neither is the other. */
function heightDistance(a: number, b: number): number {
  if (a < CONTROL && b < CONTROL) return 40 * Math.min(2, Math.abs(a - b));
  return a >= CONTROL && b >= CONTROL ? 0 : 2 * STRANGE_BOX;
}

/** What is higher than this is no control, em: a tile of a menu is less. */
const CONTROL = 5;

/** In a menu a line is a button that looks like mere text elsewhere. */
const LISTED = 12;

/** How different two lines look. */
export function lineDistance(a: LineTraits, b: LineTraits): number {
  const colours = 0.6 * apart(a.ground, b.ground) + 0.4 * apart(a.ink, b.ink);
  return colours + (a.listed === b.listed ? 0 : LISTED);
}

/** Largest difference of two colours in red, green or blue. */
function apart(a: Colour, b: Colour): number {
  return Math.max(Math.abs(a[0] - b[0]), Math.abs(a[1] - b[1]), Math.abs(a[2] - b[2]));
}
