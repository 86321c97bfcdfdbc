import t from 'tap';
import type { Calibration } from './calibration.ts';
import { foldEvents } from './fold.ts';
import type { DutRecord, RunEvent } from './record.ts';
import type { Fault, Verdict } from './verdict.ts';

const FAULT: Fault = {
  domain: 'bench',
  rule: 'port-closed',
  facts: 'The serial port went away.',
  cure: 'Plug it in.',
};

function dut(id: string): DutRecord {
  return {
    id,
    kind: 'twin',
    family: 'DVR K',
    model: 'twin-k',
    firmware: 'V4.21.000',
    gui: '3.0',
    serialNumber: 'twin',
    profile: 'dvr-k',
    resolution: '1280x720',
  };
}

function start(duts: readonly string[], planned: readonly (readonly [string, string])[]): RunEvent {
  return {
    type: 'run-start',
    id: '2026-11-23-a',
    harness: { version: '0.1.0', node: 'v24.21.0', platform: 'linux' },
    requirements: [
      { id: 'CR01', statement: 'It says so.', source: 'manual', kind: 'documented', section: 'One' },
    ],
    duts: duts.map(dut),
    planned: planned.map(([dut, requirement]) => ({ dut, requirement, title: `${requirement} on ${dut}` })),
    notRun: [{ dut: 'k1', requirement: 'CR80', why: 'no-case', reason: 'no case yet' }],
  };
}

const begin = (dut: string, requirement: string, attempt = 1): RunEvent => ({
  type: 'case-start',
  dut,
  requirement,
  title: `${requirement} on ${dut}`,
  attempt,
});
const end = (dut: string, requirement: string, verdict: Verdict, attempt = 1): RunEvent => ({
  type: 'case-end',
  dut,
  requirement,
  attempt,
  verdict,
  at: 5000,
  milliseconds: 70,
  ...(verdict === 'error' ? { fault: FAULT, reason: 'The bench was at fault.' } : {}),
});
const found = (dut: string, requirement: string, verdict: 'pass' | 'fail'): RunEvent => ({
  type: 'expectation',
  dut,
  requirement,
  attempt: 1,
  expectation: { title: 'shown', verdict, at: 1, expected: 'a', seen: 'b', evidence: [] },
});
const step = (dut: string, requirement: string): RunEvent => ({
  type: 'step',
  dut,
  requirement,
  attempt: 1,
  step: { title: 'Open the menu', at: 1000, milliseconds: 30, effect: 'settled', evidence: [] },
});

/** Events 100 ms apart from 1000 on, but where an event has a time of its own. */
function fold(...events: readonly RunEvent[]) {
  return foldEvents(events.map((event, index) => ({ at: 1000 + index * 100, ...event })));
}

const CALIBRATION: Calibration = {
  ...{ width: 1280, height: 720, black: 0, white: 255, range: 'full', gamma: undefined },
  ...{ jpegQuality: 90, chroma: '4:2:0', across: undefined, down: undefined },
  ...{ softness: 0.5, noise: 2, deviation: undefined, latencyMs: undefined, repeated: undefined },
};

t.test('what a capture was found to do stands with its recorder, the first that was told', async (t) => {
  const { duts } = fold(
    start(['k1', 'k2'], [['k1', 'CR01']]),
    { type: 'dut-calibration', dut: 'k1', calibration: CALIBRATION },
    { type: 'dut-calibration', dut: 'k1', calibration: { ...CALIBRATION, noise: 9 } },
    { type: 'run-end', ended: 'complete' },
  );
  t.same(duts[0]?.calibration, CALIBRATION);
  t.notOk('calibration' in (duts[1] ?? {}), 'a record of a run without any is as it was');
});

t.test('a complete run keeps everything that was told, in the order of the plan', async (t) => {
  const record = fold(
    start(
      ['k1'],
      [
        ['k1', 'CR01'],
        ['k1', 'CR02'],
      ],
    ),
    { type: 'dut-start', dut: 'k1' },
    begin('k1', 'CR02'),
    end('k1', 'CR02', 'fail'),
    begin('k1', 'CR01'),
    step('k1', 'CR01'),
    found('k1', 'CR01', 'pass'),
    {
      type: 'measurement',
      dut: 'k1',
      requirement: 'CR01',
      attempt: 1,
      measurement: { name: 'life', value: 48, unit: 'h' },
    },
    end('k1', 'CR01', 'pass'),
    { type: 'dut-end', dut: 'k1' },
    { type: 'run-end', ended: 'complete' },
  );
  t.match(record, {
    schema: 1,
    id: '2026-11-23-a',
    ended: 'complete',
    startedAt: 1000,
    endedAt: 2000,
    verdict: 'fail',
  });
  t.same(
    record.cases.map((one) => [one.requirement, one.title, one.verdict, one.flaky]),
    [
      ['CR01', 'CR01 on k1', 'pass', false],
      ['CR02', 'CR02 on k1', 'fail', false],
    ],
  );
  const attempt = record.cases[0]?.attempts[0];
  t.match(attempt, { at: 5000, milliseconds: 70, verdict: 'pass' });
  t.same(
    [attempt?.steps.length, attempt?.expectations.length, attempt?.measurements],
    [1, 1, [{ name: 'life', value: 48, unit: 'h' }]],
  );
  t.same(record.notRun, [{ dut: 'k1', requirement: 'CR80', why: 'no-case', reason: 'no case yet' }]);
  t.notOk('fault' in (record.duts[0] ?? {}));
});

t.test(
  'a run that was killed is cut: the running case has no verdict, the others were not reached',
  async (t) => {
    const record = fold(
      start(
        ['k1', 'k2'],
        [
          ['k1', 'CR01'],
          ['k1', 'CR02'],
          ['k2', 'CR01'],
        ],
      ),
      begin('k1', 'CR01'),
      end('k1', 'CR01', 'pass'),
      begin('k1', 'CR02'),
      step('k1', 'CR02'),
      found('k1', 'CR02', 'pass'),
    );
    t.equal(record.ended, 'cut');
    t.same(
      record.cases.map((one) => [one.requirement, one.verdict]),
      [
        ['CR01', 'pass'],
        ['CR02', 'none'],
      ],
    );
    const cut = record.cases[1]?.attempts[0];
    t.equal(cut?.reason, 'the run was cut here');
    t.same([cut?.at, cut?.steps.length, cut?.expectations.length], [1300, 1, 1]);
    t.match(record.notRun.at(-1), {
      dut: 'k2',
      requirement: 'CR01',
      why: 'not-reached',
      reason: /cut before/,
    });
    t.equal(record.endedAt, 5070, 'the latest time that any event tells');
    t.equal(cut?.milliseconds, 5070 - 1300);
    t.equal(record.verdict, 'pass');
  },
);

t.test('a failure that was found stays found when the run is cut in its case', async (t) => {
  const record = fold(start(['k1'], [['k1', 'CR01']]), begin('k1', 'CR01'), found('k1', 'CR01', 'fail'));
  t.equal(record.cases[0]?.verdict, 'fail');
  t.equal(record.cases[0]?.attempts[0]?.reason, 'the run was cut here');
});

t.test(
  'a fault of the bench ends its DUT, with the fault as the reason, and makes the run an error',
  async (t) => {
    const record = fold(
      start(
        ['k1', 'k2'],
        [
          ['k1', 'CR01'],
          ['k1', 'CR02'],
          ['k2', 'CR01'],
        ],
      ),
      { type: 'dut-fault', dut: 'k1', fault: FAULT },
      { type: 'dut-fault', dut: 'k1', fault: { ...FAULT, rule: 'a later one' } },
      begin('k2', 'CR01'),
      end('k2', 'CR01', 'pass'),
      { type: 'run-end', ended: 'complete' },
    );
    t.same(record.duts[0]?.fault, FAULT);
    t.notOk('fault' in (record.duts[1] ?? {}));
    t.same(
      record.notRun.slice(1).map((one) => [one.dut, one.requirement, one.why, one.reason]),
      ['CR01', 'CR02'].map((id) => ['k1', id, 'not-reached', 'port-closed: The serial port went away.']),
    );
    t.equal(record.verdict, 'error');
  },
);

t.test('an interrupted run says so of what it did not reach', async (t) => {
  const record = fold(
    start(
      ['k1'],
      [
        ['k1', 'CR01'],
        ['k1', 'CR02'],
      ],
    ),
    begin('k1', 'CR01'),
    { type: 'run-end', ended: 'interrupted' },
  );
  t.equal(record.ended, 'interrupted');
  t.match(record.cases[0], { verdict: 'none', attempts: [{ reason: 'the run was interrupted here' }] });
  t.match(record.notRun.at(-1), { requirement: 'CR02', why: 'not-reached', reason: /interrupted before/ });
});

t.test('a case that needed another attempt is flaky; its verdict is that of the last', async (t) => {
  const record = fold(
    start(['k1'], [['k1', 'CR01']]),
    begin('k1', 'CR01', 1),
    end('k1', 'CR01', 'error', 1),
    begin('k1', 'CR01', 2),
    end('k1', 'CR01', 'pass', 2),
    { type: 'run-end', ended: 'complete' },
  );
  t.match(record.cases[0], { verdict: 'pass', flaky: true });
  t.same(
    record.cases[0]?.attempts.map((one) => [one.verdict, one.fault?.domain, one.reason]),
    [
      ['error', 'bench', 'The bench was at fault.'],
      ['pass', undefined, undefined],
    ],
  );
  t.equal(record.verdict, 'pass');
});

t.test('a run of which nothing ran has no verdict', async (t) => {
  t.equal(fold(start(['k1'], [['k1', 'CR01']]), { type: 'run-end', ended: 'complete' }).verdict, 'none');
  t.equal(fold(start([], [])).ended, 'cut');
});

t.test('every beginning of a run gives a record in which each planned case stands once', async (t) => {
  const events: readonly RunEvent[] = [
    start(
      ['k1', 'k2'],
      [
        ['k1', 'CR01'],
        ['k1', 'CR02'],
        ['k2', 'CR01'],
      ],
    ),
    { type: 'dut-start', dut: 'k1' },
    begin('k1', 'CR01'),
    step('k1', 'CR01'),
    end('k1', 'CR01', 'error', 1),
    begin('k1', 'CR01', 2),
    end('k1', 'CR01', 'pass', 2),
    { type: 'dut-fault', dut: 'k1', fault: FAULT },
    begin('k2', 'CR01'),
    found('k2', 'CR01', 'pass'),
    end('k2', 'CR01', 'pass'),
    { type: 'run-end', ended: 'complete' },
  ];
  for (let length = 1; length <= events.length; length += 1) {
    const { cases, notRun } = fold(...events.slice(0, length));
    const all = [...cases, ...notRun].map((one) => `${one.dut} ${one.requirement}`).sort();
    t.same(all, ['k1 CR01', 'k1 CR02', 'k1 CR80', 'k2 CR01'], `the first ${length} events`);
  }
});

t.test('events that do not begin with the plan are no record', async (t) => {
  t.throws(() => foldEvents([]), { code: 'RECORD_UNREADABLE' });
  t.throws(() => fold({ type: 'dut-start', dut: 'k1' }), { code: 'RECORD_UNREADABLE' });
});
