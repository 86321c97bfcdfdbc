import t from 'tap';
import { smallRecord } from '../history/history.fixture.ts';
import type { RunRecord } from '../terms/record.ts';
import { differenceOf } from './diff.ts';

const [early, late] = ['2026-01-01', '2026-01-02'];
const without = (requirement: string, why: RunRecord['notRun'][number]['why']) =>
  ({ dut: 'a', requirement, why, reason: `because ${why}` }) as const;

function between(before: RunRecord, after: RunRecord) {
  const [old, now] = [before.duts[0], after.duts[0]];
  if (old === undefined || now === undefined) throw new Error('a record without a recorder');
  const { verdicts, leftOut, same } = differenceOf({ record: before, dut: old }, { record: after, dut: now });
  return {
    verdicts: verdicts.map((one) => `${one.requirement} ${one.before} -> ${one.after}: ${one.reason}`),
    leftOut,
    same,
  };
}

t.test('a requirement that one side left out is counted, and is no verdict that differs', async (t) => {
  const before = smallRecord({
    day: early,
    cases: { a: { CR01: 'pass', CR02: 'pass', CR03: 'pass', CR04: 'inconc' } },
    notRun: [
      without('CR05', 'not-applicable'),
      without('CR06', 'not-selected'),
      without('CR07', 'no-case'),
      without('CR08', 'not-applicable'),
    ],
  });
  const after = smallRecord({
    day: late,
    cases: { a: { CR01: 'pass', CR02: 'fail' } },
    notRun: [
      without('CR03', 'not-selected'),
      without('CR04', 'not-reached'),
      without('CR05', 'not-selected'),
      without('CR06', 'not-reached'),
      without('CR07', 'no-case'),
      without('CR08', 'no-case'),
    ],
  });
  t.same(between(before, after), {
    verdicts: [
      'CR02 pass -> fail: it holds: expected yes, seen no',
      'CR08 not-applicable -> no-case: because no-case',
    ],
    leftOut: ['CR03', 'CR04', 'CR05'],
    same: 1,
  });
  t.same(between(after, after), { verdicts: [], leftOut: [], same: 2 });
});

t.test('what the newer firmware no longer has to do differs', async (t) => {
  const before = smallRecord({ day: early, cases: { a: { CR01: 'pass' } } });
  const after = smallRecord({ day: late, cases: { a: {} }, notRun: [without('CR01', 'not-applicable')] });
  t.same(between(before, after).verdicts, ['CR01 pass -> not-applicable: because not-applicable']);
});
