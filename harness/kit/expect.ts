/** What one expectation found; `seen` and `expected` are texts for people. */
export interface Finding {
  readonly title: string;
  readonly ok: boolean;
  readonly expected: string;
  readonly seen: string;
}

/** A finding in one line. */
export function toldOf({ title, expected, seen }: Finding): string {
  return `${title}: expected ${expected}, saw ${seen}`;
}

/** Thrown when an expectation does not hold: the only source of `fail`. The case ends there. */
export class ExpectationFailed extends Error {
  override readonly name = 'ExpectationFailed';
  readonly finding: Finding;
  constructor(finding: Finding) {
    super(toldOf(finding));
    this.finding = finding;
  }
}

/** What may be expected of a value. */
export interface Expectation {
  toBe(expected: unknown): void;
  notToBe(unwanted: unknown): void;
  toMatch(pattern: RegExp): void;
  notToMatch(pattern: RegExp): void;
  toContain(part: string): void;
  notToContain(part: string): void;
  toHaveLength(length: number): void;
  toBeAtMost(limit: number, unit: string): void;
  toBeAtLeast(limit: number, unit: string): void;
  toBeOneOf(values: readonly unknown[]): void;
}

/** `expect(value, 'what it is')`: judges the recorder, and nothing else does. */
export type Expect = (value: unknown, title: string) => Expectation;

function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  return typeof value === 'string' ? `"${value}"` : (JSON.stringify(value, shortly) ?? String(value));
}

/** Of an item of a screen, what a person would call it: its place in pixels tells a reader nothing. */
function shortly(_: string, value: unknown): unknown {
  const isItem = typeof value === 'object' && value !== null && 'kind' in value && 'box' in value;
  if (!isItem) return value;
  return 'text' in value && value.text !== '' ? `${value.kind} ${value.text}` : value.kind;
}

/** An `expect` that hands each finding to `report` before it throws. */
export function expectInto(report: (finding: Finding) => void): Expect {
  return (value, title) => {
    const judge = (ok: boolean, expected: string, seen = show(value)) => {
      const finding = { title, ok, expected, seen };
      report(finding);
      if (!ok) throw new ExpectationFailed(finding);
    };
    const text = typeof value === 'string' ? value : show(value);
    const size = Array.isArray(value) || typeof value === 'string' ? value.length : undefined;
    return {
      toBe: (expected) => judge(Object.is(value, expected), show(expected)),
      notToBe: (unwanted) => judge(!Object.is(value, unwanted), `anything but ${show(unwanted)}`),
      toMatch: (pattern) => judge(pattern.test(text), `text like ${pattern}`),
      notToMatch: (pattern) => judge(!pattern.test(text), `no text like ${pattern}`),
      toContain: (part) => judge(text.includes(part), `text with ${show(part)}`),
      notToContain: (part) => judge(!text.includes(part), `no text with ${show(part)}`),
      toHaveLength: (length) =>
        judge(size === length, `length ${length}`, `length ${size ?? 'of nothing'}: ${show(value)}`),
      toBeAtMost: (limit, unit) =>
        judge(
          typeof value === 'number' && value <= limit,
          `at most ${limit} ${unit}`,
          `${show(value)} ${unit}`,
        ),
      toBeAtLeast: (limit, unit) =>
        judge(
          typeof value === 'number' && value >= limit,
          `at least ${limit} ${unit}`,
          `${show(value)} ${unit}`,
        ),
      toBeOneOf: (values) => judge(values.includes(value), `one of ${values.map(show).join(', ')}`),
    };
  };
}
