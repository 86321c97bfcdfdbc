import t from 'tap';
import { fakeDisplay } from '../bench/fakes/display.ts';
import { fakeHands } from '../bench/fakes/hands.ts';
import { fakeHttp } from '../bench/fakes/http.ts';
import { fakeMailbox } from '../bench/fakes/mailbox.ts';
import { fakeScanner } from '../bench/fakes/scanner.ts';
import type { Bench } from '../bench/open.ts';
import type { RecorderHttp } from '../bench/ports/recorder-http.ts';
import type { Defect } from '../config/defects.ts';
import type { CaseDefinition } from '../kit/case.ts';
import { twinSafety } from '../safety/safety.fixture.ts';
import { systemClock as clock } from '../terms/clock.ts';
import { HarnessError } from '../terms/error.ts';
import type { DefectRecord, FalseBlame } from '../terms/proof.ts';
import type { PlannedDut } from './plan.ts';
import { assign, blameOf, prove } from './prove.ts';

// Its screens never show what a recorder starts with: each restore waits that out.
t.setTimeout(120_000);

const IDS = ['lock-missing', 'lock-late', 'never-reached', 'loud', 'silent'] as const;

function dut(
  id: string,
  cases: Readonly<Record<string, CaseDefinition['test']>>,
  more: object = {},
): PlannedDut {
  const config = {
    id,
    kind: 'twin',
    firmware: 'V4.21.000',
    resolution: '1280x720',
    start: 'inactive',
    digest: ['MD5'],
    ...more,
  };
  const profile = {
    loginLock: { tries: 7, userTries: 5, seconds: 60 },
    codeLock: { maxFreeTries: 10, tries: 7, seconds: 1800 },
    guidLock: { tries: 7, seconds: 1800 },
    threshold: 'V4.21.000',
    gui: '4.0',
    family: 'nvr',
    hasDisclaimer: true,
    labels: {},
    paths: {},
  };
  return {
    config,
    profile,
    cases: Object.entries(cases).map(([name, test]) => ({
      requirement: { id: name, applies: {} },
      definition: { id: name, title: name, needs: 'inactive', test },
    })),
  } as unknown as PlannedDut;
}
function defect(id: string, requirement: string, where: Defect['dut'] = {}): Defect {
  return { id, what: `${id} is wrong`, requirement, channel: 'gui', subtle: false, dut: where };
}

interface Stage {
  readonly others?: number;
  /** The stations, all of one kind. */
  readonly twins?: readonly string[];
  /** Those of them that cannot be opened. */
  readonly dead?: readonly string[];
}

/** A twin whose defects are words that the cases look for. */
async function proofOf(
  cases: (twin: { meet(id: string): boolean }) => Readonly<Record<string, CaseDefinition['test']>>,
  defects: readonly Defect[],
  { others, twins = ['twin-1'], dead = [] }: Stage = {},
) {
  const records: DefectRecord[] = [];
  const blamed: FalseBlame[] = [];
  const healthy: string[] = [];
  const kept: string[] = [];
  const hands = fakeHands(undefined, IDS);
  let active: readonly string[] = [];
  const meet = (id: string) => {
    hands.meet(id);
    return active.includes(id);
  };
  const setDefects = async (ids: readonly string[]) => {
    await hands.setDefects(ids);
    active = ids;
  };
  const bench = {
    serialNumber: 'X',
    display: fakeDisplay({ clock, width: 640, height: 480 }),
    http: fakeHttp({ clock, timeoutMs: 100 }),
    recorder: () => ({ activated: async () => false }) as unknown as RecorderHttp,
    mailbox: fakeMailbox({ clock }),
    scanner: fakeScanner(),
    hands: { ...hands, setDefects },
    initial: { password: undefined, address: undefined },
    homeAddress: 'one@lab.example',
    addressTag: '',
    labDomains: ['lab.example'],
    safety: twinSafety(),
    [Symbol.asyncDispose]: async () => undefined,
  } as unknown as Bench;
  await prove({
    stations: twins.map((id) => ({ kind: 'twin', dut: dut(id, cases({ meet })) })),
    tasks: new Map([['twin', defects]]),
    benches: {
      open: async (id) => {
        if (dead.includes(id)) throw new HarnessError('PORT_UNREACHABLE', `${id} does not answer`);
        return bench;
      },
      copies: () => 1,
      emulatorPid: () => undefined,
      [Symbol.asyncDispose]: async () => undefined,
    },
    clock,
    signal: new AbortController().signal,
    onDefect: (record) => records.push(record),
    ...(others === undefined ? {} : { others }),
    onHealthy: (result) => {
      healthy.push(result.requirement);
      const blame = blameOf(result);
      if (blame !== undefined) blamed.push(blame);
    },
    onStep: () => undefined,
    onEvidence: ({ requirement, defect = 'healthy' }, evidence) =>
      kept.push(
        ...evidence.map(
          ({ kind, title, bytes }) => `${requirement} ${defect}: ${kind} ${title}, ${bytes.length > 0}`,
        ),
      ),
  });
  return { kept, records: new Map(records.map((one) => [one.id, one])), blamed, healthy };
}

const photographs: CaseDefinition['test'] = async ({ gui, expect }) => {
  await gui.photograph('The screen');
  expect('a lock', 'the lock').toBe('a lock');
};

t.test('a station that cannot begin leaves its share to the others of its kind', async (t) => {
  const stage = { twins: ['twin-1', 'twin-2'], dead: ['twin-1'] };
  const { records, blamed, healthy } = await proofOf(
    () => ({ CR01: photographs }),
    [defect('never-reached', 'CR01')],
    stage,
  );
  t.same([healthy, blamed], [['CR01'], []]);
  t.equal(records.get('never-reached')?.outcome, 'not-met');
});

t.test('where none of a kind can begin, each of its cases and defects says why', async (t) => {
  const stage = { twins: ['twin-1', 'twin-2'], dead: ['twin-1', 'twin-2'] };
  const { records, blamed } = await proofOf(
    () => ({ CR01: photographs, CR02: photographs }),
    [defect('loud', 'CR02')],
    stage,
  );
  t.same(
    blamed.map(({ requirement, verdict, facts }) => [requirement, verdict, facts]),
    ['CR01', 'CR02'].map((id) => [id, 'error', 'twin-2 does not answer']),
  );
  t.match(records.get('loud'), { outcome: 'not-run', facts: 'twin-2 does not answer' });
});

t.test('without other cases only those that are named run on the healthy recorder', async (t) => {
  const watches =
    (twin: { meet(id: string): boolean }): CaseDefinition['test'] =>
    async ({ gui, expect }) => {
      await gui.photograph('The screen');
      expect(twin.meet('lock-missing') ? 'no lock' : 'a lock', 'the lock').toBe('a lock');
    };
  const { records, healthy, kept } = await proofOf(
    (twin) => ({ CR01: watches(twin), CR02: watches(twin) }),
    [defect('lock-missing', 'CR02')],
    { others: 0 },
  );
  t.same(healthy, ['CR02']);
  t.match(records.get('lock-missing'), { outcome: 'killed', collateral: [], cases: 1 });
  const frames = kept.filter((one) => one.includes('frame The screen, true'));
  t.match(frames, [/^CR02 healthy: /, /^CR02 lock-missing: /], 'what was seen of each, apart');
  const logs = kept.filter((one) => one.includes('export What was done, true'));
  t.match(logs, [/^CR02 healthy: /, /^CR02 lock-missing: /]);
});

t.test('a kill is the failure of the named requirement where the defect was met', async (t) => {
  const { records, blamed } = await proofOf(
    (twin) => ({
      CR01: async ({ gui, expect }) => {
        await gui.photograph('The screen');
        const broken = twin.meet('lock-missing') || twin.meet('loud');
        expect(broken ? 'no lock' : 'a lock', 'the lock').toBe('a lock');
      },
      CR02: async ({ gui, expect }) => {
        await gui.photograph('The screen');
        expect(twin.meet('lock-missing') ? 8 : 7, 'tries').toBe(7);
      },
      CR03: async ({ gui, expect }) => {
        await gui.photograph('The screen');
        if (twin.meet('loud')) throw new HarnessError('SCREEN_NOT_REACHED', 'the dialog did not come');
        twin.meet('silent');
        expect(1, 'one').toBe(1);
      },
    }),
    [
      defect('lock-missing', 'CR01'),
      defect('loud', 'CR03'),
      defect('silent', 'CR03'),
      defect('never-reached', 'CR02'),
    ],
  );
  t.same(blamed, []);
  t.match(records.get('lock-missing'), {
    outcome: 'killed',
    verdict: 'fail',
    facts: /expected "a lock", saw "no lock"/,
    collateral: ['CR02'],
    disturbed: [],
  });
  t.match(
    records.get('loud'),
    { outcome: 'survived', verdict: 'inconc', collateral: ['CR01'] },
    'inconc is no kill',
  );
  t.match(records.get('silent'), { outcome: 'survived', facts: 'CR03 passed all the same', cases: 1 });
  t.match(records.get('never-reached'), { outcome: 'not-met', facts: /never came by/, cases: 1 });
});

t.test('a healthy case that does not pass is blame without cause', async (t) => {
  const { blamed } = await proofOf(
    () => ({
      CR01: async ({ expect }) => expect(1, 'one').toBe(2),
    }),
    [],
  );
  t.match(blamed, [{ dut: 'twin', requirement: 'CR01', verdict: 'fail', facts: /one: expected 2, saw 1/ }]);
});

t.test('each defect goes to a twin that can show it, and few twins are used', async (t) => {
  const pass: CaseDefinition['test'] = async () => undefined;
  const small = dut('small', { CR01: pass }, { resolution: '1024x768' });
  const large = dut('large', { CR01: pass, CR02: pass });
  const above = dut('above', { CR01: pass, CR02: pass }, { firmware: 'V5.00.000', start: 'active' });
  const shelf = dut('shelf', { CR01: pass, CR99: pass }, { kind: 'hardware' });
  const { tasks, homeless } = assign(
    [
      defect('lock-missing', 'CR01'),
      defect('lock-late', 'CR02', { at: 'threshold' }),
      defect('loud', 'CR01', { resolution: ['1024x768'] }),
      defect('silent', 'CR02', { start: 'active' }),
      defect('never-reached', 'CR99'),
    ],
    [small, large, above, shelf],
  );
  const where = Object.fromEntries([...tasks].map(([id, list]) => [id, list.map((one) => one.id)]));
  t.same(where, { small: ['lock-missing', 'loud'], large: ['lock-late'], above: ['silent'] });
  t.same(
    homeless.map(({ id }) => id),
    ['never-reached'],
    'hardware cannot be made defective',
  );
});

t.test('a defect of one digest algorithm goes to a twin that offers it', async (t) => {
  const pass: CaseDefinition['test'] = async () => undefined;
  const usual = dut('usual', { CR01: pass, CR02: pass });
  const both = dut('both', { CR01: pass }, { digest: ['SHA-256', 'MD5'] });
  const needing = [
    defect('lock-missing', 'CR01'),
    defect('lock-late', 'CR02'),
    defect('loud', 'CR01', { digest: 'SHA-256' }),
  ];
  const { tasks, homeless } = assign(needing, [usual, both]);
  const where = Object.fromEntries([...tasks].map(([id, list]) => [id, list.map((one) => one.id)]));
  t.same(where, { usual: ['lock-missing', 'lock-late'], both: ['loud'] });
  t.same(homeless, []);
  t.same(
    assign(needing, [usual]).homeless.map(({ id }) => id),
    ['loud'],
  );
});
