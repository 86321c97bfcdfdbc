import type { DefectId, Defects } from '../defects.ts';
import type { OpenCode } from './state.ts';

const HOUR_MS = 3_600_000;
/** A code lives 48 hours (app help, camera manual), counted on uptime so that no clock change stretches it. */
const CODE_LIFE_MS = 48 * HOUR_MS;

/** Whether a code is not too old. `uptime` and `clock` (real-time clock) in ms. */
export function isYoung(
  code: OpenCode,
  at: { readonly uptime: number; readonly clock: number },
  defects: Defects,
): boolean {
  const age = at.uptime - code.openedAt;
  const young = age <= CODE_LIFE_MS;
  const youngByClock = at.clock - code.drawnAt <= CODE_LIFE_MS;
  if (young !== youngByClock && defects.has('code-life-by-clock')) return youngByClock;
  if (!young) {
    return defects.has('code-never-expires') || (age <= 49 * HOUR_MS && defects.has('code-lives-49-h'));
  }
  const tired = age > 24 * HOUR_MS && defects.has('code-dies-after-a-day');
  return !tired && !(age > 47 * HOUR_MS && defects.has('code-dies-at-47-h'));
}

interface Try {
  readonly typed: string;
  readonly code: string;
  /** Wrong codes before this one. */
  readonly tries: number;
}
/** What is not the code, and which defect takes it for the code. */
const LENIENT: readonly (readonly [DefectId, (entry: Try) => boolean])[] = [
  ['code-wrong-accepted', ({ typed, code }) => typed.length === code.length],
  ['code-first-half-accepted', ({ typed, code }) => sameLength(typed, code) && half(typed) === half(code)],
  ['code-last-character-ignored', ({ typed, code }) => sameLength(typed, code) && cut(typed) === cut(code)],
  ['code-of-7-accepted', ({ typed, code }) => typed === cut(code)],
  ['code-of-9-accepted', ({ typed, code }) => typed.length === code.length + 1 && cut(typed) === code],
  ['code-leading-blank-accepted', ({ typed, code }) => typed.trimStart() === code],
  ['code-trailing-blank-accepted', ({ typed, code }) => typed.trimEnd() === code],
  ['code-case-changing', ({ typed, code, tries }) => tries > 0 && typed.toUpperCase() === code],
];

/** Whether a defect takes for the code what is not the code. */
export function isTakenFor(entry: Try, defects: Defects): boolean {
  return LENIENT.some(([id, applies]) => applies(entry) && defects.has(id));
}

/** What a defect adds to the message about a wrong code. */
export function hintAbout(typed: string, code: string, defects: Defects): string {
  const right = [...typed].filter((character, at) => character === code[at]).length;
  if (defects.has('code-message-counts')) return ` (${right}/${code.length})`;
  return half(typed) === half(code) && defects.has('code-message-first-half') ? ' *' : '';
}

function sameLength(a: string, b: string): boolean {
  return a.length === b.length;
}
function half(code: string): string {
  return code.slice(0, 4);
}
function cut(code: string): string {
  return code.slice(0, -1);
}
