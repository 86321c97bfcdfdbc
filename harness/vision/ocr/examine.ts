import type { Pixels } from '../../terms/frame.ts';
import type { Glyph, GlyphAtlas } from './atlas.ts';
import { type GlyphReading, readByGlyphs, readerOf, SURE } from './glyphs.ts';

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
  const lines = distinct(samples);
  let best = examiner(atlas);
  for (const line of lines) {
    const wrong = best.wrongly(line);
    if (wrong === undefined) continue;
    const right = lines.filter((one) => best.isRight(one));
    // Rare letters first: what many lines taught is hardly at fault.
    const suspects = best.atlas.styles
      .flatMap(({ glyphs }) => glyphs)
      .filter((one) => wrong.includes(one.text))
      .sort((a, b) => occurrences(a.text) - occurrences(b.text));
    for (const suspect of suspects) {
      const less = examiner(without(best.atlas, suspect));
      if (less.wrongly(line) !== undefined) continue;
      // A line that is read rightly without the letter is so still.
      const concerned = right.filter((one) => one.text.includes(suspect.text));
      if (!concerned.every((one) => less.isRight(one))) continue;
      best = less;
      break;
    }
  }
  return best.atlas;
}

/** Reads lines with one atlas, each once. */
function examiner(atlas: GlyphAtlas) {
  const reader = readerOf(atlas);
  const known = new Map<Sample, GlyphReading | undefined>();
  const sure = (sample: Sample): string | undefined => {
    const read = known.has(sample) ? known.get(sample) : readByGlyphs(sample.pixels, reader);
    known.set(sample, read);
    return read !== undefined && read.score >= SURE ? read.text : undefined;
  };
  return {
    atlas,
    /** What is read without a doubt though something else is written; undefined where nothing is. */
    wrongly(sample: Sample): string | undefined {
      const text = sure(sample);
      return text === spaced(sample.text) ? undefined : text;
    },
    isRight: (sample: Sample) => sure(sample) === spaced(sample.text),
  };
}

/** Each picture of a line once: most words are written on many screens. */
function distinct(samples: readonly Sample[]): readonly Sample[] {
  const known = new Map<string, Sample[]>();
  for (const sample of samples) {
    const { width, height, data } = sample.pixels;
    const key = `${width}x${height} ${sample.text}`;
    const alike = known.get(key) ?? [];
    known.set(key, alike);
    if (!alike.some((one) => one.pixels.data.every((value, at) => value === data[at]))) alike.push(sample);
  }
  return [...known.values()].flat();
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
