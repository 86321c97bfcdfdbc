import t from 'tap';
import { type DefectRecord, figuresOf, type ProofRecord } from '../terms/proof.ts';
import { proofHtml } from './proof.ts';
import { proofLines } from './proof-text.ts';

function defect(id: string, requirement: string, more: Partial<DefectRecord> = {}): DefectRecord {
  return {
    id,
    what: `${id} is wrong`,
    requirement,
    channel: 'gui',
    subtle: false,
    dut: 'nvr-at',
    outcome: 'killed',
    verdict: 'fail',
    facts: 'expected "refused", saw "accepted"',
    collateral: [],
    disturbed: [],
    cases: 2,
    milliseconds: 1200,
    ...more,
  };
}
const record: ProofRecord = {
  schema: 1,
  id: '2026-proof',
  startedAt: 1_767_225_600_000,
  endedAt: 1_767_225_690_500,
  ended: 'complete',
  requirements: [{ id: 'CR46', statement: 'Code is single-use' }],
  defects: [
    defect('code-reusable', 'CR46', { collateral: ['CR47', 'CR55'] }),
    defect('lock-missing', 'CR42'),
    defect('lock-late', 'CR42', {
      outcome: 'survived',
      verdict: 'pass',
      facts: 'CR42 passed',
      collateral: ['CR44'],
    }),
    defect('<script>', 'CR01', { outcome: 'not-run', verdict: undefined, facts: 'no twin' }),
  ],
  healthyCases: 80,
  blamed: [{ dut: 'nvr-at', requirement: 'CR17', verdict: 'inconc', facts: 'the login did not come' }],
};

t.test('the figures of a proof', async (t) => {
  t.same(figuresOf(record), {
    defects: 4,
    kill_rate: 0.75,
    named_rate: 0.5,
    collateral_mean: 1,
    prove_seconds: 90.5,
  });
  t.match(figuresOf({ ...record, defects: [] }), {
    defects: 0,
    kill_rate: 0,
    named_rate: 0,
    collateral_mean: 0,
  });
});

t.test('on a terminal every requirement has a line, and what was not caught is named', async (t) => {
  const text = proofLines(record).join('\n');
  t.match(text, /CR42 {2}1 of 2 killed/);
  t.match(text, /CR46 {2}1 of 1 killed {2}\(along: CR47 CR55\)/);
  t.match(text, /Not caught \(2\):\n {2}lock-late {2}CR42 survived: CR42 passed/);
  t.match(text, /Blamed without cause \(1\):\n {2}nvr-at CR17 inconc: the login did not come/);
});

t.test('the page holds each defect once, escaped, and needs no script', async (t) => {
  const page = proofHtml(record);
  t.match(page, /2 of 4 defects caught/);
  for (const { id } of record.defects.filter((one) => !one.id.includes('<'))) t.match(page, `id="d-${id}"`);
  t.notMatch(page, /<script/);
  t.match(page, '&lt;script&gt;');
});
