import { de } from './de.ts';
import { en, type Texts } from './en.ts';
import { es } from './es.ts';
import { fr } from './fr.ts';
import { pl } from './pl.ts';

/** The house's own languages. */
export const TABLES: Readonly<Record<string, Partial<Texts>>> = { en, de, fr, es, pl };

/**
 * The texts of a language; what it lacks is English, as on recorders with a partial translation.
 * @param own what a maker calls otherwise
 */
export function textsOf(language: string, own: Partial<Texts> = {}): Texts {
  return { ...en, ...TABLES[language], ...own };
}

/** Puts values in the place of `{0}`, `{1}`. */
export function fill(text: string, ...values: readonly (string | number)[]): string {
  return text.replace(/\{(\d)\}/g, (mark, index: string) => String(values[Number(index)] ?? mark));
}
