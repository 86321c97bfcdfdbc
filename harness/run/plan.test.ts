import t from 'tap';
import type { DutConfig } from '../config/devices.ts';
import type { Profile } from '../config/profile.ts';
import type { Requirement } from '../config/requirements.ts';
import type { CaseDefinition } from '../kit/case.ts';
import { caseProblems, makePlan, whyNot } from './plan.ts';

const profile = { threshold: 'V4.21.000', gui: '4.0', family: 'nvr', hasDisclaimer: true } as Profile;
const twin = { id: 'twin', kind: 'twin', firmware: 'V4.21.000' } as DutConfig;
const shelf = { id: 'shelf', kind: 'hardware', firmware: 'V4.30.097' } as DutConfig;

function requirement(id: string, applies: Requirement['applies'] = {}): Requirement {
  return {
    id,
    section: 'S',
    statement: `${id} holds`,
    source: 'X',
    kind: 'documented',
    test: 'both',
    channels: ['gui'],
    applies,
  };
}
function definition(id: string, more: Partial<CaseDefinition> = {}): CaseDefinition {
  return { id, title: id, needs: 'reserved', test: async () => undefined, ...more };
}

t.test('a firmware is below, at or above the threshold of its profile', async (t) => {
  const from = requirement('CR01', { firmware: 'at-or-above-threshold' });
  const below = requirement('CR02', { firmware: 'below-threshold' });
  for (const [firmware, side] of [
    ['V4.20.150', 'below'],
    ['V4.9.999', 'below'],
    ['V4.21.000', 'at'],
    ['V4.21.001', 'above'],
    ['V5.00.000', 'above'],
  ] as const) {
    t.equal(whyNot(from, { firmware }, profile) === undefined, side !== 'below', `${firmware} from it on`);
    t.equal(whyNot(below, { firmware }, profile) === undefined, side === 'below', `${firmware} below it`);
  }
  t.equal(
    whyNot(from, { firmware: 'V4.20.150' }, profile),
    'firmware: at-or-above-threshold is false: V4.20.150 is below V4.21.000',
  );
});

t.test('every condition must hold, and the one that does not is named with the facts', async (t) => {
  t.equal(whyNot(requirement('CR01', { gui: ['4.0'], family: ['nvr'] }), twin, profile), undefined);
  t.equal(
    whyNot(requirement('CR01', { gui: ['3.0', 'lite'] }), twin, profile),
    'gui: [3.0, lite] is false: GUI 4.0',
  );
  t.match(whyNot(requirement('CR01', { family: ['dvr-k'] }), twin, profile), /family nvr$/);
  t.match(whyNot(requirement('CR01', { disclaimer: false }), twin, profile), /there is one$/);
});

t.test('every pair of requirement and recorder is planned, or named with the reason', async (t) => {
  const requirements = ['CR01', 'CR02', 'CR03', 'CR04'].map((id) => requirement(id));
  const plan = makePlan({
    duts: [
      { config: twin, profile },
      { config: shelf, profile },
    ],
    requirements: [...requirements, requirement('CR05', { family: ['hghi-f'] })],
    cases: [definition('CR01'), definition('CR02', { with: ['power'] }), definition('CR04')],
    selected: (id) => id !== 'CR04',
  });
  const told = plan.notRun.map(({ dut, requirement: id, why, reason }) => `${dut} ${id} ${why}: ${reason}`);
  t.same(
    plan.duts.map(({ config, cases }) => [config.id, cases.map((one) => one.requirement.id)]),
    [
      ['twin', ['CR01', 'CR02']],
      ['shelf', ['CR01']],
    ],
  );
  t.equal(told.length + 3, 10, 'no pair is left out');
  t.ok(told.includes('shelf CR02 not-applicable: bench has no power'));
  const soft = { ...shelf, power: { driver: 'isapi' } } as DutConfig;
  const { notRun } = makePlan({
    duts: [{ config: soft, profile }],
    requirements: [requirement('CR02')],
    cases: [definition('CR02', { with: ['power'] })],
    selected: () => true,
  });
  t.match(notRun, [{ reason: "bench's power cuts nothing" }]);
  t.ok(told.includes('twin CR03 no-case: no suite holds a case for it yet'));
  t.ok(told.includes('twin CR04 not-selected: left out by the selection'));
  t.ok(told.includes('twin CR05 not-applicable: family: [hghi-f] is false: family nvr'));
});

t.test('cases run in the order of the states they start from', async (t) => {
  const cases = [
    definition('CR01', { needs: 'reserved' }),
    definition('CR02', { needs: 'inactive' }),
    definition('CR03', { needs: 'active' }),
    definition('CR04', { needs: 'inactive' }),
  ];
  const plan = makePlan({
    duts: [{ config: twin, profile }],
    requirements: cases.map(({ id }) => requirement(id)),
    cases,
    selected: () => true,
  });
  t.same(
    plan.duts[0]?.cases.map((one) => one.requirement.id),
    ['CR02', 'CR04', 'CR03', 'CR01'],
  );
});

t.test('a case without a requirement, and a second case for one, are problems', async (t) => {
  t.same(caseProblems([definition('CR01'), definition('CR99'), definition('CR01')], [requirement('CR01')]), [
    'CR99: a case for a requirement that suites/requirements.yaml does not have',
    'CR01: two cases for one requirement',
  ]);
});

t.test('a case that only hardware can be tried with does not apply to twins, and says why', async (t) => {
  const plan = makePlan({
    duts: [
      { config: twin, profile },
      { config: shelf, profile },
    ],
    requirements: [requirement('CR32')],
    cases: [definition('CR32', { needsHardware: 'no service takes mails' })],
    selected: () => true,
  });
  t.same(plan.notRun, [
    {
      dut: 'twin',
      requirement: 'CR32',
      why: 'not-applicable',
      reason: 'needs: hardware: no service takes mails',
    },
  ]);
  t.equal(plan.duts[1]?.cases.length, 1);
});
