import t from 'tap';
import { type DefectRecord, figuresOf, type ProofRecord, sequenceFiguresOf } from '../terms/proof.ts';
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

const SEQUENCES: NonNullable<ProofRecord['sequences']> = [
  { dut: 'nvr-at', seed: 1, drawn: 4, played: 4, moves: 40, undecided: [], milliseconds: 9 },
  {
    defect: 'code-reusable',
    dut: 'nvr-at',
    seed: 2,
    drawn: 2,
    played: 9,
    moves: 60,
    violation: {
      moves: [
        { name: 'obtain', tells: 'Take the code from the mail' },
        { name: 'key-code', tells: 'Key the code in <twice>' },
      ],
      facts: 'expected "refused", saw "accepted"',
    },
    undecided: [],
    milliseconds: 9,
  },
  {
    defect: 'lock-missing',
    dut: 'dvr-k-at',
    seed: 3,
    drawn: 20,
    played: 20,
    moves: 200,
    undecided: [{ moves: [{ name: 'cancel', tells: 'Press Cancel' }], facts: 'the screen went dark' }],
    milliseconds: 9,
  },
];

t.test('sequences: figures, and each violation as a script', async (t) => {
  t.same(sequenceFiguresOf({ sequences: SEQUENCES }), {
    sequences: 4,
    sequence_violations: 0,
    sequence_undecided: 0,
    sequence_defects: 2,
    sequence_found: 1,
  });
  t.match(sequenceFiguresOf({}), { sequences: 0, sequence_defects: 0 });
  const lines = proofLines({ ...record, sequences: SEQUENCES }).join('\n');
  t.match(lines, /4 sequences of the model on healthy twins: 0 forbidden, 0 undecided; 1 of 2 defects found/);
  t.match(lines, /1\. Take the code from the mail\n\s+2\. Key the code in <twice>\n\s+=> expected "refused"/);
  t.match(lines, /resetbench prove nvr-at --defect code-reusable --moves obtain,key-code/);
  t.match(lines, /undecided on dvr-k-at: the screen went dark/);
  t.notMatch(proofLines(record).join('\n'), /sequence/);
  const page = proofHtml({ ...record, sequences: SEQUENCES });
  t.match(page, /Key the code in &lt;twice&gt;/);
  t.match(page, /the 2nd that was drawn/);
  t.match(page, /Not found in 20 sequences/);
  t.match(page, /the screen went dark/);
  t.notMatch(proofHtml(record), /id="sequences"/);
});

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
