import fc from 'fast-check';
import t from 'tap';
import { judgedAgain } from '../terms/expectation.ts';
import { type Expectation, expectInto, type Finding } from './expect.ts';

const VALUES: readonly unknown[] = [
  ...[undefined, null, true, false, 0, -0, 1, -3, 4.25, 1e21, Number.NaN],
  ...['', 'nothing', 'true', '5', 'Login', 'one of 1, 2', 'a, b', 'two\nlines', '"quoted"', 'at most 5 s'],
  ...[[], [1, 2], { a: 1 }, ['nothing']],
];
const value = fc.oneof(fc.constantFrom(...VALUES), fc.string(), fc.double(), fc.integer());
const text = fc.oneof(fc.string(), fc.constantFrom('Login', 'a', '', '"'));
const PATTERNS = [/^Log/, /\d/, /a.*b/i, /^$/, /true/, /\S@\S/u];

/** One call of an expectation of each kind. */
const call: fc.Arbitrary<(one: Expectation) => void> = fc.oneof(
  value.map((other) => (one: Expectation) => one.toBe(other)),
  value.map((other) => (one: Expectation) => one.notToBe(other)),
  fc.constantFrom(...PATTERNS).map((pattern) => (one: Expectation) => one.toMatch(pattern)),
  fc.constantFrom(...PATTERNS).map((pattern) => (one: Expectation) => one.notToMatch(pattern)),
  text.map((part) => (one: Expectation) => one.toContain(part)),
  text.map((part) => (one: Expectation) => one.notToContain(part)),
  fc.nat(5).map((length) => (one: Expectation) => one.toHaveLength(length)),
  fc.double({ noNaN: true }).map((limit) => (one: Expectation) => one.toBeAtMost(limit, 'm of s')),
  fc.integer().map((limit) => (one: Expectation) => one.toBeAtLeast(limit, 'px')),
  fc.array(value, { minLength: 1, maxLength: 4 }).map((all) => (one: Expectation) => one.toBeOneOf(all)),
);

function findingOf(seen: unknown, ask: (one: Expectation) => void): Finding {
  const found: Finding[] = [];
  try {
    ask(expectInto((finding) => found.push(finding))(seen, 'it'));
  } catch {
    // It does not hold.
  }
  const [finding] = found;
  if (finding === undefined) throw new Error('nothing was found');
  return finding;
}

t.test(
  'what an expectation came to is recomputed from its texts, or left open, and never wrongly',
  async (t) => {
    let decided = 0;
    let all = 0;
    fc.assert(
      fc.property(value, call, (seen, ask) => {
        const { ok, expected, seen: shown } = findingOf(seen, ask);
        const again = judgedAgain(expected, shown);
        all += 1;
        if (again === undefined) return;
        decided += 1;
        if (again !== (ok ? 'pass' : 'fail')) throw new Error(`${again}: ${expected} | ${shown}`);
      }),
      { numRuns: 4000 },
    );
    t.ok(decided > 0.6 * all, `${decided} of ${all} were decided`);
  },
);

t.test('a verdict that was turned round is found, whatever was expected', async (t) => {
  const kept: readonly (readonly [string, string])[] = [
    ['true', 'true'],
    ['"Login"', '"Login"'],
    ['anything but nothing', '"x"'],
    ['text like /^Log/', '"Login"'],
    ['no text with "nvr-at"', '"Edit User"'],
    ['length 2', 'length 2: [1,2]'],
    ['at most 5 s', '4.2 s'],
    ['at least 600 px', '612 px'],
    ['one of "a", "b"', '"b"'],
  ];
  for (const [expected, seen] of kept) t.equal(judgedAgain(expected, seen), 'pass', expected);
  const broken: readonly (readonly [string, string])[] = [
    ['true', 'false'],
    ['anything but nothing', 'nothing'],
    ['text like /^Log/', '"Menu"'],
    ['no text with "nvr-at"', '"nvr-at"'],
    ['at most 5 s', '5.1 s'],
    ['at most 5 s', 'nothing s'],
    ['one of "a", "b"', '"c"'],
  ];
  for (const [expected, seen] of broken) t.equal(judgedAgain(expected, seen), 'fail', expected);
});

t.test('nothing is said of what was redacted, nor of a pattern that could take for ever', async (t) => {
  t.equal(judgedAgain('"[password 1]"', '"[password 1]"'), undefined);
  t.equal(judgedAgain('text like /(a+)+$/', `"${'a'.repeat(60)}b"`), undefined);
  t.equal(judgedAgain('text like /a*a*a*a*b/', `"${'a'.repeat(4000)}"`), undefined);
});
