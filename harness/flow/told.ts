import type { Box, Item, Reading } from '../terms/frame.ts';
import { textSimilarity } from '../vision/needle/match.ts';

/** Letters and figures that a text has at least, where it was read by eye: what has fewer may be a speck. */
const LEAST = 4;
/** A word of so many letters at most may be a speck. */
const SHORT = 2;
/** How like a word is to what it was before where a letter or two was misread, 0 to 1. */
const ALIKE = 0.65;
/** A word with figures that is so long is a name, and one letter or two of it may be misread. */
const NAME = 12;
const ALIKE_NAME = 0.85;
/** How far a text may have moved and still stand where it stood, px. */
const NEAR_PX = 10;
/** How long a text must have stood there until it counts as told, where it was read by eye, ms. */
const SURE_MS = 600;

/**
 * The texts of `after` that `before` did not show, one line each. Where they were read by eye, what stood there before
 * and is merely read or parted another way is not new, nor is a speck that looks like a letter or two.
 */
export function newTexts(before: Reading, after: Reading): readonly string[] {
  const known = new Set(before.items.map((item) => item.text));
  const fresh = after.items.filter(
    (item) => item.kind === 'text' && item.text.trim() !== '' && !known.has(item.text),
  );
  const told = isByEye(after) ? fresh.filter((item) => isOfWords(item) && !stoodThere(item, before)) : fresh;
  return told.map((item) => item.text);
}

/** Whether a screen says something that it did not say before; by eye, only what has stood for a moment is sure. */
export function isTold(before: Reading, after: Reading): boolean {
  if (newTexts(before, after).length === 0) return false;
  return !isByEye(after) || (after.stillMs ?? SURE_MS) >= SURE_MS;
}

function isByEye({ frame }: Reading): boolean {
  return frame !== undefined;
}

/** Whether a text has letters enough; a sign of a script that writes words by signs counts for two. */
function isOfWords({ text }: Item): boolean {
  const letters = text.match(/[\p{L}\p{N}]/gu) ?? [];
  const signs = text.match(/[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}]/gu) ?? [];
  return letters.length + signs.length >= LEAST;
}

/** Whether all words of a text stood at its place before, a misread letter aside; figures must be the same ones. */
function stoodThere({ text, box }: Item, before: Reading): boolean {
  const there = before.items.filter((one) => meets(one.box, box)).flatMap((one) => wordsOf(one.text));
  const words = wordsOf(text);
  const sure = words.filter((word) => word.length > SHORT || /\d/.test(word));
  return (sure.length === 0 ? words : sure).every((word) => there.some((one) => isAlike(one, word)));
}

function wordsOf(text: string): readonly string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

function isAlike(a: string, b: string): boolean {
  const figures = (word: string) => word.replace(/\D/g, '');
  if (figures(a) !== figures(b) && !(isName(a) && a.length === b.length)) return false;
  return textSimilarity(a, b) >= (isName(a) ? ALIKE_NAME : ALIKE);
}

/** Whether a word is the name of a file, a serial number, or another that no message counts by. */
function isName(word: string): boolean {
  return word.length >= NAME && /\d/.test(word);
}

function meets(a: Box, b: Box): boolean {
  return (
    a.x < b.x + b.width + NEAR_PX &&
    b.x < a.x + a.width + NEAR_PX &&
    a.y < b.y + b.height + NEAR_PX &&
    b.y < a.y + a.height + NEAR_PX
  );
}
