import type { AttemptRecord, ExpectationRecord } from './record.ts';

/** Redacted texts say no longer what they were: `[code 1]`, `[hidden]`. */
const REDACTED = /\[(?:code|password|address|secret) \d+\]|\[hidden\]/;
/** A pattern may take long over a text; what could take more steps than this is not tried. */
const STEPS = 1e9;
const LONGEST = 50_000;

/**
 * Judges an expectation again from its two texts, as `harness/kit/expect.ts` writes them. Undefined where these do not
 * decide: something in them was redacted, what they show of two things is the same though the things may differ, or a
 * pattern could take too long.
 * @param expected e.g. `at most 5 s`
 * @param seen e.g. `4.2 s`
 */
export function judgedAgain(expected: string, seen: string): 'pass' | 'fail' | undefined {
  if (REDACTED.test(expected) || REDACTED.test(seen)) return undefined;
  if (expected.length + seen.length > LONGEST) return undefined;
  const rule = RULES.find(({ begins }) => expected.startsWith(begins));
  const holds =
    rule === undefined ? same(expected, seen) : rule.judge(expected.slice(rule.begins.length), seen);
  return holds === undefined ? undefined : holds ? 'pass' : 'fail';
}

interface Rule {
  readonly begins: string;
  judge(rest: string, seen: string): boolean | undefined;
}

/** The longest beginnings first. A value that begins like one of them is shown in quotes, or as JSON. */
const RULES: readonly Rule[] = [
  { begins: 'anything but ', judge: (rest, seen) => not(same(rest, seen)) },
  { begins: 'no text like ', judge: (rest, seen) => not(like(rest, seen)) },
  { begins: 'no text with ', judge: (rest, seen) => not(contains(rest, seen)) },
  { begins: 'text like ', judge: like },
  { begins: 'text with ', judge: contains },
  {
    begins: 'length ',
    judge: (rest, seen) => seen === `length ${rest}` || seen.startsWith(`length ${rest}: `),
  },
  { begins: 'at most ', judge: (rest, seen) => compare(rest, seen, (value, limit) => value <= limit) },
  { begins: 'at least ', judge: (rest, seen) => compare(rest, seen, (value, limit) => value >= limit) },
  { begins: 'one of ', judge: oneOf },
];

function not(holds: boolean | undefined): boolean | undefined {
  return holds === undefined ? undefined : !holds;
}

/** Shown alike, and yet perhaps not the same: objects, 0 and -0, null and NaN. */
const UNSURE = /^(?:[[{]|null$|0$)/;

/** Values that are shown otherwise differ; of those shown alike only texts, numbers and the like are surely the same. */
function same(expected: string, seen: string): boolean | undefined {
  if (expected !== seen) return false;
  return UNSURE.test(expected) ? undefined : true;
}

/** What a pattern is held against: a text without its quotes, of anything else what is shown of it. */
function plain(seen: string): string {
  return seen.length > 1 && seen.startsWith('"') && seen.endsWith('"') ? seen.slice(1, -1) : seen;
}

function contains(rest: string, seen: string): boolean {
  return plain(seen).includes(plain(rest));
}

function like(rest: string, seen: string): boolean | undefined {
  const match = /^\/(.+)\/([dgimsuvy]*)$/s.exec(rest);
  const [, source = '', flags = ''] = match ?? [];
  const text = plain(seen);
  if (match === null || mayTakeLong(source, text.length)) return undefined;
  try {
    return new RegExp(source, flags).test(text);
  } catch {
    return undefined;
  }
}

/** Whoever wrote the record wrote the pattern: one that repeats repetitions, or looks back, is not tried. */
function mayTakeLong(source: string, length: number): boolean {
  if (/\)[*+{]|\\[1-9k]/.test(source)) return true;
  const repeats = source.match(/[*+{]/g)?.length ?? 0;
  return (length + 1) ** (repeats + 1) > STEPS;
}

function compare(
  rest: string,
  seen: string,
  holds: (value: number, limit: number) => boolean,
): boolean | undefined {
  const [limit, ...unit] = rest.split(' ');
  const tail = ` ${unit.join(' ')}`;
  if (limit === undefined || Number.isNaN(Number(limit)) || !seen.endsWith(tail)) return undefined;
  const value = seen.slice(0, -tail.length);
  // As JSON, infinity is null as well.
  if (value === 'null') return undefined;
  // What is no number is shown in quotes, as JSON, or as `nothing`, and holds no limit.
  return /^-?\d/.test(value) && holds(Number(value), Number(limit));
}

/** The list is shown with commas, which texts in it may hold as well. */
function oneOf(rest: string, seen: string): boolean | undefined {
  if (UNSURE.test(seen)) return rest.includes(seen) ? undefined : false;
  if (rest === seen || rest.startsWith(`${seen}, `) || rest.endsWith(`, ${seen}`)) return true;
  return rest.includes(`, ${seen}, `) ? true : rest.includes(seen) ? undefined : false;
}

/** The first expectation that made an attempt fail; undefined where it did not fail, whatever was seen in it. */
export function decisiveFailure({
  verdict,
  expectations,
}: Pick<AttemptRecord, 'verdict' | 'expectations'>): ExpectationRecord | undefined {
  return verdict === 'fail' ? expectations.find((one) => one.verdict === 'fail') : undefined;
}
