// The writing on photographed screens, cut out, with what the document says stands there.
import type { Box, Item, Pixels } from '../../../harness/terms/frame.ts';
import { crop, decodePicture } from '../../../harness/vision/png.ts';
import { type Chain, degrade } from './degrade.ts';
import type { Photograph } from './screens.ts';

/** What kind of text it is: they fail differently. */
export type TextKind = 'label' | 'sentence' | 'address' | 'code' | 'value';

/** One text on one screen. */
export interface TextOnScreen {
  readonly kind: TextKind;
  readonly text: string;
  /** The font and size that it is written in are those of all texts of a menu and resolution. */
  readonly gui: string;
  readonly resolution: string;
  readonly photograph: Photograph;
  readonly box: Box;
}

/** Each text of each menu and resolution once. What holds pictures beside its text, or more than a line, is left out. */
export function textsOf(photographs: readonly Photograph[]): readonly TextOnScreen[] {
  const known = new Set<string>();
  return photographs.flatMap((photograph) => {
    const { gui, resolution, reading } = photograph;
    const em = resolution === '1920x1080' ? 20 : 15;
    return reading.items.flatMap((item): readonly TextOnScreen[] => {
      const key = [gui, resolution, item.kind, item.text].join('|');
      if (!isLine(item, em) || isCovered(item, reading.items) || known.has(key)) return [];
      known.add(key);
      return [
        { kind: kindOf(item.text), text: item.text, gui, resolution, photograph, box: boxOf(item, em) },
      ];
    });
  });
}

/** Cuts texts out of the pictures that a chain leaves. */
export async function* cutOut(
  texts: readonly TextOnScreen[],
  chain: Chain,
): AsyncGenerator<{ readonly of: TextOnScreen; readonly pixels: Pixels }> {
  let last: { readonly photograph: Photograph; readonly pixels: Pixels } | undefined;
  for (const of of texts) {
    if (last?.photograph !== of.photograph) {
      const pixels = await degrade(await decodePicture(of.photograph.frame.bytes), chain);
      last = { photograph: of.photograph, pixels };
    }
    yield { of, pixels: crop(last.pixels, of.box) };
  }
}

function isLine(item: Item, em: number): boolean {
  if (item.text.trim() === '' || item.concealed === true || item.kind === 'image') return false;
  // Ticks, arrows and symbols belong to what can be chosen and to buttons of pictures.
  if (item.kind === 'checkbox' || item.kind === 'radio' || item.kind === 'option') return false;
  if (/[⚙⌫⇧↵✓✕×•]/.test(item.text) || item.box.width < (item.text.length * em) / 4) return false;
  return item.box.height <= 2.4 * em && item.box.width >= em / 2;
}

/** Whether another item lies over a part of it. */
function isCovered(item: Item, items: readonly Item[]): boolean {
  return items.some(
    (other) =>
      other !== item &&
      other.kind !== 'image' &&
      other.box.x < item.box.x + item.box.width &&
      other.box.x + other.box.width > item.box.x &&
      other.box.y < item.box.y + item.box.height &&
      other.box.y + other.box.height > item.box.y,
  );
}

/** A field's or button's border is left out. */
function boxOf({ kind, box }: Item, em: number): Box {
  if (kind === 'text' || kind === 'link') return box;
  const by = Math.round(em / 5);
  return { x: box.x + by, y: box.y + by, width: box.width - 2 * by, height: box.height - 2 * by };
}

function kindOf(text: string): TextKind {
  if (text.includes('@')) return 'address';
  if (/^[A-Z0-9]{8}$/.test(text)) return 'code';
  if (/\d/.test(text)) return 'value';
  return text.length > 34 ? 'sentence' : 'label';
}
