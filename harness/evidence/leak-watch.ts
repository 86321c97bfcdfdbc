import type { Redactor } from './redactor.ts';

/** A piece of what a console printed; a gap where `missedMs` is there. */
export interface Printed {
  readonly at: number;
  readonly text: string;
  readonly missedMs?: number;
}
/** A secret that stood on the console. */
export interface Leak {
  /** As the redactor names it; the secret itself is nowhere kept. */
  readonly label: string;
  /** When the piece came in which it begins, ms since the epoch. */
  readonly at: number;
}

/** Nothing is pieced together across it, in no form. */
const GAP = '\n\u0001\n\u0001\n';

/**
 * Every secret that a console printed, in whatever form, also where it came in pieces. It is looked for in what was
 * printed so far and not as it comes: the recorder knows its code before the harness does.
 * @param redactors what knows the secrets
 */
export function leaksIn(
  printed: readonly Printed[],
  redactors: readonly Pick<Redactor, 'found'>[],
): readonly Leak[] {
  const starts: number[] = [];
  let text = '';
  for (const piece of printed) {
    starts.push(text.length);
    text += piece.missedMs === undefined ? piece.text : GAP;
  }
  const leaks = redactors
    .flatMap((redactor) => redactor.found(text))
    .map(({ label, index }) => ({ label, at: printed[pieceAt(starts, index)]?.at ?? 0 }));
  return leaks.sort((a, b) => a.at - b.at);
}

/** Which piece a place of the whole text is in. */
function pieceAt(starts: readonly number[], index: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((starts[middle] ?? 0) <= index) low = middle;
    else high = middle - 1;
  }
  return low;
}
