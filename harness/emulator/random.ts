import { createHash } from 'node:crypto';

/**
 * Reproducible numbers, 0 <= x < 1, for what may be replayed (delays), never for secrets: mulberry32 (T. Ettinger,
 * public domain). The same seed and name give the same numbers; another name gives others.
 */
export function seededRandom(seed: number, name: string): () => number {
  let state = createHash('sha256').update(`${seed}\n${name}`).digest().readUInt32LE(0);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
