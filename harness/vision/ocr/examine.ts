import type { Pixels } from '../../terms/frame.ts';
import type { Glyph, GlyphAtlas } from './atlas.ts';
import { readByGlyphs, readerOf, SURE } from './glyphs.ts';

/**
 * An atlas without the letters that mislead it: lines that it was learned from are read, and where one is read wrongly
 * without a doubt, the letters go whose absence brings the doubt back. A letter that is missing costs a slower
 * reader's time; a wrong one costs a verdict.
 */
export function examined(
  atlas: GlyphAtlas,
  samples: readonly { readonly pixels: Pixels; readonly text: string }[],
): GlyphAtlas {
  const occurrences = (letter: string) => samples.filter((one) => one.text.includes(letter)).length;
  let best = atlas;
  for (const { pixels, text } of samples) {
    const wanted = text.trim().replace(/\s+/g, ' ');
    for (let read = wrongly(best, pixels, wanted); read !== undefined; read = wrongly(best, pixels, wanted)) {
      const wrong = read;
      // Rare letters first: what many lines taught is hardly at fault.
      const suspects = best.styles
        .flatMap(({ glyphs }) => glyphs)
        .filter((one) => wrong.includes(one.text))
        .sort((a, b) => occurrences(a.text) - occurrences(b.text));
      const guilty = suspects.find((one) => wrongly(without(best, one), pixels, wanted) === undefined);
      if (guilty === undefined) break;
      best = without(best, guilty);
    }
  }
  return best;
}

/** What is read without a doubt though something else is written; undefined where nothing is. */
function wrongly(atlas: GlyphAtlas, pixels: Pixels, wanted: string): string | undefined {
  const read = readByGlyphs(pixels, readerOf(atlas));
  return read !== undefined && read.score >= SURE && read.text !== wanted ? read.text : undefined;
}

function without(atlas: GlyphAtlas, glyph: Glyph): GlyphAtlas {
  const styles = atlas.styles.map((style) => ({
    ...style,
    glyphs: style.glyphs.filter((one) => one !== glyph),
  }));
  return { ...atlas, styles };
}
