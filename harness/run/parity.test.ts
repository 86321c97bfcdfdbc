import t from 'tap';
import { compareSights, isSameCase, judgedBoth } from './parity.ts';

const one = (requirement: string, verdict: 'pass' | 'fail' | 'inconc' | 'none', defect?: string) => ({
  dut: 'nvr-at',
  requirement,
  defect,
  verdict,
  facts: `${requirement} ${verdict}`,
});

t.test('the same verdicts agree, in whatever order they came', async (t) => {
  const both = [one('CR01', 'pass'), one('CR02', 'fail'), one('CR02', 'pass', 'some-defect')];
  t.same(compareSights(both, both.toReversed()), { cases: 3, disagreements: [], undecided: [] });
});

t.test('another verdict is a disagreement, with what both came to', async (t) => {
  const { cases, disagreements } = compareSights(
    [one('CR01', 'pass'), one('CR09', 'fail', 'a-defect')],
    [one('CR01', 'inconc'), one('CR09', 'fail', 'a-defect')],
  );
  t.equal(cases, 2);
  t.same(disagreements, [
    {
      dut: 'nvr-at',
      requirement: 'CR01',
      defect: undefined,
      verdicts: { document: 'pass', pixels: 'inconc' },
      facts: { document: 'CR01 pass', pixels: 'CR01 inconc' },
    },
  ]);
});

t.test('a case that ran one way only disagrees, whichever way that was', async (t) => {
  const { cases, disagreements } = compareSights([one('CR01', 'pass')], [one('CR02', 'pass')]);
  t.equal(cases, 2);
  t.same(
    disagreements.map(({ requirement, facts }) => [requirement, facts.document, facts.pixels]),
    [
      ['CR01', 'CR01 pass', 'not run'],
      ['CR02', 'not run', 'CR02 pass'],
    ],
  );
});

t.test('a case is the same on the same twin with the same defect alone', async (t) => {
  const isSame = isSameCase(one('CR09', 'fail', 'a-defect'));
  t.ok(isSame(one('CR09', 'pass', 'a-defect')));
  t.notOk(isSame(one('CR09', 'fail')));
  t.notOk(isSame(one('CR10', 'fail', 'a-defect')));
});

t.test('an interrupted comparison knows what was judged both ways', async (t) => {
  const [document, pixels] = judgedBoth(
    [one('CR01', 'pass'), one('CR02', 'pass'), one('CR03', 'none'), one('CR04', 'pass')],
    [one('CR04', 'fail'), one('CR02', 'none'), one('CR03', 'pass')],
  );
  t.same([document, pixels], [[one('CR04', 'pass')], [one('CR04', 'fail')]]);
});

t.test('what neither way decides is told apart from what agrees', async (t) => {
  const both = [one('CR01', 'inconc'), one('CR02', 'fail'), one('CR03', 'pass')];
  const { disagreements, undecided } = compareSights(both, both);
  t.same([disagreements, undecided], [[], [one('CR01', 'inconc')]]);
});
