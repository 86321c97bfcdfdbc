import type { Pixels } from '../terms/frame.ts';

/** Pixels as one number each: red in the lowest byte, then green, blue and alpha. Copied where they begin at an odd byte. */
export function wordsOf({ data }: Pick<Pixels, 'data'>): Uint32Array {
  const aligned = data.byteOffset % 4 === 0 ? data : data.slice();
  return new Uint32Array(aligned.buffer, aligned.byteOffset, aligned.length >> 2);
}
