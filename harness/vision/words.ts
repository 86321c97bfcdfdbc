import type { Pixels } from '../terms/frame.ts';

/**
 * Pixels as one number each: red in the lowest byte, then green, blue and alpha; negative where they are opaque. Numbers
 * above 2^31 would each take room of their own. Copied where they begin at an odd byte.
 */
export function wordsOf({ data }: Pick<Pixels, 'data'>): Int32Array {
  const aligned = data.byteOffset % 4 === 0 ? data : data.slice();
  return new Int32Array(aligned.buffer, aligned.byteOffset, aligned.length >> 2);
}
