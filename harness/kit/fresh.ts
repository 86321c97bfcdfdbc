import { randomInt } from 'node:crypto';

const CLASSES = ['abcdefghjkmnpqrstuvwxyz', 'ABCDEFGHJKLMNPQRSTUVWXYZ', '23456789', '_.!-+'] as const;

/**
 * A random password of `length` characters out of so many classes (digits, lower, upper, special), without runs,
 * repeated neighbours, look-alikes, or any of the forbidden words.
 */
export function randomPassword(length: number, classes = 3): string {
  const sets = CLASSES.slice(0, classes);
  for (;;) {
    let word = '';
    for (let at = 0; at < length; at += 1) {
      const set = sets[at < sets.length ? at : randomInt(sets.length)] ?? CLASSES[0];
      word += set[randomInt(set.length)] ?? '';
    }
    if (!/(.)\1|admin|user|123/i.test(word) && !hasRun(word)) return word;
  }
}

/** Three characters that follow each other upwards or downwards. */
function hasRun(word: string): boolean {
  for (let at = 2; at < word.length; at += 1) {
    const a = word.charCodeAt(at - 1) - word.charCodeAt(at - 2);
    const b = word.charCodeAt(at) - word.charCodeAt(at - 1);
    if (a === b && Math.abs(a) === 1) return true;
  }
  return false;
}

/** A random code of the mailed kind: letters and digits, never one that was mailed. */
export function randomCode(length: number): string {
  const set = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';
  return Array.from({ length }, () => set[randomInt(set.length)] ?? 'A').join('');
}
