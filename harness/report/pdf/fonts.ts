import { fileURLToPath } from 'node:url';
import { printable } from '../../terms/printable.ts';

/** A piece of a text that one font has all characters of. */
export interface Piece {
  readonly font: string;
  readonly text: string;
}

/** Scripts of the font that the project ships, and their characters: the package has a file of each. */
const SCRIPTS = [
  {
    name: 'latin',
    has: /[\u0020-\u00ff\u0131\u0152\u0153\u2013\u2014\u2018-\u201d\u2022\u2026\u20ac\u2122]/u,
  },
  { name: 'latin-ext', has: /[\u0100-\u0130\u0132-\u0151\u0154-\u024f]/u },
  { name: 'cyrillic', has: /[\u0400-\u045f\u0490\u0491]/u },
  { name: 'greek', has: /[\u0384-\u038a\u038c\u038e-\u03a1\u03a3-\u03ff]/u },
] as const;

export type Weight = 'regular' | 'bold';
const WEIGHTS: Readonly<Record<Weight, number>> = { regular: 400, bold: 700 };

const FOLDER = new URL(
  '.',
  import.meta.resolve('@fontsource/noto-sans/files/noto-sans-latin-400-normal.woff'),
);

/** File of a font of `piecesOf`. */
export function fontFile(font: string): string {
  return `${fileURLToPath(FOLDER)}noto-sans-${font}-normal.woff`;
}

/** A text by the fonts that have its characters; one that none has becomes a visible escape such as `\u4e2d`. */
export function piecesOf(text: string, weight: Weight): readonly Piece[] {
  const pieces: Piece[] = [];
  for (const character of printable(text).replaceAll('\t', '  ')) {
    const script = character === '\n' ? SCRIPTS[0] : SCRIPTS.find(({ has }) => has.test(character));
    const shown = script === undefined ? escapeOf(character) : character;
    const font = fontOf((script ?? SCRIPTS[0]).name, weight);
    const last = pieces.at(-1);
    if (last?.font === font) pieces[pieces.length - 1] = { font, text: last.text + shown };
    else pieces.push({ font, text: shown });
  }
  return pieces;
}

/** The font that most of a text is in. */
export function mainFont(weight: Weight): string {
  return fontOf('latin', weight);
}

function fontOf(script: string, weight: Weight): string {
  return `${script}-${WEIGHTS[weight]}`;
}

function escapeOf(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, '0')}`;
}
