// What a policy says of runs.
import t from 'tap';
import { type GatePolicy, parseGatePolicy } from '../config/gate.ts';
import { type SmallRun, smallRecord } from '../history/history.fixture.ts';
import type { GateFacts } from './judge.ts';
import { judgeRun } from './judge.ts';

const NOW = Date.parse('2026-06-01T12:00:00Z');

function policyOf(text = ''): GatePolicy {
  const { policy, problems } = parseGatePolicy('gate.yaml', `version: 1\nname: test\n${text}`);
  if (policy === undefined) throw new Error(JSON.stringify(problems));
  return policy;
}
function judged(run: Omit<SmallRun, 'day'>, text = '', facts: Partial<GateFacts> = {}) {
  return judgeRun(policyOf(text), smallRecord({ day: '2026-05-31', ...run }), { now: NOW, ...facts });
}
const expected = { id: 'known', reason: 'they mend it', owner: 'Lab', until: '2026-12-31', past: false };

t.test('a run that passes is open; a failure blocks, with what was seen', async (t) => {
  t.same(judged({ cases: { a: { CR01: 'pass' } } }), {
    decision: 'open',
    policy: 'test',
    run: '2026-05-31T220000Z-0001',
    findings: [],
  });
  const { decision, findings } = judged({ cases: { a: { CR01: 'pass', CR02: 'fail' } } });
  t.equal(decision, 'blocked');
  t.match(findings, [
    {
      effect: 'block',
      rule: 'failure',
      dut: 'a',
      requirement: 'CR02',
      text: 'CR02 on a: it holds: expected yes, seen no',
    },
  ]);
});

t.test('what does not block by kind or section is told all the same', async (t) => {
  const cases = { a: { CR01: 'fail' } };
  for (const block of ['{ kinds: [policy] }', "{ sections: ['Mail*'] }"]) {
    const { decision, findings } = judged({ cases }, `block: ${block}`);
    t.equal(decision, 'open', block);
    t.match(findings, [{ rule: 'not-blocking', effect: 'note' }]);
  }
});

t.test('a bench error never passes and is never blamed on the firmware', async (t) => {
  const bench = judged({ cases: { a: { CR01: 'error', CR02: 'pass' } } });
  t.equal(bench.decision, 'not-judged');
  t.match(bench.findings, [{ effect: 'hold', rule: 'undecided', text: /error \(bench\): The port closed/ }]);
  t.equal(judged({ cases: { a: { CR01: 'inconc' } } }).decision, 'not-judged');
  t.equal(judged({ cases: { a: { CR01: 'pass' } }, ended: 'cut' }).decision, 'not-judged');
  t.equal(judged({ cases: { a: {} } }).decision, 'not-judged', 'nothing was tested');
  t.equal(judged({ cases: { a: { CR01: 'pass' } } }, '', { damage: 'line 4' }).decision, 'not-judged');
  const fault = { domain: 'bench', rule: 'a port is gone', facts: 'http', cure: 'plug it in' } as const;
  t.match(judged({ cases: { a: { CR01: 'pass' } }, dut: { fault } }), {
    decision: 'not-judged',
    findings: [{ rule: 'bench', cure: 'plug it in' }],
  });
  const both = judged({ cases: { a: { CR01: 'error', CR02: 'fail' } } });
  t.equal(both.decision, 'blocked');
  t.same(
    both.findings.map(({ effect }) => effect),
    ['block', 'hold'],
  );
  const few = judged({ cases: { a: { CR01: 'error', CR02: 'pass' } } }, 'undecided: { most: 50% }');
  t.equal(few.decision, 'open');
  t.match(few.findings, [{ effect: 'note', text: /let by, as at most 1 may be undecided/ }], 'not silently');
});

t.test('a waiver lets by until its last day, then blocks and says so', async (t) => {
  const waiver = (until: string, when = '') =>
    `waivers:\n  - { id: w, requirements: [CR01], reason: they mend it, owner: Ann, until: ${until}${when} }`;
  const cases = { a: { CR01: 'fail' } };
  t.match(judged({ cases }, waiver('2026-06-01')), {
    decision: 'open',
    findings: [{ rule: 'waived', text: /waived by Ann until 2026-06-01: they mend it/ }],
  });
  t.match(judged({ cases }, waiver('2026-05-31')), {
    decision: 'blocked',
    findings: [{ rule: 'waiver-past', text: /past its last day 2026-05-31/ }],
  });
  t.equal(
    judged({ cases }, waiver('2027-01-01', ", when: { firmware: '>=V4.30.000' }")).decision,
    'blocked',
    'for another firmware',
  );
  t.match(judged({ cases: { a: { CR01: 'pass' } } }, waiver('2026-01-01')), {
    decision: 'open',
    findings: [{ rule: 'waiver-idle', text: /let nothing by, and is past/ }],
  });
});

t.test('expected failures: happened, past, absent', async (t) => {
  t.match(judged({ cases: { a: { CR01: 'fail' } }, expected }), {
    decision: 'open',
    findings: [{ rule: 'expected' }],
  });
  t.match(judged({ cases: { a: { CR01: 'fail' } }, expected: { ...expected, past: true } }), {
    decision: 'blocked',
    findings: [{ rule: 'expected-past' }],
  });
  const later = { now: Date.parse('2027-01-01T00:00:00Z') };
  t.match(
    judged({ cases: { a: { CR01: 'fail' } }, expected }, '', later),
    { decision: 'blocked', findings: [{ rule: 'expected-past' }] },
    'its last day has passed since the run',
  );
  t.match(judged({ cases: { a: { CR01: 'pass' } }, expected }), {
    decision: 'blocked',
    findings: [{ rule: 'expected-absent' }],
  });
  t.equal(
    judged({ cases: { a: { CR01: 'pass' } }, expected }, 'expected: { absent: pass }').decision,
    'open',
  );
  t.equal(
    judged({ cases: { a: { CR01: 'fail' } }, expected }, 'expected: { happened: block }').decision,
    'blocked',
  );
});

t.test('against another run: new failures block, known ones if the policy says so', async (t) => {
  const against = smallRecord({ day: '2026-05-30', cases: { a: { CR01: 'fail', CR02: 'error' } } });
  const run = { cases: { a: { CR01: 'fail', CR02: 'fail', CR03: 'pass' } } };
  const mild = judged(run, 'known: pass', { against });
  t.match(mild.findings, [
    { effect: 'block', requirement: 'CR02', text: /; new$/ },
    { effect: 'note', rule: 'known', requirement: 'CR01' },
  ]);
  t.equal(judged({ cases: { a: { CR01: 'fail' } } }, 'known: pass', { against }).decision, 'open');
  const strict = judged(run, '', { against });
  t.same(
    strict.findings.map(({ effect }) => effect),
    ['block', 'block'],
  );
  t.match(strict.findings[0]?.text, /known failures block/);
});

t.test('who and what must be there', async (t) => {
  const run = { firmware: 'V4.21.000', cases: { 'nvr-at': { CR01: 'pass' } } };
  const say = (text: string) =>
    judged(run, `require: ${text}`).findings.map(({ rule, effect }) => `${effect} ${rule}`);
  t.same(say("{ duts: ['nvr-*'] }"), []);
  t.same(say('{ duts: [dvr] }'), ['block dut-missing']);
  t.same(say("{ firmwares: [{ dut: 'nvr-*', firmware: '>=V4.21.000' }] }"), []);
  t.same(say("{ firmwares: [{ dut: 'nvr-*', firmware: '>=V4.30.000' }] }"), ['block firmware']);
  t.same(say("{ firmwares: [{ dut: 'x', firmware: '>=V4.20.000' }] }"), ['block firmware']);
  t.same(say('{ requirements: [CR01] }'), []);
  t.same(say('{ requirements: [CR02] }'), ['block requirement-missing']);
});

t.test('a run that is too old is not the one that was meant', async (t) => {
  const run = { cases: { a: { CR01: 'pass' } } };
  // It ended on the evening before, at 22:01.
  t.equal(judged(run, 'require: { withinHours: 14 }').decision, 'open');
  t.match(judged(run, 'require: { withinHours: 12 }'), {
    decision: 'not-judged',
    findings: [
      {
        effect: 'hold',
        rule: 'run-missing',
        text: /ended 13 hours ago, the policy wants one of the last 12/,
      },
    ],
  });
});

t.test('pairs without a verdict, and flaky cases', async (t) => {
  const run = (why: 'not-reached' | 'no-case') =>
    ({
      cases: { a: { CR01: 'pass' } },
      notRun: [{ dut: 'a', requirement: 'CR02', why, reason: 'so it is' }],
    }) as const;
  t.equal(judged(run('not-reached')).decision, 'not-judged');
  t.equal(judged(run('no-case')).decision, 'open');
  t.match(judged(run('no-case'), 'missing: { no-case: block }'), {
    decision: 'blocked',
    findings: [{ text: '1 no case: CR02 on a: so it is' }],
  });
  const flaky = { cases: { a: { CR01: 'error pass', CR02: 'pass' } } };
  t.match(judged(flaky), {
    decision: 'not-judged',
    findings: [{ rule: 'flaky', text: /1 of 2 that passed/ }],
  });
  t.equal(judged(flaky, 'flaky: { most: 1 }').decision, 'open');
  t.equal(judged(flaky, 'flaky: { most: 49% }').decision, 'not-judged');
});

t.test('a policy is refused with the place of each problem', async (t) => {
  const { policy, problems } = parseGatePolicy(
    'gate.yaml',
    "version: 1\nname: x\nblok: {}\nknown: maybe\nflaky: { most: lots }\nwaivers:\n  - { id: w, requirements: [CR1], reason: r, owner: '', until: soon }\n",
  );
  t.equal(policy, undefined);
  const at = problems.map(({ line, column, path }) => `${line}:${column} ${path}`);
  for (const place of ['3:1 blok', '4:8 known', '5:16 flaky.most', '7:29 waivers.0.requirements.0'])
    t.ok(at.includes(place), `${place} in ${at}`);
  t.ok(
    at.some((one) => one.endsWith('waivers.0.owner')) && at.some((one) => one.endsWith('waivers.0.until')),
  );
  const twice = '  - { id: w, requirements: [CR01], reason: r, owner: o, until: 2026-01-01 }\n';
  t.match(parseGatePolicy('g', `version: 1\nname: x\nwaivers:\n${twice}${twice}`).problems, [
    { line: 5, message: /unique/ },
  ]);
});
