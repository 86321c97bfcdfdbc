import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { parseExpectations } from './expectations.ts';
import { problemText } from './problems.ts';

const KNOWN = new Set(['CR22', 'CR39']);
const ENTRY = {
  id: 'count-missing',
  requirements: '[CR22]',
  when: '{ model: [DS-76*] }',
  reason: 'The maker knows.',
  owner: 'QA',
  until: '2027-03-31',
};

/** A file with one entry, some keys of it changed; `undefined` leaves one out. */
function parse(change: Partial<Record<keyof typeof ENTRY | 'link' | 'till', string | undefined>> = {}) {
  const entry = Object.entries({ ...ENTRY, ...change }).filter(([, value]) => value !== undefined);
  const lines = entry.map(([key, value], at) => `${at === 0 ? '  - ' : '    '}${key}: ${value}`);
  return parseExpectations('e.yaml', ['version: 1', 'expectations:', ...lines].join('\n'), KNOWN);
}
const problems = (change: Parameters<typeof parse>[0]) => parse(change).problems.map(problemText);

t.test('an entry says which requirements fail where, why, who sees to it, and until when', async (t) => {
  const { expectations, problems } = parse({
    when: '{ family: [nvr], gui: ["4.0"], kind: twin, firmware: ">=V4.21.000 <V4.30.000" }',
    link: 'https://tracker.example/1',
  });
  t.strictSame(problems, []);
  t.match(expectations, [
    {
      id: 'count-missing',
      when: { family: ['nvr'], kind: 'twin', firmware: '>=V4.21.000 <V4.30.000' },
      until: '2027-03-31',
      link: 'https://tracker.example/1',
    },
  ]);
});

t.test('whatever is wrong is told with its place and what was expected', async (t) => {
  for (const [change, said] of [
    [{ requirements: '[CR99]' }, /e\.yaml:4:.*requirements\.0: .*of suites\/requirements\.yaml, found CR99/],
    [{ requirements: '[]' }, /requirements: expected 1 or more entries/],
    [{ requirements: '[22]' }, /requirements\.0: expected a text/],
    [{ when: '{}' }, /when: expected at least one of model, dut/],
    [{ when: '{ firmware: "4.21" }' }, /when\.firmware: expected bounds like .*found "4\.21"/],
    [{ when: '{ firmware: ">=V4.21.000, <V5" }' }, /when\.firmware: expected bounds like/],
    [{ when: '{ colour: [red] }' }, /when\.colour: unknown key/],
    [{ owner: undefined }, /owner: expected a text/],
    [{ reason: '""' }, /reason: expected a text that is not empty/],
    [{ until: '2027-02-30' }, /until: expected a day like 2027-03-31, found "2027-02-30"/],
    [{ until: 'soon' }, /until: expected a day/],
    [{ link: 'tracker' }, /link: expected an address/],
    [{ till: '2027-01-01' }, /till: unknown key/],
    [{ id: 'Count Missing' }, /id: expected lower-case words/],
  ] as const) {
    const found = problems(change);
    t.match(found.join('\n'), said, JSON.stringify(change));
    t.equal(parse(change).expectations, undefined, 'and nothing is taken from it');
  }
});

t.test('an id that comes twice is refused', async (t) => {
  const one =
    '  - { id: a, requirements: [CR39], when: { kind: twin }, reason: r, owner: o, until: 2027-01-01 }';
  const { problems } = parseExpectations('e.yaml', `version: 1\nexpectations:\n${one}\n${one}`, KNOWN);
  t.match(problems.map(problemText), [/e\.yaml:4:.*expected a unique id, found a again/]);
});

t.test('the file that comes with the suite excuses nothing, and shows how', async (t) => {
  const file = join(import.meta.dirname, '..', '..', 'suites', 'expectations.yaml');
  const text = readFileSync(file, 'utf8');
  t.strictSame(parseExpectations(file, text, KNOWN), { expectations: [], problems: [] });
  // The entry in its comment, as a person would take it over.
  const shown = text.replace(/^# {0,1}/gm, '').replace(/^version: 1$[\s\S]*$/m, '');
  const example = `version: 1\n${shown.slice(shown.indexOf('expectations:\n'))}`;
  const { expectations, problems } = parseExpectations(file, example, KNOWN);
  t.strictSame(problems, []);
  t.match(expectations, [{ id: 'email-count-missing', requirements: ['CR22'] }]);
});
