import type { Gui } from '../flow/gui.ts';
import type { Labels } from '../flow/look.ts';

/** The words of a recorder's language for units of time. */
export interface Units {
  readonly minute: Labels;
  readonly second: Labels;
}

/** The time that a message tells, s: numbers before the words of the units; undefined where it tells none. */
export function toldSeconds(message: string, units: Units): number | undefined {
  const minutes = numberBefore(message, units.minute);
  const seconds = numberBefore(message, units.second);
  if (minutes === undefined && seconds === undefined) return undefined;
  return (minutes ?? 0) * 60 + (seconds ?? 0);
}

function numberBefore(message: string, words: Labels): number | undefined {
  if (words.length === 0) return undefined;
  const plain = words.map(escaped);
  const found = new RegExp(`(\\d+)\\s*(?:${plain.join('|')})(?![\\p{L}\\d])`, 'iu').exec(message)?.[1];
  return found === undefined ? undefined : Number(found);
}

/** The words that the profile has for units of time. */
export function unitsOf(gui: Gui): Units {
  return { minute: gui.label('unitMinute'), second: gui.label('unitSecond') };
}

/** Whether a text holds one of the words, as a whole word; capitals do not count. */
export function namesOne(text: string, words: Labels): boolean {
  if (words.length === 0) return false;
  const plain = words.map(escaped);
  return new RegExp(`(?<![\\p{L}\\d])(?:${plain.join('|')})(?![\\p{L}\\d])`, 'iu').test(text);
}

function escaped(word: string): string {
  return word.replace(/[.+?^${}()|[\]\\*]/g, '\\$&');
}
