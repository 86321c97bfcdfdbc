import sharp from 'sharp';
import type { Size } from './chain.ts';

/** Letters of the words below, 5 dots wide, a line a number of 5 bits. */
const LETTERS: Readonly<Record<string, readonly number[]>> = {
  '<': [2, 4, 8, 16, 8, 4, 2],
  '>': [8, 4, 2, 1, 2, 4, 8],
  N: [17, 25, 21, 19, 17, 17, 17],
  O: [14, 17, 17, 17, 17, 17, 14],
  L: [16, 16, 16, 16, 16, 16, 31],
  I: [14, 4, 4, 4, 4, 4, 14],
  V: [17, 17, 17, 17, 17, 10, 4],
  E: [31, 16, 16, 30, 16, 16, 31],
  D: [30, 17, 17, 17, 17, 17, 30],
};
/** As ustreamer says it. */
const WORDS = '< NO LIVE VIDEO >';

/** The JPEG that a KVM sends where it has nothing to show. */
export async function blankJpeg({ width, height }: Size): Promise<Buffer> {
  const dot = Math.max(1, Math.floor(width / (WORDS.length * 6) / 1.5));
  const left = Math.floor((width - WORDS.length * 6 * dot) / 2);
  const top = Math.floor((height - 7 * dot) / 2);
  const dots = [...WORDS].flatMap((letter, column) =>
    (LETTERS[letter] ?? []).flatMap((bits, line) =>
      [0, 1, 2, 3, 4]
        .filter((x) => bits & (16 >> x))
        .map(
          (x) =>
            `<rect x="${left + (column * 6 + x) * dot}" y="${top + line * dot}" width="${dot}" height="${dot}"/>`,
        ),
    ),
  );
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="100%" height="100%" fill="#000"/><g fill="#fff">${dots.join('')}</g></svg>`;
  return sharp(Buffer.from(svg)).jpeg({ quality: 95 }).toBuffer();
}
