import type { Pixels } from '../../terms/frame.ts';
import type { Glyph, GlyphAtlas } from './atlas.ts';
import { readByGlyphs, readerOf, SURE } from './glyphs.ts';

interface Sample {
  readonly pixels: Pixels;
  readonly text: string;
}

/**
 * An atlas without the letters that mislead it: the lines that it was learned from are read, and where one is read
 * wrongly without a doubt, a letter goes whose absence brings the doubt back and spoils no other line. A letter that is
 * missing costs a slower reader's time; a wrong one costs a verdict.
 */
export function examined(atlas: GlyphAtlas, samples: readonly Sample[]): GlyphAtlas {
  const occurrences = (letter: string) => samples.filter((one) => one.text.includes(letter)).length;
  let best = atlas;
  for (const sample of samples) {
    const wrong = wrongly(best, sample);
    if (wrong === undefined) continue;
    const right = samples.filter((one) => isRight(best, one));
    // Rare letters first: what many lines taught is hardly at fault.
    const suspects = best.styles
      .flatMap(({ glyphs }) => glyphs)
      .filter((one) => wrong.includes(one.text))
      .sort((a, b) => occurrences(a.text) - occurrences(b.text));
    best =
      suspects
        .map((one) => without(best, one))
        .find((less) => wrongly(less, sample) === undefined && right.every((one) => isRight(less, one))) ??
      best;
  }
  return best;
}

/** What is read without a doubt though something else is written; undefined where nothing is. */
function wrongly(atlas: GlyphAtlas, { pixels, text }: Sample): string | undefined {
  const read = readByGlyphs(pixels, readerOf(atlas));
  return read !== undefined && read.score >= SURE && read.text !== spaced(text) ? read.text : undefined;
}

function isRight(atlas: GlyphAtlas, { pixels, text }: Sample): boolean {
  const read = readByGlyphs(pixels, readerOf(atlas));
  return read !== undefined && read.score >= SURE && read.text === spaced(text);
}

function spaced(text: string): string {
  return text.trim().replace(/\s+/g, ' ');
}

function without(atlas: GlyphAtlas, glyph: Glyph): GlyphAtlas {
  const styles = atlas.styles.map((style) => ({
    ...style,
    glyphs: style.glyphs.filter((one) => one !== glyph),
  }));
  return { ...atlas, styles };
}
