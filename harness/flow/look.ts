import type { Box, Item, Reading } from '../terms/frame.ts';
import { textSimilarity } from '../vision/needle/match.ts';

/** Texts that mean the same thing on different firmwares. */
export type Labels = readonly string[];

/** A label as it is compared: case, blanks, and a trailing colon, star or ellipsis do not count. */
export function plain(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/[\s:*…]+$/u, '')
    .toLowerCase();
}

/** Whether a text is one of the labels. */
export function says(text: string, labels: Labels): boolean {
  const own = plain(text);
  return labels.some((label) => plain(label) === own);
}

const KIND_ORDER = ['button', 'link', 'option', 'radio', 'checkbox', 'text', 'field', 'image'];

/**
 * The item that says one of the labels: things to act on before mere text, and earlier labels before later ones. Where it
 * was read by eye and nothing says a label as it is, what says it but for a letter or so does: an eye takes one letter for
 * another where a line is drawn under it, or something shines through.
 */
export function find(reading: Reading, labels: Labels, kinds?: readonly Item['kind'][]): Item | undefined {
  const items = reading.items.filter((item) => kinds === undefined || kinds.includes(item.kind));
  const exact = best(items, labels, (text, label) => text === label);
  if (exact !== undefined || reading.frame === undefined) return exact;
  return best(items, labels, isMisread);
}

/** A link or button that says one of the labels. By eye a link may look like writing of its colour: that will do. */
export function findLink(reading: Reading, labels: Labels): Item | undefined {
  const link = find(reading, labels, ['link', 'button']);
  return link !== undefined || reading.frame === undefined ? link : find(reading, labels, ['text']);
}

function best(
  items: readonly Item[],
  labels: Labels,
  isLike: (text: string, label: string) => boolean,
): Item | undefined {
  const rankOf = (item: Item) => {
    const at = labels.findIndex((label) => isLike(plain(item.text), plain(label)));
    return at < 0 ? undefined : at * 10 + KIND_ORDER.indexOf(item.kind);
  };
  return items
    .flatMap((item) => {
      const rank = rankOf(item);
      return rank === undefined ? [] : [{ item, rank }];
    })
    .sort((a, b) => a.rank - b.rank)[0]?.item;
}

/** Whether a text is a label of some length of which an eye has misread a letter. */
function isMisread(text: string, label: string): boolean {
  return label.length >= LONG && text.length === label.length && textSimilarity(text, label) >= MISREAD;
}
/** Labels of fewer characters may become another one by a letter. */
const LONG = 10;
/** One letter of a label of ten, or of any that is longer, may be another one. */
const MISREAD = 0.9;

/** Whether anything visible contains one of the labels. */
export function mentions(reading: Reading, labels: Labels): boolean {
  return reading.items.some(
    (item) => item.kind !== 'field' && labels.some((label) => plain(item.text).includes(plain(label))),
  );
}

/** The fields of a screen in reading order. */
export function fields(reading: Reading): readonly Item[] {
  return reading.items
    .filter((item) => item.kind === 'field')
    .sort((a, b) => a.box.y - b.box.y || a.box.x - b.box.x);
}

/** The field that a label stands left of (same row) or above. */
export function fieldFor(reading: Reading, labels: Labels): Item | undefined {
  let best: { readonly item: Item; readonly distance: number } | undefined;
  const texts = reading.items.filter((item) => item.kind === 'text' && says(item.text, labels));
  for (const text of texts) {
    for (const item of reading.items) {
      if (item.kind !== 'field') continue;
      const distance = labelDistance(text.box, item.box);
      if (distance !== undefined && (best === undefined || distance < best.distance))
        best = { item, distance };
    }
  }
  return best?.item;
}

/** px between a label and its field; undefined when they don't belong together. */
function labelDistance(label: Box, field: Box): number | undefined {
  const rowGap = Math.abs(label.y + label.height / 2 - (field.y + field.height / 2));
  if (rowGap <= field.height / 2 && field.x + field.width > label.x + label.width)
    return Math.max(0, field.x - label.x - label.width);
  const below = field.y - (label.y + label.height);
  const overlap = Math.min(label.x + label.width, field.x + field.width) - Math.max(label.x, field.x);
  if (below >= -4 && below < 3 * field.height && overlap > 0) return 1000 + below;
  return undefined;
}

/** The centre of a box, px. */
export function centre(box: Box): { readonly x: number; readonly y: number } {
  return { x: Math.round(box.x + box.width / 2), y: Math.round(box.y + box.height / 2) };
}

/** Nine things of one size in three rows of three, in reading order: the dots of an unlock pattern. */
export function grid(reading: Reading): readonly Item[] | undefined {
  const sizes = new Map<string, Item[]>();
  for (const item of reading.items) {
    if (item.kind !== 'button' && item.kind !== 'image') continue;
    const size = `${item.kind} ${item.box.width}x${item.box.height}`;
    sizes.set(size, [...(sizes.get(size) ?? []), item]);
  }
  for (const items of sizes.values()) {
    const sorted = [...items].sort((a, b) => a.box.y - b.box.y || a.box.x - b.box.x);
    const rows = new Set(sorted.map(({ box }) => box.y));
    const columns = new Set(sorted.map(({ box }) => box.x));
    if (sorted.length === 9 && rows.size === 3 && columns.size === 3) return sorted;
  }
  return undefined;
}

/** All that a person could tell apart on the screen, as one string: equal strings = nothing changed. */
export function fingerprint(reading: Reading): string {
  return reading.items
    .map(
      (item) =>
        `${item.kind}|${item.text}|${item.checked ?? ''}|${item.enabled ?? ''}|${item.box.x},${item.box.y},${item.box.width},${item.box.height}`,
    )
    .join('\n');
}

/** The visible texts, shortened, for a message that tells what was seen. */
export function seen(reading: Reading): string {
  const texts = reading.items
    .filter((item) => item.text.trim() !== '' && item.kind !== 'field')
    .map((item) => item.text.trim());
  return texts.length === 0
    ? 'a screen without any text'
    : `"${texts.slice(0, 14).join('" "')}"${texts.length > 14 ? ' …' : ''}`;
}
