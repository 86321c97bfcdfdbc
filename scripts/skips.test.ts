import t from 'tap';
import { Parser } from 'tap-parser';
import { leavesOf, skippedWhole } from './skips.mjs';

function whole(text: string) {
  const parser = new Parser();
  const leaves = leavesOf(parser);
  parser.end(`TAP version 14\n${text}\n`);
  return skippedWhole(leaves);
}

t.test('a file that only skipped is named with its reasons', async (t) => {
  t.same(whole('ok 1 - by a browser # SKIP there is none\n1..1'), ['by a browser: there is none']);
  t.same(
    whole(
      '# Subtest: faults\n    ok 1 - one # SKIP no socat\n    ok 2 - two # SKIP no socat\n    1..2\nok 1 - faults\n1..1',
    ),
    ['faults > one: no socat', 'faults > two: no socat'],
    'a test of skipped tests has shown nothing either',
  );
});

t.test('a file that showed something, or has nothing to do, is none', async (t) => {
  t.equal(whole('ok 1 - always\nok 2 - by a browser # SKIP there is none\n1..2'), undefined);
  t.equal(
    whole('# Subtest: a\n    ok 1 - b\n    1..1\nok 1 - a\nok 2 - c # SKIP no\n1..2'),
    undefined,
    'what passed may lie deeper',
  );
  t.equal(whole('not ok 1 - failed\n1..1'), undefined);
  t.equal(whole('1..0'), undefined);
});
