import t from 'tap';
import type { DutConfig } from '../config/devices.ts';
import type { Expectation } from '../config/expectations.ts';
import type { Profile } from '../config/profile.ts';
import { blocks, expectedOutcome, expectedText } from '../terms/expected.ts';
import { inRange, parseRange } from '../terms/range.ts';
import type { CaseRecord } from '../terms/record.ts';
import { parseFirmware } from '../terms/version.ts';
import { expectedCases, idleExpectations } from './expected.ts';
import type { PlannedDut } from './plan.ts';

const NOW = Date.UTC(2026, 10, 24, 12);

function entry(when: Expectation['when'], more: Partial<Expectation> = {}): Expectation {
  return { id: 'known', requirements: ['CR22'], when, reason: 'r', owner: 'o', until: '2027-01-31', ...more };
}
function dut(config: Partial<DutConfig> = {}, profile: Partial<Profile> = {}): PlannedDut {
  return {
    config: { id: 'nvr-1', kind: 'twin', model: 'DS-7608', firmware: 'V4.21.000', profile: 'nvr', ...config },
    profile: { family: 'nvr', gui: '4.0', ...profile },
    cases: ['CR22', 'CR39'].map((id) => ({ definition: { id } })),
  } as unknown as PlannedDut;
}
/** The cases of some recorders for which one entry holds. */
const held = (one: Expectation, ...duts: readonly PlannedDut[]) =>
  expectedCases([one], { duts }, NOW).map(({ dut, requirement }) => `${dut} ${requirement}`);

t.test('an entry holds where each of its conditions does', async (t) => {
  const all: Expectation['when'] = {
    model: ['ds-76*', 'DS-77*'],
    dut: ['nvr-*'],
    profile: ['nvr'],
    family: ['nvr'],
    gui: ['4.0'],
    kind: 'twin',
    firmware: '>=V4.21.000 <V4.30.000',
  };
  t.strictSame(held(entry(all), dut()), ['nvr-1 CR22']);
  for (const other of [
    dut({ model: 'DS-7808' }),
    dut({ id: 'dvr-1' }),
    dut({ profile: 'nvr-oem' }),
    dut({ kind: 'hardware' } as Partial<DutConfig>),
    dut({ firmware: 'V4.30.000' }),
    dut({ firmware: 'V4.9.999' }),
    dut({ firmware: 'unknown' }),
    dut({}, { family: 'dvr' }),
    dut({}, { gui: '3.0' }),
  ])
    t.strictSame(held(entry(all), other), [], JSON.stringify(other.config));
  t.strictSame(held(entry({ kind: 'twin' }, { requirements: ['CR22', 'CR39', 'CR80'] }), dut()), [
    'nvr-1 CR22',
    'nvr-1 CR39',
  ]);
});

t.test('bounds of firmware are compared number by number', async (t) => {
  const within = (version: string, text: string) => {
    const [firmware, range] = [parseFirmware(version), parseRange(text)];
    if (firmware === undefined || range === undefined) throw new Error(`${version} or ${text} is unreadable`);
    return inRange(firmware, range);
  };
  t.ok(within('V4.21.000', '>=V4.3.000'), '21 is more than 3');
  t.ok(within('V4.30.085 build 200922', '>V4.30.084 <=V4.30.085'));
  t.ok(within('V4.30.085', '=V4.30.085build 200922'));
  t.ok(within('V4.30.085', 'V4.30.085'));
  t.ok(within('V4.30.085', '>= V4.30.000  < V5.0.0'));
  t.notOk(within('V4.30.085', '<V4.30.085'));
  t.notOk(within('V4.30.085', '>V4.30.085'));
  for (const text of ['', '>=', '4.30.000', '~V4.30.000', '>=V4.30', '>=V4.30.000,<V5.0.0', '>=V4.30.000 x'])
    t.equal(parseRange(text), undefined, text);
});

t.test('an entry counts to the end of its last day, UTC', async (t) => {
  const past = (now: number) => expectedCases([entry({ kind: 'twin' })], { duts: [dut()] }, now)[0]?.past;
  t.equal(past(Date.UTC(2027, 0, 31, 23, 59, 59)), false);
  t.equal(past(Date.UTC(2027, 1, 1)), true);
});

t.test('two entries for one case are refused, with both names', async (t) => {
  const two = [entry({ kind: 'twin' }), entry({ family: ['nvr'] }, { id: 'other' })];
  t.throws(() => expectedCases(two, { duts: [dut()] }, NOW), {
    code: 'CONFIG_INVALID',
    message: 'CR22 on nvr-1 is expected to fail by known and other',
  });
});

t.test('an entry that holds for no case is idle', async (t) => {
  const idle = (one: Expectation) => idleExpectations([one], { duts: [dut()] }).length === 1;
  t.notOk(idle(entry({ kind: 'twin' })));
  t.ok(idle(entry({ kind: 'hardware' })));
  t.ok(idle(entry({ kind: 'twin' }, { requirements: ['CR80'] })));
});

t.test('what becomes of an expected failure', async (t) => {
  const judge = (verdict: CaseRecord['verdict'], past = false) => {
    const { id, reason, owner, until } = entry({ kind: 'twin' });
    const expected = { id, reason, owner, until, past };
    const one = { verdict, expected };
    return [expectedOutcome(one), blocks(one), expectedText(verdict, expected)];
  };
  t.match(judge('fail'), ['happened', false, /^expected failure known \(o, until 2027-01-31\): r$/]);
  t.match(judge('fail', true), ['past', true, /past its date 2027-01-31 and excuses nothing/]);
  t.match(judge('pass'), ['absent', true, /did not happen: remove the entry or narrow/]);
  t.match(judge('pass', true), ['absent', true, /did not happen/]);
  for (const verdict of ['inconc', 'error', 'none'] as const)
    t.match(judge(verdict), ['undecided', false, /was not decided/], verdict);
  t.equal(blocks({ verdict: 'fail' }), true, 'any other failure counts');
  t.equal(blocks({ verdict: 'pass' }), false);
});
